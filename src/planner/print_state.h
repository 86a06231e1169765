/* print_state.h - one printing under way. Internal to print*.c.
 *
 * Functions append to `out` and return false with `err` filled.
 */
#ifndef PLANNER_PRINT_STATE_H
#define PLANNER_PRINT_STATE_H

#include "planner/print.h"

typedef struct Print {
    Str sql; /* the user's, for places in errors */
    Arena *arena;
    Buf *out;
    Error *err;
    bool within_try; /* texts of columns are written so that TRY works, see print_try.c */
    bool only_true;  /* the next expression is asked only whether it is true: false may be NULL */
} Print;

/* Appends a text; a formatted text; a text literal; a name in double quotes. */
bool print_text(Print *print, const char *text);
bool print_format(Print *print, const char *format, ...) __attribute__((format(printf, 2, 3)));
bool print_literal(Print *print, Str text);
bool print_name(Print *print, Str name);

/* Fills the error at a node's place. Returns false. */
bool print_fail(Print *print, const Ast *node, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/* A query without parentheses; *top*: its columns get their names. */
bool print_query(Print *print, const Ast *query, bool top);

/* Parts of one: " FROM " and its relations; "WITH " and its queries. */
bool print_relations(Print *print, const Ast *from);
bool print_with(Print *print, const Ast *with);

/* A relation with its alias; print_unnest.c writes UNNEST without one. */
bool print_relation(Print *print, const Ast *relation);
bool print_unnest(Print *print, const Ast *unnest);
bool print_unnest_within(Print *print, const Ast *left, const Ast *unnest);

/* An expression, in parentheses where it is more than a word or a call. */
bool print_expression(Print *print, const Ast *node);

/* An expression that stands beside one of type *other*: a text literal becomes a value of it. */
bool print_beside(Print *print, const Ast *node, const Type *other);

/* A column of the output or of a relation. */
bool print_column(Print *print, const NamesColumn *column);

/* print_filter.c: " WHERE " and the condition of a select that has one. */
bool print_filter(Print *print, const Ast *select);

/* print_operator.c */
bool print_comparison(Print *print, const Ast *node);
bool print_between(Print *print, const Ast *node);
bool print_in_list(Print *print, const Ast *node);
bool print_like(Print *print, const Ast *node);
bool print_arithmetic(Print *print, const Ast *node);
bool print_concat(Print *print, const Ast *node);

/* TRY around what *write* says of *node*, of which *operand* is what may hold more. */
bool print_try(Print *print, const Ast *node, const Ast *operand,
               bool (*write)(Print *print, const Ast *node));

/* A query, or a call over several rows, is *node* or within it. */
bool print_is_more_than_a_row(const Ast *node);

/* print_cast.c: CAST and TRY_CAST. */
bool print_cast(Print *print, const Ast *node);

/* print_literals.c */
bool print_typed(Print *print, const Ast *node);
bool print_interval(Print *print, const Ast *node);
bool print_current(Print *print, const Ast *node);

/* print_call.c */
bool print_call(Print *print, const Ast *node);
bool print_window(Print *print, const Ast *window);
bool print_sorts(Print *print, const Ast *order);

/* A function's template over the call's arguments (function.h). */
bool print_template(Print *print, const Ast *node, const NamesCall *call, const char *how);

/* print_zone.c: True when a wall clock shows another time than UTC. */
bool print_is_local(const Type *type);

/* A moment as the wall clock of its zone shows it. */
bool print_local(Print *print, const Ast *node);

/* What stands around a moment so that it becomes what the wall clock of *zone* shows, and around
 * that so that it becomes a moment. Nothing when *zone* is empty: UTC. */
bool print_local_open(Print *print, Str zone);
bool print_local_close(Print *print, Str zone);
bool print_moment_open(Print *print, Str zone);
bool print_moment_close(Print *print, Str zone);

/* A call whose `how` begins with '@'. */
typedef bool (*PrintSpecial)(Print *print, const Ast *node, const NamesCall *call);

/* print_special.c */
bool print_special(Print *print, const Ast *node, const NamesCall *call);

/* print_special_time.c: the specials of times by name; NULL when it is none. */
PrintSpecial print_special_time(Str name);

/* The text that *node* is when it is a literal, or a parameter that stands for one. */
bool print_constant(const Ast *node, Str *ret);

/* print_cast.c: *value* as CAST(... AS varchar) has it, but for its zone and JSON. */
bool print_as_text(Print *print, const Ast *value);

/* print_checked.c: texts in languages of their own. A constant is read here, so that what is wrong
 * in it is said at its place; what is none is read by the engine's call, row by row. */
bool print_pattern(Print *print, const Ast *pattern);
bool print_replacement(Print *print, const Ast *replacement, const Ast *pattern);
bool print_path(Print *print, const Ast *path);

/* print_json.c: SQL/JSON. */
bool print_json(Print *print, const Ast *node);

/* print_iso.c: the hidden TIMESTAMP column behind a column of ISO texts, or NULL; and conditions on
 * it that follow from a comparison, see there. */
const NamesColumn *print_iso_column(const Ast *node);
bool print_iso_bounds(Print *print, const Ast *column, const char *op, Str literal);

#endif
