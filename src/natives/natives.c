#include "natives/natives.h"

#include <duckdb.h>
#include <stdio.h>

#include "natives/natives_record.h"
#include "natives/natives_row.h"
#include "natives/natives_time.h"

enum { MESSAGE_BYTES = 512 };

/* athena_fail(text): fails with that text. It is not volatile, so that TRY may stand around it. */
static void fail(duckdb_function_info info, duckdb_data_chunk input, duckdb_vector output)
{
    char message[MESSAGE_BYTES];
    (void)output;
    if (duckdb_data_chunk_get_size(input) == 0)
        return;
    duckdb_vector vector = duckdb_data_chunk_get_vector(input, 0);
    uint64_t *valid = duckdb_vector_get_validity(vector);
    duckdb_string_t *text = duckdb_vector_get_data(vector);
    if (valid && !duckdb_validity_row_is_valid(valid, 0))
        snprintf(message, sizeof message, "a value is NULL that must not be");
    else
        snprintf(message, sizeof message, "%.*s", (int)duckdb_string_t_length(*text),
                 duckdb_string_t_data(text));
    duckdb_scalar_function_set_error(info, message);
}

enum { PARAMETERS_MAX = 4 };

/* Parameters end with DUCKDB_TYPE_INVALID. A result of SQLNULL goes together with any type. */
static const struct {
    const char *name;
    duckdb_type parameters[PARAMETERS_MAX + 1];
    duckdb_type result;
    duckdb_scalar_function_t call;
} NATIVES[] = {
    {"athena_fail", {DUCKDB_TYPE_VARCHAR}, DUCKDB_TYPE_SQLNULL, fail},
    /* natives_time.h */
    {"athena_write_joda",
     {DUCKDB_TYPE_TIMESTAMP, DUCKDB_TYPE_BIGINT, DUCKDB_TYPE_VARCHAR, DUCKDB_TYPE_VARCHAR},
     DUCKDB_TYPE_VARCHAR,
     natives_write_joda},
    {"athena_write_mysql",
     {DUCKDB_TYPE_TIMESTAMP, DUCKDB_TYPE_BIGINT, DUCKDB_TYPE_VARCHAR, DUCKDB_TYPE_VARCHAR},
     DUCKDB_TYPE_VARCHAR,
     natives_write_mysql},
    {"athena_parse_joda",
     {DUCKDB_TYPE_VARCHAR, DUCKDB_TYPE_VARCHAR},
     DUCKDB_TYPE_TIMESTAMP,
     natives_parse_joda},
    {"athena_parse_mysql",
     {DUCKDB_TYPE_VARCHAR, DUCKDB_TYPE_VARCHAR},
     DUCKDB_TYPE_TIMESTAMP,
     natives_parse_mysql},
    {"athena_iso_time", {DUCKDB_TYPE_VARCHAR}, DUCKDB_TYPE_TIMESTAMP, natives_iso_time},
    {"athena_iso_day", {DUCKDB_TYPE_VARCHAR}, DUCKDB_TYPE_DATE, natives_iso_day},
};

static bool add(duckdb_connection connection, size_t index)
{
    duckdb_scalar_function function = duckdb_create_scalar_function();
    duckdb_scalar_function_set_name(function, NATIVES[index].name);
    for (const duckdb_type *at = NATIVES[index].parameters; *at != DUCKDB_TYPE_INVALID; at++) {
        duckdb_logical_type type = duckdb_create_logical_type(*at);
        duckdb_scalar_function_add_parameter(function, type);
        duckdb_destroy_logical_type(&type);
    }
    duckdb_logical_type result = duckdb_create_logical_type(NATIVES[index].result);
    duckdb_scalar_function_set_return_type(function, result);
    duckdb_destroy_logical_type(&result);
    duckdb_scalar_function_set_function(function, NATIVES[index].call);
    bool ok = duckdb_register_scalar_function(connection, function) == DuckDBSuccess;
    duckdb_destroy_scalar_function(&function);
    return ok;
}

bool natives_register(Engine *engine, Error *err)
{
    for (size_t i = 0; i < sizeof NATIVES / sizeof *NATIVES; i++)
        if (!add(engine_connection(engine), i))
            return error_set(err, ERROR_SYSTEM, "the engine does not take the function %s",
                             NATIVES[i].name);
    return natives_record_register(engine, err) && natives_row_register(engine, err);
}
