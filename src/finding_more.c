#include "finding_more.h"

#include <inttypes.h>

#include "base/cell.h"
#include "base/json_write.h"
#include "base/timestamp.h"

enum { COLUMNS_MAX = 5 };

/* A list of a finding: its heading, its name in JSON, the names of its columns, and the query,
 * whose first column is a time where *timed*. */
static const struct {
    const char *heading, *name;
    const char *columns[COLUMNS_MAX];
    bool timed;
    const char *sql;
} LISTS[] = {
    {"resources",
     "resources",
     {"type", "id", "region"},
     false,
     "SELECT type, id, region FROM finding_resources WHERE finding = ? ORDER BY type, id"},
    {"related findings, of its principal within a day",
     "related",
     {"last_seen", "id", "level", "product", "title"},
     true,
     "SELECT f.last_us, f.id, f.level, f.product, f.rule_title FROM finding_related r JOIN"
     " finding_rows f ON f.id = r.other WHERE r.finding = ? ORDER BY f.last_us, f.id"},
    {"related signals",
     "related_signals",
     {"eventTime", "rule", "eventName", "sourceIPAddress", "eventID"},
     true,
     "SELECT s.eventtime, r.title, s.eventname, s.sourceipaddress, s.eventid FROM"
     " finding_related_signals l JOIN signals s ON s.id = l.signal JOIN rules r ON r.id = s.rule"
     " WHERE l.finding = ? ORDER BY s.eventtime, s.id"},
};

enum { LIST_COUNT = sizeof LISTS / sizeof *LISTS };

static bool put_line(const char *name, Str text, Buf *out, Error *err)
{
    return !text.len || (buf_printf(out, err, "%-16s", name) && cell_visible(text, out, err) &&
                         buf_append_byte(out, '\n', err));
}

bool finding_more_heading(const Finding *finding, Buf *out, Error *err)
{
    bool ours = !finding->given_id.len;
    return buf_printf(out, err, "%-16s%d (%.*s)\n", "severity", finding->severity,
                      STR_ARG(finding->severity_label)) &&
           (finding->confidence < 0 ||
            buf_printf(out, err, "%-16s%d\n", "confidence", finding->confidence)) &&
           put_line("region", finding->region, out, err) &&
           (ours || (put_line("product", finding->product, out, err) &&
                     put_line("its id there", finding->given_id, out, err))) &&
           (str_equal(finding->record_state, STR("ACTIVE")) ||
            put_line("record state", finding->record_state, out, err)) &&
           put_line("fields", finding->user_fields, out, err);
}

/* Column *index* of a row as text. */
static Str text_of(DbStatement *row, int list, int index, char time[TIMESTAMP_TEXT_BYTES],
                   bool people)
{
    if (index || !LISTS[list].timed)
        return db_text(row, index);
    (people ? timestamp_format_zone : timestamp_format)(db_int(row, 0), time);
    return str_of(time);
}

static bool put_row_text(DbStatement *row, int list, Buf *out, Error *err)
{
    char time[TIMESTAMP_TEXT_BYTES];
    bool ok = buf_printf(out, err, "  ");
    for (int i = 0; ok && i < COLUMNS_MAX && LISTS[list].columns[i]; i++)
        ok = (!i || buf_printf(out, err, "  ")) &&
             cell_visible(text_of(row, list, i, time, true), out, err);
    return ok && buf_append_byte(out, '\n', err);
}

static bool put_row_json(DbStatement *row, int list, Buf *out, Error *err)
{
    char time[TIMESTAMP_TEXT_BYTES];
    JsonWriter to = {out, err, true};
    json_write_open(&to, NULL, '{');
    for (int i = 0; i < COLUMNS_MAX && LISTS[list].columns[i]; i++)
        json_write_text(&to, LISTS[list].columns[i], text_of(row, list, i, time, false));
    json_write_close(&to, '}');
    return to.ok;
}

static bool put_list(Db *db, const Finding *finding, int list, bool json, Buf *out, Error *err)
{
    bool row = true, any = false;
    DbStatement *select = db_statement(db, LISTS[list].sql, err);
    if (!select)
        return false;
    db_bind_text(select, 1, finding->id);
    while (db_next(select, &row, err)) {
        if (!row)
            return true;
        bool ok = json || any || buf_printf(out, err, "\n%s\n", LISTS[list].heading);
        any = true;
        if (!ok || !(json ? put_row_json : put_row_text)(select, list, out, err)) {
            db_reset(select);
            return false;
        }
    }
    return false;
}

bool finding_more_text(Db *db, const Finding *finding, Buf *out, Error *err)
{
    bool ok = true;
    for (int i = 0; ok && i < LIST_COUNT; i++)
        ok = put_list(db, finding, i, false, out, err);
    return ok;
}

bool finding_more_json(Db *db, const Finding *finding, Buf *out, Error *err)
{
    bool ok = true;
    for (int i = 0; ok && i < LIST_COUNT; i++)
        ok = buf_printf(out, err, ",\"%s\":[", LISTS[i].name) &&
             put_list(db, finding, i, true, out, err) && buf_append_byte(out, ']', err);
    return ok;
}
