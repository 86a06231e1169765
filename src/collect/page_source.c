#include "collect/page_source.h"

#include <inttypes.h>
#include <stdio.h>

#include "base/clock.h"
#include "base/json_write.h"
#include "base/mem.h"
#include "base/timestamp.h"
#include "cloud/json_call.h"

enum {
    ASK_BYTES_MAX = 64 << 10,
    TOKEN_BYTES_MAX = 32 << 10,
    PAGE_BYTES_MAX = 16 << 20,
    NAME_BYTES = 700, /* of a group, at most 512, and what is around it */
    HISTORY_DAYS = 90,
    HASH_DIGITS = 16
};

static const int64_t DAY_US = INT64_C(86400) * 1000000;

/* The part of a source's time that is asked for. */
typedef struct Window {
    int64_t from_us, to_us; /* to: not in it; INT64_MIN and INT64_MAX: without an end */
} Window;

/* One way to be asked. */
typedef struct PageKind {
    const char *start; /* of the name */
    JsonAction action;
    const char *token;         /* member of the question */
    const char *events, *text; /* members of the answer, and of each event */
    int64_t pause_us;          /* between two requests */
    int64_t days;              /* that are kept; 0: all, and they are asked for at once */
    bool (*open)(PageSource *source, Str name, Error *err);
    bool (*ask)(const PageSource *source, Buf *ret, Error *err); /* without the token */
} PageKind;

struct PageSource {
    PageSourceOptions options;
    const PageKind *kind;
    Endpoint endpoint;
    RequestLine *line;
    JsonAnswer answer;
    char name[NAME_BYTES];  /* of its objects, without hash */
    char group[NAME_BYTES]; /* or its ARN */
    Window window;          /* under way */
    Window all;
    Buf token;
    Buf page;
    int64_t due_us; /* of the next request */
};

static bool open_history(PageSource *source, Str name, Error *err)
{
    if (!aws_endpoint(source->options.aws, STR("cloudtrail"), name, &source->endpoint, err))
        return false;
    snprintf(source->name, sizeof source->name, "cloudtrail:%s", source->endpoint.region);
    return true;
}

static bool ask_history(const PageSource *source, Buf *ret, Error *err)
{
    return buf_printf(ret, err, "{\"MaxResults\":50,\"StartTime\":%" PRId64 ",\"EndTime\":%" PRId64,
                      source->window.from_us / 1000000, (source->window.to_us - 1) / 1000000);
}

/* The region of "arn:PARTITION:logs:REGION:ACCOUNT:log-group:NAME", empty for a mere name. */
static Str region_of(Str group)
{
    size_t at = 0;
    if (!str_starts(group, STR("arn:")))
        return STR("");
    for (int colon = 0; colon < 3; colon++)
        at = str_find_byte(group, ':', at) + 1;
    return at < group.len ? str_slice(group, at, str_find_byte(group, ':', at)) : STR("");
}

static bool open_group(PageSource *source, Str name, Error *err)
{
    if (!name.len || name.len > sizeof source->group - 64)
        return error_set(err, ERROR_USAGE, "'%.*s' names no log group: logs://GROUP or logs://ARN",
                         STR_ARG(str_slice(source->options.uri, 0, 200)));
    snprintf(source->group, sizeof source->group, "%.*s", STR_ARG(name));
    snprintf(source->name, sizeof source->name, "logs://%.*s", STR_ARG(name));
    return aws_endpoint(source->options.aws, STR("logs"), region_of(name), &source->endpoint, err);
}

static bool ask_group(const PageSource *source, Buf *ret, Error *err)
{
    Str group = str_of(source->group);
    bool arn = str_starts(group, STR("arn:"));
    if (!buf_printf(ret, err, "{\"%s\":", arn ? "logGroupIdentifier" : "logGroupName") ||
        !json_append_string(ret, group, err))
        return false;
    if (source->window.from_us != INT64_MIN &&
        !buf_printf(ret, err, ",\"startTime\":%" PRId64, source->window.from_us / 1000))
        return false;
    return source->window.to_us == INT64_MAX ||
           buf_printf(ret, err, ",\"endTime\":%" PRId64, (source->window.to_us - 1) / 1000);
}

static const PageKind KINDS[] = {
    {.start = "cloudtrail:",
     .action = {"cloudtrail", "com.amazonaws.cloudtrail.v20131101.CloudTrail_20131101.LookupEvents",
                "cloudtrail:LookupEvents"},
     .token = "NextToken",
     .events = "Events",
     .text = "CloudTrailEvent",
     .pause_us = 500000,
     .days = HISTORY_DAYS,
     .open = open_history,
     .ask = ask_history},
    {.start = "logs://",
     .action = {"logs", "Logs_20140328.FilterLogEvents", "logs:FilterLogEvents"},
     .token = "nextToken",
     .events = "events",
     .text = "message",
     .pause_us = 200000,
     .open = open_group,
     .ask = ask_group},
};

