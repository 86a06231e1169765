#include "cloud/finding_pages.h"

#include <stdio.h>

#include "base/clock.h"
#include "base/hash.h"
#include "base/hash_set.h"
#include "base/json_write.h"
#include "base/mem.h"
#include "base/timestamp.h"
#include "cloud/json_call.h"

enum {
    ASK_BYTES_MAX = 256 << 10,
    TOKEN_BYTES_MAX = 64 << 10,
    PATH_BYTES = 400,
    DETECTOR_ID_MAX = 300,
    DETECTORS_BYTES_MAX = 64 << 10,
    DETECTOR_PAGES_MAX = 100,
    MS_US = 1000
};

static const int64_t AHEAD_US = TIMESTAMP_DAY_US; /* of this clock that AWS's may be */

/* One that is asked. */
typedef struct FindingKind {
    const char *start; /* of the name, behind which the region stands */
    const char *service;
    int64_t pause_us; /* between two requests */
    bool (*next)(FindingPages *pages, FindingPage *ret, Error *err);
} FindingKind;

struct FindingPages {
    FindingPagesOptions options;
    const FindingKind *kind;
    Endpoint endpoint;
    RequestLine *line;
    JsonAnswer answer;
    char name[FINDING_PAGES_NAME_BYTES];
    Buf body;       /* of the question */
    Buf token;      /* of the page that is next; empty: the first one, or there is none */
    HashSet tokens; /* that came in this listing */
    int number;     /* of the last page */
    bool done;
    int64_t due_us; /* of the next request; monotonic */
    Buf detectors;  /* of GuardDuty, a line each */
    size_t next_detector;
    bool listed; /* the detectors are */
};

/* ---- one question ---- */

static void await_turn(FindingPages *pages)
{
    int64_t now = clock_monotonic_us();
    if (now < pages->due_us)
        clock_sleep_us(pages->due_us - now);
    pages->due_us = clock_monotonic_us() + pages->kind->pause_us;
}

static const Json *ask(FindingPages *pages, const JsonRest *rest, Error *err)
{
    JsonRest whole = *rest;
    whole.service = pages->kind->service;
    whole.stopping = pages->options.stopping;
    await_turn(pages);
    return json_call_rest(&pages->endpoint, pages->line, &whole, &pages->answer, err);
}

/* The array *name* of an answer to *action*. */
static const Json *list_of(const Json *answer, const char *name, const char *action, Error *err)
{
    const Json *list = json_member(answer, str_of(name));
    if (list && list->type == JSON_ARRAY)
        return list;
    error_set(err, ERROR_INPUT, "%s in the answer to %s expected, an array", name, action);
    return NULL;
}

/* A listing begins: no token came yet. */
static bool begin_tokens(FindingPages *pages, Error *err)
{
    pages->token.len = 0;
    hash_set_free(&pages->tokens);
    pages->tokens = (HashSet){0};
    return hash_set_init(&pages->tokens, err);
}

/* Keeps the token of the page behind this one, if there is one. */
static bool note_token(FindingPages *pages, const Json *answer, const char *name, Error *err)
{
    Str token = json_text(json_member(answer, str_of(name)), STR(""));
    bool is_new = true;
    pages->token.len = 0;
    if (!token.len)
        return true;
    if (!hash_set_add(&pages->tokens, hash_fast64(token.ptr, token.len), &is_new, err))
        return false;
    if (!is_new)
        return error_set(err, ERROR_INPUT,
                         "the %s of this page came before: the pages would have no end", name);
    return buf_append_str(&pages->token, token, err);
}

/* ---- Security Hub ---- */

/* Start and end of what is asked for; both, where one of them is given. */
static void write_range(const FindingPages *pages, JsonWriter *to)
{
    char start[TIMESTAMP_TEXT_BYTES], end[TIMESTAMP_TEXT_BYTES];
    int64_t since = pages->options.since_us, until = pages->options.until_us;
    if (since == INT64_MIN && until == INT64_MAX)
        return;
    since = since == INT64_MIN || since < 0 ? 0 : since - since % MS_US;
    until = until == INT64_MAX ? clock_now_us() + AHEAD_US : until - 1;
    timestamp_format(since, start);
    timestamp_format(until - until % MS_US, end);
    json_write_open(to, "Filters", '{');
    json_write_open(to, "UpdatedAt", '[');
    json_write_open(to, NULL, '{');
    json_write_text(to, "Start", str_of(start));
    json_write_text(to, "End", str_of(end));
    json_write_close(to, '}');
    json_write_close(to, ']');
    json_write_close(to, '}');
}

