#include "lineage/lineage_read.h"

#include <stdio.h>

#include "base/mem.h"
#include "query/records.h"

enum {
    SQL_BYTES_MAX = 1 << 20,
    CELL_BYTES_MAX = 2 << 20,
    KEPT_BYTES_MAX = 256 << 10, /* of a text; a longer one is not read */
    ACTIONS_MAX = 1000,
    HANDINGS_MAX = 2000
};

#define SECOND_US INT64_C(1000000)

static const char *const BY_SQL[] = {
    [LINEAGE_BY_KEY] = "accesskey_id",        [LINEAGE_BY_ISSUED_KEY] = "issued_accesskey_id",
    [LINEAGE_BY_EVENT_ID] = "eventid",        [LINEAGE_BY_SHARED_ID] = "sharedeventid",
    [LINEAGE_BY_PRINCIPAL] = "principal_arn", [LINEAGE_BY_ISSUER] = "session_issuer_arn",
    [LINEAGE_BY_ADDRESS] = "sourceipaddress",
};

/* ---- writing statements ---- */

/* Times from a second before *from_us* to one behind *until_us*, where they are not open. */
static bool put_range(Buf *sql, int64_t from_us, int64_t until_us, Error *err)
{
    return (from_us == INT64_MIN ||
            (buf_printf(sql, err, " AND ") && records_put_time(sql, ">=", from_us, err))) &&
           (until_us == INT64_MAX || (buf_printf(sql, err, " AND ") &&
                                      records_put_time(sql, "<", until_us + SECOND_US - 1, err)));
}

static bool put_equal(Buf *sql, LineageBy by, Str text, Error *err)
{
    return buf_printf(sql, err, " FROM cloudtrail WHERE %s = ", BY_SQL[by]) &&
           engine_quote(sql, text, err);
}

static bool put_columns(Buf *sql, Error *err)
{
    bool ok = buf_printf(sql, err, "SELECT eventtime");
    for (int i = 0; ok && i < LINEAGE_TEXTS; i++)
        ok = buf_printf(sql, err, ", %s", LINEAGE_EVENT_SQL[i]);
    return ok;
}

/* ---- reading rows ---- */

static bool keep_text(const LineageReader *reader, const EngineResult *row, size_t column, Str *ret,
                      Error *err)
{
    BUF_AUTO Buf cell = buf_init(CELL_BYTES_MAX);
    *ret = STR("");
    if (engine_is_null(row, column))
        return true;
    if (!engine_value(row, column, ENGINE_TEXT, &cell, err))
        return false;
    if (cell.len > KEPT_BYTES_MAX)
        return true;
    const char *copy = arena_text(reader->arena, buf_str(&cell), err);
    *ret = (Str){copy, cell.len};
    return copy != NULL;
}

static bool read_event(const LineageReader *reader, const EngineResult *row, LineageEvent *ret,
                       Error *err)
{
    bool ok = true;
    *ret = (LineageEvent){.time_us = INT64_MIN};
    (void)engine_moment(row, 0, &ret->time_us);
    for (size_t i = 0; ok && i < LINEAGE_TEXTS; i++)
        ok = keep_text(reader, row, i + 1, &ret->text[i], err);
    return ok;
}

/* Reads one row into the item at *to*. */
typedef bool (*ReadRow)(const LineageReader *reader, const EngineResult *row, void *to, Error *err);

/* Room for the items of a statement, and how many there came to be. */
typedef struct Rows {
    void *items;
    size_t size; /* of an item */
    size_t max, count;
    bool more;
    ReadRow read;
} Rows;

/* Runs *sql*, whose rows are at most rows->max and one that says that there are more. */
static bool read_rows(const LineageReader *reader, const Buf *sql, Rows *rows, Error *err)
{
    bool row = false, ok = true;
    rows->count = 0;
    rows->items = arena_calloc(reader->arena, rows->max + 1, rows->size, err);
    EngineResult *result = rows->items ? session_query(reader->session, buf_str(sql), err) : NULL;
    if (!result)
        return false;
    while (ok && rows->count <= rows->max && (ok = engine_next(result, &row, err)) && row)
        ok = rows->read(reader, result, (char *)rows->items + rows->size * rows->count++, err);
    engine_result_free(result);
    rows->more = rows->count > rows->max;
    rows->count -= rows->more;
    return ok;
}

static bool read_event_row(const LineageReader *reader, const EngineResult *row, void *to,
                           Error *err)
{
    return read_event(reader, row, to, err);
}

static bool read_events(const LineageReader *reader, Buf *sql, bool newest, unsigned max,
                        LineageEvents *ret, Error *err)
{
    const char *way = newest ? "DESC" : "ASC";
    Rows rows = {.size = sizeof(LineageEvent), .max = max, .read = read_event_row};
    if (!buf_printf(sql, err, " ORDER BY eventtime %s, eventid, object_id, record_index LIMIT %u",
                    way, max + 1) ||
        !read_rows(reader, sql, &rows, err))
        return false;
    *ret = (LineageEvents){rows.items, rows.count, rows.more};
    return true;
}

