#include "cloud/sqs.h"

#include <stdio.h>

#include "base/arena.h"
#include "base/hash.h"
#include "base/json.h"
#include "base/mem.h"

enum {
    ASK_BYTES_MAX = 256 << 10,
    REPLY_BYTES_MAX = 64 << 20, /* ten messages, escaped */
    ARENA_BYTES_MAX = 160 << 20,
    QUEUE_NAME_MAX = 80,
    ACCOUNT_DIGITS = 12,
    TIMEOUT_US = 30000000 /* of a call, beyond what it waits for messages */
};

/* What is asked, and what permission it takes. */
typedef enum { GET_URL, RECEIVE, DELETE, EXTEND } Action;

static const struct {
    const char *target;
    const char *permission;
} ACTIONS[] = {
    [GET_URL] = {"AmazonSQS.GetQueueUrl", "sqs:GetQueueUrl"},
    [RECEIVE] = {"AmazonSQS.ReceiveMessage", "sqs:ReceiveMessage"},
    [DELETE] = {"AmazonSQS.DeleteMessageBatch", "sqs:DeleteMessage"},
    [EXTEND] = {"AmazonSQS.ChangeMessageVisibilityBatch", "sqs:ChangeMessageVisibility"},
};

struct SqsCall {
    const SqsQueue *queue;
    Action action;
    size_t count; /* of a batch */
    Buf body;     /* that is sent */
    RequestCall *request;
};

static bool is_all(Str text, bool (*is)(char c))
{
    for (size_t i = 0; i < text.len; i++)
        if (!is(text.ptr[i]))
            return false;
    return text.len > 0;
}

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static bool is_region(char c)
{
    return (c >= 'a' && c <= 'z') || is_digit(c) || c == '-';
}

static bool is_name(char c)
{
    char lower = str_lower(c);
    return (lower >= 'a' && lower <= 'z') || is_digit(c) || c == '-' || c == '_' || c == '.';
}

/* What is before the last slash of *rest*, which loses it with what is behind. */
static Str take_last(Str *rest)
{
    Str last = str_base_name(*rest);
    *rest = str_slice(*rest, 0, last.len < rest->len ? rest->len - last.len - 1 : 0);
    return last;
}

bool sqs_split(Str uri, SqsName *ret, Error *err)
{
    Str rest = str_slice(uri, 6, uri.len);
    bool more = str_find_byte(rest, '/', 0) < rest.len;
    *ret = (SqsName){.name = take_last(&rest)};
    bool ok = str_starts(uri, STR("sqs://")) && uri.len < SQS_NAME_BYTES &&
              is_all(ret->name, is_name) && ret->name.len <= QUEUE_NAME_MAX;
    if (ok && more) {
        bool region = str_find_byte(rest, '/', 0) < rest.len;
        ret->account = take_last(&rest);
        ret->region = rest;
        ok = is_all(ret->account, is_digit) && ret->account.len == ACCOUNT_DIGITS &&
             (!region || is_all(ret->region, is_region));
    }
    return ok || error_set(err, ERROR_USAGE,
                           "'%.*s' names no queue: sqs://NAME, sqs://ACCOUNT/NAME or "
                           "sqs://REGION/ACCOUNT/NAME",
                           STR_ARG(str_slice(uri, 0, 200)));
}

/* Sends what *call* holds. */
static bool send(SqsCall *call, RequestLine *line, int wait_s, Error *err)
{
    const Sigv4Pair headers[] = {
        {STR("content-type"), STR("application/x-amz-json-1.0")},
        {STR("x-amz-target"), str_of(ACTIONS[call->action].target)},
    };
    const Request request = {.endpoint = &call->queue->endpoint,
                             .service = STR("sqs"),
                             .method = STR("POST"),
                             .path = STR("/"),
                             .headers = headers,
                             .header_count = sizeof headers / sizeof *headers,
                             .body = buf_str(&call->body),
                             .reply_max = REPLY_BYTES_MAX,
                             .timeout_us = TIMEOUT_US + wait_s * INT64_C(1000000)};
    call->request = request_start(line, &request, err);
    return call->request != NULL;
}

static SqsCall *call_new(const SqsQueue *queue, Action action, Error *err)
{
    SqsCall *call = mem_calloc(1, sizeof *call, err);
    if (!call)
        return NULL;
    *call = (SqsCall){.queue = queue, .action = action, .body = buf_init(ASK_BYTES_MAX)};
    return call;
}

void sqs_free(SqsCall *call)
{
    if (!call)
        return;
    request_free(call->request);
    buf_free(&call->body);
    mem_free(call);
}

/* *call* when *ok*, else NULL and it is freed. */
static SqsCall *keep(SqsCall *call, bool ok)
{
    if (ok)
        return call;
    sqs_free(call);
    return NULL;
}