static bool write_get(FindingPages *pages, Error *err)
{
    JsonWriter to = {&pages->body, err, true};
    pages->body.len = 0;
    json_write_open(&to, NULL, '{');
    write_range(pages, &to);
    json_write_open(&to, "SortCriteria", '[');
    json_write_open(&to, NULL, '{');
    json_write_text(&to, "Field", STR("UpdatedAt"));
    json_write_text(&to, "SortOrder", STR("asc"));
    json_write_close(&to, '}');
    json_write_close(&to, ']');
    json_write_int(&to, "MaxResults", 100);
    json_write_some(&to, "NextToken", buf_str(&pages->token));
    json_write_close(&to, '}');
    return to.ok;
}

static bool next_of_hub(FindingPages *pages, FindingPage *ret, Error *err)
{
    if (!write_get(pages, err))
        return false;
    const JsonRest rest = {.action = "GetFindings",
                           .method = STR("POST"),
                           .path = STR("/findings"),
                           .body = buf_str(&pages->body)};
    const Json *answer = ask(pages, &rest, err);
    ret->findings = answer ? list_of(answer, "Findings", rest.action, err) : NULL;
    ret->in_order = true;
    if (!ret->findings || !note_token(pages, answer, "NextToken", err))
        return false;
    pages->done = !pages->token.len;
    return true;
}

/* ---- GuardDuty ---- */

