/* redaction.h - what is hidden in records, and where: redactions put together for columns.
 *
 * filter (files) -> [redaction] -> redact_value, redact_batch
 *
 * A redaction hides what its paths name and what its detectors find in the members that it looks
 * at. A plan says of each column which redactions concern it. A redaction is known by its bit, so
 * that those in force for a record are one word.
 *
 * A plan is made by one thread, then immutable and shared.
 */
#ifndef REDACT_REDACTION_H
#define REDACT_REDACTION_H

#include "decode/batch.h"
#include "decode/slot.h"
#include "redact/redact_path.h"
#include "redact/redact_verb.h"

enum { REDACTIONS_MAX = 64, REDACT_PATHS_MAX = 64, REDACT_ACTIVES_MAX = 4 * REDACT_PATHS_MAX };

typedef struct Redaction {
    Str name;
    RedactAction action;
    unsigned detectors;      /* DETECTOR_BIT each */
    uint64_t looks;          /* SLOT_BIT of the members that detectors look at */
    const RedactPath *paths; /* path_count of them */
    uint32_t path_count;
    bool function; /* it hides nothing: a function of this name changes records before */
} Redaction;

/* A path that may name something in a column, and how far it has come there. */
typedef struct RedactActive {
    const RedactPath *path;
    RedactState at;
    uint32_t redaction; /* its bit's number */
} RedactActive;

/* What concerns a column. */
typedef struct RedactTarget {
    const RedactActive *actives;
    uint32_t count;
    uint64_t concerned; /* redactions that may change its values */
    uint64_t detecting; /* of these, those with detectors */
    unsigned detectors; /* of all of them */
} RedactTarget;

typedef struct RedactPlan {
    const Redaction *list; /* count of them; the plan's arena has them */
    size_t count;
    RedactKey key;
    RedactTarget record;               /* the whole of one */
    RedactTarget columns[FIELD_COUNT]; /* of structs and lists: what names all of one */
    uint64_t groups[GROUP_COUNT];      /* redactions that concern a group */
} RedactPlan;

/* Whether *member* is one by which a record is known, found and compared: those are stored as they
 * are. */
bool redaction_is_fixed(Str member);

/* A plan in *arena* of *count* redactions, which it copies; *key* may be empty when no one hashes.
 * NULL with *err*: ERROR_INPUT when there are too many. */
const RedactPlan *redaction_plan(const Redaction *list, size_t count, RedactKey key, Arena *arena,
                                 Error *err) __attribute__((warn_unused_result));

/* The first redaction of *plan* with a path that names what stands at *path*, as rules and
 * filter patterns write it; NULL: none does. */
const Redaction *redaction_at(const RedactPlan *plan, Str path);

/* What concerns a value at *path*; *actives* has room for REDACT_ACTIVES_MAX. */
RedactTarget redaction_target_find(const RedactPlan *plan, Str path, RedactActive *actives);

/* The same, in *arena*. NULL with *err*. */
const RedactTarget *redaction_target_at(const RedactPlan *plan, Str path, Arena *arena, Error *err)
    __attribute__((warn_unused_result));

#endif
