/* ruleset_state.h - a set while it is loaded. Internal to ruleset*.c and sigma*.c. */
#ifndef DETECT_RULESET_STATE_H
#define DETECT_RULESET_STATE_H

#include <stdatomic.h>

#include "detect/ruleset.h"

struct RuleSet {
    atomic_uint references;
    RuleSetOptions options;
    Arena *arena;
    Buf rules;    /* Rule * each */
    Buf problems; /* RuleProblem each */
    Buf regexes;  /* Regex * each, freed with the set */
    size_t errors;
    uint32_t items; /* above the numbers of all items */
};

/* The rule that is being read, for its errors. */
typedef struct RuleReading {
    RuleSet *set;
    Arena *arena; /* the set's */
    Str file;
    Str title;
    uint32_t line;
    size_t errors; /* of this rule */
    Error *err;    /* filled when memory ran out: all ends */
} RuleReading;

/* Notes a problem at *node*'s line (NULL: the rule's). Returns false. */
bool ruleset_reject(RuleReading *reading, const Yaml *node, const char *code, const char *format,
                    ...) __attribute__((format(printf, 4, 5)));
bool ruleset_warn(RuleReading *reading, const Yaml *node, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/* Adds a whole rule to the set. */
bool ruleset_take(RuleReading *reading, const Rule *rule);

/* A regular expression that the set owns; NULL when it is wrong (*why* filled) or memory ran out.
 */
const Regex *ruleset_regex(RuleReading *reading, Str pattern, unsigned flags, Error *why);

#endif
