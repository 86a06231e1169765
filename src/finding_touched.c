#include "finding_touched.h"

#include "findings/finding_resource.h"
#include "query/session.h"

enum { STEP_MAX = 2000, SQL_BYTES_MAX = 1 << 20, CELL_BYTES_MAX = 1 << 20 };

/* The columns of the question. */
enum { CELL_FINDING, CELL_SOURCE, CELL_REGION, CELL_ACCOUNT, CELL_REQUEST, CELLS };

/* The findings of a step: their ids as a list of SQL, and the times of their events. */
typedef struct Touched {
    Buf ids;
    int64_t count, first_us, last_us;
} Touched;

static bool list_due(Db *db, Touched *touched, Error *err)
{
    bool row = true;
    DbStatement *select =
        db_statement(db,
                     "SELECT f.id, f.first_us, f.last_us FROM finding_jobs j JOIN findings f ON"
                     " f.id = j.finding WHERE j.kind = 'resources' ORDER BY f.id LIMIT 2000",
                     err);
    if (!select)
        return false;
    while (db_next(select, &row, err)) {
        if (!row)
            return true;
        int64_t first_us = db_int(select, 1), last_us = db_int(select, 2);
        if (!touched->count || first_us < touched->first_us)
            touched->first_us = first_us;
        if (!touched->count || last_us > touched->last_us)
            touched->last_us = last_us;
        if (!buf_printf(&touched->ids, err, "%s'%.*s'", touched->count++ ? ", " : "",
                        STR_ARG(db_text(select, 0)))) {
            db_reset(select);
            return false;
        }
    }
    return false;
}

static bool write_query(const Touched *touched, Buf *sql, Error *err)
{
    return buf_printf(sql, err,
                      "SELECT e.finding_id, c.eventsource, c.awsregion, c.recipientaccountid,"
                      " c.requestparameters FROM finding_events e JOIN cloudtrail c ON c.eventid ="
                      " e.eventid AND c.object_id = e.object_id AND c.record_index ="
                      " e.record_index WHERE c.requestparameters IS NOT NULL AND e.finding_id IN"
                      " (%.*s) ORDER BY e.finding_id, c.eventtime, c.object_id, c.record_index",
                      STR_ARG(buf_str(&touched->ids)));
}

static bool take_row(Db *db, const EngineResult *row, Buf *cells, Error *err)
{
    for (size_t i = 0; i < CELLS; i++) {
        cells[i].len = 0;
        if (!engine_is_null(row, i) && !engine_value(row, i, ENGINE_TEXT, &cells[i], err))
            return false;
    }
    const FindingCall call = {.account = buf_str(&cells[CELL_ACCOUNT]),
                              .region = buf_str(&cells[CELL_REGION]),
                              .event_source = buf_str(&cells[CELL_SOURCE]),
                              .request = buf_str(&cells[CELL_REQUEST])};
    return finding_resource_add(db, buf_str(&cells[CELL_FINDING]), &call, err);
}

static bool take_rows(Db *db, EngineResult *result, Error *err)
{
    Buf cells[CELLS];
    bool row = false, ok = true;
    for (size_t i = 0; i < CELLS; i++)
        cells[i] = buf_init(CELL_BYTES_MAX);
    while (ok && (ok = engine_next(result, &row, err)) && row)
        ok = take_row(db, result, cells, err);
    for (size_t i = 0; i < CELLS; i++)
        buf_free(&cells[i]);
    return ok;
}

/* What the lake says of them, and that they were looked at, are one transaction. */
static bool store(Db *db, EngineResult *result, const Touched *touched, Error *err)
{
    BUF_AUTO Buf done = buf_init(SQL_BYTES_MAX);
    if (!buf_printf(&done, err,
                    "DELETE FROM finding_jobs WHERE kind = 'resources' AND finding IN (%.*s)",
                    STR_ARG(buf_str(&touched->ids))))
        return false;
    const char *sql = buf_text(&done, err);
    if (!sql || !db_begin(db, err))
        return false;
    if (take_rows(db, result, err) && db_exec(db, sql, err) && db_commit(db, err))
        return true;
    db_rollback(db);
    return false;
}

static bool ask(Db *db, Lake *reader, const Config *config, const Touched *touched, Error *err)
{
    const SessionOptions options = {.config = config,
                                    .since_us = touched->first_us,
                                    .until_us = touched->last_us + 1,
                                    .threads = 1};
    BUF_AUTO Buf sql = buf_init(SQL_BYTES_MAX);
    Session *session = write_query(touched, &sql, err) ? session_open(reader, &options, err) : NULL;
    EngineResult *result = session ? session_query(session, buf_str(&sql), err) : NULL;
    bool ok = result && store(db, result, touched, err);
    engine_result_free(result);
    session_close(session);
    return ok;
}

bool finding_touched_step(Db *db, Lake *reader, const Config *config, bool *ret_more, Error *err)
{
    Touched touched = {.ids = buf_init(SQL_BYTES_MAX)};
    bool ok =
        list_due(db, &touched, err) && (!touched.count || ask(db, reader, config, &touched, err));
    *ret_more = ok && touched.count == STEP_MAX;
    buf_free(&touched.ids);
    return ok;
}
