#include "rules_backtest.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/cell.h"
#include "base/timestamp.h"
#include "detect/correlation.h"
#include "detect/rule_sql.h"
#include "drops_print.h"
#include "hunt/shown.h"
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
    COLUMNS_ELSE = 140,
    TALLY_BYTES_MAX = 256 << 20,
    TEXT_BYTES_MAX = 256 << 20,
    CELL_BYTES_MAX = 1 << 18
};

/* Matches of a day and a principal. */
typedef struct Tally {
    int64_t day;
    Str principal;
    uint64_t count;
} Tally;

/* A back-test under way. */
typedef struct Trial {
    Hunt *hunt;
    const Rule *rule;   /* the detection that is asked */
    const Rule *wanted; /* it, or the correlation of it and others */
    bool counts;        /* how often is asked, and not for each match */
    uint64_t fired, untold;
    BacktestReport report;
    const Rule *asked[RULES_MAX];
    size_t asked_count;
    Buf tallies; /* Tally each */
    Arena *texts;
} Trial;

/* Counts; what there is no memory for is in no day's and principal's count. */
static void add_tally(Trial *trial, int64_t time_us, Str principal, uint64_t count)
{
    Error full = {0};
    Tally tally = {.day = timestamp_day(time_us), .count = count};
    const char *copy = arena_text(trial->texts, principal, &full);
    tally.principal = (Str){copy, principal.len};
    trial->fired += count;
    if (!copy || !buf_append(&trial->tallies, &tally, sizeof tally, &full))
        trial->untold += count;
}

static bool take_tally(void *context, const BacktestTally *tally, Error *err)
{
    (void)err;
    add_tally(context, tally->time_us, tally->principal, tally->count);
    return true;
}

