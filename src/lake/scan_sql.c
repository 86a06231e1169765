#include "lake/scan_sql.h"

#include <stdio.h>

#include "base/engine.h"
#include "lake/day_column.h"

enum { DAY_FIELD_ID = 90000 }; /* no file has such fields */

static const char *leaf_type(FieldType type)
{
    static const char *const NAMES[] = {
        [FIELD_STRING] = "VARCHAR", [FIELD_JSON] = "VARCHAR", [FIELD_BOOL] = "BOOLEAN",
        [FIELD_TIME] = "TIMESTAMP", [FIELD_INT] = "INTEGER",  [FIELD_LONG] = "BIGINT"};
    return NAMES[type];
}

/* The SQL type of a node, groups with their members. */
static bool put_type(Buf *out, FieldNode node, Error *err)
{
    FieldType type = FIELDS[node].type;
    bool first = true;
    bool ok = true;
    if (field_is_leaf(node))
        return buf_printf(out, err, "%s", leaf_type(type));
    if (type == FIELD_LIST)
        return put_type(out, (FieldNode)(node + 1), err) && buf_printf(out, err, "[]");
    ok = buf_printf(out, err, "STRUCT(");
    for (int child = 0; ok && child < FIELD_COUNT; child++)
        if (FIELDS[child].parent == node) {
            ok = buf_printf(out, err, "%s\"%.*s\" ", first ? "" : ", ",
                            STR_ARG(FIELDS[child].column)) &&
                 put_type(out, (FieldNode)child, err);
            first = false;
        }
    return ok && buf_append_byte(out, ')', err);
}

/* A column of the table that *asked* names; without eventtime there might be none. */
static bool is_asked(FieldNode node, Str asked)
{
    return FIELDS[node].parent == F_ROOT &&
           (node == F_EVENT_TIME || !asked.ptr || str_has_name(asked, FIELDS[node].column));
}

/* Nested fields keep their names for ever, so only top-level ones are found by id. */
static bool put_fields(Buf *out, const char *prefix, Str asked, Error *err)
{
    bool first = true;
    bool ok = buf_printf(out, err, "MAP {");
    for (int node = 0; ok && node < FIELD_COUNT; node++)
        if (is_asked((FieldNode)node, asked)) {
            ok = buf_printf(out, err, "%s%d: {name: '%s%.*s', type: '", first ? "" : ", ",
                            FIELDS[node].id, prefix, STR_ARG(FIELDS[node].column)) &&
                 put_type(out, (FieldNode)node, err) &&
                 buf_printf(out, err, "', default_value: NULL}");
            first = false;
        }
    return ok;
}

static bool put_empty(Buf *out, Error *err)
{
    bool first = true;
    bool ok = buf_printf(out, err, "(SELECT ");
    for (int node = 0; ok && node < FIELD_COUNT; node++)
        if (FIELDS[node].parent == F_ROOT) {
            ok = buf_printf(out, err, "%sCAST(NULL AS ", first ? "" : ", ") &&
                 put_type(out, (FieldNode)node, err) &&
                 buf_printf(out, err, ") AS \"%.*s\"", STR_ARG(FIELDS[node].column));
            first = false;
        }
    return ok && buf_printf(out, err, " WHERE false)");
}

/* Days are no columns here; to look for them in paths the engine would ask the disk for each file.
 */
static bool put_paths(Buf *out, const char *const *paths, size_t count, Error *err)
{
    bool ok = buf_printf(out, err, "read_parquet([");
    for (size_t i = 0; ok && i < count; i++)
        ok = (i == 0 || buf_append_byte(out, ',', err)) && engine_quote(out, str_of(paths[i]), err);
    return ok && buf_printf(out, err, "], hive_partitioning = false");
}

bool scan_sql(Buf *out, const char *const *paths, size_t count, Error *err)
{
    if (count == 0)
        return put_empty(out, err);
    return put_paths(out, paths, count, err) && buf_printf(out, err, ", schema = ") &&
           put_fields(out, "", (Str){NULL, 0}, err) && buf_printf(out, err, "})");
}

static bool put_columns(Buf *out, Str asked, Error *err)
{
    bool ok = buf_printf(out, err, "(SELECT ");
    for (int node = 0; ok && node < FIELD_COUNT; node++)
        if (is_asked((FieldNode)node, asked))
            ok = buf_printf(out, err, "\"%.*s\", ", STR_ARG(FIELDS[node].column));
    return ok && day_column_select(out, asked, err);
}

/* Whether a column is asked for that some file lacks, or there is no file to tell of any. */
static bool is_by_id(const ScanFiles *files, Str asked)
{
    for (int node = 0; node < FIELD_COUNT; node++)
        if (files->lacking[node] && is_asked((FieldNode)node, asked))
            return true;
    return files->count == 0;
}

bool scan_sql_named(Buf *out, const ScanFiles *files, Str asked, Error *err)
{
    if (!put_columns(out, asked, err) ||
        !buf_printf(out, err, "%s FROM ", files->count ? "filename" : "NULL::VARCHAR AS filename"))
        return false;
    return (is_by_id(files, asked) ? scan_sql(out, files->paths, files->count, err)
                                   : put_paths(out, files->paths, files->count, err) &&
                                         buf_append_byte(out, ')', err)) &&
           buf_append_byte(out, ')', err);
}

/* The columns of a day as fields, so that the plan shows what is asked of them. */
static bool put_day_fields(Buf *out, const char *prefix, Str asked, Error *err)
{
    bool ok = true;
    for (int i = 0; ok && i < DAY_COLUMN_COUNT; i++)
        ok = !str_has_name(asked, DAY_COLUMNS[i].name) ||
             buf_printf(out, err, ", %d: {name: '%s%.*s', type: 'VARCHAR', default_value: NULL}",
                        DAY_FIELD_ID + i, prefix, STR_ARG(DAY_COLUMNS[i].name));
    return ok;
}

static bool put_renamed(Buf *out, const char *prefix, Str column, Error *err)
{
    return buf_printf(out, err, "\"%s%.*s\" AS \"%.*s\", ", prefix, STR_ARG(column),
                      STR_ARG(column));
}

bool scan_sql_planned(Buf *out, const char *path, uint32_t number, Str asked, Error *err)
{
    char prefix[16];
    const char *const twice[] = {path, path};
    bool ok = buf_printf(out, err, "(SELECT ");
    snprintf(prefix, sizeof prefix, "s%u_", number);
    for (int node = 0; ok && node < FIELD_COUNT; node++)
        if (is_asked((FieldNode)node, asked))
            ok = put_renamed(out, prefix, FIELDS[node].column, err);
    for (int i = 0; ok && i < DAY_COLUMN_COUNT; i++)
        if (str_has_name(asked, DAY_COLUMNS[i].name))
            ok = put_renamed(out, prefix, DAY_COLUMNS[i].name, err);
    return ok && buf_printf(out, err, "filename FROM ") && put_paths(out, twice, 2, err) &&
           buf_printf(out, err, ", schema = ") && put_fields(out, prefix, asked, err) &&
           put_day_fields(out, prefix, asked, err) && buf_printf(out, err, "}))");
}
