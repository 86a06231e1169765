/* correlation_paths.h - paths of a set's correlations. Internal to correlation_*.c and ruleset*.c.
 */
#ifndef DETECT_CORRELATION_PATHS_H
#define DETECT_CORRELATION_PATHS_H

#include "detect/correlation.h"
#include "detect/correlation_sql.h"

enum { CORRELATION_PATHS_MAX = 256 };

/* A set of paths. */
typedef struct CorrelationMask {
    uint64_t words[CORRELATION_PATHS_MAX / 64];
} CorrelationMask;

struct CorrelationPaths {
    Buf list;               /* Str each */
    bool *wanted;           /* by index of the rule */
    CorrelationMask *needs; /* by index of the rule: its paths */
    size_t rule_count;
};

/* The index of *path*; the count of paths when it is none of them. */
size_t correlation_paths_find(const CorrelationPaths *paths, Str path);

/* An empty list of paths, for correlation_paths_add. */
Buf correlation_paths_list(void);

/* Adds the paths that *correlation*, whose rules are found, looks at; *ret_fits is false, and the
 * list as it was, when it would hold more than CORRELATION_PATHS_MAX. False when memory ran out. */
bool correlation_paths_add(Buf *list, const Correlation *correlation, bool *ret_fits, Error *err)
    __attribute__((warn_unused_result));

#endif
