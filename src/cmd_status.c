/* cmd_status - what is in the lake, what is quarantined and why, and which lookups there are. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/cell.h"
#include "base/json.h"
#include "base/mem.h"
#include "base/timestamp.h"
#include "cmd.h"
#include "delivery_print.h"
#include "derive/derive_describe.h"
#include "drops_print.h"
#include "finding_exchange.h"
#include "left_out.h"
#include "setup.h"
#include "source_looks.h"

enum { KEY_BYTES_MAX = 1 << 20 };

static const Option OPTIONS[] = {
    {"format", 'f', VALUE_CHOICE, "FORMAT", "text|json", CONFIG_NONE, "how it is written"},
    {"sources", 0, VALUE_FLAG, NULL, NULL, CONFIG_NONE,
     "instead, what was seen of each source and what of it is in"},
    {NULL, 0, VALUE_FLAG, NULL, NULL, CONFIG_NONE, NULL},
};

static const char *const EXAMPLES[] = {
    "spoor status",
    "events, days, bytes, and whether the receipts add up",
    "spoor status --format json --since 2026-11-01",
    "the same for programs, for a range of days",
    "spoor status --sources",
    "of each folder, bucket and queue: what was listed, is in, waits, and how old the newest is",
    NULL,
};

/* One number of the page: its JSON name, its words, and the query that gives it. ?1 and ?2 are the
 * range of eventtime in microseconds. */
typedef struct Figure {
    const char *name;
    const char *words;
    enum { FIGURE_COUNT, FIGURE_BYTES, FIGURE_TIME } kind;
    const char *sql;
} Figure;

#define LIVE " FROM parts WHERE removed_seq IS NULL AND time_max >= ?1 AND time_min < ?2"

#define VERDICTS(word) "SELECT coalesce(sum(logs), 0) FROM verdicts WHERE verdict = '" word "'"

/* Verdicts take a look at each log, so all are counted in one go. A gap: an account and region had
 * logs in 24 hours in a row, then none in the next, while others had later ones. Hours are those of
 * delivery, [since, until). */
static const char COUNT_SQL[] =
    "CREATE TEMP TABLE verdicts AS SELECT verdict, count(*) AS logs FROM object_verdicts GROUP BY "
    "verdict; CREATE TEMP TABLE gaps AS WITH hours AS (SELECT DISTINCT account, region, "
    "delivered_us / 3600000000 AS hour FROM objects WHERE delivered_us IS NOT NULL), newest AS "
    "(SELECT max(hour) AS end FROM hours), runs AS (SELECT account, region, hour + 1 AS since, "
    "lead(hour) OVER zone AS next, hour - lag(hour, 23) OVER zone AS span FROM hours WINDOW zone "
    "AS "
    "(PARTITION BY account, region ORDER BY hour)) SELECT account, region, since * 3600000000 AS "
    "since, coalesce(next, end) * 3600000000 AS until FROM runs, newest WHERE span = 23 AND "
    "coalesce(next, end) > since";

