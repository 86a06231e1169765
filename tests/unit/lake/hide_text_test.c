/* Texts that are kept beside records, by where they stood in them. */
#include "support/support.h"

#include "filter/filter_set.h"
#include "lake/hide_text.h"

static const char FILTERS[] =
    "name: people\nredact: {paths: [userIdentity.arn, userIdentity.userName,"
    " requestParameters.userName, requestParameters.bucketName], with: mask}\n---\n"
    "name: ids\nredact: {paths: userIdentity.principalId, with: truncate, keep: 4}\n---\n"
    "name: addresses\nwhen: '{ $.eventName = \"X\" }'\nredact: {paths: sourceIPAddress, with: "
    "remove}\n";

static void a_text_is_hidden_as_it_is_in_its_record(void **state)
{
    static const struct {
        const char *name, *place, *text, *expected; /* NULL: nothing is left */
    } CASES[] = {
        {"a path", "userIdentity.userName", "kim", "***"},
        {"another path", "errorCode", "AccessDenied", "AccessDenied"},
        {"a condition is not asked", "sourceIPAddress", "192.0.2.1", NULL},
        {"an ARN", "@principal", "arn:aws:iam::111122223333:user/kim", "***"},
        {"an account", "@principal", "111122223333", "111122223333"},
        {"a service", "@principal", "kim.amazonaws.com", "kim.amazonaws.com"},
        {"an id with a session", "@principal", "AROAEXAMPLE:kim", "AROA"},
        {"a name", "@principal", "kim", "***"},
        {"a name that was hidden", "@principal", "***", "***"},
        {"a group", "@group", "{\"userIdentity.userName\":\"kim\",\"eventName\":\"kim\"}",
         "{\"userIdentity.userName\":\"***\",\"eventName\":\"kim\"}"},
        {"a group of which one goes", "@group", "{\"sourceIPAddress\":\"a\",\"n\":\"b\"}",
         "{\"n\":\"b\"}"},
        {"a group by columns", "@group", "{\"principal\":\"kim\",\"PRINCIPAL_ARN\":\"arn:x\"}",
         "{\"principal\":\"***\",\"PRINCIPAL_ARN\":\"***\"}"},
        {"numbers of a group", "@group", "{\"userIdentity.userName\":[1, 2]}",
         "{\"userIdentity.userName\":[1, 2]}"},
        {"a resource that was named", "@resource AwsIamUser", "arn:aws:iam::111122223333:user/kim",
         "arn:aws:iam::111122223333:user/***"},
        {"a bucket", "@resource AwsS3Bucket", "arn:aws:s3:::kim", "arn:aws:s3:::***"},
        {"a name that is no ARN", "@resource AwsS3Bucket", "kim", "***"},
        {"a resource of another member", "@resource AwsIamRole", "arn:aws:iam::1:role/kim",
         "arn:aws:iam::1:role/kim"},
        {"a type that no request names", "@resource Other", "kim", "kim"},
    };
    (void)state;
    Error err = {0};
    FilterSet *set = filter_set_new(&err);
    support_ok(set && filter_set_add_text(set, str_of(FILTERS), "f", &err) &&
                   filter_set_finish(set, &err),
               &err);
    HideText *texts = hide_text_new(filter_set_plan(set), &err);
    support_ok(texts != NULL, &err);
    for (int round = 0; round < 2; round++) /* what is hidden there is remembered */
        for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++) {
            bool removed;
            BUF_AUTO Buf out = buf_init(1000);
            support_ok(hide_text_at(texts, str_of(CASES[i].place), str_of(CASES[i].text), &out,
                                    &removed, &err),
                       &err);
            if (removed != !CASES[i].expected ||
                (!removed && !str_equal(buf_str(&out), str_of(CASES[i].expected))))
                fail_msg("%s: %.*s", CASES[i].name, STR_ARG(buf_str(&out)));
        }
    hide_text_free(texts);
    filter_set_free(set);
}

static void a_group_that_is_none_is_an_error(void **state)
{
    (void)state;
    Error err = {0};
    bool removed;
    FilterSet *set = filter_set_new(&err);
    support_ok(set && filter_set_finish(set, &err), &err);
    HideText *texts = hide_text_new(filter_set_plan(set), &err);
    BUF_AUTO Buf out = buf_init(1000);
    assert_false(hide_text_at(texts, STR("@group"), STR("{\"a\":"), &out, &removed, &err));
    assert_int_equal(err.kind, ERROR_INPUT);
    hide_text_free(texts);
    filter_set_free(set);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_text_is_hidden_as_it_is_in_its_record),
        cmocka_unit_test(a_group_that_is_none_is_an_error),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
