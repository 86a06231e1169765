#include "case_bundle.h"

#include <string.h>

#include "base/clock.h"
#include "base/timestamp.h"
#include "case_lineage.h"
#include "export/export_page.h"

enum { SQL_BYTES_MAX = 1 << 20, LINES_BYTES_MAX = 256 << 20, PAGE_BYTES_MAX = 256 << 20 };

/* What is asked about the events, "%W" standing for FROM and WHERE. */
typedef struct Part {
    const char *title, *note, *sql;
    const char *file; /* where the answer goes; NULL: onto the page alone */
} Part;

static const Part PARTS[] = {
    {"In short", NULL,
     "SELECT count(*) AS events, min(eventtime) AS first, max(eventtime) AS last, count(DISTINCT"
     " recipientaccountid) AS accounts, count(DISTINCT awsregion) AS regions, count(DISTINCT"
     " coalesce(principal_arn, useridentity.type)) AS callers, count(errorcode) AS failed %W",
     NULL},
    {"Findings", "What rules found in these events.",
     "SELECT * FROM findings WHERE id IN (SELECT e.finding_id FROM finding_events AS e JOIN (SELECT"
     " object_id, record_index %W) AS c ON e.object_id = c.object_id AND e.record_index ="
     " c.record_index) ORDER BY first_seen, id",
     "findings.jsonl"},
    {"Callers", NULL,
     "SELECT coalesce(principal_arn, useridentity.type) AS caller, accesskey_id AS access_key,"
     " count(*) AS events, count(errorcode) AS failed, min(eventtime) AS first, max(eventtime) AS"
     " last %W GROUP BY 1, 2 ORDER BY 3 DESC, 1, 2",
     "callers.jsonl"},
    {"Addresses", NULL,
     "SELECT sourceipaddress AS address, derived.country AS country, derived.asn_organization AS"
     " network, count(*) AS events, min(eventtime) AS first, max(eventtime) AS last %W GROUP BY 1,"
     " 2, 3 ORDER BY 4 DESC, 1",
     "addresses.jsonl"},
    {"Calls", NULL,
     "SELECT eventsource AS service, eventname AS call, coalesce(errorcode, '') AS error, count(*)"
     " AS events %W GROUP BY 1, 2, 3 ORDER BY 4 DESC, 1, 2, 3",
     "calls.jsonl"},
    {"Events", "In the order of time.",
     "SELECT eventtime AS time, coalesce(principal_arn, useridentity.type) AS caller, eventname AS"
     " call, eventsource AS service, sourceipaddress AS address, awsregion AS region,"
     " recipientaccountid AS account, errorcode AS error, eventid AS id %W ORDER BY eventtime,"
     " eventid",
     "timeline.jsonl"},
    {"Log objects", "Where the events came from, and what digests say of these objects.",
     "SELECT * FROM objects WHERE object_id IN (SELECT object_id %W) ORDER BY object_id",
     "objects.jsonl"},
};

enum { PART_COUNT = sizeof PARTS / sizeof *PARTS, CALLERS = 2 };

static bool take(void *context, Str bytes, Error *err)
{
    return buf_append_str(context, bytes, err);
}

/* The statement of a part; *ret_at* is where in it the condition begins. */
static bool put_statement(const Exporting *exporting, const Part *part, Buf *sql, size_t *ret_at,
                          Error *err)
{
    const char *where = strstr(part->sql, "%W");
    Str from = STR(" FROM cloudtrail WHERE (");
    if (!buf_append(sql, part->sql, (size_t)(where - part->sql), err) ||
        !buf_append_str(sql, from, err))
        return false;
    *ret_at = sql->len;
    return buf_append_str(sql, exporting->condition.len ? exporting->condition : STR("true"),
                          err) &&
           buf_append_str(sql, STR("\n)"), err) && buf_append_str(sql, str_of(where + 2), err);
}

static bool ask(Exporting *exporting, const Part *part, Buf *lines, Error *err)
{
    size_t at;
    WorkerAnswer answer = {0};
    BUF_AUTO Buf sql = buf_init(SQL_BYTES_MAX);
    if (!put_statement(exporting, part, &sql, &at, err))
        return false;
    const WorkerStatement statement = {.sql = buf_str(&sql), .format = OUTPUT_JSONL};
    const WorkerSink sink = {.put = take, .context = lines};
    return exporting_run(exporting, &statement, at, &sink, &answer, err) &&
           (!part->file ||
            export_folder_put(exporting->out, str_of(part->file), buf_str(lines), 0, err));
}

/* "from T until T" in the zone of display; empty when both are open. */
static bool put_period(const Exporting *exporting, Buf *out, Error *err)
{
    char text[TIMESTAMP_TEXT_BYTES];
    bool since = exporting->since_us != INT64_MIN, until = exporting->until_us != INT64_MAX;
    if (since)
        timestamp_format_zone(exporting->since_us, text);
    if (since && !buf_printf(out, err, "from %s%s", text, until ? " " : ""))
        return false;
    if (until)
        timestamp_format_zone(exporting->until_us, text);
    return !until || buf_printf(out, err, "until %s", text);
}

static bool put_page(Exporting *exporting, Str name, const Buf *lines, const CaseDrawings *drawings,
                     Error *err)
{
    char made[TIMESTAMP_TEXT_BYTES];
    ExportTable tables[PART_COUNT];
    BUF_AUTO Buf period = buf_init(SQL_BYTES_MAX);
    BUF_AUTO Buf page = buf_init(PAGE_BYTES_MAX);
    for (size_t i = 0; i < PART_COUNT; i++)
        tables[i] = (ExportTable){PARTS[i].title, PARTS[i].note, buf_str(&lines[i]), PARTS[i].file};
    timestamp_format_zone(clock_now_us(), made);
    if (!put_period(exporting, &period, err))
        return false;
    const ExportPage what = {.name = name,
                             .condition = exporting->condition,
                             .period = buf_str(&period),
                             .made = str_of(made),
                             .drawings = drawings->names,
                             .drawing_count = drawings->count,
                             .tables = tables,
                             .table_count = PART_COUNT};
    return export_page_write(&what, &page, err) &&
           export_folder_put(exporting->out, STR("index.html"), buf_str(&page), 0, err);
}

bool case_bundle_write(Exporting *exporting, Str name, Error *err)
{
    Buf lines[PART_COUNT];
    CaseDrawings drawings = {.count = 0};
    const ExportHow how = {.index = STR("")};
    bool ok = exporting_records(exporting, export_format(STR("jsonl")), &how, err);
    exporting->again = true;
    ok = ok && exporting_csv(exporting, err);
    for (size_t i = 0; i < PART_COUNT; i++) {
        lines[i] = buf_init(LINES_BYTES_MAX);
        ok = ok && ask(exporting, &PARTS[i], &lines[i], err);
    }
    ok = ok && case_lineage_draw(exporting, buf_str(&lines[CALLERS]), &drawings, err) &&
         put_page(exporting, name, lines, &drawings, err);
    for (size_t i = 0; i < PART_COUNT; i++)
        buf_free(&lines[i]);
    return ok;
}
