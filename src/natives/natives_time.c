#include "natives/natives_time.h"

#include "natives/time_pattern.h"

enum { TEXT_BYTES_MAX = 1 << 20 };

/* The arguments of a call over a chunk, and where its answers go. */
typedef struct Call {
    duckdb_function_info info;
    duckdb_data_chunk input;
    duckdb_vector output;
    idx_t rows, columns;
} Call;

static Call call_of(duckdb_function_info info, duckdb_data_chunk input, duckdb_vector output)
{
    return (Call){info, input, output, duckdb_data_chunk_get_size(input),
                  duckdb_data_chunk_get_column_count(input)};
}

/* True when no argument is NULL in *row*; else the answer there is NULL. */
static bool is_given(const Call *call, idx_t row)
{
    for (idx_t i = 0; i < call->columns; i++) {
        duckdb_vector vector = duckdb_data_chunk_get_vector(call->input, i);
        uint64_t *valid = duckdb_vector_get_validity(vector);
        if (!valid || duckdb_validity_row_is_valid(valid, row))
            continue;
        duckdb_vector_ensure_validity_writable(call->output);
        duckdb_validity_set_row_invalid(duckdb_vector_get_validity(call->output), row);
        return false;
    }
    return true;
}

static void *argument(const Call *call, idx_t column)
{
    return duckdb_vector_get_data(duckdb_data_chunk_get_vector(call->input, column));
}

/* The text at *row*, which lives as long as the chunk. */
static Str text_at(const Call *call, idx_t column, idx_t row)
{
    duckdb_string_t *text = (duckdb_string_t *)argument(call, column) + row;
    return (Str){duckdb_string_t_data(text), duckdb_string_t_length(*text)};
}

/* A pattern that was read, kept for the rows that have the same. */
typedef struct Kept {
    Str text;
    TimePatternStyle style;
    TimePattern pattern;
} Kept;

static const TimePattern *pattern_at(const Call *call, idx_t column, idx_t row, Kept *kept,
                                     Error *err)
{
    Str text = text_at(call, column, row);
    if (kept->text.ptr && str_equal(kept->text, text))
        return &kept->pattern;
    if (!time_pattern_read(kept->style, text, &kept->pattern, err))
        return NULL;
    kept->text = text;
    return &kept->pattern;
}

static bool write_row(const Call *call, idx_t row, Kept *kept, Buf *out, Error *err)
{
    const TimePattern *pattern = pattern_at(call, 3, row, kept, err);
    const int64_t *times = argument(call, 0), *offsets = argument(call, 1);
    const TimePatternClock clock = {times[row], (int32_t)offsets[row], text_at(call, 2, row)};
    out->len = 0;
    if (!pattern || !time_pattern_write(pattern, &clock, out, err))
        return false;
    duckdb_vector_assign_string_element_len(call->output, row, out->ptr ? out->ptr : "", out->len);
    return true;
}

static void write_rows(const Call *call, TimePatternStyle style)
{
    Error err = {0};
    BUF_AUTO Buf out = buf_init(TEXT_BYTES_MAX);
    Kept kept = {.style = style};
    for (idx_t row = 0; row < call->rows; row++)
        if (is_given(call, row) && !write_row(call, row, &kept, &out, &err)) {
            duckdb_scalar_function_set_error(call->info, err.text);
            return;
        }
}

void natives_write_joda(duckdb_function_info info, duckdb_data_chunk input, duckdb_vector output)
{
    Call call = call_of(info, input, output);
    write_rows(&call, TIME_PATTERN_JODA);
}

void natives_write_mysql(duckdb_function_info info, duckdb_data_chunk input, duckdb_vector output)
{
    Call call = call_of(info, input, output);
    write_rows(&call, TIME_PATTERN_MYSQL);
}

static void parse_rows(const Call *call, TimePatternStyle style)
{
    Error err = {0};
    Kept kept = {.style = style};
    int64_t *times = duckdb_vector_get_data(call->output);
    for (idx_t row = 0; row < call->rows; row++) {
        if (!is_given(call, row))
            continue;
        const TimePattern *pattern = pattern_at(call, 1, row, &kept, &err);
        if (pattern && time_pattern_parse(pattern, text_at(call, 0, row), &times[row], &err))
            continue;
        duckdb_scalar_function_set_error(call->info, err.text);
        return;
    }
}

void natives_parse_joda(duckdb_function_info info, duckdb_data_chunk input, duckdb_vector output)
{
    Call call = call_of(info, input, output);
    parse_rows(&call, TIME_PATTERN_JODA);
}

void natives_parse_mysql(duckdb_function_info info, duckdb_data_chunk input, duckdb_vector output)
{
    Call call = call_of(info, input, output);
    parse_rows(&call, TIME_PATTERN_MYSQL);
}

void natives_iso_time(duckdb_function_info info, duckdb_data_chunk input, duckdb_vector output)
{
    Error err = {0};
    Call call = call_of(info, input, output);
    int64_t *times = duckdb_vector_get_data(output);
    for (idx_t row = 0; row < call.rows; row++)
        if (is_given(&call, row) && !time_pattern_iso(text_at(&call, 0, row), &times[row], &err)) {
            duckdb_scalar_function_set_error(info, err.text);
            return;
        }
}

void natives_iso_day(duckdb_function_info info, duckdb_data_chunk input, duckdb_vector output)
{
    Error err = {0};
    Call call = call_of(info, input, output);
    int32_t *days = duckdb_vector_get_data(output);
    for (idx_t row = 0; row < call.rows; row++)
        if (is_given(&call, row) &&
            !time_pattern_iso_day(text_at(&call, 0, row), &days[row], &err)) {
            duckdb_scalar_function_set_error(info, err.text);
            return;
        }
}
