#include "cloud/failure.h"

#include <stdio.h>

#include "base/arena.h"
#include "base/json.h"
#include "cloud/xml.h"

enum { ANSWER_BYTES_MAX = 64 << 10, ARENA_BYTES_MAX = 1 << 20 };

/* Codes that say more than the status does. */
static const struct {
    const char *code;
    FailurePolicy policy;
} POLICIES[] = {
    {"SlowDown", FAILURE_THROTTLED},
    {"Throttling", FAILURE_THROTTLED},
    {"ThrottlingException", FAILURE_THROTTLED},
    {"ThrottledException", FAILURE_THROTTLED},
    {"RequestThrottled", FAILURE_THROTTLED},
    {"RequestThrottledException", FAILURE_THROTTLED},
    {"RequestLimitExceeded", FAILURE_THROTTLED},
    {"BandwidthLimitExceeded", FAILURE_THROTTLED},
    {"LimitExceededException", FAILURE_THROTTLED},
    {"TooManyRequestsException", FAILURE_THROTTLED},
    {"ProvisionedThroughputExceededException", FAILURE_THROTTLED},
    {"KMS.ThrottlingException", FAILURE_THROTTLED},
    {"InternalError", FAILURE_AGAIN},
    {"InternalFailure", FAILURE_AGAIN},
    {"ServiceUnavailable", FAILURE_AGAIN},
    {"RequestTimeout", FAILURE_AGAIN},
    {"RequestTimeoutException", FAILURE_AGAIN},
    {"PriorRequestNotComplete", FAILURE_AGAIN},
    {"ConditionalRequestConflict", FAILURE_AGAIN},
    {"OperationAborted", FAILURE_AGAIN},
    {"IncompleteBody", FAILURE_AGAIN},
    {"IDPCommunicationError", FAILURE_AGAIN},
    {"RequestTimeTooSkewed", FAILURE_CLOCK},
    {"RequestInTheFuture", FAILURE_CLOCK},
    {"RequestExpired", FAILURE_CLOCK},
    {"ExpiredToken", FAILURE_CREDENTIALS},
    {"ExpiredTokenException", FAILURE_CREDENTIALS},
    {"TokenRefreshRequired", FAILURE_CREDENTIALS},
};

/* For answers that name a reason and do not explain it. */
static const struct {
    const char *code;
    const char *words;
} HINTS[] = {
    {"SignatureDoesNotMatch", "the secret key does not belong to this access key"},
    {"InvalidAccessKeyId", "no such access key is known"},
    {"AccessDenied", "access denied"},
};

static const char *words_of(const Failure *failure)
{
    for (size_t i = 0; !failure->message[0] && i < sizeof HINTS / sizeof *HINTS; i++)
        if (str_equal(str_of(failure->code), str_of(HINTS[i].code)))
            return HINTS[i].words;
    return failure->message;
}

static void put_text(char *ret, size_t size, Str text)
{
    snprintf(ret, size, "%.*s", STR_ARG(str_slice(text, 0, str_utf8_prefix(text, size - 1))));
}

/* The decoded text of an element, or nothing. */
static void put_element(char *ret, size_t size, Str inside, Str name)
{
    Buf text = buf_init(ANSWER_BYTES_MAX);
    ERROR_UNREAD(ignored);
    if (xml_value(inside, name, &text, &ignored))
        put_text(ret, size, buf_str(&text));
    buf_free(&text);
}

static void read_xml(Str body, Failure *ret)
{
    put_element(ret->code, sizeof ret->code, body, STR("Code"));
    put_element(ret->message, sizeof ret->message, body, STR("Message"));
    put_element(ret->request_id, sizeof ret->request_id, body, STR("RequestId"));
    put_element(ret->region, sizeof ret->region, body, STR("Region"));
}

/* "com.amazonaws.sqs#QueueDoesNotExist", and "Code:http://..." of older services. */
static Str bare_code(Str code)
{
    size_t hash = str_find_byte(code, '#', 0);
    if (hash < code.len)
        code = str_slice(code, hash + 1, code.len);
    return str_slice(code, 0, str_find_byte(code, ':', 0));
}

static void read_json(Str body, Failure *ret)
{
    ERROR_UNREAD(ignored);
    Arena *arena = arena_new(ARENA_BYTES_MAX, &ignored);
    const JsonLimits limits = {.depth_max = 8, .duplicates_allowed = true};
    const Json *answer = arena ? json_read(body, &limits, arena, &ignored) : NULL;
    Str code = json_text(json_member(answer, STR("__type")), STR(""));
    if (!code.len)
        code = json_text(json_member(answer, STR("code")), STR(""));
    Str message = json_text(json_member(answer, STR("message")), STR(""));
    if (!message.len)
        message = json_text(json_member(answer, STR("Message")), STR(""));
    put_text(ret->code, sizeof ret->code, bare_code(code));
    put_text(ret->message, sizeof ret->message, message);
    arena_free(arena);
}

static void put_header(char *ret, size_t size, const HttpReply *reply, Str name)
{
    Str value = http_reply_header(reply, name);
    if (value.len && !ret[0])
        put_text(ret, size, value);
}

void failure_read(const HttpReply *reply, Failure *ret)
{
    *ret = (Failure){.status = reply->status};
    Str body = str_slice(buf_str(&reply->body), 0, ANSWER_BYTES_MAX);
    Str text = str_trim(body);
    if (text.len && text.ptr[0] == '{')
        read_json(text, ret);
    else if (text.len)
        read_xml(text, ret);
    put_header(ret->request_id, sizeof ret->request_id, reply, STR("x-amz-request-id"));
    put_header(ret->request_id, sizeof ret->request_id, reply, STR("x-amzn-requestid"));
    put_header(ret->region, sizeof ret->region, reply, STR("x-amz-bucket-region"));
    put_header(ret->code, sizeof ret->code, reply, STR("x-amzn-errortype"));
}

FailurePolicy failure_policy(const Failure *failure)
{
    for (size_t i = 0; i < sizeof POLICIES / sizeof *POLICIES; i++)
        if (str_equal(str_of(failure->code), str_of(POLICIES[i].code)))
            return POLICIES[i].policy;
    switch (failure->status) {
    case 429:
        return FAILURE_THROTTLED;
    case 408:
    case 500:
    case 502:
    case 503:
    case 504:
        return FAILURE_AGAIN;
    default:
        return FAILURE_FINAL;
    }
}

bool failure_error(const Failure *failure, Error *err)
{
    ErrorKind kind = failure_policy(failure) == FAILURE_FINAL ? ERROR_ACCESS : ERROR_BUSY;
    const char *words = words_of(failure);
    return error_set(err, kind, "%s%s%s (HTTP %d%s%s)",
                     failure->code[0] ? failure->code : "no reason given", words[0] ? ": " : "",
                     words, failure->status, failure->request_id[0] ? ", request " : "",
                     failure->request_id);
}
