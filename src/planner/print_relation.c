/* Relations for the engine. */
#include "planner/print_state.h"

static bool print_columns(Print *print, const NamesRelation *relation)
{
    bool ok = print_format(print, " AS r%u(", relation->number);
    for (uint32_t i = 0; ok && i < relation->count; i++)
        ok = print_format(print, "%s\"c%u\"", i ? ", " : "", i + 1);
    return ok && print_text(print, ")");
}

static bool print_table(Print *print, const NamesRelation *relation)
{
    if (relation->cte)
        return print_format(print, "w%u", relation->cte->number) && print_columns(print, relation);
    if (relation->scan)
        return print_format(print, "scan_%u AS r%u", relation->scan, relation->number);
    return print_name(print, relation->table->name) &&
           print_format(print, " AS r%u", relation->number);
}

static bool print_on(Print *print, const Ast *join, const Ast *how)
{
    const NamesJoin *merged = join->bound;
    if (how && how->kind == AST_ON)
        return print_text(print, " ON ") && print_expression(print, how->first);
    if (!merged)
        return true;
    bool ok = print_text(print, " ON (");
    for (uint32_t i = 0; ok && i < merged->count; i++)
        ok = print_format(print, "%s%.*s = %.*s", i ? " AND " : "", STR_ARG(merged->left[i].sql),
                          STR_ARG(merged->right[i].sql));
    return ok && print_text(print, ")");
}

static bool print_join(Print *print, const Ast *join)
{
    static const struct {
        Str word;
        const char *engine;
    } WORDS[] = {{{"inner", 5}, " INNER JOIN "},
                 {{"left", 4}, " LEFT JOIN "},
                 {{"right", 5}, " RIGHT JOIN "},
                 {{"full", 4}, " FULL JOIN "},
                 {{"cross", 5}, " CROSS JOIN "}};
    const char *word = WORDS[0].engine;
    for (size_t i = 0; i < sizeof WORDS / sizeof *WORDS; i++)
        if (str_equal(join->text, WORDS[i].word))
            word = WORDS[i].engine;
    const Ast *right = join->first->next;
    const Ast *unnest = right->kind == AST_ALIAS ? right->first : right;
    if (unnest->kind == AST_UNNEST && ((const NamesRelation *)unnest->bound)->within)
        return print_unnest_within(print, join->first, unnest);
    bool nested = right->kind == AST_JOIN;
    return print_relation(print, join->first) && print_text(print, word) &&
           (!nested || print_text(print, "(")) && print_relation(print, right) &&
           (!nested || print_text(print, ")")) && print_on(print, join, right->next);
}

static bool print_sample(Print *print, const Ast *sample)
{
    return print_text(print, "(SELECT * FROM ") && print_relation(print, sample->first) &&
           print_text(print, " TABLESAMPLE ") && print_expression(print, sample->last) &&
           print_format(print, " PERCENT (%.*s)) AS r%u", STR_ARG(sample->text),
                        ((const NamesRelation *)sample->bound)->number);
}

bool print_relation(Print *print, const Ast *node)
{
    const NamesRelation *relation = node->bound;
    switch (node->kind) {
    case AST_TABLE:
        return print_table(print, relation);
    case AST_LATERAL:
    case AST_DERIVED:
        return print_text(print, node->kind == AST_LATERAL ? "LATERAL (" : "(") &&
               print_query(print, node->first, false) && print_text(print, ")") &&
               print_columns(print, relation);
    case AST_ALIAS:
        return print_relation(print, node->first);
    case AST_UNNEST:
        return print_unnest(print, node) && print_columns(print, relation);
    case AST_SAMPLE:
        return print_sample(print, node);
    default:
        return print_join(print, node);
    }
}
