/* UNNEST for the engine: one row an element, arguments side by side, the shorter ones padded.
 *
 * Beside one relation it is written within it, "(SELECT *, unnest(r1.a) ... FROM t AS r1) AS r1":
 * the engine then needs no join. Elsewhere it is a LATERAL query, which the engine makes a hash
 * join of all rows with themselves when anything but the UNNEST stands in it.
 */
#include <stdio.h>

#include "planner/print_state.h"

/* One UNNEST under way. */
typedef struct Unnest {
    const Ast *node;
    const NamesRelation *relation;
    uint32_t columns; /* written so far */
} Unnest;

/* How the elements of argument *number* are called. */
static bool print_elements(Print *print, const Unnest *unnest, uint32_t number)
{
    return print_format(print, "r%uu%u", unnest->relation->number, number);
}

static bool print_argument(Print *print, const Unnest *unnest, const Ast *argument, uint32_t number)
{
    bool map = argument->type->kind == TYPE_MAP;
    return print_text(print, map ? "unnest(map_entries(" : "unnest(") &&
           print_expression(print, argument) && print_text(print, map ? ")) AS " : ") AS ") &&
           print_elements(print, unnest, number);
}

/* Numbers from 1 to the longest argument's length. */
static bool print_ordinality(Print *print, const Unnest *unnest)
{
    bool ok = print_text(print, ", unnest(range(1, 1 + greatest(0");
    for (const Ast *argument = unnest->node->first; ok && argument; argument = argument->next)
        ok = print_text(print, argument->type->kind == TYPE_MAP ? ", coalesce(cardinality("
                                                                : ", coalesce(len(") &&
             print_expression(print, argument) && print_text(print, ")::BIGINT, 0)");
    return ok && print_text(print, "))) AS ") && print_elements(print, unnest, 0);
}

/* A column out of the elements of an argument: all of it, or *field* (in quotes, when it has no
 * name the one of its number). */
static bool print_output(Print *print, Unnest *unnest, uint32_t number, const char *field)
{
    unnest->columns++;
    return (unnest->columns == 1 || print_text(print, ", ")) &&
           (!field || print_text(print, "struct_extract(")) &&
           print_elements(print, unnest, number) &&
           (!field || (print_text(print, ", ") && print_literal(print, str_of(field)) &&
                       print_text(print, ")"))) &&
           print_format(print, " AS \"r%uc%u\"", unnest->relation->number, unnest->columns);
}

/* The columns of one argument. */
static bool print_outputs(Print *print, Unnest *unnest, const Type *type, uint32_t number)
{
    if (type->kind == TYPE_MAP)
        return print_output(print, unnest, number, "key") &&
               print_output(print, unnest, number, "value");
    const Type *element = type->parts[0];
    if (element->kind != TYPE_ROW || unnest->relation->whole_rows)
        return print_output(print, unnest, number, NULL);
    bool ok = true;
    for (uint32_t i = 0; ok && i < element->count; i++) {
        char unnamed[32];
        snprintf(unnamed, sizeof unnamed, "field%u", i);
        const char *name = arena_text(print->arena, element->names[i], print->err);
        ok = name && print_output(print, unnest, number, element->names[i].len ? name : unnamed);
    }
    return ok;
}

static bool print_all_outputs(Print *print, Unnest *unnest)
{
    uint32_t number = 0;
    bool ok = true;
    for (const Ast *argument = unnest->node->first; ok && argument; argument = argument->next)
        ok = print_outputs(print, unnest, argument->type, ++number);
    return ok && (!(unnest->node->flags & AST_ORDINALITY) || print_output(print, unnest, 0, NULL));
}

static bool print_all_arguments(Print *print, const Unnest *unnest)
{
    uint32_t number = 0;
    bool ok = true;
    for (const Ast *argument = unnest->node->first; ok && argument; argument = argument->next)
        ok = (number == 0 || print_text(print, ", ")) &&
             print_argument(print, unnest, argument, ++number);
    return ok && (!(unnest->node->flags & AST_ORDINALITY) || print_ordinality(print, unnest));
}

bool print_unnest(Print *print, const Ast *node)
{
    Unnest unnest = {.node = node, .relation = node->bound};
    return print_text(print, "LATERAL (SELECT ") && print_all_outputs(print, &unnest) &&
           print_text(print, " FROM (SELECT ") && print_all_arguments(print, &unnest) &&
           print_text(print, ") AS u)");
}

/* Rows without a list give no row: left out first, the reader passes over what it need not read,
 * and files without one stay closed. Structs are dear to read for that alone. */
static bool print_not_null(Print *print, const Ast *node)
{
    const Ast *list = node->first;
    bool field = !list->next && (list->kind == AST_COLUMN || list->kind == AST_FIELD);
    bool structs = list->type->kind == TYPE_ARRAY && list->type->parts[0]->kind == TYPE_ROW;
    return !field || structs ||
           (print_text(print, " WHERE ") && print_expression(print, list) &&
            print_text(print, " IS NOT NULL"));
}

bool print_unnest_within(Print *print, const Ast *left, const Ast *node)
{
    Unnest unnest = {.node = node, .relation = node->bound};
    return print_text(print, "(SELECT *, ") && print_all_outputs(print, &unnest) &&
           print_text(print, " FROM (SELECT *, ") && print_all_arguments(print, &unnest) &&
           print_text(print, " FROM ") && print_relation(print, left) &&
           print_not_null(print, node) && print_format(print, ")) AS r%u", unnest.relation->within);
}
