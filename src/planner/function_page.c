#include "planner/function_page.h"

#include <string.h>

#include "planner/function.h"

/* A cell: what Markdown's tables would take for their own is escaped. */
static bool put_cell(Buf *ret, const char *text, Error *err)
{
    bool ok = true;
    for (const char *at = text; ok && *at; at++) {
        if (*at == '|')
            ok = buf_append_byte(ret, '\\', err);
        ok = ok && buf_append_byte(ret, *at == '\n' ? ' ' : (unsigned char)*at, err);
    }
    return ok;
}

static bool put_code(Buf *ret, const char *text, Error *err)
{
    return buf_append(ret, "`` ", 3, err) && put_cell(ret, text, err) &&
           buf_append(ret, " ``", 3, err);
}

static bool put_row(const Function *function, Buf *ret, Error *err)
{
    const char *value = function->expected[0] ? function->expected : "NULL";
    return buf_printf(ret, err, "| `%s` | ", function->name) &&
           put_code(ret, function->signature, err) && buf_append(ret, " | ", 3, err) &&
           put_cell(ret, function->meaning, err) && buf_append(ret, " | ", 3, err) &&
           put_code(ret, function->test, err) && buf_append(ret, " | ", 3, err) &&
           put_code(ret, value, err) && buf_append(ret, " |\n", 3, err);
}

bool function_page(Buf *ret, Error *err)
{
    const char *group = "";
    for (size_t i = 0; i < FUNCTION_COUNT; i++) {
        const Function *function = &FUNCTIONS[i];
        if (strcmp(group, function->group) != 0 &&
            !buf_printf(ret, err,
                        "\n### %s\n\n| name | takes and gives | what it is | example | value |\n"
                        "|---|---|---|---|---|\n",
                        function->group))
            return false;
        group = function->group;
        if (!put_row(function, ret, err))
            return false;
    }
    return true;
}
