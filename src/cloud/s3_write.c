#include "cloud/s3_write.h"

#include <string.h>

#include "base/base64.h"
#include "base/clock.h"
#include "base/hash.h"
#include "base/timestamp.h"
#include "cloud/xml.h"

enum { PAGE_BYTES_MAX = 8 << 20, FIELD_BYTES_MAX = 16 << 10, MD5_TEXT_BYTES_MAX = 64 };

/* ---- storing ---- */

RequestCall *s3_put_start(const S3Bucket *bucket, RequestLine *line, const S3Put *put, Error *err)
{
    uint8_t md5[HASH_MD5_BYTES];
    char until[TIMESTAMP_TEXT_BYTES];
    Sigv4Pair headers[4];
    size_t count = 0;
    BUF_AUTO Buf text = buf_init(MD5_TEXT_BYTES_MAX);
    hash_md5(put->body.ptr, put->body.len, md5);
    if (!base64_append(&text, (Str){(const char *)md5, sizeof md5}, err))
        return NULL;
    headers[count++] = (Sigv4Pair){STR("content-md5"), buf_str(&text)};
    if (put->once)
        headers[count++] = (Sigv4Pair){STR("if-none-match"), STR("*")};
    if (put->lock_until_us) {
        timestamp_format(put->lock_until_us / 1000000 * 1000000, until);
        headers[count++] = (Sigv4Pair){STR("x-amz-object-lock-mode"), STR("COMPLIANCE")};
        headers[count++] = (Sigv4Pair){STR("x-amz-object-lock-retain-until-date"), str_of(until)};
    }
    const Request request = {.method = STR("PUT"),
                             .headers = headers,
                             .header_count = count,
                             .body = put->body,
                             .reply_max = FIELD_BYTES_MAX};
    return s3_start(bucket, line, &request, put->key, err);
}

bool s3_put_end(const S3Bucket *bucket, RequestCall *call, const S3Put *put, bool *ret_exists,
                Error *err)
{
    Failure failure = {0};
    bool ok = request_ok(call, &failure, err);
    *ret_exists = !ok && put->once && failure.status == 412;
    if (*ret_exists) {
        error_clear(err);
        return true;
    }
    if (!ok && str_equal(str_of(failure.code), STR("AccessDenied")))
        error_context(err, "s3:PutObject%s is needed",
                      put->lock_until_us ? " and s3:PutObjectRetention" : "");
    return ok || s3_name_object(bucket, put->key, err);
}

/* ---- versions ---- */

/* Where a listing of versions goes on. */
typedef struct Versions {
    const S3Bucket *bucket;
    const S3VersionTake *take;
    Buf key, id, field;
    Buf next_key, next_id; /* of the next page; empty: there is none */
    bool encoded;
} Versions;

/* The text of an element, which may be missing. */
static Str read_field(Buf *to, Str inside, Str name)
{
    ERROR_UNREAD(ignored);
    to->len = 0;
    if (!xml_value(inside, name, to, &ignored))
        to->len = 0;
    return buf_str(to);
}

static bool take_version(Versions *self, Str inside, Error *err)
{
    S3Version version;
    version.key = read_field(&self->key, inside, STR("Key"));
    version.id = read_field(&self->id, inside, STR("VersionId"));
    if (!version.key.len)
        return error_set(err, ERROR_INPUT, "a version without a key");
    if (self->encoded)
        s3_decode_key(&self->key);
    version.key = buf_str(&self->key);
    if (!str_to_u64(read_field(&self->field, inside, STR("Size")), &version.bytes))
        return error_set(err, ERROR_INPUT, "the size of '%.*s' is no number", STR_ARG(version.key));
    return self->take->version(self->take->context, &version, err);
}

static bool read_page(Versions *self, Str body, Error *err)
{
    Str rest = body, inside;
    if (!xml_next(&rest, STR("ListVersionsResult"), &body))
        return error_set(err, ERROR_INPUT, "the answer is no ListVersionsResult");
    self->encoded = str_equal(read_field(&self->field, body, STR("EncodingType")), STR("url"));
    rest = body;
    while (xml_next(&rest, STR("Version"), &inside))
        if (!take_version(self, inside, err))
            return false;
    self->next_key.len = self->next_id.len = 0;
    if (!str_equal(read_field(&self->field, body, STR("IsTruncated")), STR("true")))
        return true;
    read_field(&self->next_id, body, STR("NextVersionIdMarker"));
    if (!read_field(&self->next_key, body, STR("NextKeyMarker")).len)
        return error_set(err, ERROR_INPUT, "a page that is not the last names no next one");
    if (self->encoded)
        s3_decode_key(&self->next_key);
    return true;
}

