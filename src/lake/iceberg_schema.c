#include "lake/iceberg_schema.h"

static const char *leaf_type(FieldType type)
{
    static const char *const NAMES[] = {
        [FIELD_STRING] = "string",  [FIELD_JSON] = "string", [FIELD_BOOL] = "boolean",
        [FIELD_TIME] = "timestamp", [FIELD_INT] = "int",     [FIELD_LONG] = "long"};
    return NAMES[type];
}

int32_t iceberg_schema_last_id(const IcebergTable *table)
{
    int32_t last = 0;
    for (int i = 0; i < table->field_count; i++)
        last = table->fields[i].id > last ? table->fields[i].id : last;
    return last;
}

/* Writes the field *at*. */
typedef bool (*PutOne)(Buf *out, const IcebergTable *table, int at, Error *err);

/* The children of *parent* as a list of what *put* writes of each. */
static bool put_children(Buf *out, const IcebergTable *table, int parent, PutOne put, Error *err)
{
    bool first = true;
    bool ok = buf_append_byte(out, '[', err);
    for (int i = 0; ok && i < table->field_count; i++) {
        if ((int)table->fields[i].parent != parent)
            continue;
        ok = (first || buf_append_byte(out, ',', err)) && put(out, table, i, err);
        first = false;
    }
    return ok && buf_append_byte(out, ']', err);
}

static bool put_field(Buf *out, const IcebergTable *table, int at, Error *err);

/* The type of field *at*: its word, or an object for a struct or list. */
static bool put_type(Buf *out, const IcebergTable *table, int at, Error *err)
{
    const Field *field = &table->fields[at];
    if (field->type == FIELD_STRUCT)
        return buf_printf(out, err, "{\"type\":\"struct\",\"fields\":") &&
               put_children(out, table, at, put_field, err) && buf_append_byte(out, '}', err);
    if (field->type == FIELD_LIST) /* its element is the next field */
        return buf_printf(out, err,
                          "{\"type\":\"list\",\"element-id\":%d,\"element-required\":false,"
                          "\"element\":",
                          table->fields[at + 1].id) &&
               put_type(out, table, at + 1, err) && buf_append_byte(out, '}', err);
    return buf_printf(out, err, "\"%s\"", leaf_type(field->type));
}

static bool put_field(Buf *out, const IcebergTable *table, int at, Error *err)
{
    const Field *field = &table->fields[at];
    return buf_printf(out, err,
                      "{\"id\":%d,\"name\":\"%.*s\",\"required\":false,\"type\":", field->id,
                      STR_ARG(field->column)) &&
           put_type(out, table, at, err) && buf_append_byte(out, '}', err);
}

bool iceberg_schema(Buf *out, const IcebergTable *table, int schema_id, Error *err)
{
    return buf_printf(out, err, "{\"type\":\"struct\",\"schema-id\":%d,\"fields\":", schema_id) &&
           put_children(out, table, F_ROOT, put_field, err) && buf_append_byte(out, '}', err);
}

static bool put_name(Buf *out, const IcebergTable *table, int at, Error *err)
{
    const Field *field = &table->fields[at];
    bool ok = buf_printf(out, err, "{\"field-id\":%d,\"names\":[\"%.*s\"]", field->id,
                         STR_ARG(field->column));
    if (ok && (field->type == FIELD_STRUCT || field->type == FIELD_LIST))
        ok = buf_printf(out, err, ",\"fields\":") && put_children(out, table, at, put_name, err);
    return ok && buf_append_byte(out, '}', err);
}

bool iceberg_schema_names(Buf *out, const IcebergTable *table, Error *err)
{
    return put_children(out, table, F_ROOT, put_name, err);
}

bool iceberg_schema_partition(Buf *out, const IcebergTable *table, Error *err)
{
    if (table->day_of < 0)
        return buf_printf(out, err, "[]");
    const Field *field = &table->fields[table->day_of];
    return buf_printf(out, err,
                      "[{\"name\":\"%.*s_day\",\"transform\":\"day\",\"source-id\":%d,"
                      "\"field-id\":%d}]",
                      STR_ARG(field->column), field->id, ICEBERG_PARTITION_FIELD);
}

static bool put_order(Buf *out, const IcebergTable *table, int id, const int *fields, int count,
                      Error *err)
{
    bool ok = buf_printf(out, err, "{\"order-id\":%d,\"fields\":[", id);
    for (int i = 0; ok && i < count; i++)
        ok = buf_printf(out, err,
                        "%s{\"transform\":\"identity\",\"source-id\":%d,"
                        "\"direction\":\"asc\",\"null-order\":\"nulls-last\"}",
                        i ? "," : "", table->fields[fields[i]].id);
    return ok && buf_printf(out, err, "]}");
}

bool iceberg_schema_orders(Buf *out, const IcebergTable *table, Error *err)
{
    if (table->day_of < 0)
        return put_order(out, table, 0, NULL, 0, err);
    return put_order(out, table, ICEBERG_ORDER_TIME, &table->day_of, 1, err) &&
           buf_append_byte(out, ',', err) &&
           put_order(out, table, ICEBERG_ORDER_CALL, table->sorted_by, table->sorted_count, err);
}
