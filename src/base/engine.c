#include "base/engine.h"

#include <duckdb.h>

#include "base/clock.h"
#include "base/engine_value.h"
#include "base/fault.h"
#include "base/mem.h"

enum { NUMBER_BYTES_MAX = 1 << 10 };

struct Engine {
    duckdb_database database;
    duckdb_connection connection;
    EngineTell tell; /* NULL: nobody asks */
    void *context;
    int64_t told_us;
};

struct EngineResult {
    Engine *engine;
    duckdb_result result;
    duckdb_data_chunk chunk; /* current, or NULL */
    idx_t row;               /* in the chunk */
    idx_t rows;
    bool started;
};

enum { SQL_BYTES_MAX = 64 << 20, TELL_US = 200 * 1000 };

/* Without the engine's own kind of error in front, "Invalid Input Error: ". */
static Str without_kind(Str text)
{
    static const Str END = {" Error: ", 8};
    for (size_t i = 0; i + END.len < text.len; i++) {
        bool letter = (text.ptr[i] | 0x20) >= 'a' && (text.ptr[i] | 0x20) <= 'z';
        if (str_starts(str_slice(text, i, text.len), END))
            return str_slice(text, i + END.len, text.len);
        if (!letter && text.ptr[i] != ' ')
            break;
    }
    return text;
}

/* What the engine says when it lacks room, and what gives it more. */
static const struct {
    const char *words, *way_out;
} NO_ROOM[] = {
    {"could not allocate block", "; query.memory allows more"},
    {"failed to offload data block", "; query.temp allows more"},
    {"No space left on device", "; TMPDIR names a folder of another disk"},
};

/* The engine's words on one line; what it appends after the first line is a drawing. */
static bool fail(ErrorKind kind, const char *words, Error *err)
{
    const char *way_out = "";
    Str text = without_kind(str_of(words ? words : "the engine gave no reason"));
    text = str_slice(text, 0, str_find_byte(text, '\n', 0));
    for (size_t i = 0; words && i < sizeof NO_ROOM / sizeof *NO_ROOM; i++)
        if (strstr(words, NO_ROOM[i].words)) {
            text.len -= str_ends(text, STR("."));
            way_out = NO_ROOM[i].way_out;
        }
    return error_set(err, kind, "%.*s%s", STR_ARG(text), way_out);
}

static ErrorKind kind_of(duckdb_error_type type)
{
    switch (type) {
    case DUCKDB_ERROR_OUT_OF_MEMORY:
    case DUCKDB_ERROR_INTERRUPT:
        return ERROR_LIMIT;
    case DUCKDB_ERROR_IO:
    case DUCKDB_ERROR_INTERNAL:
    case DUCKDB_ERROR_FATAL:
        return ERROR_SYSTEM;
    default:
        return ERROR_USAGE;
    }
}

bool engine_run(Engine *engine, const char *sql, Error *err)
{
    duckdb_result result;
    bool ok = duckdb_query(engine->connection, sql, &result) == DuckDBSuccess;
    if (!ok)
        fail(ERROR_SYSTEM, duckdb_result_error(&result), err);
    duckdb_destroy_result(&result);
    return ok;
}

size_t engine_copied_end(Str sql, size_t at)
{
    char c = sql.ptr[at];
    if (c == '\'' || c == '"') {
        size_t end = str_find_byte(sql, c, at + 1);
        return end < sql.len ? end + 1 : sql.len;
    }
    if (c == '-' && at + 1 < sql.len && sql.ptr[at + 1] == '-')
        return str_find_byte(sql, '\n', at);
    return at + 1;
}

bool engine_quote(Buf *out, Str text, Error *err)
{
    bool ok = buf_append_byte(out, '\'', err);
    for (size_t from = 0; ok && from < text.len;) {
        size_t quote = str_find_byte(text, '\'', from);
        ok = buf_append_str(out, str_slice(text, from, quote), err) &&
             (quote == text.len || buf_append(out, "''", 2, err));
        from = quote + 1;
    }
    return ok && buf_append_byte(out, '\'', err);
}

static bool set_up(Engine *engine, const EngineOptions *options, Error *err)
{
    BUF_AUTO Buf sql = buf_init(SQL_BYTES_MAX);
    bool ok = buf_printf(&sql, err,
                         "SET autoinstall_known_extensions = false;"
                         "SET autoload_known_extensions = false;"
                         "SET TimeZone = 'UTC'; SET preserve_insertion_order = true;"
                         "SET enable_external_file_cache = false;"
                         "SET disabled_optimizers = 'window_self_join';" /* it scans twice */
                         "SET enable_progress_bar = true; SET enable_progress_bar_print = false;"
                         "SET memory_limit = '%llu MiB';",
                         (unsigned long long)(options->memory_bytes >> 20));
    if (options->threads > 0)
        ok = ok && buf_printf(&sql, err, "SET threads = %d;", options->threads);
    ok = ok && buf_printf(&sql, err, "SET temp_directory = ") &&
         engine_quote(&sql, str_of(options->temp_folder), err) && buf_append_byte(&sql, ';', err);
    if (options->temp_bytes)
        ok = ok && buf_printf(&sql, err, "SET max_temp_directory_size = '%llu MiB';",
                              (unsigned long long)(options->temp_bytes >> 20));
    const char *text = ok ? buf_text(&sql, err) : NULL;
    return text && engine_run(engine, text, err);
}

