/* function.h - Athena's functions: what they take and give, and how the engine does them.
 *
 * names asks for a call's function by name and types; the printer writes it. The tables
 * function_text_table.h, function_time_table.h and so on list every function, one line an overload;
 * docs/sql.md is made from them, and a test evaluates each line's own example.
 *
 * How a function is done is a template, the engine's SQL with
 *   $1 .. $9   an argument                     $*, $2*  all arguments, or those from the second on,
 *   $l1        an argument that is a moment              parted by commas
 *              as the wall clock shows it      $z1      the zone of a moment, as a text literal
 *   $d         DISTINCT, of aggregates         $o       ORDER BY inside the call, of aggregates
 *   $t         the result's type            $r1      an argument that is a regular expression
 *   $j1        an argument that is a path   $R2      an argument that replaces what $r1 matches
 *              of JSON
 *   $m1        an argument that is compared only: the moment for a text that stands for one
 *   $w         FILTER and OVER, behind an aggregate or window function's closing parenthesis
 *   $$         a dollar
 * or "@name", C of print_special*.c that writes it; "@refuse" fails and says why by the meaning.
 * Macros that templates use are in macros.c. In a signature a letter stands for a type, the same
 * wherever it comes again; but W is any type, each time another one, X a number, Y a whole number,
 * Z a decimal.
 *
 * Threads: any; the table is constant.
 */
#ifndef PLANNER_FUNCTION_H
#define PLANNER_FUNCTION_H

#include "parser/ast.h"
#include "planner/type.h"

typedef enum { FUNCTION_SCALAR, FUNCTION_AGGREGATE, FUNCTION_WINDOW } FunctionClass;

enum { FUNCTION_ARGUMENTS_MAX = 128, FUNCTION_VARIABLES = 26 };

typedef struct Function {
    const char *name;
    const char *signature; /* "(varchar, T...) -> array(T)"; the last argument may be repeated */
    FunctionClass class;
    const char *how;
    const char *group;   /* heading in docs/sql.md */
    const char *meaning; /* a sentence for docs/sql.md */
    const char *test;    /* an expression; for an aggregate over VALUES: a whole query */
    const char
        *expected; /* its value as `spoor sql -f csv` prints it; "error: ..." for a failure */
} Function;

/* All of them, in the order of the table. */
extern const Function FUNCTIONS[];
extern const size_t FUNCTION_COUNT;

/* A signature as types, made for one lookup. */
typedef struct FunctionSignature {
    const Type *arguments[FUNCTION_ARGUMENTS_MAX];
    uint32_t count; /* listed arguments */
    bool variadic;  /* the last one may come again, or not at all */
    const Type *result;
} FunctionSignature;

/* Reads *function*'s signature into *ret*. ERROR_SYSTEM when the table is wrong. */
bool function_signature(const Function *function, Arena *arena, FunctionSignature *ret, Error *err)
    __attribute__((warn_unused_result));

/* What the letters of a signature stand for in one call. */
typedef struct FunctionBinding {
    const Type *variables[FUNCTION_VARIABLES];
    Str zone;    /* of the first moment with a zone among the arguments; its result shows it, too */
    bool moment; /* an argument is a TIMESTAMP that is a moment; so is the result */
} FunctionBinding;

/* Matches argument *given* against *wanted*, binding letters; *ret_cost* grows by 1 for each
 * coercion. False when it does not match; only then may *err* be filled (out of memory). */
bool function_match(const Type *given, const Type *wanted, FunctionBinding *binding, Arena *arena,
                    uint32_t *ret_cost, Error *err) __attribute__((warn_unused_result));

/* *type* with its letters replaced; unbound ones become UNKNOWN. NULL with *err*. */
const Type *function_substitute(const Type *type, const FunctionBinding *binding, Arena *arena,
                                Error *err);

/* The signature's type of argument *index*, taking repetition into account; NULL when there are
 * not so many. */
const Type *function_argument(const FunctionSignature *signature, uint32_t index);

/* The next function of that name behind *after* (NULL: the first), without regard to case. */
const Function *function_next(Str name, const Function *after);

/* The name nearest to *name*, for a suggestion; NULL when none is near. */
const char *function_near(Str name);

#endif
