#include "support/support.h"

#include "lake/claim.h"
#include "lake/signals.h"
#include "support/new_lake.h"
#include "support/sample.h"

static int end(void **state)
{
    (void)state;
    support_folder_end();
    return 0;
}

static void a_rule_keeps_its_number_and_a_changed_one_gets_another(void **state)
{
    (void)state;
    Error err = {0};
    LAKE_AUTO Lake *lake = new_lake();
    SignalRule rules[] = {{STR("r1"), STR("v1"), STR("One"), STR("high"), STR("{}")},
                          {STR("r2"), STR("v1"), STR("Two"), STR("low"), STR("{}")}};
    int64_t first[2], second[2];
    support_ok(signals_register(lake, rules, 2, first, &err), &err);
    rules[1].version = STR("v2");
    support_ok(signals_register(lake, rules, 2, second, &err), &err);
    assert_int_equal(first[0], second[0]);
    assert_int_not_equal(first[1], second[1]);
    assert_int_not_equal(first[0], second[1]);
    assert_int_equal(new_lake_ask(lake, "SELECT count(*) FROM rules"), 3);
}

static void a_signal_shows_its_event_and_duplicates_raise_none(void **state)
{
    (void)state;
    Error err = {0};
    LAKE_AUTO Lake *lake = new_lake();
    Batch *batch = sample_batch(
        STR("[{\"eventTime\":\"2026-11-02T10:00:00Z\",\"eventID\":\"e1\",\"eventName\":\"N\","
            "\"eventSource\":\"s\",\"userIdentity\":{\"type\":\"AWSService\",\"principalId\":\"p\","
            "\"invokedBy\":\"i\"},\"sourceIPAddress\":\"192.0.2.1\"},"
            "{\"eventTime\":\"2026-11-02T10:00:01Z\",\"eventID\":\"e2\",\"eventName\":\"M\"}]"));
    const SignalHit hits[] = {{.row = 0, .rule = 1, .shown = true},
                              {.row = 0, .rule = 2, .shown = true},
                              {.row = 1, .rule = 1, .shown = true}};
    const uint8_t verdicts[] = {VERDICT_CONFLICT, VERDICT_DUPLICATE};
    const SignalHits signals = {hits, 3, NULL, NULL};
    support_ok(signals_insert(&signals, batch, verdicts, lake, 9, &err), &err);
    assert_int_equal(new_lake_ask(lake, "SELECT count(*) FROM signals"), 2);
    assert_int_equal(
        new_lake_ask(lake, "SELECT count(*) FROM signals WHERE eventid = 'e1' AND eventname = "
                           "'N' AND principal = 'i' AND sourceipaddress = '192.0.2.1' AND "
                           "errorcode IS NULL AND commit_seq = 9 AND record_index = 0"),
        2);
    batch_free(batch);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_rule_keeps_its_number_and_a_changed_one_gets_another),
        cmocka_unit_test(a_signal_shows_its_event_and_duplicates_raise_none),
    };
    return cmocka_run_group_tests(tests, NULL, end);
}
