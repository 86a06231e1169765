#include "cloud/cloudtrail.h"

#include <inttypes.h>

#include "base/arena.h"
#include "base/json.h"
#include "base/json_write.h"

enum { REPLY_BYTES_MAX = 8 << 20, ASK_BYTES_MAX = 64 << 10, PAGES_MAX = 1000 };

/* Asks for the page behind *token*, whose answer *call* holds then. */
static RequestCall *ask(const Endpoint *endpoint, RequestLine *line, const CloudtrailKeys *wanted,
                        Buf *body, Str token, Error *err)
{
    static const Sigv4Pair HEADERS[] = {
        {{"content-type", 12}, {"application/x-amz-json-1.1", 26}},
        {{"x-amz-target", 12},
         {"com.amazonaws.cloudtrail.v20131101.CloudTrail_20131101.ListPublicKeys", 69}}};
    body->len = 0;
    if (!buf_printf(body, err, "{\"StartTime\":%" PRId64 ",\"EndTime\":%" PRId64,
                    wanted->from_us / 1000000, wanted->to_us / 1000000) ||
        (token.len && (!buf_append_str(body, STR(",\"NextToken\":"), err) ||
                       !json_append_string(body, token, err))) ||
        !buf_append_byte(body, '}', err))
        return NULL;
    const Request request = {.endpoint = endpoint,
                             .service = STR("cloudtrail"),
                             .method = STR("POST"),
                             .path = STR("/"),
                             .headers = HEADERS,
                             .header_count = sizeof HEADERS / sizeof *HEADERS,
                             .body = buf_str(body),
                             .reply_max = REPLY_BYTES_MAX};
    return request_start(line, &request, err);
}

/* The token of the page behind this one, empty behind the last. */
static bool next_token(Str answer, Buf *ret, Error *err)
{
    const JsonLimits limits = {.depth_max = 8, .duplicates_allowed = true};
    Arena *arena = arena_new(8 * (size_t)REPLY_BYTES_MAX, err);
    const Json *document = arena ? json_read(answer, &limits, arena, err) : NULL;
    ret->len = 0;
    bool ok = document &&
              buf_append_str(ret, json_text(json_member(document, STR("NextToken")), STR("")), err);
    arena_free(arena);
    return ok;
}

static bool take_page(RequestLine *line, RequestCall *call, CloudtrailTake take, void *context,
                      Buf *token, Error *err)
{
    if (!call || !request_await(line, call, NULL, err))
        return false;
    Str answer = buf_str(&request_reply(call)->body);
    return take(context, answer, err) && next_token(answer, token, err);
}

bool cloudtrail_public_keys(const Aws *aws, RequestLine *line, const CloudtrailKeys *wanted,
                            CloudtrailTake take, void *context, Error *err)
{
    Endpoint endpoint;
    BUF_AUTO Buf body = buf_init(ASK_BYTES_MAX), token = buf_init(ASK_BYTES_MAX / 2);
    bool ok = aws_endpoint(aws, STR("cloudtrail"), wanted->region, &endpoint, err);
    for (int page = 0; ok && (page == 0 || token.len) && page < PAGES_MAX; page++) {
        RequestCall *call = ask(&endpoint, line, wanted, &body, buf_str(&token), err);
        ok = take_page(line, call, take, context, &token, err);
        request_free(call);
    }
    return ok || error_context(err, "public keys of %.*s (cloudtrail:ListPublicKeys)",
                               STR_ARG(wanted->region));
}
