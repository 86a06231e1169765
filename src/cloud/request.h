/* request.h - calls to AWS: signed, sent, and tried again until they are answered for good.
 *
 * credentials, endpoint -> [request] -> s3, sqs, ...
 *
 * What is tried again: no connection, cut or timed out; 500, 502, 503, 504 and AWS's words for "not
 * now"; expired keys, with fresh ones; a clock that differs, with the server's time ("Lake
 * Formation, Glue, Lambda, S3", sections 4.1 and 11). Between tries: a random time below a bound
 * that doubles from REQUEST_FIRST_US to REQUEST_LAST_US, or what Retry-After asks. A call ends
 * after REQUEST_TRIES tries, those that brought a part of a body not counted; on a line whose
 * budget is used up, at the first failure.
 *
 * A line and its calls belong to one thread; the credentials may be shared. Calls move only while
 * that thread is in request_pump or request_await.
 */
#ifndef CLOUD_REQUEST_H
#define CLOUD_REQUEST_H

#include "base/http.h"
#include "cloud/credentials.h"
#include "cloud/endpoint.h"
#include "cloud/failure.h"
#include "cloud/sigv4.h"

enum {
    REQUEST_TRIES = 10,
    REQUEST_FIRST_US = 100000,
    REQUEST_LAST_US = 20000000,
    REQUEST_BUDGET = 1000, /* tries after failures that a line may make without a success */
    REQUEST_PAIRS_MAX = 16
};

typedef struct RequestLine RequestLine;
typedef struct RequestCall RequestCall;

typedef struct RequestLineOptions {
    CredentialsChain *credentials; /* borrowed */
    const char *ca_file;           /* as in HttpOptions */
    int parallel;
} RequestLineOptions;

/* What is asked. Everything is borrowed until the call is freed, but for *query* and *headers*. */
typedef struct Request {
    const Endpoint *endpoint;
    Str service; /* as the signature names it */
    Str method;
    Str path; /* not encoded, below the endpoint's URL, with its first slash */
    const Sigv4Pair *query;
    size_t query_count; /* at most REQUEST_PAIRS_MAX */
    const Sigv4Pair *headers;
    size_t header_count; /* at most REQUEST_PAIRS_MAX; all are signed */
    Str body;
    size_t reply_max;
    int64_t timeout_us;            /* as in HttpRequest */
    CredentialsChain *credentials; /* who asks; NULL: whom the line was made for */
    Str etag; /* of GET: only the object with this etag is wanted, and when its body is cut,
                 only what is missing is asked for again; empty: whatever is there */
} Request;

/* A line to AWS; the caller frees. NULL with *err*. */
RequestLine *request_line_new(const RequestLineOptions *options, Error *err)
    __attribute__((warn_unused_result));

/* Frees it; its calls must be freed before. NULL is fine. */
void request_line_free(RequestLine *line);

/* Starts a call; the caller frees it. NULL with *err*: memory, or too many headers. */
RequestCall *request_start(RequestLine *line, const Request *request, Error *err)
    __attribute__((warn_unused_result));

/* Moves all calls on, waiting up to *wait_us* when nothing can be done at once. */
bool request_pump(RequestLine *line, int64_t wait_us, Error *err)
    __attribute__((warn_unused_result));

/* Whether it has ended, well or badly. */
bool request_done(const RequestCall *call);

/* Of a call that is done: true when it was answered with a status of 2xx. Else *err* says why not,
 * and *ret_failure*, unless it is NULL, what AWS said (status 0: it said nothing). */
bool request_ok(const RequestCall *call, Failure *ret_failure, Error *err)
    __attribute__((warn_unused_result));

/* Pumps until *call* is done; as request_ok then. */
bool request_await(RequestLine *line, RequestCall *call, Failure *ret_failure, Error *err)
    __attribute__((warn_unused_result));

/* As request_await, for *timeout_us* at most: ERROR_BUSY then, and the call is under way still. */
bool request_await_for(RequestLine *line, RequestCall *call, int64_t timeout_us,
                       Failure *ret_failure, Error *err) __attribute__((warn_unused_result));

/* The answer, or the last one of several; lives as long as the call. Its body is the caller's to
 * take: with buf_init in its place. */
HttpReply *request_reply(RequestCall *call);

/* Tries that were made for all calls of the line, those that were answered at once among them. */
uint64_t request_line_tries(const RequestLine *line);

/* Whether the line's budget is used up: nothing is answered any more. */
bool request_line_is_dead(const RequestLine *line);

/* Frees it, under way or not. NULL is fine. */
void request_free(RequestCall *call);

#endif
