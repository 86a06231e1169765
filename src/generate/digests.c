#include "generate/digests.h"

#include <string.h>

#include "base/base64.h"
#include "base/file.h"
#include "base/hash.h"
#include "base/json.h"
#include "base/mem.h"
#include "base/signature.h"
#include "base/timestamp.h"
#include "collect/object_name.h"
#include "decode/digest.h"
#include "decode/inflate.h"

#define HOUR_US INT64_C(3600000000)
/* Digests end at this minute and second of every hour. */
#define OFFSET_US  INT64_C(607000000)
#define TRAIL_NAME "organization-trail"

enum { PATH_BYTES_MAX = 1 << 16, BODY_BYTES_MAX = 256 << 20, METADATA_BYTES_MAX = 1 << 30 };

static const InflateLimits LIMITS = {.window_max = BODY_BYTES_MAX,
                                     .total_max = BODY_BYTES_MAX,
                                     .ratio_max = 1100,
                                     .ratio_floor = BODY_BYTES_MAX};

/* The chain being written, and what all chains share. */
typedef struct Digests {
    const Trail *trail;
    int64_t from_us, to_us; /* of the trail */
    char *root;             /* the folder's absolute path */
    SignatureSecret *secret;
    char fingerprint[2 * HASH_MD5_BYTES + 1];
    TrailWriter *writer;
    Inflate *inflate;
    Buf metadata; /* the file of all objects' metadata, as far as it goes */
    Buf stored;   /* a log file */
    uint64_t count;

    Buf account, region; /* of the chain; empty before the first */
    int64_t start_us;    /* of the digest being filled */
    Buf logs;            /* its list */
    Buf key;             /* of the digest before; empty: none */
    char hash[2 * HASH_SHA256_BYTES + 1];
    char signature[2 * SIGNATURE_BYTES_MAX + 1];
} Digests;

static DigestName name_of(const Digests *self)
{
    const Cast *cast = trail_cast(self->trail);
    return (DigestName){.prefix = STR(""),
                        .organization = str_of(cast->organisation),
                        .account = buf_str(&self->account),
                        .region = buf_str(&self->region),
                        .trail = STR(TRAIL_NAME),
                        .home_region = str_of(cast->regions[0]),
                        .end_us = self->start_us + HOUR_US};
}

/* `,"name":"text"`, or null for an empty text. */
static bool put(Buf *out, const char *name, Str text, Error *err)
{
    if (!buf_printf(out, err, ",\"%s\":", name))
        return false;
    return text.len ? json_append_string(out, text, err) : buf_append_str(out, STR("null"), err);
}

/* The document of the digest being filled, whose key is *key*. */
static bool compose(const Digests *self, Str key, Buf *out, Error *err)
{
    char start[TIMESTAMP_TEXT_BYTES], end[TIMESTAMP_TEXT_BYTES];
    bool linked = self->key.len != 0;
    timestamp_format(self->start_us, start);
    timestamp_format(self->start_us + HOUR_US, end);
    const struct {
        const char *name;
        Str text;
    } TEXTS[] = {
        {"digestStartTime", str_of(start)},
        {"digestEndTime", str_of(end)},
        {"digestS3Bucket", STR(DIGESTS_BUCKET)},
        {"digestS3Object", key},
        {"digestPublicKeyFingerprint", str_of(self->fingerprint)},
        {"digestSignatureAlgorithm", STR("SHA256withRSA")},
        {"previousDigestS3Bucket", linked ? STR(DIGESTS_BUCKET) : STR("")},
        {"previousDigestS3Object", buf_str(&self->key)},
        {"previousDigestHashValue", str_of(linked ? self->hash : "")},
        {"previousDigestHashAlgorithm", linked ? STR("SHA-256") : STR("")},
        {"previousDigestSignature", str_of(linked ? self->signature : "")},
    };
    bool ok = buf_append_str(out, STR("{\"awsAccountId\":"), err) &&
              json_append_string(out, buf_str(&self->account), err);
    for (size_t i = 0; ok && i < sizeof TEXTS / sizeof *TEXTS; i++)
        ok = put(out, TEXTS[i].name, TEXTS[i].text, err);
    return ok && buf_append_str(out, STR(",\"logFiles\":["), err) &&
           buf_append_str(out, buf_str(&self->logs), err) && buf_append_str(out, STR("]}"), err);
}

