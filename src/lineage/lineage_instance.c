#include "lineage/lineage_instance.h"

#include "base/json.h"

#define ASKED_WITHIN_US (INT64_C(900) * 1000000)

static const struct {
    const char *name;
    LineageActKind kind;
    const char *words;
} ACTS[] = {
#define ACT(name, kind, words) {name, LINEAGE_ACT_##kind, words},
#include "lineage/lineage_instance_table.h"
#undef ACT
};

enum { ACT_COUNT = sizeof ACTS / sizeof *ACTS };

const char *const LINEAGE_INSTANCE_ADVICE[] = {
    "StateTransitionReason and StateReason of: aws ec2 describe-instances --instance-ids %s",
    "Client.InstanceInitiatedShutdown there: a shutdown from inside; see who worked in it, its "
    "system log and its own logs",
    "Server.SpotInstanceShutdown, Server.SpotInstanceTermination: aws ec2 "
    "describe-spot-instance-requests",
    "Server.ScheduledStop, Server.InternalError: AWS Health's events of the account, and the "
    "metric "
    "StatusCheckFailed_System",
    "a group's own decision: aws autoscaling describe-scaling-activities",
    "whether the logs of its account and region are in the lake for that time: spoor status",
    NULL,
};

const char *lineage_instance_calls(void)
{
    return
#define ACT(name, kind, words) "'" name "', "
#include "lineage/lineage_instance_table.h"
#undef ACT
        "''";
}

/* ---- states ---- */

/* "previousState.name" of the instance *id* in the answer of a call. */
static Str previous_state(const LineageEvent *event, Str id, Arena *arena)
{
    static const JsonLimits LIMITS = {.depth_max = JSON_DEPTH_MAX, .duplicates_allowed = true};
    ERROR_UNREAD(unread);
    if (!event->text[LINEAGE_RESPONSE].len)
        return STR("");
    const Json *items = json_path(json_read(event->text[LINEAGE_RESPONSE], &LIMITS, arena, &unread),
                                  STR("instancesSet.items"));
    for (const Json *item = items ? items->first : NULL; item; item = item->next)
        if (str_equal(json_text(json_member(item, STR("instanceId")), STR("")), id))
            return json_text(json_path(item, STR("previousState.name")), STR(""));
    return STR("");
}

static void add_unexplained(LineageStory *story, int64_t after_us, int64_t before_us)
{
    if (story->unexplained_count < LINEAGE_UNEXPLAINED_MAX)
        story->unexplained[story->unexplained_count++] = (LineageUnexplained){after_us, before_us};
}

/* What is known of the instance while its acts are gone through. */
typedef struct Life {
    enum { LIFE_UNKNOWN, LIFE_RUNS, LIFE_STOPPED } state;
    int64_t since_us; /* it was last known to run; INT64_MIN: never */
} Life;

static void go_on(LineageStory *story, Life *life, const LineageAct *act, Arena *arena)
{
    Str before = previous_state(act->event, story->id, arena);
    bool was_stopped = str_equal(before, STR("stopped"));
    bool stops = act->kind == LINEAGE_ACT_STOP || act->kind == LINEAGE_ACT_END;
    bool begins = act->kind == LINEAGE_ACT_START || act->kind == LINEAGE_ACT_LAUNCH;
    if (!act->worked || (!stops && !begins))
        return;
    if (was_stopped && life->state != LIFE_STOPPED)
        add_unexplained(story, life->since_us, act->event->time_us);
    if (begins || str_equal(before, STR("running")))
        life->since_us = act->event->time_us;
    life->state = begins ? LIFE_RUNS : LIFE_STOPPED;
}

/* ---- who ---- */

static bool by_auto_scaling(const LineageEvent *event)
{
    static const char NAME[] = "autoscaling.amazonaws.com";
    return str_equal(event->text[LINEAGE_INVOKED_BY], STR(NAME)) ||
           str_equal(event->text[LINEAGE_ADDRESS], STR(NAME)) ||
           str_matches(STR("*/AWSServiceRoleForAutoScaling*"), event->text[LINEAGE_ARN]);
}

static uint32_t asked_by(const LineageStory *story, uint32_t number)
{
    const LineageAct *act = &story->acts[number];
    for (uint32_t i = number; i-- > 0;) {
        const LineageAct *before = &story->acts[i];
        if (act->event->time_us - before->event->time_us > ASKED_WITHIN_US)
            break;
        if (before->kind == LINEAGE_ACT_ASK && before->worked)
            return i;
    }
    return UINT32_MAX;
}

static const char *remark_of(const LineageAct *act)
{
    bool ends = act->kind == LINEAGE_ACT_STOP || act->kind == LINEAGE_ACT_END;
    if (str_equal(act->event->text[LINEAGE_NAME], STR("BidEvictedEvent")))
        return "nobody called: the price or the capacity of Spot was exceeded";
    if (!ends || !by_auto_scaling(act->event))
        return "";
    return act->because == UINT32_MAX
               ? "Auto Scaling decided: a scaling-in, a failed health check or a refresh; see aws "
                 "autoscaling describe-scaling-activities and calls of SetDesiredCapacity, "
                 "UpdateAutoScalingGroup and StartInstanceRefresh before"
               : "Auto Scaling did what it was asked to do before";
}

static void explain_acts(LineageStory *story, Arena *arena)
{
    Life life = {LIFE_UNKNOWN, INT64_MIN};
    for (uint32_t i = 0; i < story->count; i++) {
        LineageAct *act = &story->acts[i];
        bool ends = act->kind == LINEAGE_ACT_STOP || act->kind == LINEAGE_ACT_END;
        act->because = ends && by_auto_scaling(act->event) ? asked_by(story, i) : UINT32_MAX;
        act->remark = remark_of(act);
        go_on(story, &life, act, arena);
    }
    story->ended = life.state == LIFE_STOPPED;
}

bool lineage_instance_tell(Str id, const LineageEvents *events, Arena *arena, LineageStory *ret,
                           Error *err)
{
    *ret = (LineageStory){.id = id};
    ret->acts = arena_calloc(arena, events->count + 1, sizeof *ret->acts, err);
    if (!ret->acts)
        return false;
    for (size_t i = 0; i < events->count; i++)
        for (size_t a = 0; a < ACT_COUNT; a++)
            if (str_equal(events->items[i].text[LINEAGE_NAME], str_of(ACTS[a].name)))
                ret->acts[ret->count++] =
                    (LineageAct){.event = &events->items[i],
                                 .kind = ACTS[a].kind,
                                 .words = ACTS[a].words,
                                 .worked = lineage_event_worked(&events->items[i])};
    explain_acts(ret, arena);
    return true;
}
