#include "verify/proof.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/json.h"
#include "base/mem.h"
#include "verify/log_record.h"

enum { TEXTS_BYTES_MAX = 1 << 20, TREE_BYTES_MAX = 512 << 20, CANDIDATES_MAX = 8 };

static const struct {
    const char *name, *words;
} STEPS[PROOF_STEPS] = {
    [PROOF_ROW] = {"row", "the row is that record of the log, which was read again"},
    [PROOF_LOG] = {"log", "the log has the SHA-256 that it had when it was ingested"},
    [PROOF_LISTED] = {"listed", "a digest lists the log with that SHA-256"},
    [PROOF_SIGNATURE] = {"signature", "the digest's signature fits the public key"},
    [PROOF_KEY] = {"key", "the key's fingerprint is its MD5, and it was valid at the digest's end"},
};

static const char *const ANSWERS[] = {"holds", "fails", "unknown"};

const char *proof_step_name(ProofStep step)
{
    return STEPS[step].name;
}

const char *proof_step_words(ProofStep step)
{
    return STEPS[step].words;
}

const char *proof_answer_name(ProofAnswer answer)
{
    return ANSWERS[answer];
}

void proof_free(Proof *proof)
{
    buf_free(&proof->log);
    buf_free(&proof->delivered.record);
    buf_free(&proof->digest_bucket);
    buf_free(&proof->digest_key);
    buf_free(&proof->digest);
    buf_free(&proof->signature.text);
    file_check_digest_free(&proof->check);
    arena_free(proof->texts);
}

static void holds(Proof *proof, ProofStep step)
{
    proof->results[step] = (ProofResult){.answer = PROOF_HOLDS};
}

static void say(Proof *proof, ProofStep step, ProofAnswer answer, const char *format, ...)
    __attribute__((format(printf, 4, 5)));

static void say(Proof *proof, ProofStep step, ProofAnswer answer, const char *format, ...)
{
    ProofResult *result = &proof->results[step];
    va_list args;
    va_start(args, format);
    result->answer = answer;
    vsnprintf(result->reason, sizeof result->reason, format, args);
    va_end(args);
}

/* ---- the receipt ---- */

static bool keep(Proof *proof, Str text, Str *ret, Error *err)
{
    char *copy = arena_text(proof->texts, text, err);
    *ret = (Str){copy, text.len};
    return copy != NULL;
}

static bool take_receipt(Proof *proof, DbStatement *row, Error *err)
{
    Str sha256 = db_blob(row, 3);
    proof->has_hash = sha256.len == sizeof proof->sha256;
    if (proof->has_hash)
        memcpy(proof->sha256, sha256.ptr, sha256.len);
    proof->ingested_us = db_int(row, 4);
    proof->superseded = !db_is_null(row, 5);
    return keep(proof, db_text(row, 0), &proof->source, err) &&
           keep(proof, db_text(row, 1), &proof->path, err) &&
           keep(proof, db_text(row, 2), &proof->state, err) &&
           keep(proof, db_text(row, 6), &proof->etag, err);
}

static bool read_receipt(const ProofTools *tools, Proof *proof, Error *err)
{
    bool row;
    DbStatement *select = db_statement(
        tools->lake->db,
        "SELECT source, key, state, sha256, ingested_at_us, superseded_by, etag FROM objects WHERE"
        " id = ?",
        err);
    if (!select)
        return false;
    db_bind_int(select, 1, proof->row.object_id);
    if (!db_next(select, &row, err))
        return false;
    if (!row)
        return error_set(err, ERROR_INPUT, "the lake has no receipt of object %lld",
                         (long long)proof->row.object_id);
    bool ok = take_receipt(proof, select, err);
    db_reset(select);
    return ok;
}

/* ---- the log ---- */

/* The record of the log that is read again, against the row's. */
static bool same_record(Str a, Str b, bool *ret, Error *err)
{
    Arena *arena = arena_new(TREE_BYTES_MAX, err);
    const JsonLimits limits = {.depth_max = JSON_DEPTH_MAX, .duplicates_allowed = true};
    const Json *left = arena ? json_read(a, &limits, arena, err) : NULL;
    const Json *right = left ? json_read(b, &limits, arena, err) : NULL;
    if (right)
        *ret = json_equal(left, right);
    arena_free(arena);
    return right != NULL;
}

