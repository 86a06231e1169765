#include "rules_backtest.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/timestamp.h"
#include "detect/correlation.h"
#include "detect/rule_sql.h"
#include "hunt/summary.h"
#include "hunt/timeline.h"
#include "query/backtest.h"
#include "setup.h"

enum {
    MATCH_BYTES_MAX = 256 << 20,
    SQL_BYTES_MAX = 64 << 20,
    DAYS_MAX = 100,
    PRINCIPALS_MAX = 15,
    EXAMPLES_MAX = 5,
    RULES_MAX = 1000,
    COLUMNS_ELSE = 140
};

/* A back-test under way. */
typedef struct Trial {
    Hunt *hunt;
    const Rule *rule; /* the detection that is asked */
    BacktestReport report;
    const Rule *asked[RULES_MAX];
    size_t asked_count;
} Trial;

static bool take(void *context, const BacktestEvent *event, Error *err)
{
    Trial *trial = context;
    const HuntEvent given = {event->document, event->time_us, event->number};
    return hunt_take(trial->hunt, &given, &trial->rule, 1, err);
}

static bool is_asked(const Trial *trial, const Rule *rule)
{
    for (size_t i = 0; i < trial->asked_count; i++)
        if (trial->asked[i] == rule)
            return true;
    return false;
}

/* The detections that *rule* is, or is made of, each once. */
static bool collect(Trial *trial, const Rule *rule, Error *err)
{
    if (is_asked(trial, rule))
        return true;
    if (trial->asked_count == RULES_MAX)
        return error_set(err, ERROR_LIMIT, "a correlation of more than %d rules", RULES_MAX);
    trial->asked[trial->asked_count++] = rule;
    bool ok = true;
    for (uint32_t i = 0; rule->kind == RULE_CORRELATION && ok && i < rule->correlation->rules.count;
         i++)
        ok = collect(trial, rule->correlation->resolved[i], err);
    return ok;
}

static bool ask_all(Trial *trial, Backtest *backtest, const Rule *rule, Error *err)
{
    bool ok = collect(trial, rule, err);
    for (size_t i = 0; ok && i < trial->asked_count; i++) {
        trial->rule = trial->asked[i];
        if (trial->rule->kind == RULE_DETECTION)
            ok = backtest_run(backtest, trial->rule, take, trial, &trial->report, err);
    }
    return ok && hunt_end(trial->hunt, err);
}

/* A line for each day with matches; they are sorted by time. */
static void print_days(const Hunt *hunt)
{
    char day[TIMESTAMP_TEXT_BYTES];
    size_t count = hunt_count(hunt), days = 0;
    printf("\nby day (UTC)\n");
    for (size_t from = 0, to; from < count; from = to) {
        int64_t number = hunt_match(hunt, from)->time_us / TIMESTAMP_DAY_US;
        for (to = from; to < count && hunt_match(hunt, to)->time_us / TIMESTAMP_DAY_US == number;)
            to++;
        if (++days > DAYS_MAX)
            continue;
        timestamp_format_day((int32_t)number, day);
        printf("%10zu  %s\n", to - from, day);
    }
    if (days > DAYS_MAX)
        printf("and %zu more days\n", days - DAYS_MAX);
}

static void print_totals(const Hunt *hunt, const Trial *trial, const Rule *rule, FILE *out)
{
    char fired[SETUP_TEXT_BYTES], rows[SETUP_TEXT_BYTES], chosen[SETUP_TEXT_BYTES];
    const HuntReport *report = hunt_report(hunt);
    setup_count_text(report->matches, fired);
    setup_count_text(trial->report.scannable.rows, rows);
    setup_count_text(trial->report.candidates, chosen);
    fprintf(out, "'%.*s' would have fired %s times over %s events; %.2f s\n", STR_ARG(rule->title),
            fired, rows, report->seconds);
    fprintf(out, "%s events were chosen by SQL, %s\n", chosen,
            trial->report.weak ? "and the rule was asked of each" : "which is exact");
    if (report->dropped)
        fprintf(out, "%" PRIu64 " matches were counted and not kept: too many\n", report->dropped);
}

