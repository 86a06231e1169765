#include "lineage/lineage_instance.h"

#include <string.h>

#include "support/support.h"

enum { ARENA_BYTES_MAX = 1 << 20, EVENTS_MAX = 8 };

#define ID "i-0123456789abcdef0"
#define WAS(state)                                                                                 \
    "{\"instancesSet\":{\"items\":[{\"instanceId\":\"i-9\",\"previousState\":{\"name\":\"x\"}},"   \
    "{\"instanceId\":\"" ID "\",\"previousState\":{\"name\":\"" state "\"}}]}}"
#define MINUTE_US INT64_C(60000000)

/* One event of a case: a call at a minute. */
typedef struct Call {
    int minute;
    const char *name, *response, *by, *error;
} Call;

static void fill(const Call *calls, LineageEvent *items, LineageEvents *ret)
{
    *ret = (LineageEvents){.items = items};
    for (; calls[ret->count].name; ret->count++) {
        const Call *call = &calls[ret->count];
        LineageEvent *event = &items[ret->count];
        *event = (LineageEvent){.time_us = call->minute * MINUTE_US};
        event->text[LINEAGE_NAME] = str_of(call->name);
        event->text[LINEAGE_RESPONSE] = str_of(call->response);
        event->text[LINEAGE_INVOKED_BY] = str_of(call->by);
        event->text[LINEAGE_ERROR] = str_of(call->error);
    }
}

static void stops_that_no_call_explains_are_found(void **state)
{
    static const struct {
        const char *what;
        Call calls[EVENTS_MAX];
        uint32_t unexplained;
        bool ended;
    } CASES[] = {
        {"stopped and started by calls",
         {{1, "RunInstances", NULL, NULL, NULL},
          {2, "StopInstances", WAS("running"), NULL, NULL},
          {3, "StartInstances", WAS("stopped"), NULL, NULL}},
         0,
         false},
        {"started though nothing had stopped it",
         {{1, "RunInstances", NULL, NULL, NULL}, {3, "StartInstances", WAS("stopped"), NULL, NULL}},
         1,
         false},
        {"the stop failed",
         {{1, "RunInstances", NULL, NULL, NULL},
          {2, "StopInstances", NULL, NULL, "Client.UnauthorizedOperation"},
          {3, "StartInstances", WAS("stopped"), NULL, NULL}},
         1,
         false},
        {"stopped when it was stopped already",
         {{1, "RunInstances", NULL, NULL, NULL}, {3, "StopInstances", WAS("stopped"), NULL, NULL}},
         1,
         true},
        {"started while it ran", {{1, "StartInstances", WAS("running"), NULL, NULL}}, 0, false},
        {"an answer that is no JSON",
         {{1, "StartInstances", "{\"instancesSet\":", NULL, NULL}},
         0,
         false},
        {"terminated", {{1, "TerminateInstances", WAS("running"), NULL, NULL}}, 0, true},
        {"taken back by Spot", {{1, "BidEvictedEvent", NULL, "ec2.amazonaws.com", NULL}}, 0, true},
    };
    (void)state;
    for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++) {
        Error err = {0};
        LineageEvent items[EVENTS_MAX];
        LineageEvents events;
        LineageStory story;
        Arena *arena = arena_new(ARENA_BYTES_MAX, &err);
        fill(CASES[i].calls, items, &events);
        support_ok(arena && lineage_instance_tell(STR(ID), &events, arena, &story, &err), &err);
        if (story.unexplained_count != CASES[i].unexplained || story.ended != CASES[i].ended)
            fail_msg("%s: %u unexplained", CASES[i].what, story.unexplained_count);
        arena_free(arena);
    }
}

static void auto_scaling_acts_for_whom_asked_it_within_a_quarter_of_an_hour(void **state)
{
    static const Call CALLS[] = {
        {1, "TerminateInstanceInAutoScalingGroup", NULL, NULL, NULL},
        {2, "TerminateInstances", NULL, "autoscaling.amazonaws.com", NULL},
        {3, "TerminateInstances", NULL, NULL, NULL},
        {40, "TerminateInstances", NULL, "autoscaling.amazonaws.com", NULL},
        {41, "DescribeInstances", NULL, NULL, NULL},
        {0, NULL, NULL, NULL, NULL},
    };
    Error err = {0};
    LineageEvent items[EVENTS_MAX];
    LineageEvents events;
    LineageStory story;
    Arena *arena = arena_new(ARENA_BYTES_MAX, &err);
    (void)state;
    fill(CALLS, items, &events);
    support_ok(arena && lineage_instance_tell(STR(ID), &events, arena, &story, &err), &err);
    assert_int_equal(story.count, 4);
    assert_int_equal(story.acts[1].because, 0);
    assert_int_equal(story.acts[2].because, UINT32_MAX);
    assert_int_equal(story.acts[3].because, UINT32_MAX);
    assert_true(story.acts[1].remark[0] && !story.acts[2].remark[0] && story.acts[3].remark[0]);
    assert_non_null(strstr(lineage_instance_calls(), "'BidEvictedEvent'"));
    arena_free(arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(stops_that_no_call_explains_are_found),
        cmocka_unit_test(auto_scaling_acts_for_whom_asked_it_within_a_quarter_of_an_hour),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