static RequestCall *start_page(const Versions *self, RequestLine *line, Str prefix, Error *err)
{
    const Sigv4Pair query[] = {{STR("versions"), STR("")},
                               {STR("encoding-type"), STR("url")},
                               {STR("prefix"), prefix},
                               {STR("key-marker"), buf_str(&self->next_key)},
                               {STR("version-id-marker"), buf_str(&self->next_id)}};
    const Request request = {.method = STR("GET"),
                             .query = query,
                             .query_count = !self->next_key.len ? 3
                                            : self->next_id.len ? 5
                                                                : 4,
                             .reply_max = PAGE_BYTES_MAX};
    return s3_start(self->bucket, line, &request, STR(""), err);
}

static bool ask_page(Versions *self, RequestLine *line, Str prefix, Error *err)
{
    Failure failure = {0};
    RequestCall *call = start_page(self, line, prefix, err);
    bool answered = call && request_await(line, call, &failure, err);
    bool ok = answered && read_page(self, buf_str(&request_reply(call)->body), err);
    if (call && !answered && str_equal(str_of(failure.code), STR("AccessDenied")))
        error_context(err, "s3:ListBucketVersions on arn:%s:s3:::%s is needed",
                      endpoint_partition(str_of(self->bucket->endpoint.region)),
                      self->bucket->name);
    request_free(call);
    return ok || error_context(err, "listing versions of s3://%s", self->bucket->name);
}

bool s3_versions(const S3Bucket *bucket, RequestLine *line, Str prefix, const S3VersionTake *take,
                 Error *err)
{
    Versions self = {.bucket = bucket,
                     .take = take,
                     .key = buf_init(FIELD_BYTES_MAX),
                     .id = buf_init(FIELD_BYTES_MAX),
                     .field = buf_init(FIELD_BYTES_MAX),
                     .next_key = buf_init(FIELD_BYTES_MAX),
                     .next_id = buf_init(FIELD_BYTES_MAX)};
    bool ok = ask_page(&self, line, prefix, err);
    while (ok && self.next_key.len)
        ok = ask_page(&self, line, prefix, err);
    buf_free(&self.key);
    buf_free(&self.id);
    buf_free(&self.field);
    buf_free(&self.next_key);
    buf_free(&self.next_id);
    return ok;
}

/* ---- one version ---- */

static RequestCall *start_version(const S3Bucket *bucket, RequestLine *line, Str method, Str key,
                                  Str id, Error *err)
{
    const Sigv4Pair query = {STR("versionId"), id};
    const Request request = {
        .method = method, .query = &query, .query_count = id.len > 0, .reply_max = FIELD_BYTES_MAX};
    return s3_start(bucket, line, &request, key, err);
}

RequestCall *s3_version_start(const S3Bucket *bucket, RequestLine *line, Str key, Str id,
                              Error *err)
{
    return start_version(bucket, line, STR("HEAD"), key, id, err);
}

RequestCall *s3_delete_start(const S3Bucket *bucket, RequestLine *line, Str key, Str id, Error *err)
{
    return start_version(bucket, line, STR("DELETE"), key, id, err);
}

/* Whether the answer's headers say that the version cannot be deleted now. */
static bool says_locked(const HttpReply *reply)
{
    int64_t until_us;
    Str until = http_reply_header(reply, STR("x-amz-object-lock-retain-until-date"));
    Str held = http_reply_header(reply, STR("x-amz-object-lock-legal-hold"));
    return str_equal(held, STR("ON")) ||
           (timestamp_parse(until, &until_us) && until_us > clock_now_us());
}

/* Whether a refusal is Object Lock's. AWS and radosgw say AccessDenied, as of a missing permission,
 * and tell them apart in words; others speak of WORM. */
static bool is_lock(const Failure *failure)
{
    static const char *const WORDS[] = {"object lock", "Object Lock", "WORM"};
    for (size_t i = 0; i < sizeof WORDS / sizeof *WORDS; i++)
        if (strstr(failure->message, WORDS[i]))
            return true;
    return false;
}

S3Ending s3_version_end(const S3Bucket *bucket, RequestCall *call, Str key, Error *err)
{
    Failure failure = {0};
    if (request_ok(call, &failure, err))
        return says_locked(request_reply(call)) ? S3_LOCKED : S3_ENDED;
    if (failure.status == 404 || is_lock(&failure)) {
        error_clear(err);
        return failure.status == 404 ? S3_MISSING : S3_LOCKED;
    }
    s3_name_object(bucket, key, err);
    return S3_REFUSED;
}
