#include "finding_polling.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/cell.h"
#include "base/clock.h"
#include "base/log.h"
#include "base/mem.h"
#include "base/timestamp.h"
#include "finding_ask.h"
#include "findings/finding_polls.h"
#include "lake/layout.h"
#include "lake/state.h"
#include "sources_aws.h"

enum { SOURCES_MAX = 100, PROFILE_BYTES = 200, LINE_BYTES = 1000, REASON_BYTES_MAX = 1 << 14 };

/* One that is asked. */
typedef struct Polled {
    Aws *aws;
    char name[FINDING_PAGES_NAME_BYTES]; /* with its region */
    char profile[PROFILE_BYTES];
    bool failing;         /* it was told */
    char bad[LINE_BYTES]; /* the first that could not be read, last time; empty: all could */
} Polled;

struct FindingPolling {
    const Config *config;
    const atomic_bool *stopping;
    char path[LAYOUT_PATH_BYTES];
    Polled *sources;
    size_t count, next;
    Db *db;
    Automation *automation; /* NULL: nobody is asked */
};

/* One time that a source is asked. */
typedef struct Round {
    FindingPolling *polling;
    Polled *source;
    int64_t started_us;
    int64_t newest_us;    /* of the pages so far; INT64_MIN: none had a time */
    bool in_order;        /* no page had one that is older than a page before */
    char bad[LINE_BYTES]; /* the first that could not be read */
} Round;

static FindingPollsKey key_of(const Polled *source)
{
    return (FindingPollsKey){str_of(source->name), str_of(source->profile)};
}

/* ---- opening ---- */

static bool open_source(const Config *config, Str item, Polled *ret, Error *err)
{
    Str name = config_item_member(item, STR("")),
        profile = config_item_member(item, STR("profile"));
    if (!finding_pages_is(name))
        return error_set(err, ERROR_USAGE,
                         "securityhub:[REGION] or guardduty:[REGION] expected, '%.*s' found",
                         STR_ARG(str_slice(name, 0, 60)));
    if (profile.len >= sizeof ret->profile)
        return error_set(err, ERROR_USAGE, "a profile's name of more than %d bytes",
                         PROFILE_BYTES - 1);
    snprintf(ret->profile, sizeof ret->profile, "%.*s", STR_ARG(profile));
    const SourcesAwsOptions own = {.profile = ret->profile};
    ret->aws = sources_aws_configured(config, "findings", &own, false, err);
    const FindingPagesOptions options = {.aws = ret->aws, .name = name};
    FindingPages *pages = ret->aws ? finding_pages_open(&options, err) : NULL;
    if (pages)
        snprintf(ret->name, sizeof ret->name, "%s", finding_pages_name(pages));
    finding_pages_free(pages);
    return pages != NULL;
}

static bool open_sources(FindingPolling *polling, Error *err)
{
    Str item;
    for (; config_item(polling->config, CONFIG_FINDINGS_FROM, polling->count, &item);
         polling->count++) {
        if (polling->count == SOURCES_MAX)
            return error_set(err, ERROR_USAGE, "findings.from: more than %d", SOURCES_MAX);
        if (!open_source(polling->config, item, &polling->sources[polling->count], err)) {
            polling->count++; /* what it has is freed */
            return error_context(err, "findings.from");
        }
    }
    return finding_polling_every_us(polling) >= 1000000 ||
           error_set(err, ERROR_USAGE, "findings.from_s takes at least 1s");
}

static void tell_rules(const char *why)
{
    log_tell(LOG_WARN, "findings", "rules for findings: %s", why);
}

/* Opens the state, which says then who is asked: perhaps nobody any more. */
static bool open_state(FindingPolling *polling, Error *err)
{
    FindingPollsKey keys[SOURCES_MAX];
    const char *rules = config_text(polling->config, CONFIG_FINDINGS_RULES);
    for (size_t i = 0; i < polling->count; i++)
        keys[i] = key_of(&polling->sources[i]);
    if (polling->count && !(polling->automation = automation_open(rules, tell_rules, err)))
        return false;
    polling->db = state_open(polling->path, DB_READ_WRITE, err);
    return polling->db && finding_polls_want(polling->db, keys, polling->count, err);
}

FindingPolling *finding_polling_open(const Config *config, const char *folder,
                                     const atomic_bool *stopping, Error *err)
{
    FindingPolling *polling = mem_calloc(1, sizeof *polling, err);
    if (!polling)
        return NULL;
    polling->config = config;
    polling->stopping = stopping;
    polling->sources = mem_calloc(SOURCES_MAX, sizeof *polling->sources, err);
    if (polling->sources && layout_path(polling->path, err, folder, "state.db") &&
        open_sources(polling, err) && open_state(polling, err))
        return polling;
    finding_polling_free(polling);
    return NULL;
}

void finding_polling_free(FindingPolling *polling)
{
    if (!polling)
        return;
    for (size_t i = 0; polling->sources && i < polling->count; i++)
        aws_free(polling->sources[i].aws);
    mem_free(polling->sources);
    automation_free(polling->automation);
    db_close(polling->db);
    mem_free(polling);
}

bool finding_polling_is_on(const FindingPolling *polling)
{
    return polling->count > 0;
}

int64_t finding_polling_every_us(const FindingPolling *polling)
{
    return config_number(polling->config, CONFIG_FINDINGS_FROM_S);
}

/* ---- one source ---- */

static void note_bad(void *context, const char *line)
{
    Round *round = context;
    if (!round->bad[0])
        snprintf(round->bad, sizeof round->bad, "%s", line);
}

