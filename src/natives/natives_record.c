#include "natives/natives_record.h"

#include <duckdb.h>
#include <stdio.h>

#include "base/hash.h"
#include "base/mem.h"
#include "decode/rebuild.h"
#include "lake/reread.h"

enum {
    ROWS = 2048,
    BATCH_BYTES_MAX = 256 << 20,
    ARENA_BYTES_MAX = 256 << 20,
    TEXT_BYTES_MAX = 256 << 20,
    MEMBERS_MAX = 64
};

/* What one call works with. */
typedef struct Writing {
    Batch *batch;
    Arena *scratch;
    Buf text;
    int64_t commit_seqs[ROWS];
} Writing;

static duckdb_logical_type type_of(FieldNode node);

static duckdb_logical_type row_type(FieldNode node)
{
    duckdb_logical_type types[MEMBERS_MAX];
    char texts[MEMBERS_MAX][MEMBERS_MAX];
    const char *names[MEMBERS_MAX];
    idx_t count = 0;
    for (int child = node + 1; child < FIELD_COUNT && count < MEMBERS_MAX; child++) {
        if (FIELDS[child].parent != node)
            continue;
        snprintf(texts[count], sizeof texts[count], "%.*s", STR_ARG(FIELDS[child].column));
        names[count] = texts[count];
        types[count++] = type_of((FieldNode)child);
    }
    duckdb_logical_type ret = duckdb_create_struct_type(types, names, count);
    for (idx_t i = 0; i < count; i++)
        duckdb_destroy_logical_type(&types[i]);
    return ret;
}

/* The engine's type of a node of the table; at most FIELD_COUNT deep. */
static duckdb_logical_type type_of(FieldNode node)
{
    static const duckdb_type TYPES[] = {
        [FIELD_STRING] = DUCKDB_TYPE_VARCHAR, [FIELD_JSON] = DUCKDB_TYPE_VARCHAR,
        [FIELD_BOOL] = DUCKDB_TYPE_BOOLEAN,   [FIELD_TIME] = DUCKDB_TYPE_TIMESTAMP,
        [FIELD_INT] = DUCKDB_TYPE_INTEGER,    [FIELD_LONG] = DUCKDB_TYPE_BIGINT};
    if (field_is_leaf(node))
        return duckdb_create_logical_type(TYPES[FIELDS[node].type]);
    if (FIELDS[node].type != FIELD_LIST)
        return row_type(node);
    duckdb_logical_type element = type_of((FieldNode)(node + 1));
    duckdb_logical_type ret = duckdb_create_list_type(element);
    duckdb_destroy_logical_type(&element);
    return ret;
}

static bool put_records(Writing *to, Reread *rows, duckdb_vector output, Error *err)
{
    idx_t at = 0;
    do {
        batch_reset(to->batch);
        if (!reread_fill(rows, to->batch, ROWS, to->commit_seqs, err))
            return false;
        for (uint32_t row = 0; row < to->batch->rows; row++, at++) {
            to->text.len = 0;
            if (!rebuild_record(to->batch, row, to->scratch, &to->text, err))
                return false;
            duckdb_vector_assign_string_element_len(output, at, to->text.ptr, to->text.len);
        }
    } while (to->batch->rows);
    return true;
}

static bool write_all(duckdb_data_chunk input, duckdb_vector output, Error *err)
{
    static const uint8_t NO_SECRET[HASH_SECRET_BYTES];
    FieldNode columns[FIELD_COUNT];
    Writing to = {.text = buf_init(TEXT_BYTES_MAX)};
    to.batch = batch_new(ROWS, BATCH_BYTES_MAX, NO_SECRET, err); /* its hashes are not asked */
    to.scratch = to.batch ? arena_new(ARENA_BYTES_MAX, err) : NULL;
    Reread *rows =
        to.scratch ? reread_rows(input, columns, field_record_columns(columns), err) : NULL;
    bool ok = rows && put_records(&to, rows, output, err);
    reread_free(rows);
    arena_free(to.scratch);
    batch_free(to.batch);
    buf_free(&to.text);
    return ok;
}

static void call(duckdb_function_info info, duckdb_data_chunk input, duckdb_vector output)
{
    Error err = {0};
    if (!write_all(input, output, &err))
        duckdb_scalar_function_set_error(info, err.text);
}

bool natives_record_register(Engine *engine, Error *err)
{
    FieldNode columns[FIELD_COUNT];
    size_t count = field_record_columns(columns);
    duckdb_scalar_function function = duckdb_create_scalar_function();
    duckdb_logical_type result = duckdb_create_logical_type(DUCKDB_TYPE_VARCHAR);
    duckdb_scalar_function_set_name(function, "athena_record");
    for (size_t i = 0; i < count; i++) {
        duckdb_logical_type type = type_of(columns[i]);
        duckdb_scalar_function_add_parameter(function, type);
        duckdb_destroy_logical_type(&type);
    }
    duckdb_scalar_function_set_return_type(function, result);
    duckdb_scalar_function_set_special_handling(function); /* columns may be NULL */
    duckdb_scalar_function_set_function(function, call);
    bool ok = duckdb_register_scalar_function(engine_connection(engine), function) == DuckDBSuccess;
    duckdb_destroy_logical_type(&result);
    duckdb_destroy_scalar_function(&function);
    return ok ||
           error_set(err, ERROR_SYSTEM, "the engine does not take the function athena_record");
}
