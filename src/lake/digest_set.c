#include "lake/digest_set.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/arena.h"
#include "base/mem.h"
#include "collect/object_name.h"
#include "decode/digest.h"
#include "decode/inflate.h"

enum {
    KEPT_BYTES_MAX = 512 << 20,
    READ_BYTES_MAX = 1 << 30,
    PATH_BYTES_MAX = 1 << 16,
    REASON_BYTES = 200,
};

/* The window is a byte larger than what is taken, so that more than that shows. */
static const InflateLimits LIMITS = {.window_max = DIGEST_SET_INFLATED_MAX + 1,
                                     .total_max = DIGEST_SET_INFLATED_MAX + 1,
                                     .ratio_max = 1100,
                                     .ratio_floor = 16 << 20};

/* A log file that a digest lists. */
typedef struct Listed {
    Str key; /* where it lies in the source */
    bool hash_usable;
    uint8_t sha256[HASH_SHA256_BYTES];
} Listed;

/* A digest file; texts live in the set's arena. */
typedef struct Kept {
    struct Kept *next;
    DigestBeside beside;
    int64_t object_id;
    Str source;
    Str stored;
    char problem[REASON_BYTES]; /* why it lists nothing; "" when it does */
    Digest digest;              /* its logs are in *listed* instead */
    Listed *listed;
    size_t listed_count;
} Kept;

struct DigestSet {
    Arena *arena;   /* what is kept until the commit */
    Arena *reading; /* the document at hand */
    Inflate *inflate;
    Kept *first;
    Kept *last;
    Kept **end;
    size_t bytes;
};

DigestSet *digest_set_new(Error *err)
{
    DigestSet *self = mem_calloc(1, sizeof *self, err);
    if (!self)
        return NULL;
    self->end = &self->first;
    self->arena = arena_new(KEPT_BYTES_MAX, err);
    self->reading = self->arena ? arena_new(READ_BYTES_MAX, err) : NULL;
    self->inflate = self->reading ? inflate_new(&LIMITS, err) : NULL;
    if (self->inflate)
        return self;
    digest_set_free(self);
    return NULL;
}

void digest_set_free(DigestSet *self)
{
    if (!self)
        return;
    inflate_free(self->inflate);
    arena_free(self->reading);
    arena_free(self->arena);
    mem_free(self);
}

void digest_set_reset(DigestSet *self)
{
    arena_reset(self->arena);
    self->first = NULL;
    self->last = NULL;
    self->end = &self->first;
    self->bytes = 0;
}

bool digest_set_full(const DigestSet *self)
{
    return self->bytes >= DIGEST_SET_FULL_BYTES;
}

static bool refuse(Kept *kept, const char *problem)
{
    snprintf(kept->problem, sizeof kept->problem, "%.*s", REASON_BYTES - 1, problem);
    return true;
}

static bool keep_text(DigestSet *self, Str *text, Error *err)
{
    const char *copy = arena_text(self->arena, *text, err);
    text->ptr = copy;
    return copy != NULL;
}

/* What is before the digest's own key in *path*: the place of its bucket, without the slash. */
static bool find_root(const Digest *digest, Str path, Str *ret)
{
    if (!digest->key.len || path.len <= digest->key.len || !str_ends(path, digest->key) ||
        path.ptr[path.len - digest->key.len - 1] != '/')
        return false;
    *ret = str_slice(path, 0, path.len - digest->key.len - 1);
    return true;
}

/* Where the log lies: in the digest's bucket, or in another one beside it. */
static bool place_log(DigestSet *self, const Digest *digest, const DigestLog *log, Str root,
                      Str *ret, Error *err)
{
    BUF_AUTO Buf path = buf_init(PATH_BYTES_MAX);
    bool same = str_equal(log->bucket, digest->bucket);
    Str beside = str_slice(root, 0, root.len - str_base_name(root).len);
    bool ok = same ? buf_append_str(&path, root, err)
                   : buf_append_str(&path, beside, err) && buf_append_str(&path, log->bucket, err);
    if (!ok || !buf_append_byte(&path, '/', err) || !buf_append_str(&path, log->key, err))
        return false;
    *ret = buf_str(&path);
    return keep_text(self, ret, err);
}

