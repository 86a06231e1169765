/* What becomes of a record in each format, and under which name. */
#include "export/export_format.h"

#include <stdio.h>

#include "base/file.h"
#include "export/export_groups.h"
#include "export/export_ocsf_class.h"
#include "support/support.h"

enum { ROOM = 1 << 20 };

static int end(void **state)
{
    (void)state;
    support_folder_end();
    return 0;
}

/* Names and texts of one record. */
static void assert_written(const char *word, const char *record, const char *key, const char *text)
{
    static const ExportHow HOW = {{"trails", 6}};
    Error err = {0};
    ExportEvent event;
    Arena *arena = arena_new(ROOM, &err);
    BUF_AUTO Buf name = buf_init(ROOM);
    BUF_AUTO Buf body = buf_init(ROOM);
    const ExportFormat *format = export_format(str_of(word));
    assert_non_null(format);
    support_ok(export_event_read(str_of(record), arena, &event, &err), &err);
    support_ok(format->key(&event, &name, &err), &err);
    support_ok(format->put(&event, &HOW, &body, &err), &err);
    assert_string_equal(buf_text(&name, &err), key);
    if (text)
        assert_string_equal(buf_text(&body, &err), text);
    arena_free(arena);
}

static void names_are_made_of_what_a_record_says(void **state)
{
    static const char PLAIN[] = "{\"eventID\":\"e1\",\"eventTime\":\"2026-11-24T10:00:00Z\","
                                "\"awsRegion\":\"eu-west-1\",\"recipientAccountId\":"
                                "\"111122223333\"}";
    (void)state;
    assert_written("cloudtrail", PLAIN,
                   "AWSLogs/111122223333/CloudTrail/eu-west-1/2026/11/24/"
                   "111122223333_CloudTrail_eu-west-1_",
                   PLAIN);
    assert_written("jsonl", PLAIN, "events-", PLAIN);
    assert_written("ocsf", PLAIN,
                   "api_activity/region=eu-west-1/accountId=111122223333/eventDay=20261124/"
                   "events-",
                   NULL);
    assert_written("opensearch", PLAIN, "bulk-",
                   "{\"create\":{\"_index\":\"trails\",\"_id\":\"e1\"}}\n"
                   "{\"@timestamp\":\"2026-11-24T10:00:00Z\",\"eventID\":\"e1\",\"eventTime\":"
                   "\"2026-11-24T10:00:00Z\",\"awsRegion\":\"eu-west-1\",\"recipientAccountId\":"
                   "\"111122223333\"}");
    assert_null(export_format(STR("parquet")));
}

static void what_a_log_says_leads_nowhere_else(void **state)
{
    (void)state;
    assert_written("ocsf",
                   "{\"eventTime\":\"../../etc/x\",\"awsRegion\":\"../..\",\"recipientAccountId\":"
                   "\"../11112222\"}",
                   "api_activity/region=unknown/accountId=unknown/eventDay=00000000/events-", NULL);
    assert_written("cloudtrail",
                   "{\"eventTime\":20261124,\"awsRegion\":[],\"recipientAccountId\":\"1111222233334"
                   "\",\"userIdentity\":{\"accountId\":\"222233334444\"},\"eventCategory\":"
                   "\"../Insight\"}",
                   "AWSLogs/222233334444/CloudTrail/unknown/0000/00/00/"
                   "222233334444_CloudTrail_unknown_",
                   NULL);
}

static void the_two_ends_of_an_insight_have_two_ids(void **state)
{
    static const char START[] = "{\"eventID\":\"e1\",\"eventTime\":\"2026-11-24T10:00:00Z\","
                                "\"eventCategory\":\"Insight\",\"insightDetails\":{\"state\":"
                                "\"Start\"}}";
    Error err = {0};
    ExportEvent event;
    Arena *arena = arena_new(ROOM, &err);
    (void)state;
    support_ok(export_event_read(STR(START), arena, &event, &err), &err);
    assert_true(str_equal(event.id, STR("e1-Start")));
    assert_true(str_equal(event.tag, STR("CloudTrail-Insight")));
    assert_false(export_event_read(STR("[1]"), arena, &event, &err));
    assert_int_equal(err.kind, ERROR_INPUT);
    arena_free(arena);
}

