#include "cloud/s3.h"

#include <stdio.h>

#include "base/timestamp.h"
#include "cloud/xml.h"

enum {
    PAGE_BYTES_MAX = 8 << 20, /* of 1000 keys in XML */
    FIELD_BYTES_MAX = 16 << 10,
    SETTING_BYTES_MAX = 1 << 20,
    BUCKET_NAME_MIN = 3,
    BUCKET_NAME_MAX = 63
};

/* Classes whose objects are not at hand; INTELLIGENT_TIERING may be, and is tried. */
static const char *const ARCHIVED[] = {"GLACIER", "DEEP_ARCHIVE"};

bool s3_name_object(const S3Bucket *bucket, Str key, Error *err)
{
    return error_context(err, "s3://%s/%.*s", bucket->name, STR_ARG(str_slice(key, 0, 400)));
}

bool s3_split(Str uri, Str *ret_bucket, Str *ret_key, Error *err)
{
    Str rest = str_slice(uri, 5, uri.len);
    size_t slash = str_find_byte(rest, '/', 0);
    Str bucket = str_slice(rest, 0, slash);
    bool ok = str_starts(uri, STR("s3://")) && bucket.len >= BUCKET_NAME_MIN &&
              bucket.len <= BUCKET_NAME_MAX;
    for (size_t i = 0; ok && i < bucket.len; i++) {
        char c = bucket.ptr[i];
        ok = (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '.' ||
             (c >= 'A' && c <= 'Z') || c == '_';
    }
    if (!ok)
        return error_set(err, ERROR_USAGE,
                         "'%.*s' names no bucket: s3://BUCKET/PREFIX, a bucket's name has 3 to 63 "
                         "letters, digits, '-' and '.'",
                         STR_ARG(str_slice(uri, 0, 200)));
    *ret_bucket = bucket;
    *ret_key = str_slice(rest, slash + 1, rest.len);
    return true;
}

/* A request for *key* of the bucket, or for the bucket itself; *path* holds its path then. */
static bool fill(Request *request, const S3Bucket *bucket, Str key, Buf *path, Error *err)
{
    if (bucket->endpoint.path_style &&
        !(buf_append_byte(path, '/', err) && buf_append_str(path, str_of(bucket->name), err)))
        return false;
    if (!buf_append_byte(path, '/', err) || !buf_append_str(path, key, err))
        return false;
    request->endpoint = &bucket->endpoint;
    request->credentials = bucket->credentials;
    request->service = STR("s3");
    request->path = buf_str(path);
    return true;
}

RequestCall *s3_start(const S3Bucket *bucket, RequestLine *line, const Request *request, Str key,
                      Error *err)
{
    Request filled = *request;
    Sigv4Pair headers[REQUEST_PAIRS_MAX + 1];
    BUF_AUTO Buf path = buf_init(FIELD_BYTES_MAX);
    for (size_t i = 0; i < request->header_count && i < REQUEST_PAIRS_MAX; i++)
        headers[i] = request->headers[i];
    filled.headers = headers;
    if (bucket->requester_pays && request->header_count < REQUEST_PAIRS_MAX)
        headers[filled.header_count++] = (Sigv4Pair){STR("x-amz-request-payer"), STR("requester")};
    return fill(&filled, bucket, key, &path, err) ? request_start(line, &filled, err) : NULL;
}

/* The region that an answer to HEAD of the bucket says; radosgw and others say none. */
static bool read_region(S3Bucket *ret, RequestCall *call, const Failure *failure, bool *ret_moved)
{
    Str region = http_reply_header(request_reply(call), STR("x-amz-bucket-region"));
    if (!region.len)
        region = str_of(failure->region);
    *ret_moved = region.len && !str_equal(region, str_of(ret->endpoint.region));
    return region.len > 0;
}

/* What to do when a bucket does not answer. Returns false. */
static bool no_bucket(const S3Bucket *bucket, const Failure *failure, Error *err)
{
    if (failure->status == 404)
        error_set(err, ERROR_ACCESS, "there is no such bucket at %s (HTTP 404)",
                  bucket->endpoint.url);
    return error_context(err, "s3://%s", bucket->name);
}

/* Asks the bucket at its endpoint: done when it answers or says that it is somewhere else. An
 * answer to HEAD has no words: a refusal is left to what is asked next. */
static bool ask_bucket(S3Bucket *ret, RequestLine *line, Buf *region, bool *ret_moved, Error *err)
{
    Request request = {.method = STR("HEAD"), .reply_max = FIELD_BYTES_MAX};
    Failure failure;
    RequestCall *call = s3_start(ret, line, &request, STR(""), err);
    if (!call)
        return false;
    bool answered = request_await(line, call, &failure, err);
    bool known = (answered || failure.status) && read_region(ret, call, &failure, ret_moved);
    if (known && *ret_moved) {
        Str name = http_reply_header(request_reply(call), STR("x-amz-bucket-region"));
        region->len = 0;
        answered = buf_append_str(region, name.len ? name : str_of(failure.region), err);
    } else if (!answered && (failure.status == 403 || failure.status == 400)) {
        error_clear(err);
        answered = true;
    } else if (!answered) {
        no_bucket(ret, &failure, err);
    }
    request_free(call);
    return answered;
}

bool s3_find(S3Bucket *ret, RequestLine *line, const EndpointSource *source,
             const EndpointQuery *query, Error *err)
{
    EndpointQuery asked = *query;
    BUF_AUTO Buf region = buf_init(ENDPOINT_REGION_BYTES);
    bool moved = false;
    snprintf(ret->name, sizeof ret->name, "%.*s", STR_ARG(query->bucket));
    asked.service = STR("s3");
    asked.for_bucket = !query->region.len;
    if (!endpoint_find(source, &asked, &ret->endpoint, err) ||
        !ask_bucket(ret, line, &region, &moved, err))
        return false;
    if (!moved)
        return true;
    asked.region = buf_str(&region);
    asked.for_bucket = false;
    return endpoint_find(source, &asked, &ret->endpoint, err);
}

RequestCall *s3_list_start(const S3Bucket *bucket, RequestLine *line, const S3Listing *listing,
                           Error *err)
{
    Sigv4Pair query[6] = {{STR("list-type"), STR("2")},
                          {STR("encoding-type"), STR("url")},
                          {STR("prefix"), listing->prefix}};
    size_t count = 3;
    if (listing->folders)
        query[count++] = (Sigv4Pair){STR("delimiter"), STR("/")};
    if (listing->token.len)
        query[count++] = (Sigv4Pair){STR("continuation-token"), listing->token};
    else if (listing->after.len)
        query[count++] = (Sigv4Pair){STR("start-after"), listing->after};
    Request request = {
        .method = STR("GET"), .query = query, .query_count = count, .reply_max = PAGE_BYTES_MAX};
    return s3_start(bucket, line, &request, STR(""), err);
}

/* What a page is read with. */
typedef struct Page {
    const S3PageTake *take;
    Buf key;
    Buf field;
    Buf etag;
    Buf storage;
    bool encoded;
} Page;

static int hex_digit(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    c = str_lower(c);
    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

void s3_decode_key(Buf *text)
{
    size_t to = 0;
    for (size_t at = 0; at < text->len; at++, to++) {
        char c = text->ptr[at];
        int high = c == '%' && at + 2 < text->len ? hex_digit(text->ptr[at + 1]) : -1;
        int low = high >= 0 ? hex_digit(text->ptr[at + 2]) : -1;
        if (low >= 0) {
            c = (char)(high * 16 + low);
            at += 2;
        } else if (c == '+') {
            c = ' ';
        }
        text->ptr[to] = c;
    }
    text->len = to;
}

/* A key or prefix; it may be empty. */
static bool read_key(Page *page, Str inside, Str name, Error *err)
{
    page->key.len = 0;
    if (!xml_value(inside, name, &page->key, err))
        return false;
    if (page->encoded && page->key.len)
        s3_decode_key(&page->key);
    return page->key.len <= S3_KEY_BYTES_MAX ||
           error_set(err, ERROR_INPUT, "a key of %zu bytes", page->key.len);
}

static bool is_archived(Str storage_class)
{
    for (size_t i = 0; i < sizeof ARCHIVED / sizeof *ARCHIVED; i++)
        if (str_equal(storage_class, str_of(ARCHIVED[i])))
            return true;
    return false;
}

/* An element that may be missing. */
static Str read_optional(Buf *to, Str inside, Str name)
{
    ERROR_UNREAD(ignored);
    to->len = 0;
    if (!xml_value(inside, name, to, &ignored))
        to->len = 0;
    return buf_str(to);
}

static bool read_object(Page *page, Str inside, Error *err)
{
    S3Object object = {.modified_us = 0};
    if (!read_key(page, inside, STR("Key"), err))
        return false;
    object.key = buf_str(&page->key);
    Str size = read_optional(&page->field, inside, STR("Size"));
    if (!str_to_u64(size, &object.bytes))
        return error_set(err, ERROR_INPUT, "size '%.*s' of '%.*s' is no number", STR_ARG(size),
                         STR_ARG(object.key));
    Str modified = read_optional(&page->field, inside, STR("LastModified"));
    if (!timestamp_parse(modified, &object.modified_us))
        return error_set(err, ERROR_INPUT, "time '%.*s' of '%.*s' is none", STR_ARG(modified),
                         STR_ARG(object.key));
    object.etag = read_optional(&page->etag, inside, STR("ETag"));
    object.storage_class = read_optional(&page->storage, inside, STR("StorageClass"));
    object.archived = is_archived(object.storage_class);
    return !page->take->object || page->take->object(page->take->context, &object, err);
}

static bool read_page(Page *page, Str body, Error *err)
{
    Str rest = body, inside;
    page->encoded = str_equal(read_optional(&page->field, body, STR("EncodingType")), STR("url"));
    while (xml_next(&rest, STR("Contents"), &inside))
        if (!read_object(page, inside, err))
            return false;
    rest = body;
    while (xml_next(&rest, STR("CommonPrefixes"), &inside)) {
        if (!read_key(page, inside, STR("Prefix"), err))
            return false;
        if (page->take->folder &&
            !page->take->folder(page->take->context, buf_str(&page->key), err))
            return false;
    }
    return true;
}

/* The token of the next page, when there is one. */
static bool read_token(Page *page, Str body, Buf *ret, Error *err)
{
    ret->len = 0;
    Str more = read_optional(&page->field, body, STR("IsTruncated"));
    if (!str_equal(more, STR("true")))
        return true;
    if (!xml_value(body, STR("NextContinuationToken"), ret, err))
        return false;
    return ret->len || error_set(err, ERROR_INPUT, "a page that is not the last names no next one");
}

bool s3_list_end(const S3Bucket *bucket, RequestCall *call, const S3PageTake *take, Buf *ret_token,
                 Error *err)
{
    Failure failure;
    ret_token->len = 0;
    if (!request_ok(call, &failure, err)) {
        if (str_equal(str_of(failure.code), STR("AccessDenied")))
            error_context(err, "s3:ListBucket on arn:%s:s3:::%s is needed",
                          endpoint_partition(str_of(bucket->endpoint.region)), bucket->name);
        return error_context(err, "listing s3://%s", bucket->name);
    }
    Str body = buf_str(&request_reply(call)->body), rest = body, inside;
    if (!xml_next(&rest, STR("ListBucketResult"), &inside))
        return error_set(err, ERROR_INPUT, "listing s3://%s: the answer is no ListBucketResult",
                         bucket->name);
    Page page = {.take = take,
                 .key = buf_init(FIELD_BYTES_MAX),
                 .field = buf_init(FIELD_BYTES_MAX),
                 .etag = buf_init(FIELD_BYTES_MAX),
                 .storage = buf_init(FIELD_BYTES_MAX)};
    bool ok = read_page(&page, inside, err) && read_token(&page, inside, ret_token, err);
    buf_free(&page.key);
    buf_free(&page.field);
    buf_free(&page.etag);
    buf_free(&page.storage);
    return ok || error_context(err, "listing s3://%s", bucket->name);
}

RequestCall *s3_get_start(const S3Bucket *bucket, RequestLine *line, Str key, Str etag, Error *err)
{
    Request request = {.method = STR("GET"), .reply_max = S3_OBJECT_BYTES_MAX, .etag = etag};
    return s3_start(bucket, line, &request, key, err);
}

RequestCall *s3_head_start(const S3Bucket *bucket, RequestLine *line, Str key, Error *err)
{
    Request request = {.method = STR("HEAD"), .reply_max = FIELD_BYTES_MAX};
    return s3_start(bucket, line, &request, key, err);
}

bool s3_head_end(RequestCall *call, S3Object *ret, Error *err)
{
    if (!request_ok(call, NULL, err))
        return false;
    const HttpReply *reply = request_reply(call);
    *ret = (S3Object){.etag = http_reply_header(reply, STR("etag"))};
    if (!str_to_u64(http_reply_header(reply, STR("content-length")), &ret->bytes) || !ret->etag.len)
        return error_set(err, ERROR_INPUT, "an answer without length or etag");
    return http_time(http_reply_header(reply, STR("last-modified")), &ret->modified_us) ||
           error_set(err, ERROR_INPUT, "an answer without Last-Modified");
}

/* Why AWS refused an encrypted object: which key, and what is needed. Adds nothing when the object
 * does not say that it is encrypted with one. */
static void name_encryption_key(const S3Bucket *bucket, RequestLine *line, Str key, Error *err)
{
    ERROR_UNREAD(ignored);
    RequestCall *call = s3_head_start(bucket, line, key, &ignored);
    if (!call)
        return;
    if (request_await(line, call, NULL, &ignored)) {
        Str id = http_reply_header(request_reply(call),
                                   STR("x-amz-server-side-encryption-aws-kms-key-id"));
        if (id.len)
            error_context(err, "kms:Decrypt on %.*s is needed", STR_ARG(str_slice(id, 0, 200)));
    }
    request_free(call);
}

bool s3_get_end(const S3Bucket *bucket, RequestLine *line, RequestCall *call, Str key, Buf *ret,
                Error *err)
{
    Failure failure;
    if (request_ok(call, &failure, err)) {
        Buf *body = &request_reply(call)->body;
        buf_free(ret);
        *ret = *body;
        *body = buf_init(body->max);
        return true;
    }
    bool archived = str_equal(str_of(failure.code), STR("InvalidObjectState"));
    if (failure.status == 412)
        error_set(err, ERROR_BUSY, "it changed after it was listed (HTTP 412)");
    else if (archived)
        error_context(err, "archived, to be restored before it can be read (--restore)");
    else if (failure.status == 403 || str_starts(str_of(failure.code), STR("KMS.")))
        name_encryption_key(bucket, line, key, err);
    return s3_name_object(bucket, key, err);
}

RequestCall *s3_setting_start(const S3Bucket *bucket, RequestLine *line, Str name, Error *err)
{
    const Sigv4Pair query = {name, {"", 0}};
    Request request = {
        .method = STR("GET"), .query = &query, .query_count = 1, .reply_max = SETTING_BYTES_MAX};
    return s3_start(bucket, line, &request, (Str){"", 0}, err);
}

bool s3_restore(const S3Bucket *bucket, RequestLine *line, Str key, int days, Error *err)
{
    char body[256];
    const Sigv4Pair query = {STR("restore"), STR("")};
    Failure failure;
    snprintf(body, sizeof body,
             "<RestoreRequest xmlns=\"http://s3.amazonaws.com/doc/2006-03-01/\"><Days>%d</Days>"
             "<GlacierJobParameters><Tier>Bulk</Tier></GlacierJobParameters></RestoreRequest>",
             days);
    Request request = {.method = STR("POST"),
                       .query = &query,
                       .query_count = 1,
                       .body = str_of(body),
                       .reply_max = FIELD_BYTES_MAX};
    RequestCall *call = s3_start(bucket, line, &request, key, err);
    bool ok = call && request_await(line, call, &failure, err);
    if (call && !ok && str_equal(str_of(failure.code), STR("RestoreAlreadyInProgress")))
        ok = true;
    request_free(call);
    return ok || s3_name_object(bucket, key, err);
}
