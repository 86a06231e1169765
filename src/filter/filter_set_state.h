/* filter_set_state.h - a set of filters while it is read. Internal to filter_set*.c. */
#ifndef FILTER_FILTER_SET_STATE_H
#define FILTER_FILTER_SET_STATE_H

#include <stdatomic.h>

#include "filter/filter_set.h"

struct FilterSet {
    atomic_uint references;
    Arena *arena;
    RuleSet *conditions;
    Buf list;       /* RecordFilter * each */
    Buf redactions; /* Redaction each, of those filters that redact, or change by a function */
    Buf files;      /* const char * each: what functions were read from */
    RedactKey key;
    const RedactPlan *plan; /* NULL before filter_set_finish */
};

/* Adds the filter that *document* describes. ERROR_INPUT names file and line. */
bool filter_set_read(FilterSet *set, const Yaml *document, const char *file, Error *err)
    __attribute__((warn_unused_result));

/* Reads the value of `redact`: what is hidden, and how. ERROR_INPUT names file and line. */
bool filter_redact_read(FilterSet *set, const Yaml *node, const char *file, Redaction *ret,
                        Error *err) __attribute__((warn_unused_result));

/* Reads the value of `function`: its text, tables and ceilings; *name* is the filter's, filled in
 * later by the caller. ERROR_INPUT names file and line. */
bool filter_function_read(FilterSet *set, const Yaml *node, const char *file, FunctionCode **ret,
                          Error *err) __attribute__((warn_unused_result));

#endif