static bool take(void *context, const BacktestEvent *event, Error *err)
{
    Trial *trial = context;
    HuntMatch match = {.time_us = event->time_us};
    Error full = {0};
    const HuntEvent given = {
        .document = event->document, .time_us = event->time_us, .number = event->number};
    if (trial->counts && !event->counted) {
        if (shown_fill(&match, event->document, trial->texts, &full))
            add_tally(trial, event->time_us, match.principal, 1);
        else
            trial->fired++, trial->untold++;
    }
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

static bool ask(Trial *trial, Backtest *backtest, Error *err)
{
    const BacktestCounting counting = {take, take_tally, trial, EXAMPLES_MAX};
    return trial->counts ? backtest_count(backtest, trial->rule, &counting, &trial->report, err)
                         : backtest_run(backtest, trial->rule, take, trial, &trial->report, err);
}

static bool ask_all(Trial *trial, Backtest *backtest, Error *err)
{
    bool ok = collect(trial, trial->wanted, err);
    for (size_t i = 0; ok && i < trial->asked_count; i++) {
        trial->rule = trial->asked[i];
        if (trial->rule->kind == RULE_DETECTION)
            ok = ask(trial, backtest, err);
    }
    if (!ok || !hunt_end(trial->hunt, err))
        return false;
    for (size_t i = 0; !trial->counts && i < hunt_count(trial->hunt); i++)
        add_tally(trial, hunt_match(trial->hunt, i)->time_us, hunt_match(trial->hunt, i)->principal,
                  1);
    return true;
}

static int by_day(const void *a, const void *b)
{
    const Tally *left = a, *right = b;
    return (left->day > right->day) - (left->day < right->day);
}

static int by_principal(const void *a, const void *b)
{
    const Tally *left = a, *right = b;
    return str_compare(left->principal, right->principal);
}

static int by_count(const void *a, const void *b)
{
    const Tally *left = a, *right = b;
    return left->count != right->count ? (left->count < right->count ? 1 : -1) : by_principal(a, b);
}

typedef int (*Compare)(const void *a, const void *b);

/* Sorts, and adds up what is equal. */
static size_t join(Trial *trial, Compare compare)
{
    Tally *list = (Tally *)(void *)trial->tallies.ptr;
    size_t count = trial->tallies.len / sizeof *list, kept = 0;
    if (count)
        qsort(list, count, sizeof *list, compare);
    for (size_t i = 0; i < count; i++) {
        if (kept && compare(&list[kept - 1], &list[i]) == 0)
            list[kept - 1].count += list[i].count;
        else
            list[kept++] = list[i];
    }
    return kept;
}

static void print_days(const Trial *trial, size_t count)
{
    char day[TIMESTAMP_TEXT_BYTES];
    const Tally *list = (const Tally *)(const void *)trial->tallies.ptr;
    printf("\nby day (UTC)\n");
    for (size_t i = 0; i < count && i < DAYS_MAX; i++) {
        timestamp_format_day((int32_t)list[i].day, day);
        printf("%10" PRIu64 "  %s\n", list[i].count, day);
    }
    if (count > DAYS_MAX)
        printf("            ... and %zu more\n", count - DAYS_MAX);
}

static bool print_principals(Trial *trial, size_t count, Error *err)
{
    Tally *list = (Tally *)(void *)trial->tallies.ptr;
    bool ok = true;
    qsort(list, count, sizeof *list, by_count);
    printf("\nby principal\n");
    for (size_t i = 0; ok && i < count && i < PRINCIPALS_MAX; i++) {
        BUF_AUTO Buf seen = buf_init(CELL_BYTES_MAX);
        ok = cell_visible(list[i].principal, &seen, err);
        printf("%10" PRIu64 "  %.*s\n", list[i].count,
               STR_ARG(list[i].principal.len ? buf_str(&seen) : STR("(none)")));
    }
    if (count > PRINCIPALS_MAX)
        printf("            ... and %zu more\n", count - PRINCIPALS_MAX);
    return ok;
}

/* The list of tallies is one of pairs until it is joined by principal: a copy is joined by day. */
static bool print_counts(Trial *trial, Error *err)
{
    BUF_AUTO Buf pairs = buf_init(TALLY_BYTES_MAX);
    if (!buf_append_str(&pairs, buf_str(&trial->tallies), err))
        return false;
    print_days(trial, join(trial, by_day));
    memcpy(trial->tallies.ptr, pairs.ptr, pairs.len);
    return trial->wanted->kind == RULE_CORRELATION ||
           print_principals(trial, join(trial, by_principal), err);
}

static void print_totals(const Trial *trial, FILE *out)
{
    char fired[AMOUNT_TEXT_BYTES], rows[AMOUNT_TEXT_BYTES];
    char chosen[AMOUNT_TEXT_BYTES], asked[AMOUNT_TEXT_BYTES];
    const HuntReport *report = hunt_report(trial->hunt);
    amount_count(trial->fired, fired);
    amount_count(trial->report.scannable.rows, rows);
    amount_count(trial->report.candidates, chosen);
    fprintf(out, "'%.*s' would have fired %s time%s over %s events; %.2f s\n",
            STR_ARG(trial->wanted->title), fired, trial->fired == 1 ? "" : "s", rows,
            report->seconds);
    amount_count(trial->report.asked, asked);
    if (!trial->report.asked)
        fprintf(out, "chosen by SQL: %s, which is exact\n", chosen);
    else if (trial->report.asked == trial->report.candidates)
        fprintf(out, "chosen by SQL: %s, and the rule was asked of each\n", chosen);
    else
        fprintf(out, "chosen by SQL: %s, and the rule was asked of %s of them\n", chosen, asked);
    if (trial->untold)
        fprintf(out, "%" PRIu64 " of them are counted here only: too many\n", trial->untold);
    if (!trial->counts && report->dropped)
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

static bool print(const CommandLine *line, Trial *trial, Error *err)
{
    const TimelineStyle style = {.format = format_of(command_text(line, "format", "table")),
                                 .rows_max = EXAMPLES_MAX,
                                 .bare = true,
                                 .columns = setup_columns(COLUMNS_ELSE)};
    bool table = style.format == TIMELINE_TABLE;
    print_totals(trial, table ? stdout : stderr);
    if (table && (!trial->fired || !print_counts(trial, err)))
        return !trial->fired;
    if (table)
        printf("\nexamples\n");
    return timeline_write(trial->hunt, &style, stdout, err);
}

static bool run(const CommandLine *line, const HuntOptions *given, const BacktestOptions *options,
                Error *err)
{
    HuntOptions hunt = *given;
    Trial trial = {.wanted = hunt.only, .tallies = buf_init(TALLY_BYTES_MAX)};
    trial.counts = hunt.only->kind == RULE_DETECTION &&
                   strcmp(command_text(line, "format", "table"), "table") == 0;
    trial.texts = arena_new(TEXT_BYTES_MAX, err);
    Backtest *backtest = trial.texts ? backtest_open(options, err) : NULL;
    hunt.origin = (HuntOrigin){.context = backtest, .recall = backtest_recall};
    trial.hunt = backtest ? hunt_begin(&hunt, err) : NULL;
    bool ok = trial.hunt && ask_all(&trial, backtest, err) && print(line, &trial, err);
    hunt_free(trial.hunt);
    backtest_close(backtest);
    arena_free(trial.texts);
    buf_free(&trial.tallies);
    return ok;
}

/* The time of the last event of the lake before *until_us*. */
static bool read_horizon(Lake *lake, int64_t until_us, int64_t *ret, Error *err)
{
    if (!db_get_int(lake->db, "SELECT max(time_max) FROM parts WHERE removed_seq IS NULL", 0, ret,
                    err))
        return false;
    *ret = *ret < until_us ? *ret : until_us;
    return true;
}

bool rules_backtest(const CommandLine *line, const RuleSet *set, const Rule *rule, Error *err)
{
    BacktestOptions options = {.config = command_config(line)};
    HuntOptions hunt = {.rules = set, .only = rule, .jobs = 1, .bytes_max = MATCH_BYTES_MAX};
    CorrelationPaths *paths = NULL;
    LAKE_AUTO Lake *lake = setup_lake(line, LAKE_READ, err);
    if (!lake || !command_range(line, &options.since_us, &options.until_us, err))
        return false;
    if (!read_horizon(lake, options.until_us, &hunt.horizon_us, err) ||
        !drops_tell(lake, options.since_us, options.until_us, err))
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
    bool ok = arena && rule_sql_write(rule->expr, NULL, arena, &sql, err);
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