static const Figure FIGURES[] = {
    {"events", "events", FIGURE_COUNT, "SELECT coalesce(sum(rows), 0)" LIVE},
    {"days", "days", FIGURE_COUNT, "SELECT count(DISTINCT day)" LIVE},
    {"first", "first event", FIGURE_TIME, "SELECT min(time_min)" LIVE},
    {"last", "last event", FIGURE_TIME, "SELECT max(time_max)" LIVE},
    {"files", "data files", FIGURE_COUNT, "SELECT count(*)" LIVE},
    {"bytes", "data bytes", FIGURE_BYTES, "SELECT coalesce(sum(bytes), 0)" LIVE},
    {"commits", "commits", FIGURE_COUNT, "SELECT count(*) FROM commits"},
    {"snapshots", "snapshots kept", FIGURE_COUNT,
     "SELECT count(*) FROM publications WHERE expired = 0 AND table_name = 'cloudtrail'"},
    {"objects", "objects", FIGURE_COUNT, "SELECT count(*) FROM objects"},
    {"objects_incomplete", "objects incomplete", FIGURE_COUNT,
     "SELECT count(*) FROM objects WHERE state = 'incomplete' AND superseded_by IS NULL"},
    {"objects_quarantined", "objects quarantined", FIGURE_COUNT,
     "SELECT count(*) FROM objects WHERE state = 'quarantined' AND superseded_by IS NULL"},
    {"digests", "digests", FIGURE_COUNT,
     "SELECT count(*) FROM digests d JOIN objects o ON o.id = d.object_id AND o.superseded_by IS "
     "NULL"},
    {"digests_unusable", "  not read, or moved", FIGURE_COUNT,
     "SELECT count(*) FROM digests d JOIN objects o ON o.id = d.object_id AND o.superseded_by IS "
     "NULL WHERE problem IS NOT NULL"},
    {"digests_verified", "  signature checked", FIGURE_COUNT,
     "SELECT count(*) FROM digests d JOIN objects o ON o.id = d.object_id AND o.superseded_by IS "
     "NULL WHERE verified"},
    {"digests_refused", "  SIGNATURE DOES NOT FIT", FIGURE_COUNT,
     "SELECT count(*) FROM digests d JOIN objects o ON o.id = d.object_id AND o.superseded_by IS "
     "NULL WHERE verified = 0"},
    {"logs_verified", "logs proved by digests", FIGURE_COUNT, VERDICTS("verified")},
    {"logs_listed", "  listed, not checked yet", FIGURE_COUNT, VERDICTS("listed")},
    {"logs_mismatch", "  different from digests", FIGURE_COUNT, VERDICTS("mismatch")},
    {"logs_missing", "  listed and not here", FIGURE_COUNT, VERDICTS("missing")},
    {"logs_unlisted", "  in no digest of their time", FIGURE_COUNT, VERDICTS("unlisted")},
    {"logs_uncovered", "  of times without digest", FIGURE_COUNT, VERDICTS("uncovered")},
    {"gaps", "hours suddenly without logs", FIGURE_COUNT,
     "SELECT coalesce(sum((until - since) / 3600000000), 0) FROM gaps WHERE until > ?1 AND since < "
     "?2"},
    {"inflated_bytes", "log bytes read", FIGURE_BYTES,
     "SELECT coalesce(sum(inflated_bytes), 0) FROM objects"},
    {"read", "records read", FIGURE_COUNT, "SELECT coalesce(sum(read), 0) FROM objects"},
    {"kept", "records kept", FIGURE_COUNT, "SELECT coalesce(sum(kept), 0) FROM objects"},
    {"duplicate", "records duplicate", FIGURE_COUNT,
     "SELECT coalesce(sum(duplicate), 0) FROM objects"},
    {"dropped", "records dropped by filters", FIGURE_COUNT,
     "SELECT coalesce(sum(dropped), 0) FROM objects"},
    {"conflicting", "  of the kept, conflicting", FIGURE_COUNT,
     "SELECT coalesce(sum(conflicting), 0) FROM objects"},
    {"quarantined", "records quarantined", FIGURE_COUNT,
     "SELECT coalesce(sum(quarantined), 0) FROM objects"},
    {"signals", "signals", FIGURE_COUNT,
     "SELECT count(*) FROM signals WHERE eventtime >= ?1 AND eventtime < ?2"},
    {"signals_packed", "  for correlations", FIGURE_COUNT,
     "SELECT coalesce(sum(rows), 0) FROM signal_packs WHERE time_max >= ?1 AND time_min < ?2"},
    {"signals_packed_bytes", "    their bytes", FIGURE_BYTES,
     "SELECT coalesce(sum(length(bytes)), 0) FROM signal_packs WHERE time_max >= ?1 AND time_min < "
     "?2"},
    {"correlations", "correlations", FIGURE_COUNT, "SELECT count(*) FROM correlations"},
    {"correlations_waiting", "  waiting for an ingest", FIGURE_COUNT,
     "SELECT count(*) FROM correlations WHERE evaluated_seq < (SELECT max(commit_seq) FROM "
     "signal_packs)"},
    {"correlations_untold", "  true too often, not kept", FIGURE_COUNT,
     "SELECT coalesce(sum(untold), 0) FROM correlations"},
    {"queries", "rules with a query", FIGURE_COUNT, "SELECT count(*) FROM sql_rules"},
    {"queries_waiting", "  with news to ask about", FIGURE_COUNT,
     "SELECT count(*) FROM sql_rules WHERE evaluated_seq < (SELECT max(seq) FROM fresh_hours)"},
    {"queries_failing", "  over budget or failing", FIGURE_COUNT,
     "SELECT count(*) FROM sql_rules WHERE failures > 0"},
    {"findings_provisional", "findings, provisional yet", FIGURE_COUNT,
     "SELECT count(*) FROM findings WHERE provisional = 1 AND dry_run = 0"},
    {"settle_seconds", "seconds until they are final", FIGURE_COUNT,
     "SELECT max(900, coalesce(max(p99_s), 0)) FROM delivery_quantiles"},
    {"findings_dry_run", "findings of dry runs", FIGURE_COUNT,
     "SELECT count(*) FROM findings WHERE superseded_by IS NULL AND dry_run = 1 AND last_us >= ?1 "
     "AND last_us < ?2"},
    {"findings", "findings", FIGURE_COUNT,
     "SELECT count(*) FROM findings WHERE superseded_by IS NULL AND dry_run = 0 AND last_us >= ?1 "
     "AND last_us < "
     "?2"},
    {"findings_high", "  of these, high or critical", FIGURE_COUNT,
     "SELECT count(*) FROM findings f JOIN rules r ON r.id = f.rule WHERE superseded_by IS NULL "
     "AND f.dry_run = 0 "
     "AND last_us >= ?1 AND last_us < ?2 AND r.level IN ('high', 'critical')"},
};

