#include "cloud/json_call.h"

enum { ARENA_BYTES_MAX = 256 << 20 };

void json_call_end(JsonAnswer *answer)
{
    arena_free(answer->arena);
    buf_free(&answer->body);
}

static const Json *read_answer(RequestCall *call, const JsonAction *action, JsonAnswer *answer,
                               Error *err)
{
    const JsonLimits limits = {.depth_max = 16, .duplicates_allowed = false};
    Buf *body = &request_reply(call)->body;
    if (answer->arena)
        arena_reset(answer->arena);
    else if (!(answer->arena = arena_new(ARENA_BYTES_MAX, err)))
        return NULL;
    buf_free(&answer->body);
    answer->body = *body;
    *body = buf_init(answer->body.max);
    const Json *tree = json_read(buf_str(&answer->body), &limits, answer->arena, err);
    if (tree && tree->type == JSON_OBJECT)
        return tree;
    if (tree)
        error_set(err, ERROR_INPUT, "the answer is no JSON object");
    error_context(err, "%s", action->target);
    return NULL;
}

const Json *json_call(const Endpoint *endpoint, RequestLine *line, const JsonAction *action,
                      Str body, JsonAnswer *answer, Error *err)
{
    const Sigv4Pair headers[] = {
        {STR("content-type"), STR("application/x-amz-json-1.1")},
        {STR("x-amz-target"), str_of(action->target)},
    };
    const Request request = {.endpoint = endpoint,
                             .service = str_of(action->service),
                             .method = STR("POST"),
                             .path = STR("/"),
                             .headers = headers,
                             .header_count = sizeof headers / sizeof *headers,
                             .body = body,
                             .reply_max = JSON_CALL_REPLY_MAX};
    Failure failure;
    const Json *tree = NULL;
    RequestCall *call = request_start(line, &request, err);
    if (!call)
        return NULL;
    if (request_await(line, call, &failure, err))
        tree = read_answer(call, action, answer, err);
    else if (str_starts(str_of(failure.code), STR("AccessDenied")))
        error_context(err, "%s is needed", action->permission);
    request_free(call);
    return tree;
}
