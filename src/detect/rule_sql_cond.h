/* rule_sql_cond.h - conditions of SQL under way: texts with what is known of them. Internal to
 * rule_sql.
 *
 * A condition is weak: it is true of all rows that it is about, and of others unless it is exact.
 * What always or never holds is folded away. The first error stays in the writer.
 */
#ifndef DETECT_RULE_SQL_COND_H
#define DETECT_RULE_SQL_COND_H

#include "detect/rule_sql.h"

typedef struct SqlWriter {
    Arena *arena;
    Error *err;
    bool ok;
    bool touched;  /* rows whose `extra` says more than their columns */
    bool narrowed; /* other conditions leave few rows, of which what is costly is asked at last */
    bool counted;  /* rows are counted only, so that parts of structs are asked at last */
    Document *document;
    RuleSql *ret;
    const RuleSqlKnown *known;
    Buf touches; /* Touch each */
} SqlWriter;

/* A member that the rule reads. */
typedef struct Touch {
    Str member;
    bool below; /* only what is below it: null there is as good as nothing */
} Touch;

typedef enum { SQL_FALSE, SQL_TRUE, SQL_TEXT } SqlKind;

typedef struct SqlCond {
    SqlKind kind;
    bool exact;
    Str text; /* of SQL_TEXT: an operand of AND, OR and NOT as it is */
} SqlCond;

/* A text in the writer's memory; empty after an error. */
Str rule_sql_cond_format(SqlWriter *writer, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/* *text* as a literal. */
Str rule_sql_cond_quote(SqlWriter *writer, Str text);

/* TRUE or FALSE. */
SqlCond rule_sql_cond_constant(bool holds, bool exact);
/* *text*, which can stand beside AND and OR. */
SqlCond rule_sql_cond_text(Str text, bool exact);

/* Of a condition on *value*, which may be NULL, that it does not hold. */
SqlCond rule_sql_cond_not(SqlWriter *writer, Str value, SqlCond cond);

/* AND or OR of conditions that are added one by one. */
typedef struct SqlJoin {
    SqlWriter *writer;
    bool any; /* OR */
    bool exact, ended, ended_exact;
    size_t count;
    Buf text;
} SqlJoin;

/* Begins, adds to and ends it; ended once, it holds no memory of its own. */
SqlJoin rule_sql_cond_join(SqlWriter *writer, bool any);
/* Adds an operand. */
void rule_sql_cond_add(SqlJoin *join, SqlCond cond);
/* What came of it. */
SqlCond rule_sql_cond_end(SqlJoin *join);

/* Whether *item* holds of an event with nothing but *value*, JSON, at *member*; empty: nothing. */
bool rule_sql_cond_holds(SqlWriter *writer, const Expr *item, Str member, Str value);

/* The condition as SQL, a constant as TRUE or FALSE. */
Str rule_sql_cond_sql(SqlCond cond);

#endif
