/* expr.h - the predicate program: what Sigma rules, filter patterns and event patterns become.
 *
 * A tree of AND, OR, NOT over items, an item being a test of the values at a path. Trees live in an
 * arena, may share parts, and are only read once made.
 */
#ifndef DETECT_EXPR_H
#define DETECT_EXPR_H

#include "detect/test.h"

typedef enum {
    EXPR_AND,
    EXPR_OR,
    EXPR_NOT,
    EXPR_ITEM,
    EXPR_WITHIN, /* of event patterns: what stands at a path fits as a whole; see within.h */
} ExprKind;

typedef struct Expr Expr;

/* An operand; lists of them share expressions. */
typedef struct ExprLink {
    const Expr *expr;
    struct ExprLink *next;
} ExprLink;

struct Expr {
    ExprKind kind;
    const ExprLink *first; /* AND, OR: an empty AND is true, an empty OR false; NOT, WITHIN: one */
    const FieldPath *path; /* ITEM; NULL: a keyword; WITHIN */
    const Test *test;
    uint32_t *number; /* ITEM: by expr_number; 0: none */
};

typedef enum { TRUTH_FALSE, TRUTH_TRUE, TRUTH_UNKNOWN } Truth;

/* Makes expressions under way: operands are added in order. */
typedef struct ExprList {
    ExprLink *first, *last;
} ExprList;

/* Adds an operand; false with *err*, also when *expr* is NULL. */
bool expr_add(ExprList *list, const Expr *expr, Arena *arena, Error *err)
    __attribute__((warn_unused_result));

/* AND or OR of *list*; of one operand, itself. NULL with *err*. */
const Expr *expr_join(ExprKind kind, const ExprList *list, Arena *arena, Error *err)
    __attribute__((warn_unused_result));
const Expr *expr_not(const Expr *expr, Arena *arena, Error *err)
    __attribute__((warn_unused_result));
const Expr *expr_item(const FieldPath *path, const Test *test, Arena *arena, Error *err)
    __attribute__((warn_unused_result));

/* *expr* of what stands at *path*. */
const Expr *expr_within(const FieldPath *path, const Expr *expr, Arena *arena, Error *err)
    __attribute__((warn_unused_result));

/* Numbers the items that have no number yet, from *next on, which is raised; while the expression
 * is made, by one thread. */
void expr_number(const Expr *expr, uint32_t *next);

/* Whether the event is one that the expression describes. */
bool expr_holds(const Expr *expr, Document *document);

/* As expr_holds, of which *holds* answers the items. */
typedef bool (*ExprItemHolds)(void *context, const Expr *item);
bool expr_holds_by(const Expr *expr, Document *document, ExprItemHolds holds, void *context);

/* Whether the members in *slots* alone decide an item. */
bool expr_is_known(const Expr *item, uint64_t slots);

/* What is known of it by the members in *slots* alone. */
Truth expr_partial(const Expr *expr, Document *document, uint64_t slots);

/* As expr_partial, and when it is unknown what is left to ask, in *arena*; *ret_left is NULL when
 * memory ran out. */
Truth expr_reduce(const Expr *expr, Document *document, uint64_t slots, Arena *arena,
                  const Expr **ret_left, Error *err);

/* As expr_partial for an event whose members in *slots* pass no test: how a rule looks from most
 * events. */
Truth expr_refuted(const Expr *expr, uint64_t slots);

/* Calls *take* for each item. */
typedef void (*ExprTake)(void *context, const Expr *item);
void expr_each(const Expr *expr, ExprTake take, void *context);

#endif