enum { FIGURES_COUNT = sizeof FIGURES / sizeof *FIGURES };

/* The receipts add up: read = kept + duplicate + dropped + quarantined for every object, and the
 * live parts hold as many rows as the receipts say were kept. */
static const char RECONCILED_SQL[] =
    "SELECT (SELECT count(*) FROM objects WHERE read <> kept + duplicate + dropped + quarantined) "
    "= "
    "0 AND (SELECT coalesce(sum(rows), 0) FROM parts WHERE removed_seq IS NULL) = (SELECT "
    "coalesce(sum(kept), 0) FROM objects)";

static bool is_json(const CommandLine *line)
{
    return strcmp(command_text(line, "format", "text"), "json") == 0;
}

typedef struct Value {
    int64_t number;
    bool is_null;
} Value;

static bool read_figure(Db *db, const Figure *figure, const int64_t range[2], Value *ret,
                        Error *err)
{
    bool row;
    DbStatement *select = db_statement(db, figure->sql, err);
    if (!select)
        return false;
    if (strstr(figure->sql, "?1")) {
        db_bind_int(select, 1, range[0]);
        db_bind_int(select, 2, range[1]);
    }
    if (!db_next(select, &row, err))
        return false;
    *ret = (Value){row ? db_int(select, 0) : 0, !row || db_is_null(select, 0)};
    db_reset(select);
    return true;
}

static void value_text(const Figure *figure, Value value, char *text, size_t size)
{
    char time[TIMESTAMP_TEXT_BYTES];
    char number[AMOUNT_TEXT_BYTES];
    if (value.is_null) {
        snprintf(text, size, "-");
    } else if (figure->kind == FIGURE_TIME) {
        timestamp_format_zone(value.number, time);
        snprintf(text, size, "%s", time);
    } else if (figure->kind == FIGURE_BYTES) {
        amount_bytes((uint64_t)value.number, number);
        snprintf(text, size, "%s", number);
    } else {
        amount_count((uint64_t)value.number, number);
        snprintf(text, size, "%s", number);
    }
}

static void print_json_value(const Figure *figure, Value value)
{
    char time[TIMESTAMP_TEXT_BYTES];
    if (value.is_null) {
        printf("null");
    } else if (figure->kind == FIGURE_TIME) {
        timestamp_format(value.number, time);
        printf("\"%s\"", time);
    } else {
        printf("%" PRId64, value.number);
    }
}

static bool print_reasons(Lake *lake, bool json, Error *err)
{
    bool row = true;
    size_t count = 0;
    DbStatement *select = db_statement(
        lake->db,
        "SELECT count(*), sum(stored), reason FROM quarantine WHERE resolved_seq IS NULL GROUP BY "
        "reason ORDER BY 1 DESC, reason LIMIT 20",
        err);
    if (!select)
        return false;
    while (db_next(select, &row, err)) {
        if (!row)
            return true;
        Str reason = db_text(select, 2);
        if (json)
            printf("%s{\"count\":%" PRId64 ",\"stored\":%" PRId64 ",\"reason\":\"%.*s\"}",
                   count ? "," : "", db_int(select, 0), db_int(select, 1), STR_ARG(reason));
        else
            printf("%s%8" PRId64 "  %.*s%s\n", count ? "" : "\nquarantined pieces by reason\n",
                   db_int(select, 0), STR_ARG(reason),
                   db_int(select, 1) ? " (the record is stored too, altered)" : "");
        count++;
    }
    return false;
}

/* Logs that are not as a digest says, the first ones. Their names come from outside. */
static const char ASTRAY_SQL[] =
    "SELECT verdict, key FROM object_verdicts WHERE verdict IN ('mismatch', 'missing') AND EXISTS "
    "(SELECT 1 FROM verdicts WHERE verdict IN ('mismatch', 'missing')) ORDER BY verdict, key "
    "LIMIT 20";