bool sqs_done(const SqsCall *call)
{
    return request_done(call->request);
}

/* "sqs://NAME: " and what is missing before an error's text. Returns false. */
static bool name_queue(const SqsCall *call, const Failure *failure, Error *err)
{
    if (str_starts(str_of(failure->code), STR("AccessDenied")))
        error_context(err, "%s is needed", ACTIONS[call->action].permission);
    return error_context(err, "%s", call->queue->name);
}

/* The answer as a tree in *arena*; NULL with *err*. */
static const Json *read_answer(const SqsCall *call, Arena *arena, Error *err)
{
    Failure failure;
    const JsonLimits limits = {.depth_max = 16, .duplicates_allowed = false};
    if (!request_ok(call->request, &failure, err)) {
        name_queue(call, &failure, err);
        return NULL;
    }
    const Json *answer =
        json_read(buf_str(&request_reply(call->request)->body), &limits, arena, err);
    if (answer && answer->type == JSON_OBJECT)
        return answer;
    if (answer)
        error_set(err, ERROR_INPUT, "the answer is no JSON object");
    error_context(err, "%s: %s", call->queue->name, ACTIONS[call->action].target);
    return NULL;
}

static Str member(const Json *object, Str name)
{
    return json_text(json_member(object, name), STR(""));
}

/* "member":"text" behind what is in *body*. */
static bool put(Buf *body, const char *before, Str text, Error *err)
{
    return buf_append_str(body, str_of(before), err) && json_append_string(body, text, err);
}

static bool read_url(const SqsCall *call, SqsQueue *ret, Error *err)
{
    Arena *arena = arena_new(ARENA_BYTES_MAX, err);
    const Json *answer = arena ? read_answer(call, arena, err) : NULL;
    Str url = member(answer, STR("QueueUrl"));
    bool ok = answer && url.len > 0 && url.len < sizeof ret->url;
    if (ok)
        snprintf(ret->url, sizeof ret->url, "%.*s", STR_ARG(url));
    else if (answer)
        error_set(err, ERROR_INPUT, "%s: GetQueueUrl's answer has no QueueUrl", ret->name);
    arena_free(arena);
    return ok;
}

bool sqs_find(SqsQueue *ret, Aws *aws, RequestLine *line, Str uri, Error *err)
{
    SqsName name;
    *ret = (SqsQueue){.url = ""};
    if (!sqs_split(uri, &name, err) ||
        !aws_endpoint(aws, STR("sqs"), name.region, &ret->endpoint, err))
        return false;
    snprintf(ret->name, sizeof ret->name, "%.*s", STR_ARG(uri));
    SqsCall *call = call_new(ret, GET_URL, err);
    bool ok = call && put(&call->body, "{\"QueueName\":", name.name, err) &&
              (!name.account.len ||
               put(&call->body, ",\"QueueOwnerAWSAccountId\":", name.account, err)) &&
              buf_append_byte(&call->body, '}', err) && send(call, line, 0, err);
    while (ok && !sqs_done(call))
        ok = request_pump(line, REQUEST_LAST_US, err);
    ok = ok && read_url(call, ret, err);
    sqs_free(call);
    return ok;
}

SqsCall *sqs_receive_start(const SqsQueue *queue, RequestLine *line, int wait_s, int visible_s,
                           Error *err)
{
    SqsCall *call = call_new(queue, RECEIVE, err);
    return call ? keep(call, put(&call->body, "{\"QueueUrl\":", str_of(queue->url), err) &&
                                 buf_printf(&call->body, err,
                                            ",\"MaxNumberOfMessages\":%d,\"WaitTimeSeconds\":%d,"
                                            "\"VisibilityTimeout\":%d,"
                                            "\"MessageSystemAttributeNames\":["
                                            "\"ApproximateReceiveCount\",\"SentTimestamp\"]}",
                                            SQS_BATCH_MAX, wait_s, visible_s) &&
                                 send(call, line, wait_s, err))
                : NULL;
}

