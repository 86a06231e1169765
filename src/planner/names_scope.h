/* names_scope.h - what is seen from a place of a statement. Internal to names*.c.
 *
 * A scope holds the columns of the relations of one FROM, in their order, and perhaps the output
 * of a SELECT (for ORDER BY) or the parameters of a lambda. Names not found are looked for in the
 * scope around it.
 */
#ifndef PLANNER_NAMES_SCOPE_H
#define PLANNER_NAMES_SCOPE_H

#include "planner/names.h"

/* One column that can be named. */
typedef struct NamesEntry {
    Str qualifier; /* empty: cannot be qualified */
    const NamesColumn *column;
    bool bare;    /* found by its name alone */
    bool starred; /* part of * */
} NamesEntry;

typedef struct NamesScope {
    const struct NamesScope *outer;
    NamesEntry *entries;
    uint32_t count, cap;
    const NamesColumn *outputs; /* tried before the entries, by name alone */
    uint32_t output_count;
    const NamesColumn *parameters; /* of a lambda; tried first */
    uint32_t parameter_count;
} NamesScope;

/* A name that WITH gave to a query. */
typedef struct NamesCte {
    Str name;
    const NamesRelation *relation;
    const struct NamesCte *outer;
} NamesCte;

/* One binding under way. */
typedef struct Names {
    const NamesInput *input;
    Arena *arena;
    Error *err;
    Place *culprit; /* NULL when nobody asks */
    const NamesCte *ctes;
    uint32_t relations, scans, parameters; /* numbers given so far */
    uint32_t unnest_within; /* for the UNNEST that is bound next: see names_unnest_home */
    NamesScan *scan_list;
    uint32_t scan_cap;
    const CatalogTable **tables;
    uint32_t table_count;
} Names;

/* Fills the error with ERROR_USAGE at *place*. Returns false. */
bool names_fail(Names *names, Place place, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/* A text made in the arena; empty with the error filled when there is no memory. */
Str names_text(Names *names, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* *name* in double quotes for the engine, those in it doubled. */
Str names_quote(Names *names, Str name);

/* Adds all columns of *relation*. */
bool names_scope_add(Names *names, NamesScope *scope, const NamesRelation *relation);

/* Adds one entry. */
bool names_scope_entry(Names *names, NamesScope *scope, NamesEntry entry);

/* Looks for a column, in *scope* and then around it. NULL when there is none, or with the error
 * filled when there are several (the error's kind tells). *qualifier* may be empty. */
const NamesColumn *names_scope_find(Names *names, const NamesScope *scope, Str qualifier, Str name,
                                    Place place);

/* True when a relation that is seen has that name. */
bool names_scope_qualifies(const NamesScope *scope, Str qualifier);

/* Fails with "column ... cannot be resolved", and the nearest name when there is one. */
bool names_scope_missing(Names *names, const NamesScope *scope, Str name, Place place);

/* names_query.c: binds a query below *outer* (NULL: nothing around it). NULL with the error. */
const NamesOutput *names_query(Names *names, Ast *query, const NamesScope *outer);

/* names_relation.c: binds a relation and adds its columns to *scope*. */
bool names_relation(Names *names, Ast *relation, NamesScope *scope);

/* names_join.c: binds both sides, then what joins them. */
bool names_join(Names *names, Ast *join, NamesScope *scope);

/* A relation over the columns of *output*, which the engine knows as c1, c2, ... of rN. */
NamesRelation *names_derived(Names *names, const NamesOutput *output);

/* Binds a table of the catalog or a name of WITH. */
NamesRelation *names_relation_table(Names *names, Ast *path);

/* Renames the columns of *relation*, as many as *columns* (of kind `columns`) has names. */
bool names_rename(Names *names, NamesRelation *relation, const Ast *columns);

/* names_unnest.c: *alias* are the names of its columns (of kind `columns`), NULL for none. */
NamesRelation *names_unnest(Names *names, Ast *unnest, const Ast *alias, const NamesScope *scope);

/* The number of the one relation that a cross join has beside its UNNEST, which can be written
 * within it; 0 when *join* is no such join. *join*'s left side is bound. */
uint32_t names_unnest_home(const Ast *join);

/* Makes `a, UNNEST(...)` of a FROM the cross join that it means. */
bool names_unnest_join(Ast *from, Names *names);

/* names_with.c: binds a WITH; its names are seen from then on. */
bool names_with(Names *names, Ast *with);

/* names_expression.c: binds an expression and gives its type, NULL with the error. */
const Type *names_expression(Names *names, Ast *node, const NamesScope *scope);

/* Binds *node* to *other*, a column of the table that *column* is of. */
void names_bind_to(Names *names, Ast *node, const NamesColumn *column, const CatalogColumn *other);

/* As names_expression, and it must be a boolean (of WHERE and its like, named by *where*). */
bool names_condition(Names *names, Ast *node, const NamesScope *scope, const char *where);

/* names_literal.c: types of literals and of current_date and its like; *scope* is not looked at. */
const Type *names_literal_null(Names *names, Ast *node, const NamesScope *scope);
const Type *names_literal_boolean(Names *names, Ast *node, const NamesScope *scope);
const Type *names_literal_integer(Names *names, Ast *node, const NamesScope *scope);
const Type *names_literal_decimal(Names *names, Ast *node, const NamesScope *scope);
const Type *names_literal_double(Names *names, Ast *node, const NamesScope *scope);
const Type *names_literal_string(Names *names, Ast *node, const NamesScope *scope);
const Type *names_literal_binary(Names *names, Ast *node, const NamesScope *scope);
const Type *names_literal_typed(Names *names, Ast *node, const NamesScope *scope);
const Type *names_literal_interval(Names *names, Ast *node, const NamesScope *scope);
const Type *names_literal_current(Names *names, Ast *node, const NamesScope *scope);

/* names_operator.c: types of operators over bound operands. */
const Type *names_comparison(Names *names, Ast *node, const Type *left, const Type *right);
const Type *names_arithmetic(Names *names, Ast *node, char op, const Type *left, const Type *right);
const Type *names_common(Names *names, const Ast *node, const Type *a, const Type *b);

/* names_call.c */
const Type *names_call(Names *names, Ast *node, const NamesScope *scope);

/* Binds what stands in a window. */
bool names_call_window(Names *names, Ast *window, const NamesScope *scope);

/* Binds the function *name* over arguments that are bound already. */
const Type *names_call_simple(Names *names, Ast *node, Str name, Ast *argument);

/* names_zone.c: puts the zone that an argument of a bound call names into its binding. */
bool names_call_zone(Names *names, const Ast *node, NamesCall *call);

/* names_type.c: the type that a tree of class Type writes. */
const Type *names_type(Names *names, const Ast *node);

#endif
