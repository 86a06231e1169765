#include "verify/fetch_s3.h"

#include <string.h>

/* One request about an object, on a line of its own. */
typedef struct Asking {
    Aws *aws;
    RequestLine *line;
    const S3Bucket *bucket;
    RequestCall *call;
    Failure failure;
} Asking;

static bool begin(Asking *asking, Aws *aws, Str bucket, Error *err)
{
    *asking = (Asking){.aws = aws, .line = aws_take_line(aws, err)};
    asking->bucket = asking->line ? aws_bucket(aws, asking->line, bucket, err) : NULL;
    return asking->bucket != NULL;
}

static void end(Asking *asking)
{
    request_free(asking->call);
    aws_give_line(asking->aws, asking->line);
}

/* Waits for the answer; what is not there is no error. */
static Fetch await(Asking *asking, Error *err)
{
    if (!asking->call)
        return FETCH_FAILED;
    if (request_await(asking->line, asking->call, &asking->failure, err))
        return FETCH_FOUND;
    if (asking->failure.status != 404)
        return FETCH_FAILED;
    error_clear(err);
    return FETCH_MISSING;
}

Fetch fetch_s3(Aws *aws, Str bucket, Str key, Buf *ret, Error *err)
{
    Asking asking;
    Fetch fetch = FETCH_FAILED;
    if (begin(&asking, aws, bucket, err)) {
        asking.call = s3_get_start(asking.bucket, asking.line, key, STR(""), err);
        fetch = await(&asking, err);
    }
    if (fetch == FETCH_FOUND && !s3_get_end(asking.bucket, asking.line, asking.call, key, ret, err))
        fetch = FETCH_FAILED;
    end(&asking);
    return fetch;
}

static void copy_header(RequestCall *call, Str name, char *ret, size_t max)
{
    Str text = http_reply_header(request_reply(call), name);
    size_t len = text.len <= max ? text.len : 0;
    if (len)
        memcpy(ret, text.ptr, len);
    ret[len] = 0;
}

Fetch fetch_s3_metadata(Aws *aws, Str bucket, Str key, StoreMetadata *ret, Error *err)
{
    Asking asking;
    Fetch fetch = FETCH_FAILED;
    *ret = (StoreMetadata){0};
    if (begin(&asking, aws, bucket, err)) {
        asking.call = s3_head_start(asking.bucket, asking.line, key, err);
        fetch = await(&asking, err);
    }
    if (fetch == FETCH_FOUND) {
        copy_header(asking.call, STR("x-amz-meta-signature"), ret->signature, STORE_SIGNATURE_MAX);
        copy_header(asking.call, STR("x-amz-meta-signature-algorithm"), ret->signature_algorithm,
                    STORE_TEXT_MAX);
        copy_header(asking.call, STR("x-amz-meta-backfill-generation-timestamp"), ret->backfill_at,
                    STORE_TEXT_MAX);
    }
    end(&asking);
    return fetch;
}