/* First and last time of update in a page; false when none has one. */
static bool times_of(const FindingPage *page, int64_t *ret_first, int64_t *ret_last)
{
    *ret_first = INT64_MAX;
    *ret_last = INT64_MIN;
    for (const Json *each = page->findings->first; each; each = each->next) {
        const Json *asff = json_member(each, STR("UpdatedAt"));
        const Json *updated = asff ? asff : json_member(each, STR("updatedAt"));
        int64_t at_us;
        if (!timestamp_parse(json_text(updated, STR("")), &at_us))
            continue;
        *ret_first = at_us < *ret_first ? at_us : *ret_first;
        *ret_last = at_us > *ret_last ? at_us : *ret_last;
    }
    return *ret_last != INT64_MIN;
}

/* What was updated after it was asked says nothing of what else was. */
static bool reach(const Round *round, Error *err)
{
    const FindingPollsKey key = key_of(round->source);
    int64_t newest = round->newest_us < round->started_us ? round->newest_us : round->started_us;
    return newest == INT64_MIN || finding_polls_reach(round->polling->db, &key, newest, err);
}

static bool stored(void *context, const FindingPage *page, Error *err)
{
    Round *round = context;
    int64_t first, last;
    if (!times_of(page, &first, &last))
        return true;
    round->in_order = round->in_order && page->in_order && first >= round->newest_us;
    if (last > round->newest_us)
        round->newest_us = last;
    return !round->in_order || reach(round, err);
}

/* What is wrong with a finding, without the place that it has this time ("page 1, finding 2: "). */
static Str without_place(const char *line)
{
    const char *behind = strstr(line, ": ");
    return str_of(behind ? behind : line);
}

/* Tells what is new of the time that ended well. */
static void tell_done(const Round *round, const FindingImportReport *report)
{
    Polled *source = round->source;
    if (source->failing)
        log_tell(LOG_INFO, "findings", "%s: it answers again", source->name);
    if (report->added + report->updated)
        log_tell(LOG_INFO, "findings", "%s: %" PRId64 " read, %" PRId64 " new, %" PRId64 " updated",
                 source->name, report->read, report->added, report->updated);
    if (report->bad && !str_equal(without_place(round->bad), without_place(source->bad)))
        log_tell(LOG_WARN, "findings", "%s (%" PRId64 " could not be read)", round->bad,
                 report->bad);
    source->failing = false;
    snprintf(source->bad, sizeof source->bad, "%s", round->bad);
}

static bool note_done(const Round *round, const FindingImportReport *report, Error *err)
{
    const FindingPollsKey key = key_of(round->source);
    tell_done(round, report);
    return reach(round, err) &&
           finding_polls_done(round->polling->db, &key, report, round->started_us, err);
}

static bool note_failed(const Round *round, const char *why, Error *err)
{
    const FindingPollsKey key = key_of(round->source);
    if (!round->source->failing)
        log_tell(LOG_WARN, "findings", "%s; it is asked again", why);
    round->source->failing = true;
    return finding_polls_failed(round->polling->db, &key, why, round->started_us, err);
}

static bool ask_source(FindingPolling *polling, Polled *source, Error *err)
{
    Round round = {.polling = polling,
                   .source = source,
                   .started_us = clock_now_us(),
                   .newest_us = INT64_MIN,
                   .in_order = true};
    FindingImport import = {
        .db = polling->db, .tell = note_bad, .context = &round, .automation = polling->automation};
    FindingAsk ask = {.aws = source->aws,
                      .source = str_of(source->name),
                      .until_us = INT64_MAX,
                      .stopping = polling->stopping,
                      .stored = stored,
                      .context = &round};
    const FindingPollsKey key = key_of(source);
    Error why = {0};
    if (!finding_polls_newest(polling->db, &key, &ask.since_us, err))
        return false;
    if (ask.since_us != INT64_MIN)
        ask.since_us -= FINDING_POLLING_MARGIN_US;
    if (finding_ask_run(&ask, &import, &why))
        return note_done(&round, &import.report, err);
    return atomic_load(polling->stopping) || note_failed(&round, why.text, err);
}

/* ---- all ---- */

bool finding_polling_step(void *context, bool *ret_more, Error *err)
{
    FindingPolling *polling = context;
    if (polling->next == polling->count)
        polling->next = 0;
    automation_refresh(polling->automation);
    bool ok = ask_source(polling, &polling->sources[polling->next++], err);
    *ret_more = polling->next < polling->count;
    return ok;
}

/* ---- spoor findings polls ---- */

static void print_time(const char *words, int64_t at_us)
{
    char text[TIMESTAMP_TEXT_BYTES] = "never";
    if (at_us)
        timestamp_format_zone(at_us, text);
    printf("  %-10s %s\n", words, text);
}

static bool print_poll(void *context, const FindingPoll *poll, Error *err)
{
    BUF_AUTO Buf reason = buf_init(REASON_BYTES_MAX);
    (void)context;
    if (!cell_visible(poll->reason, &reason, err))
        return false;
    printf("%.*s%s%.*s%s\n", STR_ARG(poll->key.source), poll->key.profile.len ? " as " : "",
           STR_ARG(poll->key.profile), poll->wanted ? "" : ", no more asked");
    print_time("up to", poll->newest_us == INT64_MIN ? 0 : poll->newest_us);
    print_time("answered", poll->done_us);
    if (poll->done_us)
        printf("  %-10s %" PRId64 " read, %" PRId64 " new, %" PRId64 " updated, %" PRId64 " bad\n",
               "with", poll->report.read, poll->report.added, poll->report.updated,
               poll->report.bad);
    if (poll->failed_us) {
        print_time("failed", poll->failed_us);
        printf("  %-10s %.*s\n", "as", STR_ARG(buf_str(&reason)));
    }
    return true;
}

bool finding_polling_list(const CommandLine *line, Lake *lake, Error *err)
{
    (void)line;
    return finding_polls_each(lake->db, print_poll, NULL, err);
}
