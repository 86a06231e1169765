/* correlate.h - asks the correlations of the signals that a hunt wrote. */
#ifndef HUNT_CORRELATE_H
#define HUNT_CORRELATE_H

#include "detect/correlation_sql.h"
#include "hunt/hunt.h"

/* The number before that of the first record of an object; its records count up from it, in the
 * order in which the decoder gives them. */
uint64_t correlate_event(size_t object);

typedef struct CorrelateOptions {
    const RuleSet *rules;
    const ObjectList *objects; /* what events are read from again; NULL: from their origin */
    Aws *aws;                  /* for objects of S3; NULL when there are none */
    const HuntOrigin *origin;  /* NULL: matches show no event */
    const CorrelationPaths *paths;
    const char *folder; /* with the workers' files; the engine spills there, too */
    uint64_t memory_bytes;
    int threads;
    RuleLevel level_min;
    int64_t
        horizon_us;   /* time up to which events were seen: what did not follow by then, did not */
    const Rule *only; /* this correlation alone, even a silent one; NULL: all */
} CorrelateOptions;

/* Appends a HuntMatch to *matches* for each time that a correlation became true; its texts are in
 * *texts*. False with *err*. */
bool correlate_run(const CorrelateOptions *options, Buf *matches, Arena *texts, Error *err)
    __attribute__((warn_unused_result));

#endif
