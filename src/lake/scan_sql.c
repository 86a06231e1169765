#include "lake/scan_sql.h"

#include "base/engine.h"
#include "decode/field.h"

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

/* Nested fields keep their names for ever, so only top-level ones are found by id. */
static bool put_schema(Buf *out, Error *err)
{
    bool first = true;
    bool ok = buf_printf(out, err, "MAP {");
    for (int node = 0; ok && node < FIELD_COUNT; node++)
        if (FIELDS[node].parent == F_ROOT) {
            ok = buf_printf(out, err, "%s%d: {name: '%.*s', type: '", first ? "" : ", ",
                            FIELDS[node].id, STR_ARG(FIELDS[node].column)) &&
                 put_type(out, (FieldNode)node, err) &&
                 buf_printf(out, err, "', default_value: NULL}");
            first = false;
        }
    return ok && buf_append_byte(out, '}', err);
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

bool scan_sql(Buf *out, const char *const *paths, size_t count, Error *err)
{
    if (count == 0)
        return put_empty(out, err);
    bool ok = buf_printf(out, err, "read_parquet([");
    for (size_t i = 0; ok && i < count; i++)
        ok = (i == 0 || buf_append_byte(out, ',', err)) && engine_quote(out, str_of(paths[i]), err);
    return ok && buf_printf(out, err, "], schema = ") && put_schema(out, err) &&
           buf_append_byte(out, ')', err);
}