Engine *engine_open(const EngineOptions *options, Error *err)
{
    char *words = NULL;
    Engine *engine = mem_calloc(1, sizeof *engine, err);
    if (!engine)
        return NULL;
    if (fault_due(FAULT_SYSCALL) ||
        duckdb_open_ext(":memory:", &engine->database, NULL, &words) != DuckDBSuccess) {
        fail(ERROR_SYSTEM, words, err);
        error_context(err, "the SQL engine could not be started");
        duckdb_free(words);
        engine_close(engine);
        return NULL;
    }
    if (duckdb_connect(engine->database, &engine->connection) != DuckDBSuccess) {
        error_set(err, ERROR_SYSTEM, "the SQL engine gave no connection");
        engine_close(engine);
        return NULL;
    }
    if (!set_up(engine, options, err)) {
        engine_close(engine);
        return NULL;
    }
    return engine;
}

void engine_close(Engine *engine)
{
    if (!engine)
        return;
    duckdb_disconnect(&engine->connection);
    duckdb_close(&engine->database);
    mem_free(engine);
}

bool engine_lock(Engine *engine, const char *const *folders, size_t count, Error *err)
{
    BUF_AUTO Buf sql = buf_init(SQL_BYTES_MAX);
    bool ok = buf_printf(&sql, err, "SET allowed_directories = [");
    for (size_t i = 0; ok && i < count; i++)
        ok = (i == 0 || buf_append_byte(&sql, ',', err)) &&
             engine_quote(&sql, str_of(folders[i]), err);
    ok = ok && buf_printf(&sql, err,
                          "]; SET enable_external_access = false;"
                          "SET lock_configuration = true;");
    const char *text = ok ? buf_text(&sql, err) : NULL;
    return text && engine_run(engine, text, err);
}

void engine_watch(Engine *engine, EngineTell tell, void *context)
{
    engine->tell = tell;
    engine->context = context;
}

static void tell_progress(Engine *engine)
{
    int64_t now_us = clock_monotonic_us();
    if (now_us - engine->told_us < TELL_US)
        return;
    engine->told_us = now_us;
    engine->tell(engine->context, duckdb_query_progress(engine->connection).percentage);
}

/* As kind_of, by the words: a pending result that failed tells no more. */
static ErrorKind kind_of_words(const char *words)
{
    static const struct {
        const char *beginning;
        ErrorKind kind;
    } KINDS[] = {
        {"INTERRUPT Error", ERROR_LIMIT}, {"Out of Memory Error", ERROR_LIMIT},
        {"IO Error", ERROR_SYSTEM},       {"INTERNAL Error", ERROR_SYSTEM},
        {"FATAL Error", ERROR_SYSTEM},
    };
    for (size_t i = 0; i < sizeof KINDS / sizeof *KINDS; i++)
        if (str_starts(str_of(words), str_of(KINDS[i].beginning)))
            return KINDS[i].kind;
    return ERROR_USAGE;
}

/* Runs until there is a result or an error, and says how far it is in between. */
static bool run_watched(Engine *engine, duckdb_pending_result pending, Error *err)
{
    duckdb_pending_state state;
    engine->told_us = clock_monotonic_us();
    while (!duckdb_pending_execution_is_finished(state = duckdb_pending_execute_task(pending)))
        tell_progress(engine);
    if (state != DUCKDB_PENDING_ERROR)
        return true;
    const char *words = duckdb_pending_error(pending);
    return fail(kind_of_words(words ? words : ""), words, err);
}

static bool execute(Engine *engine, duckdb_pending_result pending, duckdb_result *ret, Error *err)
{
    if (engine->tell && !run_watched(engine, pending, err))
        return false;
    if (duckdb_execute_pending(pending, ret) == DuckDBSuccess)
        return true;
    const char *words = duckdb_pending_error(pending); /* says more than the result's */
    fail(kind_of(duckdb_result_error_type(ret)),
         words && words[0] ? words : duckdb_result_error(ret), err);
    duckdb_destroy_result(ret);
    return false;
}

EngineResult *engine_query(Engine *engine, const char *sql, Error *err)
{
    duckdb_prepared_statement prepared = NULL;
    EngineResult *result = mem_calloc(1, sizeof *result, err);
    if (!result)
        return NULL;
    result->engine = engine;
    if (duckdb_prepare(engine->connection, sql, &prepared) != DuckDBSuccess) {
        fail(ERROR_USAGE, duckdb_prepare_error(prepared), err);
        duckdb_destroy_prepare(&prepared);
        mem_free(result);
        return NULL;
    }
    duckdb_pending_result pending = NULL;
    bool ok = duckdb_pending_prepared_streaming(prepared, &pending) == DuckDBSuccess;
    if (!ok)
        fail(ERROR_USAGE, duckdb_pending_error(pending), err);
    ok = ok && execute(engine, pending, &result->result, err);
    duckdb_destroy_pending(&pending);
    duckdb_destroy_prepare(&prepared);
    if (ok)
        return result;
    mem_free(result);
    return NULL;
}

