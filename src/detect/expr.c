#include "detect/expr.h"

#include "detect/within.h"

bool expr_add(ExprList *list, const Expr *expr, Arena *arena, Error *err)
{
    ExprLink *link = expr ? arena_alloc(arena, sizeof *link, err) : NULL;
    if (!link)
        return false;
    *link = (ExprLink){expr, NULL};
    if (list->last)
        list->last->next = link;
    else
        list->first = link;
    list->last = link;
    return true;
}

static Expr *new_expr(ExprKind kind, Arena *arena, Error *err)
{
    Expr *expr = arena_calloc(arena, 1, sizeof *expr, err);
    if (expr)
        expr->kind = kind;
    return expr;
}

const Expr *expr_join(ExprKind kind, const ExprList *list, Arena *arena, Error *err)
{
    if (list->first && list->first == list->last)
        return list->first->expr;
    Expr *expr = new_expr(kind, arena, err);
    if (expr)
        expr->first = list->first;
    return expr;
}

const Expr *expr_not(const Expr *expr, Arena *arena, Error *err)
{
    ExprList list = {0};
    Expr *not = expr_add(&list, expr, arena, err) ? new_expr(EXPR_NOT, arena, err) : NULL;
    if (not )
        not ->first = list.first;
    return not ;
}

const Expr *expr_item(const FieldPath *path, const Test *test, Arena *arena, Error *err)
{
    struct {
        Expr expr;
        uint32_t number;
    } *item = arena_calloc(arena, 1, sizeof *item, err);
    if (!item)
        return NULL;
    item->expr = (Expr){.kind = EXPR_ITEM, .path = path, .test = test, .number = &item->number};
    return &item->expr;
}

const Expr *expr_within(const FieldPath *path, const Expr *expr, Arena *arena, Error *err)
{
    ExprList list = {0};
    Expr *within = expr_add(&list, expr, arena, err) ? new_expr(EXPR_WITHIN, arena, err) : NULL;
    if (within) {
        within->first = list.first;
        within->path = path;
    }
    return within;
}

static void number_item(void *context, const Expr *item)
{
    uint32_t *next = context;
    if (!*item->number)
        *item->number = (*next)++;
}

void expr_number(const Expr *expr, uint32_t *next)
{
    expr_each(expr, number_item, next);
}

bool expr_holds_by(const Expr *expr, Document *document, ExprItemHolds holds, void *context)
{
    switch (expr->kind) {
    case EXPR_WITHIN:
        return within_holds(expr, document);
    case EXPR_ITEM:
        return holds(context, expr);
    case EXPR_NOT:
        return !expr_holds_by(expr->first->expr, document, holds, context);
    case EXPR_AND:
        for (const ExprLink *link = expr->first; link; link = link->next)
            if (!expr_holds_by(link->expr, document, holds, context))
                return false;
        return true;
    default:
        for (const ExprLink *link = expr->first; link; link = link->next)
            if (expr_holds_by(link->expr, document, holds, context))
                return true;
        return false;
    }
}

static bool item_holds(void *context, const Expr *item)
{
    return test_holds(item->test, item->path, context);
}

bool expr_holds(const Expr *expr, Document *document)
{
    return expr_holds_by(expr, document, item_holds, document);
}

static bool is_among(const FieldPath *path, uint64_t slots)
{
    return path->needs && (path->needs & slots) == path->needs;
}

bool expr_is_known(const Expr *item, uint64_t slots)
{
    return item->path && is_among(item->path, slots) &&
           (item->test->kind != TEST_FIELD || is_among(item->test->other, slots));
}

static Truth invert(Truth truth)
{
    return truth == TRUTH_UNKNOWN ? truth : truth == TRUTH_TRUE ? TRUTH_FALSE : TRUTH_TRUE;
}

/* How most events look to an item: their values pass no test, and what is rare is not there; which
 * members are rare nobody knows. */
static Truth holds_mostly(const Test *test)
{
    if (test->kind == TEST_EXISTS)
        return TRUTH_UNKNOWN;
    return test->negated || test->kind == TEST_NULL ? TRUTH_TRUE : TRUTH_FALSE;
}

/* Kleene's logic; *document* NULL: of most events. */
static Truth weigh(const Expr *expr, Document *document, uint64_t slots)
{
    if (expr->kind == EXPR_ITEM) {
        if (!expr_is_known(expr, slots))
            return TRUTH_UNKNOWN;
        if (!document)
            return holds_mostly(expr->test);
        return test_holds(expr->test, expr->path, document) ? TRUTH_TRUE : TRUTH_FALSE;
    }
    if (expr->kind == EXPR_WITHIN)
        return TRUTH_UNKNOWN;
    if (expr->kind == EXPR_NOT)
        return invert(weigh(expr->first->expr, document, slots));
    Truth ends = expr->kind == EXPR_AND ? TRUTH_FALSE : TRUTH_TRUE, all = invert(ends);
    for (const ExprLink *link = expr->first; link; link = link->next) {
        Truth one = weigh(link->expr, document, slots);
        if (one == ends)
            return ends;
        if (one == TRUTH_UNKNOWN)
            all = TRUTH_UNKNOWN;
    }
    return all;
}

static Truth reduce_list(const Expr *expr, Document *document, uint64_t slots, Arena *arena,
                         const Expr **ret_left, Error *err)
{
    Truth ends = expr->kind == EXPR_AND ? TRUTH_FALSE : TRUTH_TRUE;
    ExprList list = {0};
    bool ok = true;
    for (const ExprLink *link = expr->first; link; link = link->next) {
        const Expr *left = NULL;
        Truth one = expr_reduce(link->expr, document, slots, arena, &left, err);
        if (one == ends)
            return ends;
        if (one == TRUTH_UNKNOWN)
            ok = ok && left && expr_add(&list, left, arena, err);
    }
    if (!list.first && ok)
        return invert(ends);
    *ret_left = ok ? expr_join(expr->kind, &list, arena, err) : NULL;
    return TRUTH_UNKNOWN;
}

Truth expr_reduce(const Expr *expr, Document *document, uint64_t slots, Arena *arena,
                  const Expr **ret_left, Error *err)
{
    const Expr *left = NULL;
    *ret_left = expr;
    if (expr->kind == EXPR_ITEM || expr->kind == EXPR_WITHIN)
        return weigh(expr, document, slots);
    if (expr->kind != EXPR_NOT)
        return reduce_list(expr, document, slots, arena, ret_left, err);
    Truth inner = expr_reduce(expr->first->expr, document, slots, arena, &left, err);
    if (inner == TRUTH_UNKNOWN)
        *ret_left = left ? expr_not(left, arena, err) : NULL;
    return invert(inner);
}

Truth expr_partial(const Expr *expr, Document *document, uint64_t slots)
{
    return weigh(expr, document, slots);
}

Truth expr_refuted(const Expr *expr, uint64_t slots)
{
    return weigh(expr, NULL, slots);
}

void expr_each(const Expr *expr, ExprTake take, void *context)
{
    if (expr->kind == EXPR_ITEM)
        take(context, expr);
    for (const ExprLink *link = expr->first; link; link = link->next)
        expr_each(link->expr, take, context);
}