/* The bytes of 64 lower-case hexadecimal digits, the only form that CloudTrail writes. */
static bool read_hash(Str text, uint8_t ret[HASH_SHA256_BYTES])
{
    static const char DIGITS[] = "0123456789abcdef";
    if (text.len != 2 * HASH_SHA256_BYTES)
        return false;
    for (size_t i = 0; i < text.len; i++) {
        const char *digit = memchr(DIGITS, text.ptr[i], sizeof DIGITS - 1);
        if (!digit)
            return false;
        ret[i / 2] = (uint8_t)(ret[i / 2] << 4 | (digit - DIGITS));
    }
    return true;
}

static bool keep_logs(DigestSet *self, Kept *kept, Str root, Error *err)
{
    const Digest *digest = &kept->digest;
    kept->listed = arena_calloc(self->arena, digest->log_count + 1, sizeof *kept->listed, err);
    if (!kept->listed)
        return false;
    for (size_t i = 0; i < digest->log_count; i++) {
        Listed *listed = &kept->listed[i];
        const DigestLog *log = &digest->logs[i];
        if (log->key.len + log->bucket.len + root.len > PATH_BYTES_MAX / 2)
            return refuse(kept, "it lists a log whose key is too long");
        listed->hash_usable = read_hash(log->hash, listed->sha256);
        if (!place_log(self, digest, log, root, &listed->key, err))
            return false;
    }
    kept->listed_count = digest->log_count;
    return true;
}

/* Copies the texts that become columns: the document is read into memory that is used again. */
static bool keep_texts(DigestSet *self, Digest *digest, Error *err)
{
    Str *const TEXTS[] = {&digest->bucket,
                          &digest->key,
                          &digest->fingerprint,
                          &digest->previous_bucket,
                          &digest->previous_key,
                          &digest->previous_hash,
                          &digest->previous_signature};
    bool ok = true;
    for (size_t i = 0; ok && i < sizeof TEXTS / sizeof *TEXTS; i++)
        ok = keep_text(self, TEXTS[i], err);
    return ok;
}

static bool read_document(DigestSet *self, Kept *kept, Str path, Error *err)
{
    Str window, root;
    size_t fresh;
    bool last;
    Error problem = {0};
    inflate_start(self->inflate, kept->stored);
    if (!inflate_next(self->inflate, 0, &window, &fresh, &last, err))
        return false;
    InflateReport report = inflate_report(self->inflate);
    if (!last || window.len > DIGEST_SET_INFLATED_MAX)
        return refuse(kept, "its document is larger than 48 MiB");
    if (report.flags)
        return refuse(kept, report.problem ? report.problem : "it is more than one gzip member");
    arena_reset(self->reading);
    Digest digest;
    if (!digest_read(window, self->reading, &digest, &problem))
        return problem.kind == ERROR_INPUT ? refuse(kept, problem.text) : (*err = problem, false);
    kept->digest = digest;
    if (!find_root(&digest, path, &root)) {
        snprintf(kept->problem, sizeof kept->problem,
                 "it lies elsewhere than it says: s3://%.*s/%.*s", STR_ARG(digest.bucket),
                 STR_ARG(digest.key));
        return keep_texts(self, &kept->digest, err);
    }
    return keep_logs(self, kept, root, err) && keep_texts(self, &kept->digest, err);
}

bool digest_set_add(DigestSet *self, int64_t object_id, Str source, Str key, Str stored, Error *err)
{
    Kept *kept = arena_calloc(self->arena, 1, sizeof *kept, err);
    if (!kept)
        return false;
    kept->object_id = object_id;
    kept->source = source;
    bool small = stored.len <= DIGEST_SET_STORED_MAX;
    kept->stored = small ? stored : STR("");
    if (!keep_text(self, &kept->source, err) || !keep_text(self, &kept->stored, err) ||
        !(small ? read_document(self, kept, key, err) : refuse(kept, "it is larger than 16 MiB")))
        return false;
    kept->digest.logs = NULL;
    self->bytes += sizeof *kept + kept->stored.len;
    for (size_t i = 0; i < kept->listed_count; i++)
        self->bytes += sizeof kept->listed[i] + kept->listed[i].key.len;
    *self->end = kept;
    self->end = &kept->next;
    self->last = kept;
    return true;
}