bool lineage_read_events(const LineageReader *reader, const LineageAsk *ask, LineageEvents *ret,
                         Error *err)
{
    BUF_AUTO Buf sql = buf_init(SQL_BYTES_MAX);
    return put_columns(&sql, err) && put_equal(&sql, ask->by, ask->text, err) &&
           put_range(&sql, ask->from_us, ask->until_us, err) &&
           buf_printf(&sql, err, "%s", ask->where) &&
           read_events(reader, &sql, ask->newest, ask->max, ret, err);
}

static bool read_first_time(const LineageReader *reader, const EngineResult *row, void *to,
                            Error *err)
{
    (void)reader;
    (void)err;
    int64_t *ret = to;
    if (!engine_moment(row, 0, ret))
        *ret = INT64_MIN;
    return true;
}

bool lineage_read_first(const LineageReader *reader, LineageBy by, Str text,
                        const LineageEvent **ret, Error *err)
{
    BUF_AUTO Buf sql = buf_init(SQL_BYTES_MAX);
    Rows rows = {.size = sizeof(int64_t), .max = 1, .read = read_first_time};
    LineageEvents events;
    LineageAsk ask = {.by = by, .text = text, .where = "", .max = 1};
    *ret = NULL;
    if (!buf_printf(&sql, err, "SELECT min(eventtime)") || !put_equal(&sql, by, text, err) ||
        !read_rows(reader, &sql, &rows, err))
        return false;
    ask.from_us = ask.until_us = rows.count ? *(const int64_t *)rows.items : INT64_MIN;
    if (ask.from_us == INT64_MIN)
        return true;
    ask.until_us++;
    if (!lineage_read_events(reader, &ask, &events, err))
        return false;
    *ret = events.count ? &events.items[0] : NULL;
    return true;
}

bool lineage_read_made(const LineageReader *reader, Str key, const LineageEvent **ret, Error *err)
{
    BUF_AUTO Buf sql = buf_init(SQL_BYTES_MAX);
    LineageEvents events;
    if (!put_columns(&sql, err) ||
        !buf_printf(
            &sql, err,
            " FROM cloudtrail WHERE eventname = 'CreateAccessKey' AND errorcode IS NULL AND "
            "strpos(responseelements, '\"%.*s\"') > 0",
            STR_ARG(key)) ||
        !read_events(reader, &sql, false, 1, &events, err))
        return false;
    *ret = events.count ? &events.items[0] : NULL;
    return true;
}

bool lineage_read_any(const LineageReader *reader, Str account, int64_t from_us, int64_t until_us,
                      bool *ret, Error *err)
{
    BUF_AUTO Buf sql = buf_init(SQL_BYTES_MAX);
    Rows rows = {.size = sizeof(int64_t), .max = 1, .read = read_first_time};
    if (!buf_printf(&sql, err, "SELECT eventtime FROM cloudtrail WHERE recipientaccountid = ") ||
        !engine_quote(&sql, account, err) || !put_range(&sql, from_us, until_us, err) ||
        !buf_printf(&sql, err, " LIMIT 1") || !read_rows(reader, &sql, &rows, err))
        return false;
    *ret = rows.count > 0;
    return true;
}

bool lineage_read_handings(const LineageReader *reader, int64_t from_us, int64_t until_us,
                           LineageEvents *ret, Error *err)
{
    BUF_AUTO Buf sql = buf_init(SQL_BYTES_MAX);
    return put_columns(&sql, err) &&
           buf_printf(
               &sql, err,
               " FROM cloudtrail WHERE eventname IN ('AssumeRole', 'AssumeRoleWithSAML', "
               "'AssumeRoleWithWebIdentity', 'AssumeRoot', 'GetSessionToken', "
               "'GetFederationToken', 'ConsoleLogin', 'SwitchRole') AND errorcode IS NULL") &&
           put_range(&sql, from_us, until_us, err) &&
           read_events(reader, &sql, false, HANDINGS_MAX, ret, err);
}

/* *id* is an instance's id, letters and digits: it stands in quotes of JSON. */
bool lineage_read_instance(const LineageReader *reader, Str id, const char *names, unsigned max,
                           LineageEvents *ret, Error *err)
{
    BUF_AUTO Buf sql = buf_init(SQL_BYTES_MAX);
    return put_columns(&sql, err) &&
           buf_printf(&sql, err,
                      " FROM cloudtrail WHERE eventname IN (%s) AND (strpos(requestparameters, "
                      "'\"%.*s\"') > 0 OR strpos(responseelements, '\"%.*s\"') > 0 OR "
                      "strpos(serviceeventdetails, '\"%.*s\"') > 0)",
                      names, STR_ARG(id), STR_ARG(id), STR_ARG(id)) &&
           put_range(&sql, reader->since_us, reader->until_us, err) &&
           read_events(reader, &sql, false, max, ret, err);
}

/* ---- counts ---- */

