#include "cloud/json_call.h"

#include <stdio.h>

enum { ARENA_BYTES_MAX = 256 << 20, LOOK_US = 100000, PERMISSION_BYTES = 100 };

/* How an answer is read, and what messages say. */
typedef struct Reading {
    JsonLimits limits;
    const char *name;       /* of the question */
    const char *permission; /* that it takes */
    const atomic_bool *stopping;
} Reading;

void json_call_end(JsonAnswer *answer)
{
    arena_free(answer->arena);
    buf_free(&answer->body);
}

static const Json *read_answer(RequestCall *call, const Reading *reading, JsonAnswer *answer,
                               Error *err)
{
    Buf *body = &request_reply(call)->body;
    if (answer->arena)
        arena_reset(answer->arena);
    else if (!(answer->arena = arena_new(ARENA_BYTES_MAX, err)))
        return NULL;
    buf_free(&answer->body);
    answer->body = *body;
    *body = buf_init(answer->body.max);
    const Json *tree = json_read(buf_str(&answer->body), &reading->limits, answer->arena, err);
    if (tree && tree->type == JSON_OBJECT)
        return tree;
    if (tree)
        error_set(err, ERROR_INPUT, "the answer is no JSON object");
    error_context(err, "%s", reading->name);
    return NULL;
}

static bool is_stopping(const atomic_bool *stopping)
{
    return stopping && atomic_load(stopping);
}

/* Waits for the end of *call*, or until it is to stop. */
static bool await(RequestLine *line, RequestCall *call, const atomic_bool *stopping,
                  Failure *ret_failure, Error *err)
{
    while (stopping && !request_done(call) && !is_stopping(stopping))
        if (!request_pump(line, LOOK_US, err))
            return false;
    if (is_stopping(stopping))
        return error_set(err, ERROR_BUSY, "stopped");
    return request_await(line, call, ret_failure, err);
}

static const Json *ask(RequestLine *line, const Request *request, const Reading *reading,
                       JsonAnswer *answer, Error *err)
{
    Failure failure = {.status = 0};
    const Json *tree = NULL;
    RequestCall *call = request_start(line, request, err);
    if (!call)
        return NULL;
    if (await(line, call, reading->stopping, &failure, err))
        tree = read_answer(call, reading, answer, err);
    else if (str_starts(str_of(failure.code), STR("AccessDenied")))
        error_context(err, "%s is needed", reading->permission);
    request_free(call);
    return tree;
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
    const Reading reading = {.limits = {.depth_max = 16, .duplicates_allowed = false},
                             .name = action->target,
                             .permission = action->permission};
    return ask(line, &request, &reading, answer, err);
}

const Json *json_call_rest(const Endpoint *endpoint, RequestLine *line, const JsonRest *rest,
                           JsonAnswer *answer, Error *err)
{
    const Sigv4Pair headers[] = {{STR("content-type"), STR("application/json")}};
    char permission[PERMISSION_BYTES];
    const Request request = {.endpoint = endpoint,
                             .service = str_of(rest->service),
                             .method = rest->method,
                             .path = rest->path,
                             .query = rest->query,
                             .query_count = rest->query_count,
                             .headers = headers,
                             .header_count = rest->body.len ? 1 : 0,
                             .body = rest->body,
                             .reply_max = JSON_CALL_REST_REPLY_MAX};
    snprintf(permission, sizeof permission, "%s:%s", rest->service, rest->action);
    const Reading reading = {.limits = {.depth_max = JSON_DEPTH_MAX, .duplicates_allowed = true},
                             .name = rest->action,
                             .permission = permission,
                             .stopping = rest->stopping};
    return ask(line, &request, &reading, answer, err);
}
