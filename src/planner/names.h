/* names.h - what the names of a statement mean, and the types of its expressions.
 *
 * sql -> parser -> [names] -> printer. Fills `type` and `bound` of the tree's nodes:
 *
 *   query, select, values, ...       NamesOutput: the columns it gives
 *   table, derived, lateral, unnest  NamesRelation
 *   path of table-all                NamesRelation
 *   cte                              NamesRelation: the columns c1, c2, ... of wN
 *   alias                            NamesRelation: the inner one renamed
 *   join (USING, NATURAL)            NamesJoin
 *   all, all-of                      NamesOutput: the columns that it stands for
 *   column, field                    NamesColumn; NULL on a field that is taken out of a ROW
 *   item                             NamesColumn of the output
 *   sort; integer of GROUP BY        NamesOrdinal where a column of the output is meant
 *   parameter                        Ast: the value given for it
 *   lambda                           array of NamesColumn, its parameters
 *   call, extract                    NamesCall
 *   window's name                    -
 *
 * Invariants
 *   1. A statement that passes reads tables of the catalog only, and NamesStatement lists every
 *      reference to one: permissions and the choice of data files attach there.
 *   2. Every expression has a type.
 *   3. `sql` of a column can be written wherever its scope reaches: it names its relation, rN.
 * Threads: one per statement.
 */
#ifndef PLANNER_NAMES_H
#define PLANNER_NAMES_H

#include "parser/parser.h"
#include "planner/catalog.h"
#include "planner/function.h"

typedef struct NamesColumn {
    Str name; /* empty: none */
    const Type *type;
    Str sql;         /* how a reference to it is written */
    unsigned flags;  /* CATALOG_ flags of the table's column */
    const Ast *expr; /* of an output column that ORDER BY names: what it stands for */
    const struct NamesRelation *relation;
} NamesColumn;

typedef struct NamesRelation {
    Str name;                  /* qualifies its columns; empty: nothing does */
    uint32_t number;           /* written as rN */
    const CatalogTable *table; /* NULL when it is no table of the catalog */
    uint32_t scan;             /* of a table that is scanned: its number from 1; else 0 */
    const NamesColumn *columns;
    uint32_t count;
    const struct NamesRelation *cte; /* of a reference to a name of WITH, written as wN */
    bool whole_rows;                 /* UNNEST of rows under one name: the row is the column */
    uint32_t within; /* UNNEST beside rN, written within it: its columns are rN."rMc1"; else 0 */
} NamesRelation;

typedef struct NamesJoin {
    const NamesColumn *left, *right; /* count pairs that must be equal */
    uint32_t count;
} NamesJoin;

typedef struct NamesOutput {
    const NamesColumn *columns;
    uint32_t count;
    uint32_t number; /* written as rN where the rows must be sorted by expressions over them */
} NamesOutput;

typedef struct NamesOrdinal {
    uint32_t index; /* of the output's column, from 1 */
} NamesOrdinal;

typedef struct NamesCall {
    const Function *function;
    const Ast *arguments[FUNCTION_ARGUMENTS_MAX];
    uint32_t count;
    FunctionBinding binding;
} NamesCall;

/* A reference to a scanned table: invariant 1. */
typedef struct NamesScan {
    const CatalogTable *table;
    uint32_t number; /* from 1 */
    Place place;
} NamesScan;

typedef struct NamesStatement {
    Ast *query; /* a `query` */
    const NamesOutput *output;
    const NamesScan *scans;
    uint32_t scan_count;
    const CatalogTable *const *tables; /* every table of the catalog that it reads, once */
    uint32_t table_count;
} NamesStatement;

typedef struct NamesInput {
    Str sql;
    const Catalog *catalog;
    Ast *query;
    Ast *const *parameters; /* values of ?, in their order; trees of the same arena */
    uint32_t parameter_count;
    Arena *arena;
} NamesInput;

/* Binds a query. ERROR_USAGE as place.h words it; *ret_culprit*, which may be NULL, says where. */
bool names_bind(const NamesInput *input, NamesStatement *ret, Place *ret_culprit, Error *err)
    __attribute__((warn_unused_result));

/* The zone behind the time of a timestamp's literal, '2024-01-01 00:00:00 Asia/Seoul'; empty: none.
 */
Str names_literal_zone(Str text);

/* The type of *left* op *right*, op being one of + - * / %; NULL when there is none, and with *err*
 * filled when there is no memory ("athena", section 3: integers divide to integers, decimals keep
 * their scale). */
const Type *names_arithmetic_type(Arena *arena, char op, const Type *left, const Type *right,
                                  Error *err);

#endif
