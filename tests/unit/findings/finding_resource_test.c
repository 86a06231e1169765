#include "findings/finding_resource.h"

#include <stdio.h>

#include "findings/finding.h"
#include "support/new_lake.h"
#include "support/support.h"

static int end(void **state)
{
    (void)state;
    support_folder_end();
    return 0;
}

/* Service, requestParameters, and the resource as "TYPE ID"; empty: none. */
static void calls_name_what_they_touch(void **state)
{
    static const struct {
        const char *source, *request, *expected;
    } CASES[] = {
        {"s3.amazonaws.com", "{\"bucketName\":\"b\",\"key\":\"k\"}", "AwsS3Bucket arn:aws:s3:::b"},
        {"iam.amazonaws.com", "{\"userName\":\"bob\"}",
         "AwsIamUser arn:aws:iam::111122223333:user/bob"},
        {"ec2.amazonaws.com", "{\"instancesSet\":{\"items\":[{\"instanceId\":\"i-1\"}]}}",
         "AwsEc2Instance arn:aws:ec2:eu-west-1:111122223333:instance/i-1"},
        {"cloudtrail.amazonaws.com", "{\"name\":\"arn:aws:cloudtrail:eu-west-1:1:trail/t\"}",
         "AwsCloudTrailTrail arn:aws:cloudtrail:eu-west-1:1:trail/t"},
        {"iam.amazonaws.com", "{\"bucketName\":\"b\"}", ""},
        {"s3.amazonaws.com", "{\"bucketName\":7}", ""},
        {"s3.amazonaws.com", "{\"bucketName\":", ""},
        {"s3.amazonaws.com", "", ""},
    };
    (void)state;
    LAKE_AUTO Lake *lake = new_lake();
    for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++) {
        Error err = {0};
        StoryResource *list;
        size_t count;
        char id[2] = {(char)('a' + i), 0};
        BUF_AUTO Buf got = buf_init(1 << 12);
        Arena *arena = arena_new(1 << 20, &err);
        const FindingCall call = {STR("111122223333"), STR("eu-west-1"), str_of(CASES[i].source),
                                  str_of(CASES[i].request)};
        support_ok(finding_resource_add(lake->db, str_of(id), &call, &err), &err);
        support_ok(finding_resource_list(lake->db, str_of(id), arena, &list, &count, &err), &err);
        for (size_t j = 0; j < count; j++)
            support_ok(
                buf_printf(&got, &err, "%.*s %.*s", STR_ARG(list[j].type), STR_ARG(list[j].id)),
                &err);
        assert_true(str_equal(buf_str(&got), str_of(CASES[i].expected)));
        arena_free(arena);
    }
}

static void a_finding_lists_no_more_than_there_is_room_for(void **state)
{
    (void)state;
    LAKE_AUTO Lake *lake = new_lake();
    for (int i = 0; i < FINDING_RESOURCES_MAX + 3; i++) {
        Error err = {0};
        char name[16];
        snprintf(name, sizeof name, "b%d", i);
        const StoryResource resource = {STR("AwsS3Bucket"), str_of(name), STR("eu-west-1")};
        support_ok(finding_resource_put(lake->db, STR("x"), &resource, &err), &err);
    }
    assert_int_equal(new_lake_ask(lake, "SELECT count(*) FROM finding_resources"),
                     FINDING_RESOURCES_MAX);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(calls_name_what_they_touch),
        cmocka_unit_test(a_finding_lists_no_more_than_there_is_room_for),
    };
    return cmocka_run_group_tests(tests, NULL, end);
}