static const PageKind *kind_of(Str name)
{
    for (size_t i = 0; i < sizeof KINDS / sizeof *KINDS; i++)
        if (str_starts(name, str_of(KINDS[i].start)))
            return &KINDS[i];
    return NULL;
}

bool page_source_is(Str name)
{
    return kind_of(name) != NULL;
}

/* From the first window on: of what is kept by days the first day, else all at once. */
static void begin(PageSource *source)
{
    Window all = {source->options.since_us, source->options.until_us};
    if (source->kind->days) {
        int64_t now = clock_now_us(), first = now - source->kind->days * DAY_US;
        if (all.from_us < first)
            all.from_us = first;
        if (all.to_us > now)
            all.to_us = now;
    }
    source->all = source->window = all;
    if (source->kind->days)
        source->window.to_us = ((int64_t)timestamp_day(all.from_us) + 1) * DAY_US;
    if (source->window.to_us > all.to_us)
        source->window.to_us = all.to_us;
}

PageSource *page_source_open(const PageSourceOptions *options, Error *err)
{
    PageSource *source = mem_calloc(1, sizeof *source, err);
    if (!source)
        return NULL;
    source->options = *options;
    source->kind = kind_of(options->uri);
    source->token = buf_init(TOKEN_BYTES_MAX);
    source->page = buf_init(PAGE_BYTES_MAX);
    Str name = str_slice(options->uri, strlen(source->kind->start), options->uri.len);
    bool ok = source->kind->open(source, name, err);
    source->line = ok ? aws_line(options->aws, err) : NULL;
    if (source->line) {
        begin(source);
        return source;
    }
    page_source_free(source);
    return NULL;
}

void page_source_free(PageSource *source)
{
    if (!source)
        return;
    request_line_free(source->line);
    json_call_end(&source->answer);
    buf_free(&source->token);
    buf_free(&source->page);
    mem_free(source);
}

/* Whether the wave is to end. */
static bool is_stopping(const PageSource *source)
{
    return source->options.stopping && atomic_load(source->options.stopping);
}

static void await_turn(PageSource *source)
{
    int64_t now = clock_monotonic_us();
    if (now < source->due_us)
        clock_sleep_us(source->due_us - now);
    source->due_us = clock_monotonic_us() + source->kind->pause_us;
}

/* The records of the answer, a line each. */
static bool read_page(PageSource *source, const Json *answer, Error *err)
{
    const Json *events = json_member(answer, str_of(source->kind->events));
    source->page.len = 0;
    for (const Json *event = events ? events->first : NULL; event; event = event->next) {
        Str text = json_text(json_member(event, str_of(source->kind->text)), STR(""));
        if (text.len && (!buf_append_str(&source->page, text, err) ||
                         !buf_append_byte(&source->page, '\n', err)))
            return false;
    }
    source->token.len = 0;
    return buf_append_str(
        &source->token, json_text(json_member(answer, str_of(source->kind->token)), STR("")), err);
}

static bool ask_page(PageSource *source, Error *err)
{
    BUF_AUTO Buf body = buf_init(ASK_BYTES_MAX);
    Str token = buf_str(&source->token);
    if (!source->kind->ask(source, &body, err) ||
        (token.len && (!buf_printf(&body, err, ",\"%s\":", source->kind->token) ||
                       !json_append_string(&body, token, err))) ||
        !buf_append_byte(&body, '}', err))
        return false;
    await_turn(source);
    const Json *answer = json_call(&source->endpoint, source->line, &source->kind->action,
                                   buf_str(&body), &source->answer, err);
    return (answer && read_page(source, answer, err)) || error_context(err, "%s", source->name);
}

static bool list_page(const PageSource *source, ObjectList *list, Error *err)
{
    char etag[OBJECT_ETAG_BYTES], name[NAME_BYTES + OBJECT_ETAG_BYTES];
    Str bytes = buf_str(&source->page);
    if (!bytes.len)
        return true;
    object_list_carried_etag(bytes, etag);
    snprintf(name, sizeof name, "%s/%.*s", source->name, HASH_DIGITS, etag);
    return object_list_add_carried(list, name, bytes, NULL, err);
}

/* Behind the last page of a window; false when it was the last window. */
static bool next_window(PageSource *source)
{
    source->window.from_us = source->window.to_us;
    if (source->window.from_us >= source->all.to_us)
        return false;
    source->window.to_us += DAY_US;
    if (source->window.to_us > source->all.to_us)
        source->window.to_us = source->all.to_us;
    return true;
}

bool page_source_next(PageSource *source, ObjectList *list, bool *ret_more, Error *err)
{
    *ret_more = source->window.from_us < source->window.to_us;
    for (int i = 0; i < PAGE_SOURCE_WAVE && *ret_more && !is_stopping(source); i++) {
        if (!ask_page(source, err) || !list_page(source, list, err))
            return false;
        if (!source->token.len)
            *ret_more = next_window(source);
    }
    return true;
}
