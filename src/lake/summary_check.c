#include "lake/summary_check.h"

#include <string.h>

#include "base/file.h"
#include "lake/summary_file.h"
#include "lake/summary_sql.h"

enum { SQL_BYTES_MAX = 1 << 20 };

/* Groups that one side has and the other one has not; one may come in pieces. */
static bool put_question(Buf *sql, const char *folder, const ScanFiles *file, Error *err)
{
    return buf_printf(sql, err,
                      "WITH kept AS (SELECT * EXCLUDE (events, first_time, last_time),"
                      " sum(events), min(first_time), max(last_time) FROM (") &&
           summary_sql(sql, folder, file, err) &&
           buf_printf(sql, err, ") GROUP BY ALL), found AS (") &&
           summary_sql_count(sql, file, err) &&
           buf_printf(sql, err,
                      ") SELECT count(*) FROM ((FROM kept EXCEPT ALL FROM found) UNION"
                      " ALL (FROM found EXCEPT ALL FROM kept))") &&
           buf_text(sql, err);
}

static bool is_none(EngineResult *result, bool *ret, Error *err)
{
    bool row;
    BUF_AUTO Buf text = buf_init(64);
    if (!engine_next(result, &row, err) || !engine_value(result, 0, ENGINE_TEXT, &text, err))
        return false;
    *ret = str_equal(buf_str(&text), STR("0"));
    return true;
}

bool summary_check_file(Engine *engine, const char *folder, Str data, SummaryVerdict *ret,
                        Error *err)
{
    char path[LAYOUT_PATH_BYTES], whole[LAYOUT_PATH_BYTES];
    BUF_AUTO Buf sql = buf_init(SQL_BYTES_MAX);
    Error problem = {0};
    const char *const paths[] = {whole};
    ScanFiles file = {.paths = paths, .count = 1};
    bool same = false;
    memset(file.lacking, true, sizeof file.lacking); /* it may be an old one: found by id */
    if (!summary_file_path(path, folder, data, err) ||
        !layout_path(whole, err, folder, "%.*s", STR_ARG(data)))
        return false;
    *ret = SUMMARY_NONE;
    if (!file_exists(path))
        return true;
    if (!put_question(&sql, folder, &file, err))
        return false;
    EngineResult *result = engine_query(engine, sql.ptr, &problem);
    bool ok = result && is_none(result, &same, &problem);
    engine_result_free(result);
    *ret = ok && same ? SUMMARY_SAME : SUMMARY_DIFFERS;
    return true;
}