/* What may stand in a path: AWS's ids are of hexadecimal digits. */
static bool is_id(Str id)
{
    bool ok = id.len > 0 && id.len <= DETECTOR_ID_MAX;
    for (size_t i = 0; ok && i < id.len; i++) {
        char c = str_lower(id.ptr[i]);
        ok = (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '_';
    }
    return ok;
}

static bool take_detectors(FindingPages *pages, const Json *list, Error *err)
{
    for (const Json *each = list->first; each; each = each->next) {
        Str id = json_text(each, STR(""));
        if (!is_id(id))
            return error_set(err, ERROR_INPUT, "a detector's id expected, '%.*s' found",
                             STR_ARG(str_slice(each->raw, 0, str_utf8_prefix(each->raw, 60))));
        if (!buf_append_str(&pages->detectors, id, err) ||
            !buf_append_byte(&pages->detectors, '\n', err))
            return false;
    }
    return true;
}

static bool list_detectors(FindingPages *pages, Error *err)
{
    bool ok = begin_tokens(pages, err);
    for (int page = 0; ok && (page == 0 || pages->token.len); page++) {
        const Sigv4Pair query[] = {{STR("maxResults"), STR("50")},
                                   {STR("nextToken"), buf_str(&pages->token)}};
        const JsonRest rest = {.action = "ListDetectors",
                               .method = STR("GET"),
                               .path = STR("/detector"),
                               .query = query,
                               .query_count = pages->token.len ? 2 : 1};
        if (page == DETECTOR_PAGES_MAX)
            return error_set(err, ERROR_LIMIT, "more than %d pages of detectors",
                             DETECTOR_PAGES_MAX);
        const Json *answer = ask(pages, &rest, err);
        const Json *list = answer ? list_of(answer, "detectorIds", rest.action, err) : NULL;
        ok =
            list && take_detectors(pages, list, err) && note_token(pages, answer, "nextToken", err);
    }
    pages->listed = ok;
    if (ok && !pages->detectors.len)
        return error_set(err, ERROR_ACCESS, "GuardDuty is not on there: it has no detector");
    return ok && begin_tokens(pages, err);
}

static Str detector_of(const FindingPages *pages)
{
    Str all = buf_str(&pages->detectors);
    return str_slice(all, pages->next_detector, str_find_byte(all, '\n', pages->next_detector));
}

static void write_condition(const FindingPages *pages, JsonWriter *to)
{
    int64_t since = pages->options.since_us, until = pages->options.until_us;
    if (since == INT64_MIN && until == INT64_MAX)
        return;
    json_write_open(to, "findingCriteria", '{');
    json_write_open(to, "criterion", '{');
    json_write_open(to, "updatedAt", '{');
    if (since != INT64_MIN)
        json_write_int(to, "greaterThanOrEqual", since / MS_US);
    if (until != INT64_MAX)
        json_write_int(to, "lessThan", until / MS_US);
    json_write_close(to, '}');
    json_write_close(to, '}');
    json_write_close(to, '}');
}

static void write_order(JsonWriter *to)
{
    json_write_open(to, "sortCriteria", '{');
    json_write_text(to, "attributeName", STR("updatedAt"));
    json_write_text(to, "orderBy", STR("ASC"));
    json_write_close(to, '}');
}

static bool write_list(FindingPages *pages, Error *err)
{
    JsonWriter to = {&pages->body, err, true};
    pages->body.len = 0;
    json_write_open(&to, NULL, '{');
    write_condition(pages, &to);
    write_order(&to);
    json_write_int(&to, "maxResults", 50);
    json_write_some(&to, "nextToken", buf_str(&pages->token));
    json_write_close(&to, '}');
    return to.ok;
}

static bool write_ids(FindingPages *pages, const Json *ids, Error *err)
{
    JsonWriter to = {&pages->body, err, true};
    pages->body.len = 0;
    json_write_open(&to, NULL, '{');
    json_write_open(&to, "findingIds", '[');
    for (const Json *each = ids->first; each; each = each->next)
        json_write_text(&to, NULL, json_text(each, STR("")));
    json_write_close(&to, ']');
    write_order(&to);
    json_write_close(&to, '}');
    return to.ok;
}

/* The answer of the detector's call *action*, whose path ends with *end*, to the question in body.
 */
static const Json *ask_detector(FindingPages *pages, const char *action, const char *end,
                                Error *err)
{
    char path[PATH_BYTES];
    snprintf(path, sizeof path, "/detector/%.*s%s", STR_ARG(detector_of(pages)), end);
    const JsonRest rest = {.action = action,
                           .method = STR("POST"),
                           .path = str_of(path),
                           .body = buf_str(&pages->body)};
    return ask(pages, &rest, err);
}

static bool next_of_guardduty(FindingPages *pages, FindingPage *ret, Error *err)
{
    if (!pages->listed && !list_detectors(pages, err))
        return false;
    Str detector = detector_of(pages);
    ret->in_order = pages->detectors.len == detector.len + 1; /* it is the only one */
    const Json *answer =
        write_list(pages, err) ? ask_detector(pages, "ListFindings", "/findings", err) : NULL;
    const Json *ids = answer ? list_of(answer, "findingIds", "ListFindings", err) : NULL;
    if (!ids || !note_token(pages, answer, "nextToken", err))
        return false;
    ret->findings = ids;
    if (ids->count) {
        answer = write_ids(pages, ids, err)
                     ? ask_detector(pages, "GetFindings", "/findings/get", err)
                     : NULL;
        ret->findings = answer ? list_of(answer, "findings", "GetFindings", err) : NULL;
    }
    if (ret->findings && !pages->token.len) {
        pages->next_detector += detector.len + 1;
        pages->done = pages->next_detector >= pages->detectors.len;
        return begin_tokens(pages, err);
    }
    return ret->findings != NULL;
}

/* ---- all ---- */

static const FindingKind KINDS[] = {
    {"securityhub:", "securityhub", 333334, next_of_hub},
    {"guardduty:", "guardduty", 100000, next_of_guardduty},
};

static const FindingKind *kind_of(Str name)
{
    for (size_t i = 0; i < sizeof KINDS / sizeof *KINDS; i++)
        if (str_starts(name, str_of(KINDS[i].start)))
            return &KINDS[i];
    return NULL;
}

bool finding_pages_is(Str name)
{
    return kind_of(name) != NULL;
}

FindingPages *finding_pages_open(const FindingPagesOptions *options, Error *err)
{
    FindingPages *pages = mem_calloc(1, sizeof *pages, err);
    if (!pages)
        return NULL;
    pages->options = *options;
    pages->kind = kind_of(options->name);
    pages->body = buf_init(ASK_BYTES_MAX);
    pages->token = buf_init(TOKEN_BYTES_MAX);
    pages->detectors = buf_init(DETECTORS_BYTES_MAX);
    if (!pages->options.pages_max)
        pages->options.pages_max = FINDING_PAGES_MAX;
    Str region = str_slice(options->name, strlen(pages->kind->start), options->name.len);
    if (aws_endpoint(options->aws, str_of(pages->kind->service), region, &pages->endpoint, err) &&
        begin_tokens(pages, err) && (pages->line = aws_line(options->aws, err))) {
        snprintf(pages->name, sizeof pages->name, "%s%s", pages->kind->start,
                 pages->endpoint.region);
        return pages;
    }
    finding_pages_free(pages);
    return NULL;
}

void finding_pages_free(FindingPages *pages)
{
    if (!pages)
        return;
    request_line_free(pages->line);
    json_call_end(&pages->answer);
    hash_set_free(&pages->tokens);
    buf_free(&pages->body);
    buf_free(&pages->token);
    buf_free(&pages->detectors);
    mem_free(pages);
}

const char *finding_pages_name(const FindingPages *pages)
{
    return pages->name;
}

bool finding_pages_next(FindingPages *pages, FindingPage *ret, Error *err)
{
    *ret = (FindingPage){.number = ++pages->number};
    if (pages->done)
        return true;
    if (pages->number > pages->options.pages_max)
        return error_set(err, ERROR_LIMIT,
                         "%s: more than %d pages; --since and --until ask for less", pages->name,
                         pages->options.pages_max);
    return pages->kind->next(pages, ret, err) ||
           error_context(err, "%s, page %d", pages->name, pages->number);
}