static bool read_action(const LineageReader *reader, const EngineResult *row, void *to, Error *err)
{
    LineageAction *ret = to;
    (void)engine_moment(row, 5, &ret->first_us);
    (void)engine_moment(row, 6, &ret->last_us);
    return keep_text(reader, row, 0, &ret->source, err) &&
           keep_text(reader, row, 1, &ret->name, err) && engine_long(row, 2, &ret->calls, err) &&
           engine_long(row, 3, &ret->failed, err) && engine_long(row, 4, &ret->denied, err);
}

static bool put_created(Buf *sql, Str created, Error *err)
{
    return !created.len ||
           (buf_printf(sql, err, " AND useridentity.sessioncontext.attributes.creationdate = ") &&
            engine_quote(sql, created, err));
}

static void add_up(LineageDeeds *deeds)
{
    for (size_t i = 0; i < deeds->count; i++) {
        const LineageAction *action = &deeds->actions[i];
        deeds->calls += action->calls;
        deeds->failed += action->failed;
        deeds->denied += action->denied;
        if (i == 0 || action->first_us < deeds->first_us)
            deeds->first_us = action->first_us;
        if (i == 0 || action->last_us > deeds->last_us)
            deeds->last_us = action->last_us;
    }
}

#define DEEDS                                                                                      \
    "SELECT eventsource, eventname, count(*) AS calls, count(errorcode) AS failed, "               \
    "count_if(errorcode LIKE '%AccessDenied%' OR errorcode LIKE '%Unauthorized%' OR errorcode "    \
    "LIKE '%Forbidden%' OR errorcode LIKE '%AuthorizationError%') AS denied, min(eventtime), "     \
    "max(eventtime)"

bool lineage_read_deeds(const LineageReader *reader, const LineageWhose *whose, LineageDeeds *ret,
                        Error *err)
{
    BUF_AUTO Buf sql = buf_init(SQL_BYTES_MAX);
    Rows rows = {.size = sizeof(LineageAction), .max = ACTIONS_MAX, .read = read_action};
    if (!buf_append_str(&sql, STR(DEEDS), err) || !put_equal(&sql, whose->by, whose->text, err) ||
        !put_created(&sql, whose->created, err) ||
        !put_range(&sql, reader->since_us, reader->until_us, err) ||
        !buf_printf(&sql, err, " GROUP BY 1, 2 ORDER BY calls DESC, 2, 1 LIMIT %d",
                    ACTIONS_MAX + 1) ||
        !read_rows(reader, &sql, &rows, err))
        return false;
    *ret = (LineageDeeds){.actions = rows.items, .count = rows.count, .more = rows.more};
    add_up(ret);
    return true;
}

static bool read_caller(const LineageReader *reader, const EngineResult *row, void *to, Error *err)
{
    LineageCaller *ret = to;
    (void)engine_moment(row, 4, &ret->first_us);
    (void)engine_moment(row, 5, &ret->last_us);
    return keep_text(reader, row, 0, &ret->arn, err) &&
           keep_text(reader, row, 1, &ret->created, err) &&
           keep_text(reader, row, 2, &ret->key, err) && engine_long(row, 3, &ret->calls, err) &&
           keep_text(reader, row, 6, &ret->event_id, err);
}

/* A caller without an ARN is told apart by what else it has. */
#define CALLERS                                                                                    \
    "SELECT coalesce(principal_arn, useridentity.principalid, useridentity.onbehalfof.userid, "    \
    "useridentity.invokedby, useridentity.accountid), "                                            \
    "useridentity.sessioncontext.attributes.creationdate, min_by(accesskey_id, eventtime), "       \
    "count(*) AS calls, min(eventtime), max(eventtime), min(eventid)"

static bool read_callers(const LineageReader *reader, Buf *sql, unsigned max, LineageCallers *ret,
                         Error *err)
{
    Rows rows = {.size = sizeof(LineageCaller), .max = max, .read = read_caller};
    if (!put_range(sql, reader->since_us, reader->until_us, err) ||
        !buf_printf(sql, err, " GROUP BY 1, 2 ORDER BY calls DESC, 1, 2 LIMIT %u", max + 1) ||
        !read_rows(reader, sql, &rows, err))
        return false;
    *ret = (LineageCallers){.items = rows.items, .count = rows.count, .more = rows.more};
    return true;
}

bool lineage_read_callers(const LineageReader *reader, LineageBy by, Str text, unsigned max,
                          LineageCallers *ret, Error *err)
{
    BUF_AUTO Buf sql = buf_init(SQL_BYTES_MAX);
    return buf_printf(&sql, err, CALLERS) && put_equal(&sql, by, text, err) &&
           read_callers(reader, &sql, max, ret, err);
}

bool lineage_read_own_sessions(const LineageReader *reader, Str id, unsigned max,
                               LineageCallers *ret, Error *err)
{
    BUF_AUTO Buf sql = buf_init(SQL_BYTES_MAX);
    return buf_printf(&sql, err, CALLERS " FROM cloudtrail WHERE principal_arn LIKE '%%/%.*s'",
                      STR_ARG(id)) &&
           read_callers(reader, &sql, max, ret, err);
}
