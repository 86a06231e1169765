#include "lake/summary_sql.h"

#include <string.h>

#include "base/engine.h"
#include "base/file.h"
#include "base/mem.h"
#include "lake/summary_file.h"

#define UNKNOWN "CAST(strlen(eventid) AS BIGINT)" /* a number that no bounds are known of */

static const struct {
    const char *name;
    const char *counted; /* of records */
    const char *planned; /* of a record; NULL: as counted */
    bool is_flag;        /* stored as 0 and 1 */
} COLUMNS[] = {
    {"hour", "date_trunc('hour', eventtime)", "eventtime", false},
    {"recipientaccountid", "recipientaccountid", NULL, false},
    {"identity_type", "useridentity.type", NULL, false},
    {"caller", SUMMARY_SQL_CALLER, NULL, false},
    {"principal", SUMMARY_SQL_PRINCIPAL, NULL, false},
    {"eventsource", "eventsource", NULL, false},
    {"eventname", "eventname", NULL, false},
    {"awsregion", "awsregion", NULL, false},
    {"errorcode", "errorcode", NULL, false},
    {"outcome", SUMMARY_SQL_OUTCOME, NULL, false},
    {"readonly", "readonly", NULL, true},
    {"action", "derived.action", NULL, false},
    {"eventcategory", "eventcategory", NULL, false},
    {"is_human", "derived.is_human", NULL, true},
    {"is_console", "derived.is_console", NULL, true},
    {"events", "count(*)", UNKNOWN, false},
    {"first_time", "min(eventtime)", "eventtime", false},
    {"last_time", "max(eventtime)", "eventtime", false},
};

enum { COLUMN_COUNT = sizeof COLUMNS / sizeof *COLUMNS, COUNT_BYTES_MAX = 1 << 16 };

static bool put_count(Buf *out, Error *err)
{
    bool ok = buf_printf(out, err, "SELECT ");
    for (size_t i = 0; ok && i < COLUMN_COUNT; i++)
        ok = buf_printf(out, err, "%s%s AS \"%s\"", i ? ", " : "", COLUMNS[i].counted,
                        COLUMNS[i].name);
    return ok && buf_printf(out, err, " FROM ");
}

bool summary_sql_plan(Buf *out, Str asked, Error *err)
{
    bool ok = buf_printf(out, err, "SELECT ");
    for (size_t i = 0; ok && i < COLUMN_COUNT; i++)
        ok = !str_has_name(asked, str_of(COLUMNS[i].name)) ||
             buf_printf(out, err, "%s AS \"%s\", ",
                        COLUMNS[i].planned ? COLUMNS[i].planned : COLUMNS[i].counted,
                        COLUMNS[i].name);
    return ok && buf_printf(out, err, "filename FROM ");
}

/* ---- rows ---- */

/* The files whose rows were counted, which come first in *ret*, and the others. */
static bool part_files(const char *folder, const ScanFiles *files, const char **ret,
                       size_t *ret_counted, Error *err)
{
    char path[LAYOUT_PATH_BYTES];
    size_t counted = 0, others = files->count;
    for (size_t i = 0; i < files->count; i++) {
        Str data = str_of(files->paths[i] + strlen(folder) + 1);
        if (!summary_file_path(path, folder, data, err))
            return false;
        ret[file_exists(path) ? counted++ : --others] = files->paths[i];
    }
    *ret_counted = counted;
    return true;
}

static bool put_counted(Buf *out, const char *folder, const char *const *paths, size_t count,
                        Error *err)
{
    char path[LAYOUT_PATH_BYTES];
    bool ok = buf_printf(out, err, "SELECT ");
    for (size_t i = 0; ok && i < COLUMN_COUNT; i++)
        ok = buf_printf(out, err,
                        COLUMNS[i].is_flag ? "%sCAST(\"%s\" AS BOOLEAN) AS \"%s\""
                                           : "%s\"%s\" AS \"%s\"",
                        i ? ", " : "", COLUMNS[i].name, COLUMNS[i].name);
    ok = ok && buf_printf(out, err, " FROM read_parquet([");
    for (size_t i = 0; ok && i < count; i++)
        ok = summary_file_path(path, folder, str_of(paths[i] + strlen(folder) + 1), err) &&
             (!i || buf_append_byte(out, ',', err)) && engine_quote(out, str_of(path), err);
    return ok && buf_printf(out, err, "], hive_partitioning = false)");
}

bool summary_sql_count(Buf *out, const ScanFiles *files, Error *err)
{
    BUF_AUTO Buf count = buf_init(COUNT_BYTES_MAX);
    return put_count(&count, err) && buf_append_str(out, buf_str(&count), err) &&
           scan_sql_named(out, files, buf_str(&count), err) &&
           buf_printf(out, err, " GROUP BY ALL");
}

static bool put_all(Buf *out, const char *folder, const ScanFiles *files, const char **paths,
                    Error *err)
{
    size_t counted;
    ScanFiles others = *files;
    if (!part_files(folder, files, paths, &counted, err))
        return false;
    others.paths = paths + counted;
    others.count -= counted;
    bool both = counted && others.count;
    return (!counted || put_counted(out, folder, paths, counted, err)) &&
           (!both || buf_printf(out, err, " UNION ALL (")) &&
           ((counted && !others.count) || summary_sql_count(out, &others, err)) &&
           (!both || buf_append_byte(out, ')', err));
}

bool summary_sql(Buf *out, const char *folder, const ScanFiles *files, Error *err)
{
    const char **paths = mem_calloc(files->count + 1, sizeof *paths, err);
    bool ok = paths && put_all(out, folder, files, paths, err);
    mem_free(paths);
    return ok;
}
