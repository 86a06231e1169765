/* lineage_instance.h - what happened to an instance, and whether the calls explain why it ended.
 *
 * lineage_read -> [lineage_instance] -> lineage_who
 *
 * Pure: it gets the events that name the instance, in the order of time. Sources: the CloudTrail
 * pages of EC2, Auto Scaling and Spot; states of instances from the calls' answers. Threads: any.
 */
#ifndef LINEAGE_INSTANCE_H
#define LINEAGE_INSTANCE_H

#include "lineage/lineage_event.h"

typedef enum {
    LINEAGE_ACT_LAUNCH,
    LINEAGE_ACT_START,
    LINEAGE_ACT_REBOOT,
    LINEAGE_ACT_STOP,
    LINEAGE_ACT_END,    /* it is gone for good */
    LINEAGE_ACT_ASK,    /* somebody made Auto Scaling end it */
    LINEAGE_ACT_CHANGE, /* what it may do, or does when it shuts down */
    LINEAGE_ACT_ENTER,  /* somebody worked inside */
} LineageActKind;

typedef struct LineageAct {
    const LineageEvent *event;
    LineageActKind kind;
    const char *words;  /* "stopped it"; a literal */
    const char *remark; /* what to know of who did it; "" */
    uint32_t because;   /* the act that asked for it; UINT32_MAX: none */
    bool worked;
} LineageAct;

/* A stop that no call explains: between two moments. */
typedef struct LineageUnexplained {
    int64_t after_us, before_us; /* INT64_MIN: not known */
} LineageUnexplained;

enum { LINEAGE_UNEXPLAINED_MAX = 20 };

typedef struct LineageStory {
    Str id;
    LineageAct *acts;
    uint32_t count;
    bool ended; /* a call stopped or ended it, after which nothing started it */
    LineageUnexplained unexplained[LINEAGE_UNEXPLAINED_MAX];
    uint32_t unexplained_count;
} LineageStory;

/* The calls that matter, an SQL list of texts. */
const char *lineage_instance_calls(void);

/* Tells the acts of *events* about *id*; those that are none of the calls are left out. */
bool lineage_instance_tell(Str id, const LineageEvents *events, Arena *arena, LineageStory *ret,
                           Error *err) __attribute__((warn_unused_result));

/* What to look at when no call explains an end, a line each, in the order of trial; ends with
 * NULL. "%s" stands for the id. */
extern const char *const LINEAGE_INSTANCE_ADVICE[];

#endif