void engine_result_free(EngineResult *result)
{
    if (!result)
        return;
    duckdb_destroy_data_chunk(&result->chunk);
    duckdb_destroy_result(&result->result);
    mem_free(result);
}

/* The C interface takes results by non-const pointer even where it only reads. */
static duckdb_result *handle(const EngineResult *result)
{
    union {
        const duckdb_result *given;
        duckdb_result *taken;
    } pointer = {&result->result};
    return pointer.taken;
}

size_t engine_columns(const EngineResult *result)
{
    return duckdb_column_count(handle(result));
}

const char *engine_column_name(const EngineResult *result, size_t column)
{
    return duckdb_column_name(handle(result), column);
}

const char *engine_column_type(const EngineResult *result, size_t column)
{
    return engine_value_type_name(duckdb_column_type(handle(result), column));
}

bool engine_column_is_number(const EngineResult *result, size_t column)
{
    switch (duckdb_column_type(handle(result), column)) {
    case DUCKDB_TYPE_TINYINT:
    case DUCKDB_TYPE_SMALLINT:
    case DUCKDB_TYPE_INTEGER:
    case DUCKDB_TYPE_BIGINT:
    case DUCKDB_TYPE_UTINYINT:
    case DUCKDB_TYPE_USMALLINT:
    case DUCKDB_TYPE_UINTEGER:
    case DUCKDB_TYPE_UBIGINT:
    case DUCKDB_TYPE_HUGEINT:
    case DUCKDB_TYPE_UHUGEINT:
    case DUCKDB_TYPE_FLOAT:
    case DUCKDB_TYPE_DOUBLE:
    case DUCKDB_TYPE_DECIMAL:
        return true;
    default:
        return false;
    }
}

bool engine_next_chunk(EngineResult *result, void **ret_chunk, Error *err)
{
    if (result->engine->tell)
        tell_progress(result->engine);
    duckdb_data_chunk chunk = duckdb_fetch_chunk(result->result);
    if (!chunk) {
        const char *words = duckdb_result_error(&result->result);
        if (words && words[0])
            return fail(kind_of(duckdb_result_error_type(&result->result)), words, err);
    }
    *ret_chunk = chunk;
    return true;
}

bool engine_next(EngineResult *result, bool *ret_row, Error *err)
{
    if (result->started)
        result->row++;
    result->started = true;
    while (result->row >= result->rows) {
        void *chunk = NULL;
        duckdb_destroy_data_chunk(&result->chunk);
        if (!engine_next_chunk(result, &chunk, err))
            return false;
        result->chunk = chunk;
        result->row = 0;
        result->rows = chunk ? duckdb_data_chunk_get_size(chunk) : 0;
        if (!chunk) {
            result->started = false;
            *ret_row = false;
            return true;
        }
    }
    *ret_row = true;
    return true;
}

bool engine_is_null(const EngineResult *result, size_t column)
{
    duckdb_vector vector = duckdb_data_chunk_get_vector(result->chunk, column);
    uint64_t *validity = duckdb_vector_get_validity(vector);
    return validity && !duckdb_validity_row_is_valid(validity, result->row);
}

bool engine_moment(const EngineResult *result, size_t column, int64_t *ret_us)
{
    if (duckdb_column_type(handle(result), column) != DUCKDB_TYPE_TIMESTAMP ||
        engine_is_null(result, column))
        return false;
    duckdb_vector vector = duckdb_data_chunk_get_vector(result->chunk, column);
    *ret_us = ((const int64_t *)duckdb_vector_get_data(vector))[result->row];
    return true;
}

bool engine_value(const EngineResult *result, size_t column, EngineForm form, Buf *out, Error *err)
{
    duckdb_vector vector = duckdb_data_chunk_get_vector(result->chunk, column);
    if (duckdb_column_type(handle(result), column) == DUCKDB_TYPE_VARCHAR)
        return engine_value_write_text(vector, result->row, form, out, err);
    return engine_value_write(vector, result->row, form, out, err);
}

bool engine_long(const EngineResult *result, size_t column, int64_t *ret, Error *err)
{
    BUF_AUTO Buf cell = buf_init(NUMBER_BYTES_MAX);
    uint64_t number = 0;
    if (!engine_value(result, column, ENGINE_TEXT, &cell, err))
        return false;
    bool below = cell.len && cell.ptr[0] == '-';
    if (!str_to_u64(str_slice(buf_str(&cell), below, cell.len), &number))
        return error_set(err, ERROR_SYSTEM, "a number of the engine's is none");
    *ret = below ? -(int64_t)number : (int64_t)number;
    return true;
}

void engine_interrupt(Engine *engine)
{
    duckdb_interrupt(engine->connection);
}

void *engine_connection(Engine *engine)
{
    return engine->connection;
}
