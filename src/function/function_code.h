/* function_code.h - a function of the operator, as a file of filters declares it: its text, its
 * tables, its ceilings.
 *
 * YAML -> filter/filter_function_read -> [function_code] -> function_run. Made by one thread, then
 * immutable and shared, but for the switch that turns it off.
 */
#ifndef FUNCTION_FUNCTION_CODE_H
#define FUNCTION_FUNCTION_CODE_H

#include <stdatomic.h>

#include "base/arena.h"
#include "function/lua_limits.h"

enum {
    FUNCTION_INSTRUCTIONS = 1000000, /* of one event, unless the file says otherwise */
    FUNCTION_INSTRUCTIONS_MAX = 1000000000,
    FUNCTION_MEMORY_MIN = 256 << 10,
    FUNCTION_MEMORY = 64 << 20, /* bytes, of each worker */
    FUNCTION_STEP = 1000,       /* instructions are counted by so many */
    FUNCTION_TABLES_MAX = 16,
    FUNCTION_TEXT_MAX = 1 << 20,
};

/* A row of a table by its key. */
typedef struct FunctionRow {
    Str key;
    const Str *values; /* of the columns behind the first */
} FunctionRow;

/* What context.lookup finds: a file of CSV whose first row names the columns, whose first column is
 * the key. */
typedef struct FunctionTable {
    Str name;
    const Str *columns; /* behind the first */
    size_t column_count;
    const FunctionRow *rows; /* by key, ascending; of equal keys the first of the file */
    size_t row_count;
} FunctionTable;

typedef struct FunctionCode {
    Str name;  /* of the filter */
    Str chunk; /* what positions call the text: the file's name; NUL-terminated */
    Str text;  /* Lua */
    LuaLimits limits;
    FunctionTable tables[FUNCTION_TABLES_MAX];
    size_t table_count;
    atomic_bool *off; /* it was over its ceilings: it is called no more */
} FunctionCode;

/* Reads the table *name* out of *csv*, which the arena has; *file* is what errors call it.
 * ERROR_INPUT names line and column. */
bool function_code_table(Str name, Str csv, const char *file, Arena *arena, FunctionTable *ret,
                         Error *err) __attribute__((warn_unused_result));

/* The table of that name, and its row of that key; NULL: there is none. */
const FunctionTable *function_code_find(const FunctionCode *code, Str name);
const FunctionRow *function_code_row(const FunctionTable *table, Str key);

#endif