/* Signs a document and notes what the next one says of it. */
static bool sign(Digests *self, Str key, Str document, Error *err)
{
    char end[TIMESTAMP_TEXT_BYTES];
    BUF_AUTO Buf text = buf_init(PATH_BYTES_MAX), signature = buf_init(SIGNATURE_BYTES_MAX);
    timestamp_format(self->start_us + HOUR_US, end);
    Digest digest = {.end = str_of(end),
                     .bucket = STR(DIGESTS_BUCKET),
                     .key = key,
                     .previous_signature = str_of(self->key.len ? self->signature : "")};
    hash_sha256(document.ptr, document.len, digest.sha256);
    if (!digest_signed_text(&digest, &text, err) ||
        !signature_secret_sign(self->secret, buf_str(&text), &signature, err))
        return false;
    hash_hex(digest.sha256, sizeof digest.sha256, self->hash);
    hash_hex(signature.ptr, signature.len, self->signature);
    self->key.len = 0;
    return buf_append_str(&self->key, key, err) &&
           buf_printf(
               &self->metadata, err,
               "%s\n\"%.*s\":{\"signature\":\"%s\",\"signature-algorithm\":\"SHA256withRSA\"}",
               self->metadata.len > 1 ? "," : "", STR_ARG(key), self->signature);
}

/* Writes *bytes* below the trail's folder, folders included. */
static bool write_file(const Digests *self, Str key, Str bytes, Error *err)
{
    BUF_AUTO Buf path = buf_init(PATH_BYTES_MAX);
    FileWriter file = {.fd = -1};
    if (!buf_printf(&path, err, "%s/%.*s", self->root, STR_ARG(key)) || !buf_text(&path, err))
        return false;
    char *slash = strrchr(path.ptr, '/');
    *slash = 0;
    if (!file_exists(path.ptr) && !file_make_folders(path.ptr, err))
        return false;
    *slash = '/';
    if (!file_create(&file, path.ptr, err))
        return false;
    if (file_write(&file, bytes.ptr, bytes.len, err))
        return file_close(&file, err);
    file_abandon(&file);
    return false;
}

/* Writes the digest being filled; the next one begins where it ends. */
static bool end_digest(Digests *self, Error *err)
{
    BUF_AUTO Buf key = buf_init(PATH_BYTES_MAX), document = buf_init(BODY_BYTES_MAX);
    const DigestName name = name_of(self);
    Str packed;
    if (!object_name_digest_key(&name, &key, err) ||
        !compose(self, buf_str(&key), &document, err) ||
        !trail_compress(self->writer, buf_str(&document), &packed, err) ||
        !write_file(self, buf_str(&key), packed, err) ||
        !sign(self, buf_str(&key), buf_str(&document), err))
        return false;
    self->count++;
    self->start_us += HOUR_US;
    self->logs.len = 0;
    return true;
}

/* Writes digests until the one being filled covers *time_us*. */
static bool fill_until(Digests *self, int64_t time_us, Error *err)
{
    while (self->account.len && self->start_us + HOUR_US < time_us)
        if (!end_digest(self, err))
            return false;
    return true;
}

/* Writes the rest of the chain: to the trail's end and what was delivered behind it. */
static bool end_chain(Digests *self, Error *err)
{
    if (!self->account.len)
        return true;
    return fill_until(self, self->to_us, err) && end_digest(self, err);
}

static bool begin_chain(Digests *self, const LogName *name, Error *err)
{
    self->account.len = self->region.len = self->key.len = self->logs.len = 0;
    self->start_us = self->from_us + OFFSET_US - HOUR_US;
    return buf_append_str(&self->account, name->account, err) &&
           buf_append_str(&self->region, name->region, err);
}

/* The hash of a log's inflated bytes, in hexadecimal. */
static bool hash_log(Digests *self, const char *path, char ret[2 * HASH_SHA256_BYTES + 1],
                     Error *err)
{
    uint8_t sha256[HASH_SHA256_BYTES];
    Str text;
    size_t fresh;
    bool last;
    if (!file_read(path, &self->stored, NULL, err))
        return false;
    inflate_start(self->inflate, buf_str(&self->stored));
    if (!inflate_next(self->inflate, 0, &text, &fresh, &last, err))
        return false;
    hash_sha256(text.ptr, text.len, sha256);
    hash_hex(sha256, sizeof sha256, ret);
    return true;
}

