#include "support/support.h"

#include "base/timestamp.h"
#include "collect/object_list.h"
#include "collect/s3_folder.h"

static void kinds(void **state)
{
    (void)state;
    static const struct {
        const char *prefix;
        S3FolderKind kind;
        int month, day; /* of 2026; 0: none */
        const char *service;
    } CASES[] = {
        {"AWSLogs/", S3_FOLDER_PATH, 0, 0, ""},
        {"AWSLogs/111122223333/", S3_FOLDER_PATH, 0, 0, ""},
        {"AWSLogs/111122223333/CloudTrail/", S3_FOLDER_PATH, 0, 0, ""},
        {"AWSLogs/111122223333/CloudTrail-Digest/eu-west-1/", S3_FOLDER_PATH, 0, 0, ""},
        {"AWSLogs/111122223333/Config/", S3_FOLDER_OTHER, 0, 0, "Config"},
        {"AWSLogs/o-abc/111122223333/vpcflowlogs/", S3_FOLDER_OTHER, 0, 0, "vpcflowlogs"},
        {"o-abc/AWSLogs/o-abc/111122223333/CloudTrail/eu-west-1/2026/11/24/", S3_FOLDER_DAY, 11, 24,
         ""},
        {"p/q/AWSLogs/111122223333/CloudTrail/eu-west-1/2026/11/", S3_FOLDER_PATH, 0, 0, ""},
        {"AWSLogs/111122223333/CloudTrail/eu-west-1/2026/", S3_FOLDER_PATH, 0, 0, ""},
        {"AWSLogs/111122223333/CloudTrail/eu-west-1/2025/", S3_FOLDER_OTHER, 0, 0, ""},
        {"AWSLogs/111122223333/CloudTrail/eu-west-1/2026/10/", S3_FOLDER_OTHER, 0, 0, ""},
        {"AWSLogs/111122223333/CloudTrail/eu-west-1/2026/11/26/", S3_FOLDER_OTHER, 0, 0, ""},
        {"AWSLogs/111122223333/CloudTrail/eu-west-1/2026/13/01/", S3_FOLDER_PATH, 0, 0, ""},
        {"a/b/c/d/", S3_FOLDER_PATH, 0, 0, ""},
        {"a/b/c/d/e/", S3_FOLDER_FLAT, 0, 0, ""},
        {"export/2026/11/24/", S3_FOLDER_DAY, 11, 24, ""},
    };
    const S3Days wanted = {timestamp_day_of(2026, 11, 20), timestamp_day_of(2026, 11, 25)};
    for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++) {
        int32_t day, expected = CASES[i].day ? timestamp_day_of(2026, CASES[i].month, CASES[i].day)
                                             : OBJECT_DAY_NONE;
        Str service;
        S3FolderKind kind = s3_folder_kind(str_of(CASES[i].prefix), 0, wanted, &day, &service);
        if (kind != CASES[i].kind || day != expected ||
            !str_equal(service, str_of(CASES[i].service)))
            fail_msg("'%s' is %d of day %d, service '%.*s'", CASES[i].prefix, kind, day,
                     STR_ARG(service));
    }
}

/* What is asked for may be deep; only what is below it counts. */
static void below_the_start(void **state)
{
    (void)state;
    const S3Days all = {INT32_MIN, INT32_MAX};
    Str prefix = STR("a/b/c/d/e/f/g/"), service;
    int32_t day;
    assert_int_equal(s3_folder_kind(prefix, 0, all, &day, &service), S3_FOLDER_FLAT);
    assert_int_equal(s3_folder_kind(prefix, 12, all, &day, &service), S3_FOLDER_PATH);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(kinds), cmocka_unit_test(below_the_start)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
