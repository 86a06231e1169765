/* parser.h - the text of a statement becomes a tree.
 *
 * sql -> lexer -> [parser] -> ast -> names -> printer. The language is what Athena takes where it
 * reads: Trino's SELECT grammar, and EXPLAIN, PREPARE, EXECUTE, DEALLOCATE, DESCRIBE and SHOW.
 * Nothing is looked up: whether tables, columns, functions and types exist is asked later.
 *
 * Invariants
 *   1. A statement has at most PARSER_SQL_BYTES_MAX bytes of valid UTF-8 without NUL.
 *   2. Stack is used in proportion to PARSER_NESTING_MAX, whatever the text.
 *   3. A tree that is given out passes ast_check.
 * Threads: any; nothing is shared.
 */
#ifndef PARSER_PARSER_H
#define PARSER_PARSER_H

#include "parser/ast.h"

enum {
    PARSER_SQL_BYTES_MAX = 262144, /* Athena's own ceiling */
    PARSER_NESTING_MAX = 200,      /* parentheses, subqueries, CASE, lambdas, types in each other */
    PARSER_ARENA_BYTES = 64 << 20, /* a ceiling of the arena under which any statement fits */
};

typedef struct ParserStatement {
    Ast *root;           /* a `query` or a node of the class Statement */
    uint32_t parameters; /* how many ? there are */
} ParserStatement;

/* Reads one statement, with perhaps a ';' behind it, into *arena*. ERROR_USAGE is one line, such as
 * "line 1:15: expected a relation after FROM, found ','"; then *ret_culprit*, which may be NULL,
 * has the bytes that it speaks of. ERROR_LIMIT when the arena is full. */
bool parser_read(Str sql, Arena *arena, ParserStatement *ret, Place *ret_culprit, Error *err)
    __attribute__((warn_unused_result));

#endif