/* A row in which filters hid something is compared by the hash that its record had. */
static bool compare_record(const LogRecord *found, const ProofRow *row, bool *ret, Error *err)
{
    *ret = found->found && row->redacted && found->content == row->content;
    return !found->found || row->redacted ||
           same_record(buf_str(&found->text), row->record, ret, err);
}

static bool check_record(const ProofTools *tools, Proof *proof, Error *err)
{
    LogRecord found;
    bool same = false;
    bool ok =
        log_record_find(tools->lake, buf_str(&proof->log), proof->row.record_index, &found, err) &&
        compare_record(&found, &proof->row, &same, err);
    if (ok && !found.found)
        say(proof, PROOF_ROW, PROOF_FAILS, "the log has no record %d", proof->row.record_index);
    else if (ok && !same)
        say(proof, PROOF_ROW, PROOF_FAILS, "record %d of the log is another one",
            proof->row.record_index);
    else if (ok && proof->row.redacted)
        say(proof, PROOF_ROW, PROOF_HOLDS,
            "by its keyed hash, since filters hid something in the row");
    else if (ok)
        holds(proof, PROOF_ROW);
    if (ok && proof->has_hash && memcmp(found.sha256, proof->sha256, sizeof found.sha256) == 0)
        holds(proof, PROOF_LOG);
    else if (ok)
        say(proof, PROOF_LOG, PROOF_FAILS, "the file that lies there now has another SHA-256");
    buf_free(&found.text);
    return ok;
}

static void swap_logs(Proof *proof, Buf *other)
{
    Buf log = proof->log;
    proof->log = *other;
    *other = log;
    proof->log_kept = !proof->log_kept;
}

/* The log as it was kept, when where it came from has none, or another one. */
static bool check_kept(const ProofTools *tools, Proof *proof, Buf *other, Error *err)
{
    Error trouble = {0};
    const OriginalName name = {proof->source, proof->path, proof->etag};
    if (store_lake_kept(tools->kept, &name, other, &trouble) != FETCH_FOUND)
        return true;
    bool was_there = proof->has_log;
    proof->has_log = true;
    swap_logs(proof, other);
    if (!check_record(tools, proof, err))
        return false;
    if (!was_there || proof->results[PROOF_LOG].answer == PROOF_HOLDS)
        return true;
    swap_logs(proof, other);
    return check_record(tools, proof, err);
}

static bool check_log(const ProofTools *tools, Proof *proof, Error *err)
{
    Error problem = {0};
    BUF_AUTO Buf other = buf_init(proof->log.max);
    Fetch fetch =
        store_lake_original(tools->kept, proof->source, proof->path, &proof->log, &problem);
    proof->has_log = fetch == FETCH_FOUND;
    if (proof->has_log && !check_record(tools, proof, err))
        return false;
    bool done = proof->has_log && proof->results[PROOF_LOG].answer == PROOF_HOLDS;
    if (!done && !check_kept(tools, proof, &other, err))
        return false;
    if (proof->has_log)
        return true;
    for (int step = PROOF_ROW; step <= PROOF_LOG; step++)
        say(proof, (ProofStep)step, PROOF_UNKNOWN, "the log %s",
            fetch == FETCH_MISSING ? "is not there any more" : problem.text);
    return true;
}

/* ---- the digest ---- */

/* A digest that lists the log. */
typedef struct Candidate {
    Str bucket, key;
    bool same_hash;
} Candidate;

/* Those with the same hash first. */
static bool find_digests(const ProofTools *tools, Proof *proof, Candidate ret[CANDIDATES_MAX],
                         size_t *ret_count, Error *err)
{
    bool row = true, ok = true;
    DbStatement *select = db_statement(
        tools->lake->db,
        "SELECT d.bucket, d.key, l.sha256 = ?3 FROM digest_logs_current l JOIN digests d ON"
        " d.object_id = l.digest WHERE l.key = ?2 AND l.source = ?1 ORDER BY l.sha256 = ?3 DESC,"
        " d.end_us, l.digest LIMIT 8",
        err);
    *ret_count = 0;
    if (!select)
        return false;
    db_bind_text(select, 1, proof->source);
    db_bind_text(select, 2, proof->path);
    db_bind_blob(select, 3, proof->sha256, proof->has_hash ? sizeof proof->sha256 : 0);
    while (ok && (ok = db_next(select, &row, err)) && row) {
        Candidate *found = &ret[*ret_count];
        found->same_hash = db_int(select, 2) != 0;
        ok = keep(proof, db_text(select, 0), &found->bucket, err) &&
             keep(proof, db_text(select, 1), &found->key, err);
        *ret_count += ok;
    }
    if (!ok)
        db_reset(select);
    return ok;
}

