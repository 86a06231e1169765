#include "query/calls.h"

#include "base/mem.h"
#include "detect/fold.h"

enum { NAME_BYTES_MAX = 1 << 22, NAMES_BYTES_MAX = 64 << 20 };

/* A name, and how rules compare it. */
typedef struct Call {
    Str name, folded;
} Call;

struct Calls {
    Buf list; /* Call each */
    Arena *texts;
};

static bool keep(Calls *calls, Str text, Str *ret, Error *err)
{
    const char *copy = arena_text(calls->texts, text, err);
    *ret = (Str){copy, text.len};
    return copy != NULL;
}

static bool add(Calls *calls, Str name, Error *err)
{
    BUF_AUTO Buf folded = buf_init(NAME_BYTES_MAX);
    Call call;
    return fold_append(&folded, name, err) && keep(calls, name, &call.name, err) &&
           keep(calls, buf_str(&folded), &call.folded, err) &&
           buf_append(&calls->list, &call, sizeof call, err);
}

/* Of names that are too many for Values. */
static bool ask_all(Calls *calls, Session *session, Error *err)
{
    BUF_AUTO Buf name = buf_init(NAME_BYTES_MAX);
    bool row = true;
    EngineResult *result = session_query(
        session, STR("SELECT DISTINCT eventname FROM cloudtrail WHERE eventname IS NOT NULL"), err);
    bool ok = result != NULL;
    while (ok && row) {
        name.len = 0;
        ok = engine_next(result, &row, err) &&
             (!row || (engine_value(result, 0, ENGINE_TEXT, &name, err) &&
                       add(calls, buf_str(&name), err)));
    }
    engine_result_free(result);
    return ok;
}

static bool ask(Calls *calls, Session *session, Values *values, Error *err)
{
    const Str *names = NULL;
    size_t count = 0;
    if (!values_of(values, F_EVENT_NAME, &names, &count, err))
        return false;
    bool ok = true;
    for (size_t i = 0; ok && names && i < count; i++)
        ok = add(calls, names[i], err);
    return names ? ok : ask_all(calls, session, err);
}

Calls *calls_ask(Session *session, Values *values, Error *err)
{
    Calls *calls = mem_calloc(1, sizeof *calls, err);
    if (!calls)
        return NULL;
    calls->list = buf_init(NAMES_BYTES_MAX);
    calls->texts = arena_new(NAMES_BYTES_MAX, err);
    if (calls->texts && ask(calls, session, values, err))
        return calls;
    calls_free(calls);
    return NULL;
}

void calls_free(Calls *calls)
{
    if (!calls)
        return;
    buf_free(&calls->list);
    arena_free(calls->texts);
    mem_free(calls);
}

static bool is_one_of(Str folded, const Str *names, size_t count, bool *ret, Error *err)
{
    bool ok = true;
    *ret = false;
    for (size_t i = 0; ok && !*ret && i < count; i++) {
        BUF_AUTO Buf name = buf_init(NAME_BYTES_MAX);
        ok = fold_append(&name, names[i], err);
        *ret = str_equal(buf_str(&name), folded);
    }
    return ok;
}

bool calls_put(const Calls *calls, const Str *names, size_t count, Buf *sql, size_t *ret_found,
               Error *err)
{
    const Call *list = (const Call *)(void *)calls->list.ptr;
    bool ok = true, wanted = false;
    *ret_found = 0;
    for (size_t i = 0; ok && i < calls->list.len / sizeof *list; i++) {
        ok = is_one_of(list[i].folded, names, count, &wanted, err);
        if (ok && wanted)
            ok = (!(*ret_found)++ || buf_append_byte(sql, ',', err)) &&
                 engine_quote(sql, list[i].name, err);
    }
    return ok;
}
