/* steps.h - exact paths of filter patterns and event patterns: names, indexes, wildcards.
 *
 * Where Sigma's dotted paths look for every way to read them, these say each step: "$.users[0].id",
 * "$.actions[*]", "$.*", "$.['cluster.name']". Constant data in an arena, safe for all threads.
 */
#ifndef DETECT_STEPS_H
#define DETECT_STEPS_H

#include "detect/document.h"

typedef enum {
    STEP_NAME,    /* the member `name` of an object */
    STEP_INDEX,   /* the element `index` of an array, from 0 */
    STEP_ELEMENT, /* each element of an array */
    STEP_MEMBER,  /* each member of an object */
} StepKind;

struct Step {
    StepKind kind;
    Str name;
    uint32_t index;
};

enum { STEPS_MAX = 64 };

/* A path of *steps* (copied) that messages and extracted values call *text*; both in *arena*. Of
 * one that begins with a member of records the slot is set. NULL with *err*. */
const FieldPath *steps_path(Str text, const Step *steps, uint32_t count, Arena *arena, Error *err)
    __attribute__((warn_unused_result));

/* Called for each value; true ends the walk. */
typedef bool (*StepsVisit)(void *context, const Json *value);

/* Visits the values at *path*, in the order of the event. True when a visit was. */
bool steps_any(const FieldPath *path, Document *document, StepsVisit visit, void *context);

#endif