static bool set_text(Buf *ret, Str text, Error *err)
{
    ret->len = 0;
    return buf_append_str(ret, text, err);
}

/* Reads the digest and checks it by itself. */
static bool read_digest(const ProofTools *tools, const Candidate *candidate, Proof *proof,
                        Error *err)
{
    const Store store = store_lake_store(tools->kept);
    Error ignored = {0};
    const LakePlace place = {candidate->bucket, candidate->key, SIZE_MAX};
    FileCheck *files = file_check_new(&store, tools->keys, err);
    bool ok =
        files && set_text(&proof->digest_bucket, candidate->bucket, err) &&
        set_text(&proof->digest_key, candidate->key, err) &&
        digest_signature_check(tools->kept, files, &place, &proof->check, &proof->signature, err);
    proof->has_digest = ok && store.get(store.context, candidate->bucket, candidate->key,
                                        &proof->digest, &ignored) == FETCH_FOUND;
    file_check_free(files);
    return ok;
}

/* Where the log stands in the digest. */
static void find_position(const ProofTools *tools, Proof *proof)
{
    const Digest *digest = &proof->check.digest;
    BUF_AUTO Buf path = buf_init(TEXTS_BYTES_MAX);
    char hex[2 * HASH_SHA256_BYTES + 1];
    hash_hex(proof->sha256, sizeof proof->sha256, hex);
    Error ignored = {0};
    for (size_t i = 0; i < digest->log_count; i++) {
        const DigestLog *log = &digest->logs[i];
        bool here = str_equal(log->bucket, proof->bucket) && str_equal(log->key, proof->key);
        for (size_t r = 0; !here && r < lake_roots_count(store_lake_roots(tools->kept)); r++)
            here = lake_roots_path(lake_roots_at(store_lake_roots(tools->kept), r), log->bucket,
                                   log->key, &path, &ignored) &&
                   str_equal(buf_str(&path), proof->path);
        if (!here)
            continue;
        proof->position = i;
        proof->bucket = log->bucket;
        proof->key = log->key;
        if (str_equal(log->hash, str_of(hex)))
            return;
    }
}

static void judge_key(Proof *proof)
{
    const PublicKey *key = proof->check.key;
    const Digest *digest = &proof->check.digest;
    if (!key)
        say(proof, PROOF_KEY, PROOF_UNKNOWN, "the key is not known");
    else if (!key->fingerprint_fits)
        say(proof, PROOF_KEY, PROOF_FAILS, "the key's fingerprint is not its MD5");
    else if (digest->end_us < key->from_us || digest->end_us > key->to_us)
        say(proof, PROOF_KEY, PROOF_FAILS, "the key was not valid at the digest's end");
    else
        holds(proof, PROOF_KEY);
}

static void judge_signature(Proof *proof)
{
    const DigestCheck *check = &proof->check;
    bool unknown = check->verdict == VERDICT_NO_KEY || check->verdict == VERDICT_UNREADABLE ||
                   (check->verdict == VERDICT_SIGNATURE && !proof->signature.text.len);
    if (check->verdict == VERDICT_VALID)
        holds(proof, PROOF_SIGNATURE);
    else
        say(proof, PROOF_SIGNATURE, unknown ? PROOF_UNKNOWN : PROOF_FAILS, "%s%s%s",
            verdict_words(check->verdict), check->detail[0] ? ": " : "", check->detail);
}

static void judge_no_digest(Proof *proof)
{
    for (int step = PROOF_LISTED; step < PROOF_STEPS; step++)
        say(proof, (ProofStep)step, PROOF_UNKNOWN,
            proof->superseded ? "a later copy of the log was ingested: this one counts no more"
                              : "the lake has no digest that lists the log");
}

