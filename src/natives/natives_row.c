#include "natives/natives_row.h"

#include <duckdb.h>
#include <stdarg.h>
#include <stdio.h>

/* The engine's vectors of one call. */
typedef struct Vectors {
    const void *data[NATIVES_ARGUMENTS_MAX];
    uint64_t *valid[NATIVES_ARGUMENTS_MAX];
    duckdb_vector output;
    void *results;
} Vectors;

bool natives_row_fail(NativesRow *row, const char *format, ...)
{
    char text[ERROR_TEXT_MAX];
    va_list list;
    va_start(list, format);
    vsnprintf(text, sizeof text, format, list);
    va_end(list);
    return error_set(row->err, ERROR_USAGE, "%s", text);
}

bool natives_row_null(NativesRow *row)
{
    row->result.is_null = true;
    return true;
}

static void read_text(const Vectors *vectors, size_t argument, idx_t at, NativesValue *ret)
{
    const duckdb_string_t *strings = vectors->data[argument];
    duckdb_string_t copy = strings[at];
    /* A short text lies within the string itself, so the one in the vector must be pointed to. */
    ret->text.len = duckdb_string_t_length(copy);
    ret->text.ptr = duckdb_string_is_inlined(copy) ? strings[at].value.inlined.inlined
                                                   : strings[at].value.pointer.ptr;
}

/* Reads the arguments of row *at*; false when one is NULL. */
static bool read_row(const NativesFunction *function, const Vectors *vectors, idx_t at,
                     NativesRow *row)
{
    bool whole = true;
    for (size_t i = 0; function->arguments[i] != NATIVES_END; i++) {
        NativesValue *value = &row->arguments[i];
        value->is_null = vectors->valid[i] && !duckdb_validity_row_is_valid(vectors->valid[i], at);
        whole &= !value->is_null;
        if (value->is_null)
            value->text = (Str){"", 0};
        else if (function->arguments[i] == NATIVES_INTEGER)
            value->integer = ((const int64_t *)vectors->data[i])[at];
        else if (function->arguments[i] == NATIVES_REAL)
            value->real = ((const double *)vectors->data[i])[at];
        else if (function->arguments[i] == NATIVES_BOOLEAN)
            value->integer = ((const bool *)vectors->data[i])[at];
        else
            read_text(vectors, i, at, value);
    }
    return whole;
}

static void write_row(const NativesFunction *function, const Vectors *vectors, idx_t at,
                      const NativesRow *row)
{
    if (row->result.is_null) {
        duckdb_vector_ensure_validity_writable(vectors->output);
        duckdb_validity_set_row_invalid(duckdb_vector_get_validity(vectors->output), at);
    } else if (function->result == NATIVES_INTEGER) {
        ((int64_t *)vectors->results)[at] = row->result.integer;
    } else if (function->result == NATIVES_REAL) {
        ((double *)vectors->results)[at] = row->result.real;
    } else if (function->result == NATIVES_BOOLEAN) {
        ((bool *)vectors->results)[at] = row->result.integer != 0;
    } else {
        duckdb_vector_assign_string_element_len(vectors->output, at, buf_str(row->out).ptr,
                                                row->out->len);
    }
}

static void run(duckdb_function_info info, duckdb_data_chunk input, duckdb_vector output)
{
    const NativesFunction *function = duckdb_scalar_function_get_extra_info(info);
    BUF_AUTO Buf out = buf_init(NATIVES_TEXT_BYTES_MAX);
    Error err = {0};
    Vectors vectors = {.output = output, .results = duckdb_vector_get_data(output)};
    for (size_t i = 0; function->arguments[i] != NATIVES_END; i++) {
        duckdb_vector vector = duckdb_data_chunk_get_vector(input, i);
        vectors.data[i] = duckdb_vector_get_data(vector);
        vectors.valid[i] = duckdb_vector_get_validity(vector);
    }
    idx_t size = duckdb_data_chunk_get_size(input);
    for (idx_t at = 0; at < size; at++) {
        NativesRow row = {.out = &out, .err = &err};
        out.len = 0;
        if (!read_row(function, &vectors, at, &row) && !function->nulls)
            row.result.is_null = true;
        else if (!function->call(&row)) {
            duckdb_scalar_function_set_error(info, err.text);
            return;
        }
        write_row(function, &vectors, at, &row);
    }
}

static duckdb_logical_type type_of(NativesType type)
{
    static const duckdb_type TYPES[] = {
        [NATIVES_TEXT] = DUCKDB_TYPE_VARCHAR, [NATIVES_BYTES] = DUCKDB_TYPE_BLOB,
        [NATIVES_JSON] = DUCKDB_TYPE_VARCHAR, [NATIVES_INTEGER] = DUCKDB_TYPE_BIGINT,
        [NATIVES_REAL] = DUCKDB_TYPE_DOUBLE,  [NATIVES_BOOLEAN] = DUCKDB_TYPE_BOOLEAN,
    };
    duckdb_logical_type made = duckdb_create_logical_type(TYPES[type]);
    if (type == NATIVES_JSON)
        duckdb_logical_type_set_alias(made, "JSON");
    return made;
}

/* The engine takes the line by non-const pointer and hands it back as it was. */
static void *handle(const NativesFunction *function)
{
    union {
        const NativesFunction *given;
        void *taken;
    } pointer = {function};
    return pointer.taken;
}

static bool add(duckdb_connection connection, const NativesFunction *native)
{
    duckdb_scalar_function function = duckdb_create_scalar_function();
    duckdb_scalar_function_set_name(function, native->name);
    for (const NativesType *at = native->arguments; *at != NATIVES_END; at++) {
        duckdb_logical_type type = type_of(*at);
        duckdb_scalar_function_add_parameter(function, type);
        duckdb_destroy_logical_type(&type);
    }
    duckdb_logical_type result = type_of(native->result);
    duckdb_scalar_function_set_return_type(function, result);
    duckdb_destroy_logical_type(&result);
    duckdb_scalar_function_set_special_handling(function); /* invariant 1 */
    duckdb_scalar_function_set_extra_info(function, handle(native), NULL);
    duckdb_scalar_function_set_function(function, run);
    bool ok = duckdb_register_scalar_function(connection, function) == DuckDBSuccess;
    duckdb_destroy_scalar_function(&function);
    return ok;
}

bool natives_row_register(Engine *engine, Error *err)
{
    static const NativesFunction *const TABLES[] = {
        NATIVES_ADDRESSES, NATIVES_BYTE_TEXTS, NATIVES_FORMATS, NATIVES_JSON_TEXTS, NATIVES_NUMBERS,
        NATIVES_REGEXPS,   NATIVES_SEARCHES,   NATIVES_SHAPES,  NATIVES_TEXTS,
    };
    for (size_t i = 0; i < sizeof TABLES / sizeof *TABLES; i++)
        for (const NativesFunction *at = TABLES[i]; at->name; at++)
            if (!add(engine_connection(engine), at))
                return error_set(err, ERROR_SYSTEM, "the engine does not take the function %s",
                                 at->name);
    return true;
}
