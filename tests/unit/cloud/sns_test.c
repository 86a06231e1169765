/* What is asked; tests/flow/notify-sns has a topic. */
#include "cloud/sns.h"

#include "support/support.h"

enum { BODY_MAX = 1 << 16 };

#define ARN "arn:aws:sns:eu-west-1:111122223333:told"

static void topics(void **state)
{
    static const char *const REFUSED[] = {
        "",
        "told",
        "arn:aws:sqs:eu-west-1:111122223333:told",
        "arn:aws:sns:eu-west-1:11112222333:told",
        "arn:aws:sns::111122223333:told",
        "arn:aws:sns:eu-west-1:111122223333:",
        "arn:aws:sns:eu-west-1:111122223333:.fifo",
        "arn:aws:sns:eu-west-1:111122223333:a:b",
        "arn:aws:sns:eu-west-1:111122223333:a b",
        "arn:aws:sns:evil.example/:111122223333:told",
        "arn:gcp:sns:eu-west-1:111122223333:told",
    };
    SnsTopic topic;
    (void)state;
    assert_true(sns_split(STR(ARN), &topic));
    assert_true(str_equal(topic.region, STR("eu-west-1")) && !topic.fifo);
    assert_true(sns_split(STR("arn:aws-cn:sns:cn-north-1:111122223333:a_B-9.fifo"), &topic));
    assert_true(str_equal(topic.region, STR("cn-north-1")) && topic.fifo);
    for (size_t i = 0; i < sizeof REFUSED / sizeof *REFUSED; i++)
        if (sns_split(str_of(REFUSED[i]), &topic))
            fail_msg("'%s' was taken", REFUSED[i]);
}

static void assert_body(const char *arn, const SnsMessage *message, const char *expected)
{
    Error err = {0};
    SnsTopic topic;
    BUF_AUTO Buf body = buf_init(BODY_MAX);
    assert_true(sns_split(str_of(arn), &topic));
    support_ok(sns_body(&topic, message, &body, &err), &err);
    assert_string_equal(buf_text(&body, &err), expected);
}

static void forms(void **state)
{
    const SnsMessage message = {.subject = STR("[high] \xed\x95\x9c&\n\x7f"),
                                .text = STR("a=b&c\n\xed\x95\x9c"),
                                .key = STR("finding/i"),
                                .group = STR("i")};
    (void)state;
#define FORM(end)                                                                                  \
    "Action=Publish&Version=2010-03-31&TopicArn=arn%3Aaws%3Asns%3Aeu-west-1%3A111122223333%"       \
    "3Atold" end "&Message=a%3Db%26c%0A%ED%95%9C"
    assert_body(ARN, &message, FORM("&Subject=%5Bhigh%5D%20%3F%26%3F%3F"));
    assert_body(ARN ".fifo", &message,
                FORM(".fifo&Subject=%5Bhigh%5D%20%3F%26%3F%3F") "&MessageDeduplicationId=finding%"
                                                                "2Fi&MessageGroupId=i");
}

static void subjects_are_cut(void **state)
{
    char title[301], expected[400] = FORM("&Subject=");
    SnsMessage message = {.text = STR("a=b&c\n\xed\x95\x9c")};
    (void)state;
    memset(title, 'x', sizeof title - 1);
    title[sizeof title - 1] = '\0';
    message.subject = str_of(title);
    char *behind = strstr(expected, "&Message="), rest[64];
    size_t len = strlen(behind);
    memcpy(rest, behind, len + 1);
    memset(behind, 'x', SNS_SUBJECT_MAX);
    memcpy(behind + SNS_SUBJECT_MAX, rest, len + 1);
    assert_body(ARN, &message, expected);
}

static void fifo_topics_need_keys(void **state)
{
    static const Str KEYS[] = {{"", 0}, {"a b", 3}, {"a\n", 2}};
    SnsTopic topic;
    (void)state;
    assert_true(sns_split(STR(ARN ".fifo"), &topic));
    for (size_t i = 0; i < sizeof KEYS / sizeof *KEYS; i++) {
        Error err = {0};
        BUF_AUTO Buf body = buf_init(BODY_MAX);
        const SnsMessage message = {.text = STR("x"), .key = KEYS[i], .group = STR("g")};
        assert_false(sns_body(&topic, &message, &body, &err));
        assert_int_equal(err.kind, ERROR_USAGE);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(topics),
        cmocka_unit_test(forms),
        cmocka_unit_test(subjects_are_cut),
        cmocka_unit_test(fifo_topics_need_keys),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
