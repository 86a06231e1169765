#include "serve_metrics.h"

#include <inttypes.h>
#include <stddef.h>
#include <string.h>
#include <sys/resource.h>

#include "base/db.h"

/* A figure of the report, since the start. */
#define REPORT(name, member, help)                                                                 \
    {                                                                                              \
        name, help, offsetof(IngestReport, member)                                                 \
    }

static const struct {
    const char *name, *help;
    size_t offset;
} COUNTERS[] = {
    REPORT("spoor_objects_listed_total", listed, "Objects that the sources listed"),
    REPORT("spoor_objects_ingested_total", ingested, "Objects that came in"),
    REPORT("spoor_objects_already_in_total", already_in, "Listed objects that were in already"),
    REPORT("spoor_objects_quarantined_total", quarantined,
           "Objects of which nothing could be used"),
    REPORT("spoor_objects_unreadable_total", unreadable, "Objects that could not be read"),
    REPORT("spoor_records_read_total", records_read, "Records of these objects"),
    REPORT("spoor_records_kept_total", records_kept, "Records that became events of the lake"),
    REPORT("spoor_records_duplicate_total", records_duplicate, "Records that were in already"),
    REPORT("spoor_records_dropped_total", records_dropped, "Records that filters dropped"),
    REPORT("spoor_records_conflicting_total", records_conflicting,
           "Kept records whose event is in with other content"),
    REPORT("spoor_records_quarantined_total", records_quarantined,
           "Records that could not be kept"),
    REPORT("spoor_signals_total", signals, "Matches of rules"),
    REPORT("spoor_commits_total", parts, "Commits to the lake"),
    REPORT("spoor_source_bytes_total", bytes, "Bytes of the objects as they are stored"),
    REPORT("spoor_inflated_bytes_total", inflated_bytes, "Bytes of their texts"),
    REPORT("spoor_lake_written_bytes_total", lake_bytes, "Bytes of data files that were written"),
    REPORT("spoor_days_merged_total", days_merged, "How often a day's files were merged"),
    REPORT("spoor_files_merged_total", files_merged, "Data files that were merged into fewer"),
};

enum { LABELS_MAX = 2 };

/* A figure of the state, a counter if its name ends with _total; its labels' values come with it in
 * the columns behind. */
static const struct {
    const char *name, *help, *labels[LABELS_MAX], *sql;
} STATE[] = {
    {"spoor_lake_events",
     "Events in the lake",
     {NULL},
     "SELECT coalesce(sum(rows), 0) FROM parts WHERE removed_seq IS NULL"},
    {"spoor_lake_files",
     "Data files in the lake",
     {NULL},
     "SELECT count(*) FROM parts WHERE removed_seq IS NULL"},
    {"spoor_lake_bytes",
     "Bytes of these",
     {NULL},
     "SELECT coalesce(sum(bytes), 0) FROM parts WHERE removed_seq IS NULL"},
    {"spoor_newest_event_seconds",
     "Time of the newest event, in seconds since 1970",
     {NULL},
     "SELECT max(time_max) / 1e6 FROM parts WHERE removed_seq IS NULL"},
    {"spoor_last_commit_seconds",
     "Time of the last commit, in seconds since 1970",
     {NULL},
     "SELECT at_us / 1e6 FROM commits ORDER BY seq DESC LIMIT 1"},
    {"spoor_quarantine_pieces",
     "Pieces that are set apart",
     {NULL},
     "SELECT count(*) FROM quarantine WHERE resolved_seq IS NULL"},
    {"spoor_correlations_waiting",
     "Correlations with signals that were not looked at yet",
     {NULL},
     "SELECT count(*) FROM correlations WHERE evaluated_seq < (SELECT max(commit_seq) FROM "
     "signal_packs)"},
    {"spoor_delivery_seconds",
     "Within which 99 of 100 records of a source were delivered, last 7 days",
     {"source"},
     "SELECT p99_s, source FROM delivery_quantiles"},
    {"spoor_settle_seconds",
     "How long findings that need memory are provisional",
     {NULL},
     "SELECT max(900, coalesce(max(p99_s), 0)) FROM delivery_quantiles"},
    {"spoor_findings_provisional",
     "Findings that are provisional",
     {NULL},
     "SELECT count(*) FROM findings WHERE provisional = 1 AND dry_run = 0"},
    {"spoor_queries_waiting",
     "Rules with a query that have news to ask about",
     {NULL},
     "SELECT count(*) FROM sql_rules WHERE evaluated_seq < (SELECT max(seq) FROM fresh_hours)"},
    {"spoor_queries_failing",
     "Rules with a query that wait, over budget or failing",
     {NULL},
     "SELECT count(*) FROM sql_rules WHERE failures > 0"},
    {"spoor_queries_seconds",
     "What their last askings took together",
     {NULL},
     "SELECT coalesce(sum(seconds), 0) FROM sql_runs WHERE id IN (SELECT max(id) FROM sql_runs "
     "GROUP "
     "BY rule_id)"},
    {"spoor_polled_seconds",
     "When a source of findings last answered all that was asked, in seconds since 1970",
     {"source"},
     "SELECT min(coalesce(done_us, 0)) / 1e6, source FROM finding_polls WHERE wanted = 1 GROUP BY "
     "2"},
    {"spoor_polls_failing",
     "Sources of findings that do not answer",
     {NULL},
     "SELECT count(*) FROM finding_polls WHERE wanted = 1 AND reason IS NOT NULL"},
    {"spoor_findings",
     "Findings, by the level of their rule",
     {"level"},
     "SELECT count(*), r.level FROM findings f JOIN rules r ON r.id = f.rule WHERE f.superseded_by "
     "IS NULL AND f.dry_run = 0 GROUP BY 2 ORDER BY 2"},
    {"spoor_filter_records_total",
     "Records that a filter dropped, or spared as they had raised a signal, or hid something in",
     {"filter", "does"},
     "SELECT coalesce(sum(CASE column1 WHEN 'dropped' THEN dropped WHEN 'spared' THEN spared ELSE "
     "redacted END), 0) AS records, f.name, column1 FROM filters f JOIN (VALUES ('dropped'), "
     "('spared'), ('redacted')) LEFT JOIN drops d ON d.filter = f.id GROUP BY 2, 3 HAVING records "
     "> 0 "
     "OR max(f.verb <> 'keep' AND (f.verb = 'redact') = (column1 = 'redacted')) ORDER BY 2, 3"},
};

