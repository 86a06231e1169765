#include "decode/digest.h"

#include <stddef.h>

#include "base/json.h"
#include "base/timestamp.h"

#define TEXT(name, field, must)                                                                    \
    {                                                                                              \
        {name, sizeof(name) - 1}, offsetof(Digest, field), must                                    \
    }
#define LOG_TEXT(name, field)                                                                      \
    {                                                                                              \
        {name, sizeof(name) - 1}, offsetof(DigestLog, field)                                       \
    }

/* Texts of the document; one that must be there may not be null. */
static const struct {
    Str name;
    size_t offset;
    bool must;
} TEXTS[] = {
    TEXT("digestS3Bucket", bucket, true),
    TEXT("digestS3Object", key, true),
    TEXT("digestStartTime", start, true),
    TEXT("digestEndTime", end, true),
    TEXT("digestPublicKeyFingerprint", fingerprint, true),
    TEXT("digestSignatureAlgorithm", signature_algorithm, false),
    TEXT("previousDigestS3Bucket", previous_bucket, false),
    TEXT("previousDigestS3Object", previous_key, false),
    TEXT("previousDigestHashValue", previous_hash, false),
    TEXT("previousDigestSignature", previous_signature, false),
};

static const struct {
    Str name;
    size_t offset;
} LOG_TEXTS[] = {
    LOG_TEXT("s3Bucket", bucket),
    LOG_TEXT("s3Object", key),
    LOG_TEXT("hashValue", hash),
    LOG_TEXT("hashAlgorithm", hash_algorithm),
};

/* The text of a member into the field at *offset* of *whole*. */
static bool read_text(const Json *object, Str name, void *field, bool must, Error *err)
{
    const Json *value = json_member(object, name);
    Str *ret = field;
    *ret = json_text(value, STR(""));
    if (must ? value && value->type == JSON_STRING
             : !value || value->type == JSON_NULL || value->type == JSON_STRING)
        return true;
    return error_set(err, ERROR_INPUT, "%.*s is %s", STR_ARG(name), value ? "no text" : "missing");
}

static bool read_log(const Json *value, DigestLog *ret, Error *err)
{
    for (size_t i = 0; i < sizeof LOG_TEXTS / sizeof *LOG_TEXTS; i++)
        if (!read_text(value, LOG_TEXTS[i].name, (char *)ret + LOG_TEXTS[i].offset, true, err))
            return false;
    return true;
}

static bool read_logs(const Json *logs, Arena *arena, Digest *ret, Error *err)
{
    if (!logs || logs->type != JSON_ARRAY)
        return error_set(err, ERROR_INPUT, "logFiles is %s", logs ? "no array" : "missing");
    ret->logs = arena_calloc(arena, logs->count, sizeof *ret->logs, err);
    if (!ret->logs)
        return false;
    for (const Json *log = logs->first; log; log = log->next, ret->log_count++)
        if (!read_log(log, &ret->logs[ret->log_count], err))
            return error_context(err, "logFiles[%zu]", ret->log_count);
    return true;
}

static bool read_times(Digest *ret, Error *err)
{
    if (!timestamp_parse(ret->start, &ret->start_us))
        return error_set(err, ERROR_INPUT, "digestStartTime is no time");
    if (!timestamp_parse(ret->end, &ret->end_us))
        return error_set(err, ERROR_INPUT, "digestEndTime is no time");
    return true;
}

bool digest_read(Str inflated, Arena *arena, Digest *ret, Error *err)
{
    const Json *document = json_read(inflated, &JSON_LIMITS_DEFAULT, arena, err);
    *ret = (Digest){0};
    if (!document)
        return false;
    for (size_t i = 0; i < sizeof TEXTS / sizeof *TEXTS; i++)
        if (!read_text(document, TEXTS[i].name, (char *)ret + TEXTS[i].offset, TEXTS[i].must, err))
            return false;
    if (!json_member(document, STR("previousDigestSignature")))
        return error_set(err, ERROR_INPUT, "previousDigestSignature is missing");
    ret->has_previous = ret->previous_bucket.len != 0;
    hash_sha256(inflated.ptr, inflated.len, ret->sha256);
    return read_times(ret, err) &&
           read_logs(json_member(document, STR("logFiles")), arena, ret, err);
}

bool digest_signed_text(const Digest *digest, Buf *ret, Error *err)
{
    char hash[2 * HASH_SHA256_BYTES + 1];
    Str previous = digest->previous_signature.len ? digest->previous_signature : STR("null");
    hash_hex(digest->sha256, sizeof digest->sha256, hash);
    return buf_append_str(ret, digest->end, err) && buf_append_byte(ret, '\n', err) &&
           buf_append_str(ret, digest->bucket, err) && buf_append_byte(ret, '/', err) &&
           buf_append_str(ret, digest->key, err) && buf_append_byte(ret, '\n', err) &&
           buf_append(ret, hash, sizeof hash - 1, err) && buf_append_byte(ret, '\n', err) &&
           buf_append_str(ret, previous, err);
}
