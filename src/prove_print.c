#include "prove_print.h"

#include <stdio.h>

#include "base/base64.h"
#include "base/cell.h"
#include "base/clock.h"
#include "base/json_write.h"
#include "base/timestamp.h"

enum { TEXT_BYTES_MAX = 1 << 20, CODED_BYTES_MAX = 1536 << 20 };

#define DOCUMENT_BYTES_MAX ((size_t)4 << 30)

static const char *const ANSWER_WORDS[] = {
    [PROOF_HOLDS] = "holds", [PROOF_FAILS] = "FAILS", [PROOF_UNKNOWN] = "unknown"};

/* ---- for people ---- */

static bool append_uri(Buf *out, Str bucket, Str key, Error *err)
{
    return (!bucket.len || (buf_append_str(out, STR("s3://"), err) &&
                            cell_visible(bucket, out, err) && buf_append_byte(out, '/', err))) &&
           cell_visible(key, out, err);
}

static bool append_first(Buf *out, const Proof *proof, Error *err)
{
    return !proof->came_first ||
           (buf_append_str(out, STR("  came first "), err) &&
            cell_visible(proof->first_path, out, err) && buf_append_byte(out, '\n', err));
}

static bool append_places(Buf *out, const Proof *proof, Error *err)
{
    char hex[2 * HASH_SHA256_BYTES + 1];
    hash_hex(proof->sha256, sizeof proof->sha256, hex);
    bool ok = buf_printf(out, err, "  row        object %lld, record %d\n  log        ",
                         (long long)proof->row.object_id, proof->row.record_index) &&
              append_uri(out, proof->bucket, proof->key, err) &&
              buf_append_str(out, STR("\n  read from  "), err) &&
              cell_visible(proof->path, out, err) &&
              buf_printf(out, err, "%s\n  SHA-256    %s\n",
                         proof->log_kept ? ", as it was kept then" : "",
                         proof->has_hash ? hex : "not known") &&
              append_first(out, proof, err);
    if (!ok || !proof->has_digest)
        return ok;
    return buf_append_str(out, STR("  digest     "), err) &&
           append_uri(out, buf_str(&proof->digest_bucket), buf_str(&proof->digest_key), err) &&
           buf_append_str(out, STR("\n  key        "), err) &&
           cell_visible(proof->check.digest.fingerprint, out, err) &&
           buf_append_byte(out, '\n', err);
}

static bool append_text(Buf *out, const Proof *proof, Str event_id, Error *err)
{
    char time[TIMESTAMP_TEXT_BYTES];
    timestamp_format(proof->row.time_us, time);
    bool ok = buf_append_str(out, STR("event "), err) && cell_visible(event_id, out, err) &&
              buf_printf(out, err, " of %s\n", time) && append_places(out, proof, err);
    for (int step = 0; ok && step < PROOF_STEPS; step++) {
        const ProofResult *result = &proof->results[step];
        ok = buf_printf(out, err, "  %-8s %s", ANSWER_WORDS[result->answer],
                        proof_step_words((ProofStep)step)) &&
             (!result->reason[0] || (buf_append_str(out, STR(": "), err) &&
                                     cell_visible(str_of(result->reason), out, err))) &&
             buf_append_byte(out, '\n', err);
    }
    return ok && buf_printf(out, err, "%s\n", proof_sum(proof));
}

/* ---- as a document ---- */

static void write_time(JsonWriter *to, const char *name, int64_t us)
{
    char text[TIMESTAMP_TEXT_BYTES];
    if (us == INT64_MIN || us == INT64_MAX)
        return;
    timestamp_format(us, text);
    json_write_text(to, name, str_of(text));
}

static void write_coded(JsonWriter *to, const char *name, Str bytes)
{
    BUF_AUTO Buf coded = buf_init(CODED_BYTES_MAX);
    to->ok = to->ok && base64_append(&coded, bytes, to->err);
    json_write_text(to, name, buf_str(&coded));
}

static void write_log(JsonWriter *to, const Proof *proof)
{
    char hex[2 * HASH_SHA256_BYTES + 1];
    hash_hex(proof->sha256, sizeof proof->sha256, hex);
    json_write_open(to, "object", '{');
    json_write_int(to, "object_id", proof->row.object_id);
    json_write_text(to, "source", proof->source);
    json_write_text(to, "path", proof->path);
    json_write_text(to, "state", proof->state);
    if (proof->has_hash)
        json_write_text(to, "sha256", str_of(hex));
    write_time(to, "ingested", proof->ingested_us);
    json_write_close(to, '}');
    json_write_open(to, "log", '{');
    json_write_some(to, "bucket", proof->bucket);
    json_write_text(to, "key", proof->key);
    if (proof->has_log)
        write_coded(to, "content", buf_str(&proof->log));
    if (proof->log_kept)
        json_write_value(to, "kept", STR("true"));
    json_write_close(to, '}');
}

