/* eventbridge_reading.h - an event pattern while it is read. Internal to eventbridge*.c. */
#ifndef DETECT_EVENTBRIDGE_READING_H
#define DETECT_EVENTBRIDGE_READING_H

#include "detect/eventbridge.h"
#include "detect/steps.h"

typedef struct EventLeaf EventLeaf;

/* The leaves of a pattern without $or, the last one first; patterns share what is below. */
struct EventLeaf {
    const FieldPath *path;
    const Expr *expr; /* matchers, joined by OR */
    const EventLeaf *below;
};

typedef struct EventReading {
    Str text;
    Arena *arena;
    Buf path; /* where the reading stands: "detail.state" */
    Error *err;
} EventReading;

/* ERROR_INPUT with the path and *value*'s place in the pattern. Returns false. */
bool eventbridge_refuse(const EventReading *reading, const Json *value, const char *what);

/* The array of matchers that stands at *path*; NULL with the reading's error. */
const Expr *eventbridge_matcher_read(EventReading *reading, const FieldPath *path,
                                     const Json *array);

/* Whether *name* is an operator's. */
bool eventbridge_matcher_is(Str name);

/* The leaves as one expression, objects as a whole. NULL with *err*. */
const Expr *eventbridge_shape(const EventLeaf *leaves, Arena *arena, Error *err);

#endif