static TimelineFormat format_of(const char *name)
{
    static const char *const NAMES[] = {"table", "jsonl", "json", "csv"};
    for (int i = 0; i < 4; i++)
        if (strcmp(NAMES[i], name) == 0)
            return (TimelineFormat)i;
    return TIMELINE_TABLE;
}

static bool print(const CommandLine *line, const Trial *trial, const Rule *rule, Error *err)
{
    const TimelineStyle style = {.format = format_of(command_text(line, "format", "table")),
                                 .rows_max = EXAMPLES_MAX,
                                 .columns = setup_columns(COLUMNS_ELSE)};
    if (style.format != TIMELINE_TABLE) {
        print_totals(trial->hunt, trial, rule, stderr);
        return timeline_write(trial->hunt, &style, stdout, err);
    }
    print_totals(trial->hunt, trial, rule, stdout);
    if (!hunt_count(trial->hunt))
        return true;
    print_days(trial->hunt);
    bool ok = summary_write_group(trial->hunt, "principal", PRINCIPALS_MAX, stdout, err);
    printf("\n");
    return ok && timeline_write(trial->hunt, &style, stdout, err);
}

static bool run(const CommandLine *line, const HuntOptions *hunt, const BacktestOptions *options,
                Error *err)
{
    Trial trial = {.hunt = hunt_begin(hunt, err)};
    Backtest *backtest = trial.hunt ? backtest_open(options, err) : NULL;
    bool ok = backtest && ask_all(&trial, backtest, hunt->only, err) &&
              print(line, &trial, hunt->only, err);
    backtest_close(backtest);
    hunt_free(trial.hunt);
    return ok;
}

bool rules_backtest(const CommandLine *line, const RuleSet *set, const Rule *rule, Error *err)
{
    BacktestOptions options = {.config = command_config(line)};
    HuntOptions hunt = {.rules = set, .only = rule, .jobs = 1, .bytes_max = MATCH_BYTES_MAX};
    CorrelationPaths *paths = NULL;
    LAKE_AUTO Lake *lake = setup_lake(line, LAKE_READ, err);
    if (!lake || !command_range(line, &options.since_us, &options.until_us, err))
        return false;
    options.lake = lake;
    options.derive = hunt.derive = derive_open(options.config, err);
    bool ok = options.derive != NULL;
    if (ok && rule->kind == RULE_CORRELATION) {
        options.paths = paths = correlation_sql_paths(set, err);
        ok = paths != NULL;
    }
    ok = ok && run(line, &hunt, &options, err);
    correlation_sql_paths_free(paths);
    derive_release(options.derive);
    return ok;
}

bool rules_backtest_sql(const Rule *rule, Error *err)
{
    RuleSql sql;
    Arena *arena = arena_new(SQL_BYTES_MAX, err);
    bool ok = arena && rule_sql_write(rule->expr, arena, &sql, err);
    if (ok && sql.exact)
        printf("-- exact: these events match, and no other, but for those of which `extra` says\n"
               "-- more than the columns do\n");
    else if (ok)
        printf("-- not exact: all events that match are among these, and some that do not: SQL\n"
               "-- cannot ask %s%.*s%s as the rule does\n",
               sql.inexact.len ? "'" : "for a text anywhere in the event", STR_ARG(sql.inexact),
               sql.inexact.len ? "'" : "");
    if (ok)
        printf("SELECT * FROM cloudtrail\nWHERE %.*s\n   OR (extra IS NOT NULL AND %.*s AND "
               "%.*s)\n",
               STR_ARG(sql.where), STR_ARG(sql.touches), STR_ARG(sql.where_touched));
    arena_free(arena);
    return ok;
}
