/* function_run.h - calls a function of the operator with events: `on_event(event, context)` returns
 * the event, changed or not, or nil, which drops it.
 *
 * One worker owns a run, a sandbox of its own (lua_state.h), so what a function keeps in globals is
 * what this worker has seen. Nothing that happens in it ends the worker: an error is told with its
 * place in the text, and a function that is over a ceiling is called no more.
 */
#ifndef FUNCTION_FUNCTION_RUN_H
#define FUNCTION_FUNCTION_RUN_H

#include "detect/document.h"
#include "function/function_code.h"

typedef struct FunctionRun FunctionRun;

typedef enum {
    FUNCTION_SAME,
    FUNCTION_CHANGED,
    FUNCTION_DROPPED,
    FUNCTION_FAILED, /* an error of the function */
    FUNCTION_OVER,   /* over its ceilings: it was turned off now */
    FUNCTION_OFF,    /* it is turned off */
} FunctionOutcome;

typedef struct FunctionResult {
    FunctionOutcome outcome;
    Str event;             /* of CHANGED: JSON, until the next call */
    const char *why;       /* of FAILED and OVER: one line with the place, until the next call */
    uint64_t instructions; /* about, by thousands */
    size_t memory;         /* that the sandbox holds */
} FunctionResult;

/* A run of *code*, borrowed; the text is run once. ERROR_INPUT with the place when that fails, or
 * it defines no on_event. NULL with *err*; the caller frees. */
FunctionRun *function_run_new(const FunctionCode *code, Error *err)
    __attribute__((warn_unused_result));
void function_run_free(FunctionRun *run);

/* Calls the function with the event of *document*, which stays until the next one is set;
 * *detected*: rules matched it. */
void function_run_call(FunctionRun *run, Document *document, bool detected, FunctionResult *ret);

#endif