typedef struct Writer {
    Buf *out;
    Error *err;
    bool ok;
} Writer;

static void write_head(Writer *to, const char *name, const char *help, const char *type)
{
    to->ok = to->ok &&
             buf_printf(to->out, to->err, "# HELP %s %s\n# TYPE %s %s\n", name, help, name, type);
}

static void write_int(Writer *to, const char *name, const char *help, const char *type,
                      uint64_t value)
{
    write_head(to, name, help, type);
    to->ok = to->ok && buf_printf(to->out, to->err, "%s %" PRIu64 "\n", name, value);
}

static void write_real(Writer *to, const char *name, const char *help, const char *type,
                       double value)
{
    write_head(to, name, help, type);
    to->ok = to->ok && buf_printf(to->out, to->err, "%s %.3f\n", name, value);
}

static void write_report(Writer *to, const IngestReport *report)
{
    for (size_t i = 0; i < sizeof COUNTERS / sizeof *COUNTERS; i++) {
        uint64_t value;
        memcpy(&value, (const char *)report + COUNTERS[i].offset, sizeof value);
        write_int(to, COUNTERS[i].name, COUNTERS[i].help, "counter", value);
    }
}

/* Appends a label's value with its quotes: a backslash, a quote and an end of line are escaped. */
static bool write_label_value(Writer *to, Str value)
{
    bool ok = buf_append_byte(to->out, '"', to->err);
    for (size_t i = 0; ok && i < value.len; i++) {
        char c = value.ptr[i];
        if (c == '\\' || c == '"' || c == '\n')
            ok = buf_append_byte(to->out, '\\', to->err);
        ok = ok && buf_append_byte(to->out, c == '\n' ? 'n' : (unsigned char)c, to->err);
    }
    return ok && buf_append_byte(to->out, '"', to->err);
}

static bool write_labels(Writer *to, size_t figure, DbStatement *row)
{
    const char *const *labels = STATE[figure].labels;
    bool ok = true;
    int i = 0;
    for (; ok && i < LABELS_MAX && labels[i]; i++)
        ok = buf_printf(to->out, to->err, "%s%s=", i ? "," : "{", labels[i]) &&
             write_label_value(to, db_text(row, i + 1));
    return ok && (i == 0 || buf_append_byte(to->out, '}', to->err));
}

/* A row of the state; a value that is NULL is none, and is left out. */
static void write_row(Writer *to, size_t figure, DbStatement *row)
{
    if (!to->ok || db_is_null(row, 0))
        return;
    to->ok = buf_append_str(to->out, str_of(STATE[figure].name), to->err) &&
             write_labels(to, figure, row) &&
             buf_printf(to->out, to->err, " %.*s\n", STR_ARG(db_text(row, 0)));
}

static void write_state(Writer *to, Lake *lake)
{
    for (size_t i = 0; to->ok && i < sizeof STATE / sizeof *STATE; i++) {
        DbStatement *select = db_statement(lake->db, STATE[i].sql, to->err);
        bool row = select != NULL;
        to->ok = row;
        write_head(to, STATE[i].name, STATE[i].help,
                   str_ends(str_of(STATE[i].name), STR("_total")) ? "counter" : "gauge");
        while (to->ok && row) {
            to->ok = db_next(select, &row, to->err);
            if (to->ok && row)
                write_row(to, i, select);
        }
    }
}

static void write_process(Writer *to, const ServeFigures *figures)
{
    struct rusage used;
    if (getrusage(RUSAGE_SELF, &used) != 0)
        return;
    double seconds = (double)(used.ru_utime.tv_sec + used.ru_stime.tv_sec) +
                     (double)(used.ru_utime.tv_usec + used.ru_stime.tv_usec) / 1e6;
    write_real(to, "process_start_time_seconds", "Start of the process, in seconds since 1970",
               "gauge", (double)figures->started_us / 1e6);
    write_real(to, "process_cpu_seconds_total", "Processor time", "counter", seconds);
    write_int(to, "process_max_resident_memory_bytes", "Most memory that it had at a time", "gauge",
              (uint64_t)used.ru_maxrss * 1024);
}

bool serve_metrics_write(Lake *lake, const ServeFigures *figures, Buf *ret, Error *err)
{
    Writer to = {ret, err, true};
    write_head(&to, "spoor_build_info", "The version", "gauge");
    to.ok = to.ok && buf_printf(ret, err, "spoor_build_info{version=\"" SPOOR_VERSION "\"} 1\n");
    write_process(&to, figures);
    write_int(&to, "spoor_rounds_total", "How often the sources were listed again", "counter",
              figures->rounds);
    write_real(&to, "spoor_quiet_seconds", "Since something was asked, read or committed last",
               "gauge", (double)figures->quiet_us / 1e6);
    write_report(&to, &figures->report);
    write_state(&to, lake);
    return to.ok;
}