bool digest_set_beside(DigestSet *self, const DigestBeside *beside, Error *err)
{
    Kept *kept = self->last;
    kept->beside = *beside;
    self->bytes += beside->signature.len;
    return keep_text(self, &kept->beside.signature, err) &&
           keep_text(self, &kept->beside.signature_algorithm, err) &&
           keep_text(self, &kept->beside.backfill_at, err);
}

/* ---- the state ---- */

static void lend_optional(DbStatement *insert, int index, Str text)
{
    if (text.len)
        db_lend_text(insert, index, text);
}

static bool insert_digest(const Kept *kept, Lake *lake, int64_t commit_seq, Error *err)
{
    const Digest *digest = &kept->digest;
    DigestName name;
    DbStatement *insert = db_statement(
        lake->db,
        "INSERT OR REPLACE INTO digests (object_id, bucket, key, start_us, end_us, sha256,"
        " fingerprint, previous_bucket, previous_key, previous_hash, previous_signature, problem,"
        " stored, commit_seq, account, region) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?,"
        " ?)",
        err);
    if (!insert)
        return false;
    db_bind_int(insert, 1, kept->object_id);
    lend_optional(insert, 2, digest->bucket);
    lend_optional(insert, 3, digest->key);
    if (digest->key.len) {
        db_bind_int(insert, 4, digest->start_us);
        db_bind_int(insert, 5, digest->end_us);
        db_lend_blob(insert, 6, digest->sha256, sizeof digest->sha256);
    }
    lend_optional(insert, 7, digest->fingerprint);
    lend_optional(insert, 8, digest->previous_bucket);
    lend_optional(insert, 9, digest->previous_key);
    lend_optional(insert, 10, digest->previous_hash);
    lend_optional(insert, 11, digest->previous_signature);
    lend_optional(insert, 12, str_of(kept->problem));
    db_lend_blob(insert, 13, kept->stored.ptr, kept->stored.len);
    db_bind_int(insert, 14, commit_seq);
    if (object_name_digest(digest->key, &name)) {
        db_lend_text(insert, 15, name.account);
        db_lend_text(insert, 16, name.region);
    }
    return db_run(insert, err);
}

static bool insert_log(const Kept *kept, size_t position, Lake *lake, Error *err)
{
    const Listed *listed = &kept->listed[position];
    DbStatement *insert = db_statement(lake->db,
                                       "INSERT OR REPLACE INTO digest_logs (digest, position,"
                                       " source, key, sha256) VALUES (?, ?, ?, ?, ?)",
                                       err);
    if (!insert)
        return false;
    db_bind_int(insert, 1, kept->object_id);
    db_bind_int(insert, 2, (int64_t)position);
    db_lend_text(insert, 3, kept->source);
    db_lend_text(insert, 4, listed->key);
    if (listed->hash_usable)
        db_lend_blob(insert, 5, listed->sha256, sizeof listed->sha256);
    return db_run(insert, err);
}

static bool insert_beside(const Kept *kept, Lake *lake, Error *err)
{
    const DigestBeside *beside = &kept->beside;
    DbStatement *insert = db_statement(lake->db,
                                       "INSERT OR REPLACE INTO digest_metadata (object_id,"
                                       " signature, signature_algorithm, backfill_at) VALUES (?,"
                                       " ?, ?, ?)",
                                       err);
    if (!insert)
        return false;
    db_bind_int(insert, 1, kept->object_id);
    db_bind_text(insert, 2, beside->signature);
    db_bind_text(insert, 3, beside->signature_algorithm);
    db_bind_text(insert, 4, beside->backfill_at);
    return db_run(insert, err);
}

bool digest_set_insert(const DigestSet *self, Lake *lake, int64_t commit_seq, Error *err)
{
    bool ok = true;
    for (const Kept *kept = self->first; ok && kept; kept = kept->next) {
        ok = insert_digest(kept, lake, commit_seq, err) &&
             (!kept->beside.signature.len || insert_beside(kept, lake, err));
        for (size_t i = 0; ok && i < kept->listed_count; i++)
            ok = insert_log(kept, i, lake, err);
    }
    return ok;
}
