#include "query/values.h"

#include "base/mem.h"
#include "query/asked.h"

enum {
    VALUES_MAX = 20000,
    VALUE_BYTES_MAX = 1 << 16,
    VALUES_BYTES_MAX = 8 << 20,
    LIST_BYTES_MAX = 8 << 20,
    TEXTS_BYTES_MAX = 256 << 20,
    CELL_BYTES_MAX = 1 << 22,
    PATH_BYTES = 256
};

/* The values of a column. */
typedef struct Column {
    bool asked;
    bool many; /* or long */
    Buf list;  /* Str each */
    size_t bytes;
} Column;

struct Values {
    Session *session;
    Lake *lake; /* NULL: nothing is kept */
    Arena *texts;
    Column columns[FIELD_COUNT];
};

Values *values_new(Session *session, Lake *lake, Error *err)
{
    Values *values = mem_calloc(1, sizeof *values, err);
    if (!values)
        return NULL;
    values->session = session;
    values->lake = lake;
    for (size_t i = 0; i < FIELD_COUNT; i++)
        values->columns[i].list = buf_init(LIST_BYTES_MAX);
    values->texts = arena_new(TEXTS_BYTES_MAX, err);
    if (values->texts)
        return values;
    values_free(values);
    return NULL;
}

void values_free(Values *values)
{
    if (!values)
        return;
    for (size_t i = 0; i < FIELD_COUNT; i++)
        buf_free(&values->columns[i].list);
    arena_free(values->texts);
    mem_free(values);
}

static bool add(Values *values, Column *column, const EngineResult *result, Error *err)
{
    BUF_AUTO Buf text = buf_init(CELL_BYTES_MAX);
    if (!engine_value(result, 0, ENGINE_TEXT, &text, err))
        return false;
    column->bytes += text.len;
    column->many = column->many || text.len > VALUE_BYTES_MAX || column->bytes > VALUES_BYTES_MAX;
    if (column->many)
        return true;
    const Str kept = {arena_text(values->texts, buf_str(&text), err), text.len};
    return kept.ptr && buf_append(&column->list, &kept, sizeof kept, err);
}

static bool ask_engine(Values *values, Column *column, const char *path, Error *err)
{
    BUF_AUTO Buf sql = buf_init(CELL_BYTES_MAX);
    bool row = true;
    EngineResult *result =
        buf_printf(&sql, err, "SELECT DISTINCT %s FROM cloudtrail LIMIT %d", path, VALUES_MAX + 2)
            ? session_query(values->session, buf_str(&sql), err)
            : NULL;
    bool ok = result != NULL;
    while (ok && row)
        ok = engine_next(result, &row, err) &&
             (!row || engine_is_null(result, 0) || add(values, column, result, err));
    engine_result_free(result);
    column->many = column->many || column->list.len / sizeof(Str) > VALUES_MAX;
    return ok;
}

/* Keeps what was asked, unless the files became others meanwhile. */
static bool keep(const Values *values, const Column *column, const Asked *asked, Error *err)
{
    uint64_t files;
    if (!asked_files(values->lake, &files, err))
        return false;
    if (files == asked->files)
        asked_write(asked, (const Str *)(void *)column->list.ptr, column->list.len / sizeof(Str),
                    column->many);
    return true;
}

static bool ask(Values *values, FieldNode node, Error *err)
{
    Column *column = &values->columns[node];
    char path[PATH_BYTES];
    Asked asked = {.lake = values->lake};
    bool found = false;
    field_path(node, path, sizeof path);
    asked.name = str_of(path);
    if (asked.lake &&
        (!asked_files(asked.lake, &asked.files, err) ||
         !asked_read(&asked, values->texts, &column->list, &column->many, &found, err)))
        return false;
    column->asked = found || (ask_engine(values, column, path, err) &&
                              (!asked.lake || keep(values, column, &asked, err)));
    return column->asked;
}

bool values_of(void *context, FieldNode node, const Str **ret_values, size_t *ret_count, Error *err)
{
    static const Str NONE = {"", 0};
    Values *values = context;
    Column *column = &values->columns[node];
    if (!column->asked && !ask(values, node, err))
        return false;
    *ret_count = column->list.len / sizeof(Str);
    *ret_values = *ret_count ? (const Str *)(void *)column->list.ptr : &NONE;
    if (column->many)
        *ret_values = NULL;
    return true;
}