/* Reads a message of the answer and checks that its body came as it was sent. */
static bool read_message(const SqsCall *call, const Json *message, SqsMessage *ret, Error *err)
{
    uint8_t hash[HASH_MD5_BYTES];
    char text[2 * HASH_MD5_BYTES + 1];
    uint64_t sent_ms = 0;
    const Json *attributes = json_member(message, STR("Attributes"));
    *ret = (SqsMessage){.id = member(message, STR("MessageId")),
                        .receipt = member(message, STR("ReceiptHandle")),
                        .body = member(message, STR("Body")),
                        .receives = 1};
    if (!ret->id.len || !ret->receipt.len)
        return error_set(err, ERROR_INPUT, "%s: a message without MessageId or ReceiptHandle",
                         call->queue->name);
    hash_md5(ret->body.ptr, ret->body.len, hash);
    hash_hex(hash, sizeof hash, text);
    if (!str_equal(member(message, STR("MD5OfBody")), str_of(text)))
        return error_set(err, ERROR_BUSY,
                         "%s: the body of message '%.*s' is not what was sent: its MD5 is %s",
                         call->queue->name, STR_ARG(str_slice(ret->id, 0, 100)), text);
    if (!str_to_u64(member(attributes, STR("ApproximateReceiveCount")), &ret->receives) ||
        !ret->receives)
        ret->receives = 1;
    if (str_to_u64(member(attributes, STR("SentTimestamp")), &sent_ms) && sent_ms < 1ULL << 50)
        ret->sent_us = (int64_t)sent_ms * 1000;
    return true;
}

bool sqs_receive_end(SqsCall *call, bool (*take)(void *, const SqsMessage *, Error *),
                     void *context, Error *err)
{
    Arena *arena = arena_new(ARENA_BYTES_MAX, err);
    const Json *answer = arena ? read_answer(call, arena, err) : NULL;
    const Json *messages = json_member(answer, STR("Messages"));
    bool ok = answer != NULL;
    for (const Json *at = messages ? messages->first : NULL; ok && at; at = at->next) {
        SqsMessage message;
        ok = read_message(call, at, &message, err) && take(context, &message, err);
    }
    arena_free(arena);
    return ok;
}

/* A batch whose entries are numbered; each has *rest* behind its receipt. */
static bool put_batch(SqsCall *call, const Str *receipts, const char *rest, Error *err)
{
    if (!put(&call->body, "{\"QueueUrl\":", str_of(call->queue->url), err) ||
        !buf_append_str(&call->body, STR(",\"Entries\":["), err))
        return false;
    for (size_t i = 0; i < call->count; i++)
        if (!buf_printf(&call->body, err, "%s{\"Id\":\"%zu\",\"ReceiptHandle\":", i ? "," : "",
                        i) ||
            !json_append_string(&call->body, receipts[i], err) ||
            !buf_append_str(&call->body, str_of(rest), err))
            return false;
    return buf_append_str(&call->body, STR("]}"), err);
}

static SqsCall *batch_start(SqsCall *call, RequestLine *line, const Str *receipts, const char *rest,
                            Error *err)
{
    return call ? keep(call, put_batch(call, receipts, rest, err) && send(call, line, 0, err))
                : NULL;
}

SqsCall *sqs_delete_start(const SqsQueue *queue, RequestLine *line, const Str *receipts,
                          size_t count, Error *err)
{
    SqsCall *call = call_new(queue, DELETE, err);
    if (call)
        call->count = count < SQS_BATCH_MAX ? count : SQS_BATCH_MAX;
    return batch_start(call, line, receipts, "}", err);
}

SqsCall *sqs_extend_start(const SqsQueue *queue, RequestLine *line, const Str *receipts,
                          size_t count, int visible_s, Error *err)
{
    char rest[64];
    SqsCall *call = call_new(queue, EXTEND, err);
    snprintf(rest, sizeof rest, ",\"VisibilityTimeout\":%d}", visible_s);
    if (call)
        call->count = count < SQS_BATCH_MAX ? count : SQS_BATCH_MAX;
    return batch_start(call, line, receipts, rest, err);
}

/* One entry of Failed; the first one says why. */
static void read_failed(const SqsCall *call, const Json *entry, bool *ret_failed, Error *ret_why)
{
    uint64_t number;
    if (!str_to_u64(member(entry, STR("Id")), &number) || number >= call->count)
        return;
    ret_failed[number] = true;
    if (ret_why && ret_why->kind == ERROR_NONE)
        error_set(ret_why, ERROR_ACCESS, "%s: %s: %.*s: %.*s", call->queue->name,
                  ACTIONS[call->action].target,
                  STR_ARG(str_slice(member(entry, STR("Code")), 0, 100)),
                  STR_ARG(str_slice(member(entry, STR("Message")), 0, 300)));
}

bool sqs_batch_end(SqsCall *call, bool ret_failed[SQS_BATCH_MAX], Error *ret_why, Error *err)
{
    Arena *arena = arena_new(ARENA_BYTES_MAX, err);
    const Json *answer = arena ? read_answer(call, arena, err) : NULL;
    const Json *failed = json_member(answer, STR("Failed"));
    memset(ret_failed, 0, SQS_BATCH_MAX * sizeof *ret_failed);
    for (const Json *at = failed ? failed->first : NULL; at; at = at->next)
        read_failed(call, at, ret_failed, ret_why);
    arena_free(arena);
    return answer != NULL;
}
