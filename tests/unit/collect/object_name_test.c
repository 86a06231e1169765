#include "collect/object_name.h"

#include "base/timestamp.h"
#include "support/support.h"

static void digest_keys_are_read_and_written_again(void **state)
{
    static const struct {
        const char *key, *prefix, *organization, *trail, *end;
        bool backfill;
    } CASES[] = {
        {"AWSLogs/111122223333/CloudTrail-Digest/eu-west-1/2026/11/24/"
         "111122223333_CloudTrail-Digest_eu-"
         "west-1_main_us-east-1_20261124T103507Z.json.gz",
         "", "", "main", "2026-11-24T10:35:07Z", false},
        {"a/b/AWSLogs/o-abcde12345/111122223333/CloudTrail-Digest/eu-west-1/2026/11/24/"
         "111122223333_"
         "CloudTrail-Digest_eu-west-1_my_trail.of-ours_us-east-1_20261124T000000Z.json.gz",
         "a/b", "o-abcde12345", "my_trail.of-ours", "2026-11-24T00:00:00Z", false},
        {"x/AWSLogs/111122223333/CloudTrail-Digest/eu-west-1/2025/05/20/"
         "111122223333_CloudTrail-Digest_eu-"
         "west-1_main_us-east-1_20250520T103507Z_backfill.json.gz",
         "x", "", "main", "2025-05-20T10:35:07Z", true},
    };
    (void)state;
    for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++) {
        Error err = {0};
        DigestName name;
        char end[TIMESTAMP_TEXT_BYTES];
        BUF_AUTO Buf key = buf_init(1000);
        assert_true(object_name_digest(str_of(CASES[i].key), &name));
        timestamp_format(name.end_us, end);
        assert_string_equal(end, CASES[i].end);
        assert_true(str_equal(name.prefix, str_of(CASES[i].prefix)));
        assert_true(str_equal(name.organization, str_of(CASES[i].organization)));
        assert_true(str_equal(name.account, STR("111122223333")));
        assert_true(str_equal(name.region, STR("eu-west-1")));
        assert_true(str_equal(name.trail, str_of(CASES[i].trail)));
        assert_true(str_equal(name.home_region, STR("us-east-1")));
        assert_int_equal(name.backfill, CASES[i].backfill);
        support_ok(object_name_digest_key(&name, &key, &err), &err);
        assert_true(str_equal(buf_str(&key), str_of(CASES[i].key)));
    }
}

static void what_contradicts_itself_is_no_digest(void **state)
{
    static const char *const CASES[] = {
        "",
        "x.json.gz",
        /* another day, region, account, kind, ending; no time; no trail */
        "AWSLogs/1/CloudTrail-Digest/r/2026/11/25/"
        "1_CloudTrail-Digest_r_t_h_20261124T103507Z.json.gz",
        "AWSLogs/1/CloudTrail-Digest/q/2026/11/24/"
        "1_CloudTrail-Digest_r_t_h_20261124T103507Z.json.gz",
        "AWSLogs/2/CloudTrail-Digest/r/2026/11/24/"
        "1_CloudTrail-Digest_r_t_h_20261124T103507Z.json.gz",
        "AWSLogs/1/CloudTrail/r/2026/11/24/1_CloudTrail-Digest_r_t_h_20261124T103507Z.json.gz",
        "AWSLogs/1/CloudTrail-Digest/r/2026/11/24/1_CloudTrail-Digest_r_t_h_20261124T103507Z.json",
        "AWSLogs/1/CloudTrail-Digest/r/2026/11/24/"
        "1_CloudTrail-Digest_r_t_h_20261324T103507Z.json.gz",
        "AWSLogs/1/CloudTrail-Digest/r/2026/11/24/1_CloudTrail-Digest_r_h_20261124T103507Z.json.gz",
        "NotLogs/1/CloudTrail-Digest/r/2026/11/24/"
        "1_CloudTrail-Digest_r_t_h_20261124T103507Z.json.gz",
        "1/CloudTrail-Digest/r/2026/11/24/1_CloudTrail-Digest_r_t_h_20261124T103507Z.json.gz",
    };
    DigestName name;
    (void)state;
    for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++)
        if (object_name_digest(str_of(CASES[i]), &name))
            fail_msg("'%s' was taken for a digest", CASES[i]);
}

static void log_keys_tell_when_they_were_delivered(void **state)
{
    LogName name;
    char at[TIMESTAMP_TEXT_BYTES];
    (void)state;
    assert_true(object_name_log(STR("AWSLogs/1/CloudTrail/r/2023/07/10/"
                                    "1_CloudTrail_r_20230710T1230Z_04rtp9DpvIpSZzMr.json.gz"),
                                &name));
    timestamp_format(name.delivered_us, at);
    assert_string_equal(at, "2023-07-10T12:30:00Z");
    assert_true(str_equal(name.account, STR("1")));
    assert_true(str_equal(name.region, STR("r")));
    assert_false(object_name_log(STR("1_CloudTrail-Insight_r_20230710T1230Z_a.json.gz"), &name));
    assert_false(object_name_log(STR("1_CloudTrail_r_20230710T1230Z_.json.gz"), &name));
    assert_false(object_name_log(STR("1_CloudTrail_r_20230710T123000Z_a.json.gz"), &name));
    assert_false(object_name_log(STR("1_CloudTrail_r_20230710T1230Z_a.json"), &name));
    assert_false(object_name_log(STR("a.json.gz"), &name));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(digest_keys_are_read_and_written_again),
        cmocka_unit_test(what_contradicts_itself_is_no_digest),
        cmocka_unit_test(log_keys_tell_when_they_were_delivered),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
