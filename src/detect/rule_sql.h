/* rule_sql.h - a rule as a condition of Athena's SQL over the table `cloudtrail`.
 *
 * rule -> [rule_sql] -> back-tests at the speed of a scan, SQL to paste. What a rule asks of the
 * columns is said exactly: texts, parts of the time, networks, presence, elements of resources.
 * Of `derived` the members that follow from the record alone are asked, in files that have the
 * column; what lookups say is not asked of it, since they change, but of the addresses that they
 * say it of, when those are known. Where SQL cannot say it (an array may stand on the way into a
 * JSON column, a text may be anywhere, a regular expression means another thing elsewhere) the
 * condition is weaker, and who wants to be sure asks the rule of the rows it gives
 * (decode/rebuild.h).
 *
 * Invariants
 *   1. Every event that matches is a row of `where`, or its `extra` names a member that the rule
 *      reads (`touches`) and it is a row of `where_touched`.
 *   2. Rows of `where` that are not touched match, all of which `doubt` is not true; of an exact
 *      condition it is FALSE.
 *   3. Texts of rules stand in quotes, nothing of them is SQL.
 * Threads: any; nothing is kept.
 */
#ifndef DETECT_RULE_SQL_H
#define DETECT_RULE_SQL_H

#include "detect/expr.h"

enum { RULE_SQL_BYTES_MAX = 16 << 20 };

typedef struct RuleSql {
    Str where;         /* a condition; "TRUE" when SQL can say nothing */
    Str where_counted; /* the same, for a question that reads little but parts of structs of its
                        * rows, which the engine's reader copies to ask a condition of one */
    Str where_touched; /* the same for rows whose `extra` says more than their columns */
    Str touches;       /* which rows those are; "FALSE": none */
    Str doubt;         /* of which rows of `where` the rule must be asked; it may be NULL */
    bool exact;
    Str inexact; /* a path of which SQL cannot ask exactly; empty: a text anywhere, or exact */
    bool whole;  /* the rule reads all of the record, else only what follows */
    bool reads[FIELD_COUNT]; /* top-level columns of the members that it reads */
} RuleSql;

/* A sourceIPAddress of the table, and the members that lookups derive from it, as JSON. */
typedef struct RuleSqlAddress {
    Str address, derived;
} RuleSqlAddress;

/* Gives all values but NULL that a column of text has; *ret_values is NULL when they are too many,
 * or long. They live until the next call. */
typedef bool (*RuleSqlValues)(void *context, FieldNode node, const Str **ret_values,
                              size_t *ret_count, Error *err);

/* What is known of the table, and of the rows that are asked. */
typedef struct RuleSqlKnown {
    RuleSqlValues values; /* NULL: not known */
    void *context;
    const RuleSqlAddress *addresses; /* all that occur, those with equal members side by side */
    size_t count;
    bool of_addresses; /* they are known; without any, no lookup is there */
    bool no_accounts;  /* nothing is known of any account */
    bool named; /* rows of `where` are looked for among those of a few names of calls only, so
                 * that what is costly had better be asked of these alone */
} RuleSqlKnown;

/* Writes *expr*; texts are in *arena*. *known*: NULL when nothing is. False with *err*:
 * memory. */
bool rule_sql_write(const Expr *expr, const RuleSqlKnown *known, Arena *arena, RuleSql *ret,
                    Error *err) __attribute__((warn_unused_result));

/* Whether *expr* asks for derived members, and so perhaps for what lookups say. */
bool rule_sql_asks_lookups(const Expr *expr);

/* Notes in *reads* the columns from which the derived member at *path* follows. */
void rule_sql_derived_reads(Str path, bool reads[FIELD_COUNT]);

#endif
