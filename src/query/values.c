#include "query/values.h"

#include "base/mem.h"

enum {
    VALUES_MAX = 20000,
    VALUE_BYTES_MAX = 1 << 16,
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
} Column;

struct Values {
    Session *session;
    Arena *texts;
    Column columns[FIELD_COUNT];
};

Values *values_new(Session *session, Error *err)
{
    Values *values = mem_calloc(1, sizeof *values, err);
    if (!values)
        return NULL;
    values->session = session;
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
    column->many = column->many || text.len > VALUE_BYTES_MAX;
    if (column->many)
        return true;
    const Str kept = {arena_text(values->texts, buf_str(&text), err), text.len};
    return kept.ptr && buf_append(&column->list, &kept, sizeof kept, err);
}

static bool ask(Values *values, FieldNode node, Error *err)
{
    Column *column = &values->columns[node];
    char path[PATH_BYTES];
    BUF_AUTO Buf sql = buf_init(CELL_BYTES_MAX);
    bool row = true;
    field_path(node, path, sizeof path);
    EngineResult *result =
        buf_printf(&sql, err, "SELECT DISTINCT %s FROM cloudtrail LIMIT %d", path, VALUES_MAX + 2)
            ? session_query(values->session, buf_str(&sql), err)
            : NULL;
    bool ok = result != NULL;
    while (ok && row)
        ok = engine_next(result, &row, err) &&
             (!row || engine_is_null(result, 0) || add(values, column, result, err));
    engine_result_free(result);
    column->asked = ok;
    column->many = column->many || column->list.len / sizeof(Str) > VALUES_MAX;
    return ok;
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