static void write_digest(JsonWriter *to, const Proof *proof)
{
    json_write_open(to, "digest", '{');
    json_write_text(to, "bucket", buf_str(&proof->digest_bucket));
    json_write_text(to, "key", buf_str(&proof->digest_key));
    json_write_int(to, "position", (int64_t)proof->position);
    write_coded(to, "content", buf_str(&proof->digest));
    json_write_close(to, '}');
    if (proof->signature.text.len) {
        json_write_open(to, "signature", '{');
        json_write_text(to, "algorithm", STR("SHA256withRSA"));
        json_write_text(to, "value", buf_str(&proof->signature.text));
        json_write_text(to, "from",
                        proof->signature.from_successor
                            ? STR("the digest that follows")
                            : STR("the metadata of the digest's object"));
        json_write_close(to, '}');
    }
}

static void write_key(JsonWriter *to, const PublicKey *key)
{
    json_write_open(to, "key", '{');
    json_write_text(to, "fingerprint", key->fingerprint);
    write_coded(to, "der", key->der);
    write_time(to, "valid_from", key->from_us);
    write_time(to, "valid_to", key->to_us);
    json_write_close(to, '}');
}

static void write_steps(JsonWriter *to, const Proof *proof)
{
    json_write_open(to, "steps", '[');
    for (int step = 0; step < PROOF_STEPS; step++) {
        const ProofResult *result = &proof->results[step];
        json_write_open(to, NULL, '{');
        json_write_text(to, "step", str_of(proof_step_name((ProofStep)step)));
        json_write_text(to, "answer", str_of(proof_answer_name(result->answer)));
        json_write_text(to, "says", str_of(proof_step_words((ProofStep)step)));
        json_write_some(to, "reason", str_of(result->reason));
        json_write_close(to, '}');
    }
    json_write_close(to, ']');
}

/* The row as it came, before its log did. */
static void write_first(JsonWriter *to, const Proof *proof)
{
    json_write_open(to, "came_first", '{');
    json_write_int(to, "object_id", proof->first.object_id);
    json_write_int(to, "record_index", proof->first.record_index);
    json_write_text(to, "source", proof->first_source);
    json_write_text(to, "path", proof->first_path);
    json_write_value(to, "record", proof->first.record);
    json_write_close(to, '}');
}

static bool append_json(Buf *out, const Proof *proof, Error *err)
{
    JsonWriter to = {out, err, true};
    json_write_open(&to, NULL, '{');
    json_write_open(&to, "row", '{');
    json_write_int(&to, "object_id", proof->row.object_id);
    json_write_int(&to, "record_index", proof->row.record_index);
    write_time(&to, "time", proof->row.time_us);
    json_write_value(&to, "record", proof->row.record);
    json_write_close(&to, '}');
    if (proof->came_first)
        write_first(&to, proof);
    write_log(&to, proof);
    if (proof->has_digest)
        write_digest(&to, proof);
    if (proof->check.key)
        write_key(&to, proof->check.key);
    write_steps(&to, proof);
    json_write_text(&to, "sum", str_of(proof_sum(proof)));
    json_write_close(&to, '}');
    return to.ok;
}

/* What stands before the first event. */
static bool append_head(Buf *out, Str event_id, Error *err)
{
    JsonWriter to = {out, err, true};
    json_write_open(&to, NULL, '{');
    json_write_text(&to, "format", STR("spoor-proof"));
    json_write_int(&to, "version", 1);
    json_write_text(&to, "program", STR("spoor " SPOOR_VERSION));
    write_time(&to, "made", clock_now_us());
    json_write_text(&to, "event_id", event_id);
    json_write_open(&to, "events", '[');
    return to.ok;
}

bool prove_print_proof(ProvePrint *self, const Proof *proof, Error *err)
{
    BUF_AUTO Buf out = buf_init(self->json ? DOCUMENT_BYTES_MAX : TEXT_BYTES_MAX);
    bool ok = !self->json ? (!self->any || buf_append_byte(&out, '\n', err)) &&
                                append_text(&out, proof, self->event_id, err)
              : self->any ? buf_append_str(&out, STR(",\n"), err)
                          : append_head(&out, self->event_id, err);
    if (ok)
        fwrite(out.ptr, 1, out.len, stdout);
    self->any = true;
    if (!ok || !self->json)
        return ok;
    out.len = 0;
    ok = append_json(&out, proof, err);
    if (ok)
        fwrite(out.ptr, 1, out.len, stdout);
    return ok;
}

void prove_print_end(const ProvePrint *self)
{
    if (self->json && self->any)
        printf("]}\n");
    fflush(stdout);
}
