#include "query/extras.h"

#include "lake/parquet.h"

enum {
    EVENTS_MAX = 1000000, /* with an extra: the engine holds as many values at worst */
    SQL_BYTES_MAX = 64 << 20
};

/* How many events have an extra, by the counts of the files. */
static bool count_events(Lake *lake, uint64_t *ret, Error *err)
{
    DbStatement *part =
        db_statement(lake->db, "SELECT summary FROM parts WHERE removed_seq IS NULL", err);
    bool row = part != NULL;
    *ret = 0;
    while (row && db_next(part, &row, err) && row) {
        ParquetLeaf leaf;
        if (!parquet_summary_leaf(db_blob(part, 0), F_EXTRA, &leaf, err)) {
            db_reset(part);
            return false;
        }
        *ret += leaf.values - leaf.nulls;
    }
    return err->kind == ERROR_NONE;
}

static bool ask(Session *session, const Str *texts, size_t count, Str touches, bool *ret,
                Error *err)
{
    BUF_AUTO Buf sql = buf_init(SQL_BYTES_MAX);
    bool row = false;
    int64_t found = 0;
    bool ok = buf_printf(&sql, err, "SELECT count(*) FROM (VALUES ");
    for (size_t i = 0; ok && i < count; i++)
        ok = buf_append_str(&sql, i ? STR(",") : STR(""), err) && engine_quote(&sql, texts[i], err);
    ok = ok && buf_printf(&sql, err, ") t(extra) WHERE ") && buf_append_str(&sql, touches, err);
    EngineResult *result = ok ? session_query(session, buf_str(&sql), err) : NULL;
    ok = result && engine_next(result, &row, err) && (!row || engine_long(result, 0, &found, err));
    engine_result_free(result);
    *ret = found > 0;
    return ok;
}

bool extras_may_touch(Session *session, Lake *lake, Values *values, Str touches, bool *ret,
                      Error *err)
{
    uint64_t events;
    const Str *texts = NULL;
    size_t count = 0;
    *ret = true;
    if (!count_events(lake, &events, err))
        return false;
    if (events > EVENTS_MAX)
        return true;
    if (!values_of(values, F_EXTRA, &texts, &count, err))
        return false;
    *ret = !texts;
    return !texts || !count || ask(session, texts, count, touches, ret, err);
}