static bool check_digests(const ProofTools *tools, Proof *proof, Error *err)
{
    Candidate found[CANDIDATES_MAX];
    size_t count, at = 0;
    if (!find_digests(tools, proof, found, &count, err))
        return false;
    if (!count) {
        judge_no_digest(proof);
        return true;
    }
    for (size_t i = 0; i < count && (i == 0 || found[i].same_hash); i++) {
        if (!read_digest(tools, &found[i], proof, err))
            return false;
        at = i;
        if (proof->check.verdict == VERDICT_VALID)
            break;
    }
    if (found[at].same_hash)
        holds(proof, PROOF_LISTED);
    else
        say(proof, PROOF_LISTED, PROOF_FAILS, "the digest lists it with another SHA-256");
    if (proof->check.has_document)
        find_position(tools, proof);
    judge_signature(proof);
    judge_key(proof);
    return true;
}

/* ---- an event that came another way first ---- */

/* What the row as it came has to do with the record of its log. */
static void judge_first(Proof *proof)
{
    const Delivered *delivered = &proof->delivered;
    ProofResult *result = &proof->results[PROOF_ROW];
    if (!proof->came_first || result->answer != PROOF_HOLDS)
        return;
    if (!delivered->same)
        say(proof, PROOF_ROW, PROOF_FAILS, "the row that came first differs from it in %s",
            delivered->differs);
    else
        snprintf(result->reason, sizeof result->reason, "it came first by %.*s%s%s",
                 STR_ARG(proof->first_source), delivered->left_out[0] ? ", without " : "",
                 delivered->left_out);
}

/* Goes over to the log that CloudTrail delivered, if the row is of another source and one is there.
 */
static bool find_log(const ProofTools *tools, Proof *proof, Error *err)
{
    Delivered *delivered = &proof->delivered;
    if (!delivered_is_asked(proof->source))
        return true;
    if (!delivered_find(tools->kept, proof->row.record, proof->row.time_us, delivered, err))
        return false;
    if (!delivered->found)
        return true;
    proof->came_first = true;
    proof->first = proof->row;
    proof->first_source = proof->source;
    proof->first_path = proof->path;
    proof->row.object_id = delivered->object_id;
    proof->row.record_index = delivered->record_index;
    proof->row.record = buf_str(&delivered->record);
    return read_receipt(tools, proof, err);
}

/* ---- all of it ---- */

bool proof_make(const ProofTools *tools, const ProofRow *row, Proof *ret, Error *err)
{
    *ret = (Proof){.row = *row};
    ret->log = ret->digest = buf_init(STORE_BYTES_MAX);
    ret->digest_bucket = ret->digest_key = ret->signature.text = buf_init(TEXTS_BYTES_MAX);
    ret->texts = arena_new(TEXTS_BYTES_MAX, err);
    if (!ret->texts || !file_check_digest_init(&ret->check, err) ||
        !read_receipt(tools, ret, err) || !find_log(tools, ret, err))
        return false;
    LakePlace place = lake_roots_place(store_lake_roots(tools->kept), ret->source, ret->path);
    ret->bucket = place.bucket;
    ret->key = place.key;
    if (!check_log(tools, ret, err) || !check_digests(tools, ret, err))
        return false;
    judge_first(ret);
    return true;
}

bool proof_is_whole(const Proof *proof)
{
    bool whole = true;
    for (int step = 0; step < PROOF_STEPS; step++)
        whole = whole && proof->results[step].answer == PROOF_HOLDS;
    return whole;
}

const char *proof_sum(const Proof *proof)
{
    const ProofResult *results = proof->results;
    bool fails = false;
    for (int step = 0; step < PROOF_STEPS; step++)
        fails = fails || results[step].answer == PROOF_FAILS;
    bool of_aws = results[PROOF_LISTED].answer == PROOF_HOLDS &&
                  results[PROOF_SIGNATURE].answer == PROOF_HOLDS;
    bool of_log = results[PROOF_ROW].answer == PROOF_HOLDS;
    if (fails)
        return "NOT PROVED: a step fails.";
    if (of_aws && of_log)
        return "Proved: AWS signed a digest that lists the log with this hash, and the row is that "
               "record of it.";
    if (of_aws)
        return "Proved: AWS signed a digest that lists a log of this name with the hash that was "
               "taken when the row was made of it. Not proved, without the log: that its record "
               "says what the row says.";
    if (of_log)
        return "Proved: the row is that record of the log. Not proved: that CloudTrail delivered "
               "the log.";
    return "Not proved: neither the log nor a signed digest that lists it can be read. The receipt "
           "alone says which log the row was made of.";
}
