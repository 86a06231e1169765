#include "verify/file_check.h"

#include <stdio.h>
#include <string.h>

#include "base/file.h"
#include "base/mem.h"
#include "base/sha256_pair.h"
#include "decode/inflate.h"
#include "decode/object.h"

enum { ARENA_BYTES_MAX = 1 << 30, SIGNED_BYTES_MAX = 1 << 16, LANES = 2 };

static const InflateLimits LIMITS = {.window_max = 48 << 20,
                                     .total_max = UINT64_C(8) << 30,
                                     .ratio_max = 1100,
                                     .ratio_floor = 256 << 20};

/* A log that is inflated and waits for another one to be hashed with. */
typedef struct Lane {
    Inflate *inflate;
    Buf stored;
    bool waits;
    Sha256Stream stream;
    LogCheck *ret;
    const char *changed; /* what to say when its content is another one */
} Lane;

struct FileCheck {
    const Store *store;
    const PublicKeys *keys;
    Lane lanes[LANES];
    bool pair_works;
};

bool file_check_digest_init(DigestCheck *check, Error *err)
{
    *check = (DigestCheck){.inflated = buf_init(FILE_CHECK_DIGEST_MAX)};
    check->arena = arena_new(ARENA_BYTES_MAX, err);
    return check->arena != NULL;
}

void file_check_digest_free(DigestCheck *check)
{
    buf_free(&check->inflated);
    arena_free(check->arena);
}

FileCheck *file_check_new(const Store *store, const PublicKeys *keys, Error *err)
{
    FileCheck *self = mem_calloc(1, sizeof *self, err);
    if (!self)
        return NULL;
    self->store = store;
    self->keys = keys;
    self->pair_works = sha256_pair_works();
    for (int i = 0; i < LANES; i++) {
        self->lanes[i].stored = buf_init(STORE_BYTES_MAX);
        self->lanes[i].inflate = inflate_new(&LIMITS, err);
        if (!self->lanes[i].inflate) {
            file_check_free(self);
            return NULL;
        }
    }
    return self;
}

void file_check_free(FileCheck *self)
{
    if (!self)
        return;
    for (int i = 0; i < LANES; i++) {
        inflate_free(self->lanes[i].inflate);
        buf_free(&self->lanes[i].stored);
    }
    mem_free(self);
}

static bool refuse(DigestCheck *check, Verdict verdict, const char *detail)
{
    check->verdict = verdict;
    snprintf(check->detail, sizeof check->detail, "%s", detail);
    return true;
}

/* What inflating says of a file. A truncated one is no failure here: its hash will differ. */
static Verdict verdict_of(const InflateReport *report, const char **ret_detail)
{
    *ret_detail = report->problem ? report->problem : "";
    if (!report->members && report->inflated) {
        *ret_detail = "it is not compressed by gzip";
        return VERDICT_FORMAT;
    }
    if (report->flags & (OBJECT_BROKEN | OBJECT_BAD_CHECKSUM | OBJECT_REFUSED))
        return VERDICT_FORMAT;
    if (report->flags & (OBJECT_SEVERAL_MEMBERS | OBJECT_TRAILING_GARBAGE) || report->padding)
        return VERDICT_TRAILING;
    *ret_detail = "";
    return VERDICT_VALID;
}

/* All of *stored* inflated into *ret*. */
static bool inflate_all(Inflate *inflate, Str stored, Buf *ret, Error *err)
{
    bool last = false;
    ret->len = 0;
    inflate_start(inflate, stored);
    while (!last) {
        Str window;
        size_t fresh;
        if (!inflate_next(inflate, 0, &window, &fresh, &last, err) ||
            !buf_append_str(ret, window, err))
            return false;
    }
    return true;
}

static bool read_document(Inflate *inflate, Str stored, DigestCheck *ret, Error *err)
{
    const char *detail;
    Error problem = {0};
    if (!inflate_all(inflate, stored, &ret->inflated, &problem))
        return problem.kind == ERROR_LIMIT ? refuse(ret, VERDICT_FORMAT, problem.text)
                                           : (*err = problem, false);
    InflateReport report = inflate_report(inflate);
    Verdict verdict = verdict_of(&report, &detail);
    if (verdict == VERDICT_VALID && report.flags & OBJECT_TRUNCATED) {
        verdict = VERDICT_FORMAT;
        detail = report.problem;
    }
    if (verdict != VERDICT_VALID)
        return refuse(ret, verdict, detail);
    if (!digest_read(buf_str(&ret->inflated), ret->arena, &ret->digest, &problem))
        return refuse(ret, VERDICT_FORMAT, problem.text);
    ret->has_document = true;
    return true;
}

static int nibble(char c)
{
    return c >= '0' && c <= '9'   ? c - '0'
           : c >= 'a' && c <= 'f' ? c - 'a' + 10
           : c >= 'A' && c <= 'F' ? c - 'A' + 10
                                  : -1;
}

