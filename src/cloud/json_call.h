/* json_call.h - one question in one of AWS's JSON protocols, and its answer as a tree.
 *
 * request -> [json_call] -> cloudtrail, logs, finding_pages. Belongs to the thread of the line.
 */
#ifndef CLOUD_JSON_CALL_H
#define CLOUD_JSON_CALL_H

#include <stdatomic.h>

#include "base/arena.h"
#include "base/json.h"
#include "cloud/request.h"

/* What may be asked: constant data. */
typedef struct JsonAction {
    const char *service;    /* as the signature names it */
    const char *target;     /* of the header x-amz-target */
    const char *permission; /* that it takes */
} JsonAction;

enum { JSON_CALL_REPLY_MAX = 16 << 20 };

/* An answer's place: filled by json_call, anew each time. */
typedef struct JsonAnswer {
    Arena *arena; /* NULL before the first call */
    Buf body;     /* the tree borrows from it */
} JsonAnswer;

/* Frees what is in it. */
void json_call_end(JsonAnswer *answer);

/* Asks *body*, version 1.1 of the protocol, and waits. The answer, an object, lives in *answer*
 * until the next call; NULL with *err*, which names the permission when it was denied. */
const Json *json_call(const Endpoint *endpoint, RequestLine *line, const JsonAction *action,
                      Str body, JsonAnswer *answer, Error *err) __attribute__((warn_unused_result));

/* A question of the protocol "rest-json". */
typedef struct JsonRest {
    const char *service; /* as the signature names it */
    const char *action;  /* of the service; what messages call it, and the permission it takes */
    Str method;
    Str path;
    const Sigv4Pair *query;
    size_t query_count;
    Str body;                    /* empty: none */
    const atomic_bool *stopping; /* ends the wait when it becomes true; NULL: nobody does */
} JsonRest;

enum { JSON_CALL_REST_REPLY_MAX = 32 << 20 };

/* As json_call; the answer may hold two members of one name, and be JSON_DEPTH_MAX deep. ERROR_BUSY
 * when it was stopped. */
const Json *json_call_rest(const Endpoint *endpoint, RequestLine *line, const JsonRest *rest,
                           JsonAnswer *answer, Error *err) __attribute__((warn_unused_result));

#endif