static bool print_astray_log(DbStatement *row, bool json, bool first, Error *err)
{
    BUF_AUTO Buf key = buf_init(KEY_BYTES_MAX);
    Str verdict = db_text(row, 0);
    if (!(json ? json_append_string(&key, db_text(row, 1), err)
               : cell_visible(db_text(row, 1), &key, err)))
        return false;
    if (json)
        printf("%s{\"verdict\":\"%.*s\",\"key\":%.*s}", first ? "" : ",", STR_ARG(verdict),
               STR_ARG(buf_str(&key)));
    else
        printf("%s  %-8.*s  %.*s\n",
               first ? "\nlogs that are not as a digest says, at most 20 of them\n" : "",
               STR_ARG(verdict), STR_ARG(buf_str(&key)));
    return true;
}

static bool print_astray(Lake *lake, bool json, Error *err)
{
    bool row = true;
    bool first = true;
    DbStatement *select = db_statement(lake->db, ASTRAY_SQL, err);
    if (!select)
        return false;
    while (db_next(select, &row, err)) {
        if (!row)
            return true;
        if (!print_astray_log(select, json, first, err)) {
            db_reset(select);
            return false;
        }
        first = false;
    }
    return false;
}

static bool print_gap(DbStatement *row, bool json, bool first, Error *err)
{
    char since[TIMESTAMP_TEXT_BYTES], until[TIMESTAMP_TEXT_BYTES];
    BUF_AUTO Buf region = buf_init(KEY_BYTES_MAX);
    timestamp_format(db_int(row, 2), since);
    timestamp_format(db_int(row, 3), until);
    if (!(json ? json_append_string(&region, db_text(row, 1), err)
               : cell_visible(db_text(row, 1), &region, err)))
        return false;
    if (json)
        printf("%s{\"account\":\"%.*s\",\"region\":%.*s,\"since\":\"%s\",\"until\":\"%s\"}",
               first ? "" : ",", STR_ARG(db_text(row, 0)), STR_ARG(buf_str(&region)), since, until);
    else
        printf("%s  %.*s %.*s  %s to %s\n",
               first ? "\nno logs in hours after a day of logs in each hour, at most 20 of these "
                       "gaps\n"
                     : "",
               STR_ARG(db_text(row, 0)), STR_ARG(buf_str(&region)), since, until);
    return true;
}

static bool print_gaps(Lake *lake, const int64_t range[2], bool json, Error *err)
{
    bool row = true, first = true;
    DbStatement *select = db_statement(lake->db,
                                       "SELECT account, region, since, until FROM gaps WHERE until "
                                       "> ?1 AND since < ?2 ORDER BY since DESC, 1, 2 LIMIT 20",
                                       err);
    if (!select)
        return false;
    db_bind_int(select, 1, range[0]);
    db_bind_int(select, 2, range[1]);
    while (db_next(select, &row, err)) {
        if (!row)
            return true;
        if (!print_gap(select, json, first, err)) {
            db_reset(select);
            return false;
        }
        first = false;
    }
    return false;
}

static void print_lookup_text(int index, const DeriveLookup *lookup)
{
    printf("%s  %s: %s%s\n", index ? "" : "\nlookups for derived members\n", lookup->members,
           lookup->state == LOOKUP_BROKEN ? "NOT READ: " : "", lookup->words);
}

static bool print_lookup_json(int index, const DeriveLookup *lookup, Error *err)
{
    BUF_AUTO Buf words = buf_init(8 * DERIVE_WORDS_MAX);
    if (!json_append_string(&words, str_of(lookup->words), err))
        return false;
    printf("%s{\"key\":\"%s\",\"members\":\"%s\",\"state\":\"%s\",\"words\":%.*s}",
           index ? "," : "", lookup->key, lookup->members, derive_describe_state(lookup->state),
           STR_ARG(buf_str(&words)));
    return true;
}

/* Each lookup and what is in it, or how to get it. */
static bool print_lookups(const Config *config, bool json, Error *err)
{
    MEM_AUTO DeriveLookup *lookup = mem_alloc(sizeof *lookup, err);
    for (int i = 0; lookup && i < DERIVE_LOOKUPS; i++) {
        derive_describe(config, i, lookup);
        if (!json)
            print_lookup_text(i, lookup);
        else if (!print_lookup_json(i, lookup, err))
            return false;
    }
    return lookup != NULL;
}

