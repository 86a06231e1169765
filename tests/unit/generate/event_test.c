#include "support/support.h"

#include <string.h>

#include "base/arena.h"
#include "base/json.h"
#include "base/timestamp.h"
#include "generate/event.h"

static Cast *cast;
static Random randomness;

static int set_up(void **state)
{
    Error err = {0};
    (void)state;
    randomness = random_new(1, 1);
    cast = cast_new(5, 1, 1, &err);
    return cast ? 0 : 1;
}

static int tear_down(void **state)
{
    (void)state;
    cast_free(cast);
    return 0;
}

static EventScene scene_of(const Call *call, int principal)
{
    EventScene scene = {.account = &cast->accounts[0],
                        .region = cast->regions[0],
                        .principal = &cast->accounts[0].principals[principal],
                        .call = call};
    fill_clock_set(&scene.clock, timestamp_day_of(2026, 10, 31) * INT64_C(86400) + 3600);
    return scene;
}

/* Reads the record and gives it to the caller, whose arena it lives in. */
static const Json *read_record(const Buf *text, Arena *arena)
{
    Error err = {0};
    const Json *record = json_read(buf_str(text), &JSON_LIMITS_DEFAULT, arena, &err);
    if (!record)
        fail_msg("%s in %.*s", err.text, STR_ARG(buf_str(text)));
    return record;
}

static void every_call_of_every_principal_is_a_whole_record(void **state)
{
    (void)state;
    Error err = {0};
    for (size_t i = 0; i < calls_count(); i++)
        for (int who = (int)i % 7; who < CAST_PRINCIPALS; who += 7) {
            BUF_AUTO Buf text = buf_init(1 << 20);
            Arena *arena = arena_new(1 << 22, &err);
            EventScene scene = scene_of(calls_at(i), who);
            event_draw_outcome(&scene, 500, &randomness);
            support_ok(event_write(&text, &scene, NULL, &randomness, &err), &err);
            const Json *record = read_record(&text, arena);
            assert_true(str_equal(json_text(json_member(record, STR("eventName")), STR("")),
                                  str_of(calls_at(i)->name)));
            assert_true(str_equal(json_text(json_member(record, STR("eventTime")), STR("")),
                                  STR("2026-10-31T01:00:00Z")));
            assert_int_equal(json_text(json_member(record, STR("eventID")), STR("")).len, 36);
            assert_int_equal(json_member(record, STR("errorCode")) != NULL,
                             scene.error_code != NULL);
            assert_non_null(json_member(record, STR("eventCategory")));
            arena_free(arena);
        }
}

static void large_records_reach_their_size(void **state)
{
    (void)state;
    Error err = {0};
    for (size_t bytes = 10 << 10; bytes <= EVENT_LARGE_MAX; bytes += 16 << 10) {
        BUF_AUTO Buf text = buf_init(1 << 20);
        Arena *arena = arena_new(1 << 24, &err);
        EventScene scene = scene_of(calls_at(0), 0);
        scene.large_bytes = bytes;
        support_ok(event_write(&text, &scene, NULL, &randomness, &err), &err);
        read_record(&text, arena);
        assert_in_range(text.len, bytes, bytes + (4 << 10));
        assert_true(text.len < 256 << 10);
        arena_free(arena);
    }
}

static void special_records_are_whole_and_come_in_pairs(void **state)
{
    static const char *const CATEGORIES[EVENT_SPECIALS] = {"Insight", "NetworkActivity",
                                                           "Aggregated"};
    (void)state;
    Error err = {0};
    for (EventSpecial special = 0; special < EVENT_SPECIALS; special++) {
        Arena *arena = arena_new(1 << 22, &err);
        const Json *records[2];
        Buf texts[2] = {buf_init(1 << 16), buf_init(1 << 16)};
        for (uint64_t number = 0; number < 2; number++) {
            EventScene scene = scene_of(calls_at(0), 0);
            support_ok(event_write_special(&texts[number], &scene, special, 40 + number,
                                           &randomness, &err),
                       &err);
            records[number] = read_record(&texts[number], arena);
            assert_true(
                str_equal(json_text(json_member(records[number], STR("eventCategory")), STR("")),
                          str_of(CATEGORIES[special])));
        }
        assert_int_equal(strncmp(event_special_tag(special), "CloudTrail-", 11), 0);
        if (special == EVENT_INSIGHT)
            assert_true(json_equal(json_member(records[0], STR("sharedEventID")),
                                   json_member(records[1], STR("sharedEventID"))));
        buf_free(&texts[0]);
        buf_free(&texts[1]);
        arena_free(arena);
    }
}

static void errors_belong_to_the_service(void **state)
{
    (void)state;
    int failed = 0;
    for (int i = 0; i < 20000; i++) {
        const Call *call = calls_at((size_t)i % calls_count());
        EventScene scene = scene_of(call, i % CAST_PRINCIPALS);
        event_draw_outcome(&scene, 45, &randomness);
        failed += scene.error_code != NULL;
        if (scene.error_code && strncmp(scene.error_code, "Client.", 7) == 0)
            assert_string_equal(call->service, "ec2");
        if (scene.error_code && strcmp(scene.error_code, "NoSuchKey") == 0)
            assert_string_equal(call->service, "s3");
    }
    assert_in_range(failed, 600, 1100);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_call_of_every_principal_is_a_whole_record),
        cmocka_unit_test(large_records_reach_their_size),
        cmocka_unit_test(special_records_are_whole_and_come_in_pairs),
        cmocka_unit_test(errors_belong_to_the_service),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
