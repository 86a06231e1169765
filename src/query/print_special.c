/* Calls that a template cannot write: their constants are translated, or their types looked at. */
#include <string.h>

#include "query/print_state.h"

typedef bool (*Special)(Print *print, const Ast *node, const NamesCall *call);

/* NULL when any argument is; the engine's own skips NULLs. */
static bool print_greatest(Print *print, const Ast *node, const NamesCall *call)
{
    bool ok = print_text(print, "CASE WHEN ");
    for (uint32_t i = 0; ok && i < call->count; i++)
        ok = (i == 0 || print_text(print, " AND ")) &&
             print_expression(print, call->arguments[i]) && print_text(print, " IS NOT NULL");
    return ok && print_format(print, " THEN %s(", call->function->name) &&
           print_template(print, node, call, "$*) END");
}

static bool print_typeof(Print *print, const Ast *node, const NamesCall *call)
{
    BUF_AUTO Buf text = buf_init(4096);
    (void)node;
    return type_write(call->arguments[0]->type, &text, print->err) &&
           print_literal(print, buf_str(&text));
}

static const struct {
    const char *name;
    Special write;
} SPECIALS[] = {
    {"@greatest", print_greatest},
    {"@typeof", print_typeof},
};

bool print_special(Print *print, const Ast *node, const NamesCall *call)
{
    for (size_t i = 0; i < sizeof SPECIALS / sizeof *SPECIALS; i++)
        if (strcmp(SPECIALS[i].name, call->function->how) == 0)
            return SPECIALS[i].write(print, node, call);
    return print_fail(print, node, "%s is not done yet", call->function->name);
}
