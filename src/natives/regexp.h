/* regexp.h - regular expressions as Athena takes them, written for the engine's.
 *
 * Athena's are Java's, the engine's are RE2's: most means the same in both. What is spelled
 * otherwise is spelled anew; what RE2 cannot do (it never backtracks) is refused by name.
 * Threads: any; nothing is kept.
 */
#ifndef NATIVES_REGEXP_H
#define NATIVES_REGEXP_H

#include "base/buf.h"

enum { REGEXP_NAMES_MAX = 32, REGEXP_PATTERN_BYTES_MAX = 1 << 16 };

/* A pattern's groups, numbered from 1. */
typedef struct RegexpGroups {
    uint32_t count;
    struct {
        Str name; /* in the pattern's text */
        uint32_t number;
    } named[REGEXP_NAMES_MAX];
    uint32_t named_count;
} RegexpGroups;

/* Appends *pattern* as the engine takes it. ERROR_USAGE with what of it cannot be done. */
bool regexp_pattern(Str pattern, Buf *out, RegexpGroups *ret_groups, Error *err)
    __attribute__((warn_unused_result));

/* Appends a replacement, where $1 and ${name} stand for groups and a backslash protects what
 * follows, as the engine takes it. ERROR_USAGE for a group that the pattern has not. */
bool regexp_replacement(Str replacement, const RegexpGroups *groups, Buf *out, Error *err)
    __attribute__((warn_unused_result));

#endif
