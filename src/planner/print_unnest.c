/* UNNEST for the engine: one row an element, arguments side by side, the shorter ones padded. */
#include "planner/print_state.h"

static bool print_argument(Print *print, const Ast *argument, uint32_t number)
{
    bool map = argument->type->kind == TYPE_MAP;
    return print_text(print, map ? "unnest(map_entries(" : "unnest(") &&
           print_expression(print, argument) &&
           print_format(print, "%s AS u%u", map ? "))" : ")", number);
}

/* Numbers from 1 to the longest argument's length. */
static bool print_ordinality(Print *print, const Ast *unnest)
{
    bool ok = print_text(print, "unnest(range(1, 1 + greatest(0");
    for (const Ast *argument = unnest->first; ok && argument; argument = argument->next)
        ok = print_text(print, argument->type->kind == TYPE_MAP ? ", coalesce(cardinality("
                                                                : ", coalesce(len(") &&
             print_expression(print, argument) && print_text(print, ")::BIGINT, 0)");
    return ok && print_text(print, "))) AS o");
}

/* The columns of one argument out of u1, u2, ... */
static bool print_outputs(Print *print, const Ast *argument, uint32_t number, bool whole)
{
    const Type *type = argument->type;
    if (type->kind == TYPE_MAP)
        return print_format(print, "struct_extract(u%u, 'key'), struct_extract(u%u, 'value')",
                            number, number);
    const Type *element = type->parts[0];
    if (element->kind != TYPE_ROW || whole)
        return print_format(print, "u%u", number);
    bool ok = true;
    for (uint32_t i = 0; ok && i < element->count; i++) {
        ok = print_format(print, "%sstruct_extract(u%u, ", i ? ", " : "", number);
        ok = ok &&
             (element->names[i].len ? print_literal(print, element->names[i])
                                    : print_format(print, "'field%u'", i)) &&
             print_text(print, ")");
    }
    return ok;
}

static bool print_all_outputs(Print *print, const Ast *unnest, bool whole)
{
    uint32_t number = 0;
    bool ok = true;
    for (const Ast *argument = unnest->first; ok && argument; argument = argument->next)
        ok = (number == 0 || print_text(print, ", ")) &&
             print_outputs(print, argument, ++number, whole);
    return ok;
}

static bool print_all_arguments(Print *print, const Ast *unnest)
{
    uint32_t number = 0;
    bool ok = true;
    for (const Ast *argument = unnest->first; ok && argument; argument = argument->next)
        ok = (number == 0 || print_text(print, ", ")) && print_argument(print, argument, ++number);
    return ok;
}

bool print_unnest(Print *print, const Ast *unnest)
{
    const NamesRelation *relation = unnest->bound;
    bool ordinality = unnest->flags & AST_ORDINALITY;
    return print_text(print, "LATERAL (SELECT ") &&
           print_all_outputs(print, unnest, relation->whole_rows) &&
           print_text(print, ordinality ? ", o FROM (SELECT " : " FROM (SELECT ") &&
           print_all_arguments(print, unnest) &&
           (!ordinality || (print_text(print, ", ") && print_ordinality(print, unnest))) &&
           print_text(print, ") AS u)");
}