/* The bytes of a hexadecimal text; false when it is none. */
static bool read_hex(Str text, char ret[SIGNATURE_BYTES_MAX], size_t *ret_len)
{
    *ret_len = text.len / 2;
    if (text.len % 2 || *ret_len > SIGNATURE_BYTES_MAX || !text.len)
        return false;
    for (size_t i = 0; i < *ret_len; i++) {
        int high = nibble(text.ptr[2 * i]), low = nibble(text.ptr[2 * i + 1]);
        if (high < 0 || low < 0)
            return false;
        ret[i] = (char)(high << 4 | low);
    }
    return true;
}

bool file_check_digest_sign(DigestCheck *check, Str signature, Error *err)
{
    char bytes[SIGNATURE_BYTES_MAX];
    size_t len;
    BUF_AUTO Buf text = buf_init(SIGNED_BYTES_MAX);
    check->signature_awaited = false;
    if (!signature.len)
        return refuse(check, VERDICT_SIGNATURE, "its signature is not known");
    if (!read_hex(signature, bytes, &len))
        return refuse(check, VERDICT_SIGNATURE, "its signature is no hexadecimal text");
    if (!digest_signed_text(&check->digest, &text, err))
        return err->kind == ERROR_LIMIT && text.len ? refuse(check, VERDICT_SIGNATURE, err->text)
                                                    : false;
    if (!signature_verify(check->key->key, buf_str(&text), (Str){bytes, len}))
        return refuse(check, VERDICT_SIGNATURE, "");
    return true;
}

/* Its place, its key, its signature. */
static bool check_document(const FileCheck *self, Str bucket, Str key, DigestCheck *ret, Error *err)
{
    const Digest *digest = &ret->digest;
    if (!str_equal(digest->bucket, bucket) || !str_equal(digest->key, key)) {
        ret->verdict = VERDICT_MOVED;
        snprintf(ret->detail, sizeof ret->detail, "it says s3://%.*s/%.*s", STR_ARG(digest->bucket),
                 STR_ARG(digest->key));
        return true;
    }
    ret->key = public_keys_find(self->keys, digest->fingerprint);
    if (!ret->key || !ret->key->key) {
        ret->verdict = ret->key ? VERDICT_BAD_KEY : VERDICT_NO_KEY;
        snprintf(ret->detail, sizeof ret->detail, "fingerprint %.*s",
                 STR_ARG(str_slice(digest->fingerprint, 0, 64)));
        return true;
    }
    ret->signature_awaited = !self->store->has_metadata && !ret->metadata.signature[0];
    return ret->signature_awaited ||
           file_check_digest_sign(ret, str_of(ret->metadata.signature), err);
}

bool file_check_digest(FileCheck *self, Str bucket, Str key, bool backfill, DigestCheck *ret,
                       Error *err)
{
    const Store *store = self->store;
    Error problem = {0};
    Lane *lane = &self->lanes[0];
    arena_reset(ret->arena);
    *ret = (DigestCheck){.inflated = ret->inflated, .arena = ret->arena};
    Fetch fetch = store->get(store->context, bucket, key, &lane->stored, &problem);
    if (fetch == FETCH_FOUND)
        fetch = store->metadata(store->context, bucket, key, &ret->metadata, &problem);
    if (fetch != FETCH_FOUND)
        return refuse(ret, fetch == FETCH_MISSING ? VERDICT_NOT_FOUND : VERDICT_UNREADABLE,
                      fetch == FETCH_MISSING ? "" : problem.text);
    if (!read_document(lane->inflate, buf_str(&lane->stored), ret, err))
        return false;
    if (ret->verdict != VERDICT_VALID)
        return true;
    if (store->has_metadata &&
        (!ret->metadata.signature[0] || !ret->metadata.signature_algorithm[0]))
        return refuse(ret, VERDICT_SIGNATURE, "its metadata hold no signature");
    if (ret->metadata.signature[0] && backfill && !ret->metadata.backfill_at[0])
        return refuse(ret, VERDICT_FORMAT, "its metadata hold no backfill-generation-timestamp");
    return check_document(self, bucket, key, ret, err);
}

static void say(LogCheck *ret, Verdict verdict, const char *detail)
{
    ret->verdict = verdict;
    snprintf(ret->detail, sizeof ret->detail, "%.*s", DETAIL_BYTES - 1, detail);
}

static void say_unread(LogCheck *ret, Fetch fetch, const char *problem)
{
    if (fetch == FETCH_MISSING)
        say(ret, VERDICT_NOT_FOUND, "");
    else
        say(ret, VERDICT_UNREADABLE, problem);
}

static void compare(Lane *lane, const uint8_t sha256[HASH_SHA256_BYTES])
{
    char hex[2 * HASH_SHA256_BYTES + 1];
    hash_hex(sha256, HASH_SHA256_BYTES, hex);
    if (str_equal(lane->ret->log->hash, str_of(hex)))
        lane->ret->verdict = VERDICT_VALID;
    else
        say(lane->ret, VERDICT_HASH, lane->changed);
}

static void end_lane(Lane *lane)
{
    uint8_t sha256[HASH_SHA256_BYTES];
    if (!lane->waits)
        return;
    sha256_pair_end(&lane->stream, sha256);
    lane->waits = false;
    compare(lane, sha256);
}