static void calls_have_classes_and_activities(void **state)
{
    static const struct {
        const char *service, *name;
        int class, activity;
    } CASES[] = {
        {"signin.amazonaws.com", "ConsoleLogin", 3002, 1},
        {"sts.amazonaws.com", "AssumeRole", 3002, 1},
        {"signin.amazonaws.com", "CheckMfa", 3002, 99},
        {"sso-directory.amazonaws.com", "CreateUser", 3001, 1},
        {"iam.amazonaws.com", "CreateUser", 3001, 1},
        {"iam.amazonaws.com", "DeactivateMFADevice", 3001, 11},
        {"iam.amazonaws.com", "AttachRolePolicy", 3001, 7},
        {"iam.amazonaws.com", "CreatePolicy", 6003, 1},
        {"transfer.amazonaws.com", "CreateUser", 6003, 1},
        {"iamx.amazonaws.com", "DeleteUser", 6003, 4},
        {"ec2.amazonaws.com", "DescribeInstances", 6003, 2},
        {"ec2.amazonaws.com", "DeleteNetworkInterfaceList", 6003, 4},
        {"ec2.amazonaws.com", "DisassociateAddress", 6003, 3},
        {"x.amazonaws.com", "Getaway", 6003, 99},
        {"x.amazonaws.com", "Get", 6003, 2},
        {"x.amazonaws.com", "", 6003, 99},
    };
    (void)state;
    for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++) {
        const OcsfClass *class =
            export_ocsf_class_of(str_of(CASES[i].service), str_of(CASES[i].name));
        if ((int)class->id != CASES[i].class ||
            export_ocsf_class_activity(class, str_of(CASES[i].name)).id != CASES[i].activity)
            fail_msg("%s of %s", CASES[i].name, CASES[i].service);
    }
}

/* Gathers *count* records of two accounts, given in pieces of *piece* bytes. */
static ExportCount gathered(const char *word, const char *path, int count, size_t piece)
{
    static const ExportHow HOW = {{"trails", 6}};
    Error err = {0};
    BUF_AUTO Buf text = buf_init(ROOM);
    for (int i = 0; i < count; i++)
        support_ok(buf_printf(&text, &err,
                              "{\"eventID\":\"e%d\",\"eventTime\":\"2026-11-24T23:5%d:00Z\","
                              "\"awsRegion\":\"eu-west-1\",\"recipientAccountId\":"
                              "\"11112222333%d\"}\n",
                              i, i % 10, i % 2),
                   &err);
    ExportFolder *folder = export_folder_new(path, &err);
    support_ok(folder != NULL, &err);
    ExportGroups *groups = export_groups_new(folder, export_format(str_of(word)), &HOW, &err);
    support_ok(groups != NULL, &err);
    for (size_t at = 0; at < text.len; at += piece)
        support_ok(export_groups_take(groups, str_slice(buf_str(&text), at, at + piece), &err),
                   &err);
    support_ok(export_groups_end(groups, &err), &err);
    const ExportAsked asked = {word, STR("true"), INT64_MIN, INT64_MAX};
    support_ok(export_folder_end(folder, &asked, &err), &err);
    ExportCount ret = export_folder_count(folder);
    export_groups_free(groups);
    export_folder_free(folder);
    return ret;
}

static void records_are_gathered_by_file(void **state)
{
    char path[200], file[1000];
    Error err = {0};
    BUF_AUTO Buf text = buf_init(ROOM);
    (void)state;
    snprintf(path, sizeof path, "%s/lines", support_folder());
    ExportCount count = gathered("jsonl", path, 100, 7);
    assert_int_equal(count.files, 1);
    assert_int_equal(count.events, 100);
    snprintf(file, sizeof file, "%s/events-00001.jsonl", path);
    support_ok(file_read(file, &text, NULL, &err), &err);
    assert_int_equal(text.len, count.bytes);
    snprintf(path, sizeof path, "%s/trail", support_folder());
    count = gathered("cloudtrail", path, 100, 1000);
    assert_int_equal(count.files, 2);
    assert_int_equal(count.events, 100);
    assert_null(export_folder_new(path, &err));
    assert_int_equal(err.kind, ERROR_USAGE);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(names_are_made_of_what_a_record_says),
        cmocka_unit_test(what_a_log_says_leads_nowhere_else),
        cmocka_unit_test(the_two_ends_of_an_insight_have_two_ids),
        cmocka_unit_test(calls_have_classes_and_activities),
        cmocka_unit_test(records_are_gathered_by_file),
    };
    return cmocka_run_group_tests(tests, NULL, end);
}
