/* TRY: what fails is NULL, in spite of two habits of the engine.
 *
 * 1. It works out once, before TRY, what stands twice within it; our macros say arguments twice.
 *    What it finds in a lambda it leaves there, so that all of TRY's text becomes one.
 * 2. It asks functions of ours once for each distinct value of a column that has few, and keeps
 *    what it got even when one of them failed; TRY then takes unfinished answers for values. It
 *    also hands the cast of a struct's field to the reader of files, out of TRY's sight. Texts of
 *    columns are therefore written behind a function that may fail (print_expression.c), which ends
 *    both.
 */
#include "planner/print_state.h"

/* A column or a literal: nothing that could fail before TRY. */
static bool is_simple(const Ast *node)
{
    return node->kind == AST_COLUMN || node->kind == AST_FIELD || node->kind == AST_STRING ||
           node->kind == AST_INTEGER || node->kind == AST_NULL;
}

bool print_try(Print *print, const Ast *node, const Ast *operand,
               bool (*write)(Print *print, const Ast *node))
{
    /* A lambda cannot hold aggregates and queries. */
    bool lambda = !is_simple(operand) && !print_is_more_than_a_row(operand);
    bool before = print->within_try;
    print->within_try = true;
    bool ok = print_text(print, lambda ? "TRY(list_transform([0], lambda try0: " : "TRY(") &&
              write(print, node) && print_text(print, lambda ? ")[1])" : ")");
    print->within_try = before;
    return ok;
}