/* Hashes window by window what does not fit into one. */
static bool hash_windows(Lane *lane, Str window, bool last, Error *err)
{
    uint8_t sha256[HASH_SHA256_BYTES];
    size_t fresh;
    HashSha256 *hash = hash_sha256_new(err);
    if (!hash)
        return false;
    hash_sha256_add(hash, window.ptr, window.len);
    while (!last) {
        if (!inflate_next(lane->inflate, 0, &window, &fresh, &last, err)) {
            hash_sha256_end(hash, NULL);
            return false;
        }
        hash_sha256_add(hash, window.ptr, window.len);
    }
    hash_sha256_end(hash, sha256);
    compare(lane, sha256);
    return true;
}

/* Inflates the lane's log; what is whole and sound waits for its hash. */
static bool take_log(const FileCheck *self, Lane *lane, Error *err)
{
    Str window;
    size_t fresh;
    bool last;
    const char *detail;
    inflate_start(lane->inflate, buf_str(&lane->stored));
    if (!inflate_next(lane->inflate, 0, &window, &fresh, &last, err))
        return false;
    if (last && self->pair_works) {
        sha256_pair_start(&lane->stream, window);
        lane->waits = true;
    } else if (!hash_windows(lane, window, last, err)) {
        return false;
    }
    InflateReport report = inflate_report(lane->inflate);
    Verdict verdict = verdict_of(&report, &detail);
    if (verdict != VERDICT_VALID) {
        lane->waits = false;
        say(lane->ret, verdict, detail);
    }
    return true;
}

/* What a note says by itself. Other flags may be about the content, which its hash tells. */
static Verdict verdict_of_note(const StoreNote *note)
{
    if (note->flags & (OBJECT_BAD_CHECKSUM | OBJECT_REFUSED))
        return VERDICT_FORMAT;
    if (note->flags & (OBJECT_SEVERAL_MEMBERS | OBJECT_TRAILING_GARBAGE))
        return VERDICT_TRAILING;
    return VERDICT_VALID;
}

/* What was noted of a log against what its digest says. */
static void check_note(const Store *store, LogCheck *ret)
{
    Error problem = {0};
    StoreNote note;
    char hex[2 * HASH_SHA256_BYTES + 1];
    Fetch fetch = store->note(store->context, ret->log->bucket, ret->log->key, &note, &problem);
    if (fetch != FETCH_FOUND) {
        say_unread(ret, fetch, problem.text);
        return;
    }
    ret->verdict = verdict_of_note(&note);
    hash_hex(note.sha256, HASH_SHA256_BYTES, hex);
    if (ret->verdict == VERDICT_VALID && !str_equal(ret->log->hash, str_of(hex)))
        ret->verdict = VERDICT_HASH;
    if (ret->verdict != VERDICT_VALID)
        say(ret, ret->verdict, "when it was ingested");
}

static bool check_log(FileCheck *self, LogCheck *ret, Error *err)
{
    const Store *store = self->store;
    Lane *a = &self->lanes[0], *b = &self->lanes[1];
    Lane *lane = a->waits ? b : a;
    Error problem = {0};
    const DigestLog *log = ret->log;
    if (store->note) {
        check_note(store, ret);
        if (ret->verdict != VERDICT_VALID)
            return true;
    }
    Fetch fetch = store->get(store->context, log->bucket, log->key, &lane->stored, &problem);
    if (fetch != FETCH_FOUND && store->note) {
        ret->noted = true;
        return true;
    }
    if (fetch != FETCH_FOUND) {
        say_unread(ret, fetch, problem.text);
        return true;
    }
    lane->changed = store->note ? "it changed after it was ingested" : "";
    lane->ret = ret;
    if (!take_log(self, lane, err))
        return false;
    if (a->waits && b->waits) {
        sha256_pair_run(&a->stream, &b->stream);
        end_lane(a);
        end_lane(b);
    }
    return true;
}

bool file_check_logs(FileCheck *self, LogCheck *logs, size_t count, Error *err)
{
    bool ok = true;
    for (size_t i = 0; ok && i < count; i++)
        ok = check_log(self, &logs[i], err);
    end_lane(&self->lanes[0]);
    end_lane(&self->lanes[1]);
    return ok;
}

bool file_check_bucket(const char *root, Str key, Buf *ret, Error *err)
{
    BUF_AUTO Buf path = buf_init(SIGNED_BYTES_MAX), stored = buf_init(FILE_CHECK_DIGEST_MAX);
    DigestCheck check;
    Inflate *inflate = NULL;
    bool ok = file_check_digest_init(&check, err);
    ok = ok && buf_printf(&path, err, "%s/%.*s", root, STR_ARG(key)) && buf_text(&path, err) &&
         file_read(path.ptr, &stored, NULL, err);
    if (ok)
        inflate = inflate_new(&LIMITS, err);
    ok = ok && inflate && read_document(inflate, buf_str(&stored), &check, err);
    if (ok && !check.has_document)
        ok = error_set(err, ERROR_INPUT, "%s", check.detail);
    ok = ok && buf_append_str(ret, check.digest.bucket, err) && buf_text(ret, err);
    inflate_free(inflate);
    file_check_digest_free(&check);
    return ok;
}