static bool print_text(const Lake *lake, const Value *values, bool reconciled)
{
    char text[64];
    printf("lake %s\n\n", lake->folder);
    for (int i = 0; i < FIGURES_COUNT; i++) {
        value_text(&FIGURES[i], values[i], text, sizeof text);
        printf("  %-26s %s\n", FIGURES[i].words, text);
    }
    printf("  %-26s %s\n", "receipts",
           reconciled
               ? "add up: read = kept + duplicate + dropped + quarantined, kept = events stored"
               : "DO NOT ADD UP");
    return true;
}

/* What filters did, when there were some. */
static bool print_drops(Lake *lake, Error *err)
{
    bool any;
    if (!drops_print_is_due(lake, 0, &any, err))
        return false;
    if (any)
        printf("\nrecords dropped or changed, by filter\n");
    return !any || drops_print(lake, 0, false, err);
}

/* What was read for the page. */
typedef struct Page {
    int64_t range[2];
    Value values[FIGURES_COUNT];
    bool reconciled;
} Page;

static bool print_page_json(const CommandLine *line, Lake *lake, const Page *page, Error *err)
{
    printf("{\"lake\":\"%s\"", lake->folder);
    for (int i = 0; i < FIGURES_COUNT; i++) {
        printf(",\"%s\":", FIGURES[i].name);
        print_json_value(&FIGURES[i], page->values[i]);
    }
    printf(",\"reconciled\":%s,\"quarantine\":[", page->reconciled ? "true" : "false");
    bool ok = print_reasons(lake, true, err);
    printf("],\"filters\":[");
    ok = ok && drops_print(lake, 0, true, err);
    printf("],\"logs_astray\":[");
    ok = ok && print_astray(lake, true, err);
    printf("],\"log_gaps\":[");
    ok = ok && print_gaps(lake, page->range, true, err);
    printf("],\"selectors\":");
    ok = ok && left_out_print(lake, true, err);
    printf(",\"delivery\":[");
    ok = ok && delivery_print(lake, true, err);
    printf("],\"finding_polls\":[");
    ok = ok && finding_exchange_polls(lake, true, err);
    printf("],\"finding_pushes\":");
    ok = ok && finding_exchange_pushes(lake, true, err);
    printf(",\"lookups\":[");
    ok = ok && print_lookups(command_config(line), true, err);
    printf("]}\n");
    return ok;
}

static bool print_page(const CommandLine *line, Lake *lake, const Page *page, Error *err)
{
    if (is_json(line))
        return print_page_json(line, lake, page, err);
    return print_text(lake, page->values, page->reconciled) && print_drops(lake, err) &&
           print_reasons(lake, false, err) && print_astray(lake, false, err) &&
           print_gaps(lake, page->range, false, err) && left_out_print(lake, false, err) &&
           delivery_print(lake, false, err) && finding_exchange_polls(lake, false, err) &&
           finding_exchange_pushes(lake, false, err) &&
           print_lookups(command_config(line), false, err);
}

static bool show(const CommandLine *line, Lake *lake, Error *err)
{
    Page page;
    int64_t reconciled;
    if (!command_range(line, &page.range[0], &page.range[1], err) ||
        !db_exec(lake->db, "BEGIN", err))
        return false;
    bool ok = db_exec(lake->db, COUNT_SQL, err);
    for (int i = 0; ok && i < FIGURES_COUNT; i++)
        ok = read_figure(lake->db, &FIGURES[i], page.range, &page.values[i], err);
    ok = ok && db_get_int(lake->db, RECONCILED_SQL, 0, &reconciled, err);
    page.reconciled = ok && reconciled != 0;
    ok = ok && print_page(line, lake, &page, err);
    db_rollback(lake->db);
    return ok;
}

static int run(const CommandLine *line, Error *err)
{
    LAKE_AUTO Lake *lake = setup_lake(line, LAKE_READ, err);
    bool sources = command_has(line, "sources");
    if (lake && (sources ? source_looks_print(lake, is_json(line), err) : show(line, lake, err)))
        return EXIT_STATUS_OK;
    return err->kind == ERROR_USAGE ? EXIT_STATUS_USAGE : EXIT_STATUS_FAILURE;
}

const Command cmd_status = {
    .name = "status",
    .arguments = "",
    .summary = "show what is in the lake, what is quarantined and why, and which lookups there are",
    .description =
        "Counts come from the state, in one consistent read. --since, --until and --last "
        "choose the days whose events, files and bytes are counted. Lookups are the files that "
        "derive.* names, for members such as country or accountName.",
    .options = OPTIONS,
    .examples = EXAMPLES,
    .run = run,
};