static bool add_log(Digests *self, const char *path, Str key, Error *err)
{
    char hash[2 * HASH_SHA256_BYTES + 1];
    return hash_log(self, path, hash, err) &&
           buf_printf(&self->logs, err, "%s{\"s3Bucket\":\"%s\",\"s3Object\":\"%.*s\",",
                      self->logs.len ? "," : "", DIGESTS_BUCKET, STR_ARG(key)) &&
           buf_printf(&self->logs, err, "\"hashValue\":\"%s\",\"hashAlgorithm\":\"SHA-256\"}",
                      hash);
}

/* A visit of the walk: log files of an account and region come together, in the order of time. */
static bool visit(void *context, const char *path, const FileInfo *info, Error *err)
{
    Digests *self = context;
    Str key = str_of(path + strlen(self->root) + 1);
    LogName name;
    (void)info;
    if (!object_name_log(key, &name))
        return true;
    if (!str_equal(name.account, buf_str(&self->account)) ||
        !str_equal(name.region, buf_str(&self->region))) {
        if (!end_chain(self, err) || !begin_chain(self, &name, err))
            return false;
    }
    return fill_until(self, name.delivered_us, err) && add_log(self, path, key, err);
}

/* list-public-keys.json, valid from a day before the trail to a day behind it. */
static bool write_keys(Digests *self, Error *err)
{
    BUF_AUTO Buf der = buf_init(SIGNATURE_DER_MAX), text = buf_init(1 << 16);
    uint8_t md5[HASH_MD5_BYTES];
    if (!signature_secret_public(self->secret, &der, err))
        return false;
    hash_md5(der.ptr, der.len, md5);
    hash_hex(md5, sizeof md5, self->fingerprint);
    return buf_append_str(&text, STR("{\"PublicKeyList\":[{\"Value\":\""), err) &&
           base64_append(&text, buf_str(&der), err) &&
           buf_printf(&text, err,
                      "\",\"ValidityStartTime\":%lld,\"ValidityEndTime\":%lld,"
                      "\"Fingerprint\":\"%s\"}]}\n",
                      (long long)(self->from_us - TIMESTAMP_DAY_US) / 1000000,
                      (long long)(self->to_us + TIMESTAMP_DAY_US) / 1000000, self->fingerprint) &&
           write_file(self, STR("list-public-keys.json"), buf_str(&text), err);
}

static bool write_all(Digests *self, Error *err)
{
    BUF_AUTO Buf logs = buf_init(PATH_BYTES_MAX);
    if (!buf_printf(&logs, err, "%s/AWSLogs", self->root) || !buf_text(&logs, err) ||
        !write_keys(self, err) || !buf_append_byte(&self->metadata, '{', err))
        return false;
    return file_walk(logs.ptr, visit, NULL, self, err) && end_chain(self, err) &&
           buf_append_str(&self->metadata, STR("\n}\n"), err) &&
           write_file(self, STR("s3-object-metadata.json"), buf_str(&self->metadata), err);
}

static void free_all(Digests *self)
{
    mem_free(self->root);
    signature_secret_free(self->secret);
    trail_writer_free(self->writer);
    inflate_free(self->inflate);
    buf_free(&self->metadata);
    buf_free(&self->stored);
    buf_free(&self->account);
    buf_free(&self->region);
    buf_free(&self->logs);
    buf_free(&self->key);
}

bool digests_write(const Trail *trail, const TrailOptions *options, uint64_t *ret_count, Error *err)
{
    Digests self = {.trail = trail,
                    .from_us = options->end_us - (int64_t)options->days * TIMESTAMP_DAY_US,
                    .to_us = options->end_us,
                    .metadata = buf_init(METADATA_BYTES_MAX),
                    .stored = buf_init(BODY_BYTES_MAX),
                    .account = buf_init(PATH_BYTES_MAX),
                    .region = buf_init(PATH_BYTES_MAX),
                    .logs = buf_init(BODY_BYTES_MAX),
                    .key = buf_init(PATH_BYTES_MAX)};
    bool ok = (self.root = file_real_path(options->folder, err)) != NULL &&
              (self.secret = signature_secret_new(err)) != NULL &&
              (self.writer = trail_writer_new(err)) != NULL &&
              (self.inflate = inflate_new(&LIMITS, err)) != NULL && write_all(&self, err);
    *ret_count = self.count;
    free_all(&self);
    return ok;
}
