#include "cloud/security_hub.h"

#include "base/arena.h"
#include "base/json.h"

enum { REPLY_BYTES_MAX = 1 << 20, ARENA_BYTES_MAX = 16 << 20, ENVELOPE_BYTES = 64 };

static Str text_of(const Json *object, Str name)
{
    return json_text(json_member(object, name), STR(""));
}

static bool read_answer(Str body, const SecurityHubBatch *batch, Error *err)
{
    const JsonLimits limits = {.depth_max = 16, .duplicates_allowed = true};
    Arena *arena = arena_new(ARENA_BYTES_MAX, err);
    const Json *answer = arena ? json_read(body, &limits, arena, err) : NULL;
    const Json *failed = json_member(answer, STR("FailedFindings"));
    bool ok = answer != NULL;
    if (ok && (answer->type != JSON_OBJECT || !json_member(answer, STR("SuccessCount"))))
        ok = error_set(err, ERROR_BUSY, "its answer is none of BatchImportFindings");
    for (const Json *each = ok && failed ? failed->first : NULL; each; each = each->next)
        batch->refused(batch->context, text_of(each, STR("Id")), text_of(each, STR("ErrorCode")),
                       text_of(each, STR("ErrorMessage")));
    arena_free(arena);
    return ok;
}

static bool tell_access(const Failure *failure, Error *err)
{
    if (str_starts(str_of(failure->code), STR("AccessDenied")))
        return error_context(err, "securityhub:BatchImportFindings is needed");
    if (str_starts(str_of(failure->code), STR("InvalidAccess")))
        return error_context(err, "Security Hub is not on there, or not for these keys");
    return false;
}

static bool ask(RequestLine *line, const Endpoint *endpoint, Str body,
                const SecurityHubBatch *batch, Error *err)
{
    const Sigv4Pair headers[] = {{STR("content-type"), STR("application/json")}};
    const Request request = {.endpoint = endpoint,
                             .service = STR("securityhub"),
                             .method = STR("POST"),
                             .path = STR("/findings/import"),
                             .headers = headers,
                             .header_count = sizeof headers / sizeof *headers,
                             .body = body,
                             .reply_max = REPLY_BYTES_MAX,
                             .timeout_us = batch->timeout_us};
    Failure failure = {.status = 0};
    RequestCall *call = request_start(line, &request, err);
    bool ok = call && (request_await_for(line, call, batch->timeout_us, &failure, err) ||
                       tell_access(&failure, err));
    ok = ok && read_answer(buf_str(&request_reply(call)->body), batch, err);
    request_free(call);
    return ok;
}

bool security_hub_import(Aws *aws, const SecurityHubBatch *batch, Error *err)
{
    Endpoint endpoint;
    BUF_AUTO Buf body = buf_init(SECURITY_HUB_BATCH_BYTES_MAX + ENVELOPE_BYTES);
    if (!buf_printf(&body, err, "{\"Findings\":") || !buf_append_str(&body, batch->findings, err) ||
        !buf_append_byte(&body, '}', err) ||
        !aws_endpoint(aws, STR("securityhub"), batch->region, &endpoint, err))
        return false;
    RequestLine *line = aws_line(aws, err);
    bool ok = line && ask(line, &endpoint, buf_str(&body), batch, err);
    request_line_free(line);
    return ok || error_context(err, "Security Hub in %.*s", STR_ARG(batch->region));
}
