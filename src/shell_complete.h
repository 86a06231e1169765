/* shell_complete.h - what may stand where the cursor is: tables, columns, functions, commands.
 *
 * terminal -> shell_line -> [shell_complete]. The tokens before the cursor say what is expected;
 * the tables that the statement names anywhere say which columns there are. Thread safe: nothing is
 * shared.
 */
#ifndef SHELL_COMPLETE_H
#define SHELL_COMPLETE_H

#include "base/arena.h"
#include "planner/catalog.h"

enum { SHELL_COMPLETE_MAX = 2000 };

typedef struct ShellCompleteInput {
    Str text;  /* the statement so far, all its lines, and what stands behind the cursor */
    size_t at; /* the cursor */
    const Catalog *catalog;
    const char *(*command)(size_t index); /* names with their dot, NULL behind the last */
    const Str *prepared;                  /* names of prepared statements */
    size_t prepared_count;
} ShellCompleteInput;

typedef struct ShellCompletion {
    size_t from;      /* where the word begins that they would replace */
    const Str *names; /* in the order of the alphabet, each once, in the arena */
    size_t count;
    size_t common; /* bytes that all names begin with */
} ShellCompletion;

/* Finds the names. One that ends with '.' or '(' goes on; behind others a space may follow. */
bool shell_complete(const ShellCompleteInput *input, Arena *arena, ShellCompletion *ret, Error *err)
    __attribute__((warn_unused_result));

#endif
