/* Each form of a message's body is known by what it holds, and what is none of them is said. */
#include "support/support.h"

#include "collect/notification.h"

#include "base/json.h"

#define RECORD(name, bucket, object)                                                               \
    "{\"eventVersion\":\"2.1\",\"eventSource\":\"aws:s3\",\"eventName\":\"" name                   \
    "\",\"s3\":{\"bucket\":{\"name\":\"" bucket "\"},\"object\":{" object "}}}"
#define SNS(message) "{\"Type\":\"Notification\",\"MessageId\":\"m\",\"Message\":\"" message "\"}"

typedef struct Case {
    const char *name;
    const char *body;
    const char *said; /* "URI ETAG BYTES;" each, "event TEXT", "nothing", or the error */
} Case;

static const Case CASES[] = {
    {"S3, one record",
     "{\"Records\":[" RECORD("ObjectCreated:Put", "logs",
                             "\"key\":\"a/b+c%2B%C3%A9\",\"size\":12,\"eTag\":\"e1\"") "]}",
     "s3://logs/a/b c+\xc3\xa9 e1 12;"},
    {"S3, several, of which some are no new objects",
     "{\"Records\":[" RECORD("ObjectRemoved:Delete", "logs", "\"key\":\"a\"") "," RECORD(
         "ObjectCreated:CompleteMultipartUpload", "logs",
         "\"key\":\"b\",\"size\":3,\"eTag\":\"x-2\"") "," RECORD("ObjectCreated:Copy", "other",
                                                                 "\"key\":\"c\"") "]}",
     "s3://logs/b x-2 3;s3://other/c  0;"},
    {"S3, nothing created",
     "{\"Records\":[" RECORD("ObjectRemoved:Delete", "logs", "\"key\":\"a\"") "]}", "nothing"},
    {"S3, a folder's mark",
     "{\"Records\":[" RECORD("ObjectCreated:Put", "logs", "\"key\":\"a/\",\"size\":0") "]}",
     "nothing"},
    {"another server's S3",
     "{\"Records\":[{\"eventVersion\":\"2.2\",\"eventSource\":\"ceph:s3\",\"eventName\":"
     "\"s3:ObjectCreated:Put\",\"s3\":{\"bucket\":{\"name\":\"logs\"},\"object\":{\"key\":\"k\","
     "\"eTag\":\"\\\"q\\\"\"}}}]}",
     "s3://logs/k q 0;"},
    {"S3 within SNS",
     SNS("{\\\"Records\\\":[{\\\"eventVersion\\\":\\\"2.1\\\",\\\"eventSource\\\":\\\"aws:s3\\\","
         "\\\"eventName\\\":\\\"ObjectCreated:Put\\\",\\\"s3\\\":{\\\"bucket\\\":{\\\"name\\\":"
         "\\\"logs\\\"},\\\"object\\\":{\\\"key\\\":\\\"k\\\"}}}]}"),
     "s3://logs/k  0;"},
    {"EventBridge, whose key is not encoded",
     "{\"source\":\"aws.s3\",\"detail-type\":\"Object Created\",\"detail\":{\"bucket\":{\"name\":"
     "\"logs\"},\"object\":{\"key\":\"a+b%20c\",\"etag\":\"e\",\"size\":7}}}",
     "s3://logs/a+b%20c e 7;"},
    {"EventBridge within SNS",
     SNS("{\\\"source\\\":\\\"aws.s3\\\",\\\"detail-type\\\":\\\"Object Created\\\",\\\"detail\\\":"
         "{\\\"bucket\\\":{\\\"name\\\":\\\"logs\\\"},\\\"object\\\":{\\\"key\\\":\\\"k\\\"}}}"),
     "s3://logs/k  0;"},
    {"EventBridge, something else of S3",
     "{\"source\":\"aws.s3\",\"detail-type\":\"Object Deleted\",\"detail\":{}}", "nothing"},
    {"CloudTrail's own, raw", "{\"s3Bucket\":\"logs\",\"s3ObjectKey\":[\"a b\",\"c%20d\"]}",
     "s3://logs/a b  0;s3://logs/c%20d  0;"},
    {"CloudTrail's own", SNS("{\\\"s3Bucket\\\":\\\"logs\\\",\\\"s3ObjectKey\\\":[\\\"k\\\"]}"),
     "s3://logs/k  0;"},
    {"CloudTrail tries a topic", SNS("CloudTrail validation message."), "nothing"},
    {"S3 tries a destination", "{\"Service\":\"Amazon S3\",\"Event\":\"s3:TestEvent\"}", "nothing"},
    {"S3 tries a topic", SNS("{\\\"Event\\\":\\\"s3:TestEvent\\\"}"), "nothing"},
    {"an event",
     "{\"detail-type\":\"AWS API Call via CloudTrail\",\"account\":\"1\",\"detail\":{\"eventID\":"
     "\"x\", \"recipientAccountId\":\"2\"}}",
     "event {\"eventID\":\"x\", \"recipientAccountId\":\"2\"}"},
    {"an event that leaves its account to the envelope",
     "{\"detail-type\":\"AWS Console Sign In via CloudTrail\",\"account\":\"1\",\"detail\":{"
     "\"eventID\":\"x\"}}",
     "event {\"eventID\":\"x\",\"recipientAccountId\":\"1\"}"},
    {"an insight", "{\"detail-type\":\"AWS Insight via CloudTrail\",\"detail\":{\"a\":1}}",
     "event {\"a\":1}"},
    {"an event without a record", "{\"detail-type\":\"AWS API Call via CloudTrail\",\"detail\":{}}",
     "its detail is no record"},
    {"EventBridge of others", "{\"detail-type\":\"EC2 Spot\",\"source\":\"aws.ec2\"}",
     "EventBridge's 'EC2 Spot' of 'aws.ec2' is neither an event of CloudTrail, one of S3 nor one "
     "with findings"},
    {"a finding", "{\"detail-type\":\"GuardDuty Finding\",\"detail\":{\"a\":1}}",
     "findings {\"detail-type\":\"GuardDuty Finding\",\"detail\":{\"a\":1}}"},
    {"findings within SNS",
     SNS("{\\\"detail-type\\\":\\\"Security Hub Findings - Imported\\\",\\\"detail\\\":{}}"),
     "findings {\"detail-type\":\"Security Hub Findings - Imported\",\"detail\":{}}"},
    {"no JSON", "hello", "it is no JSON that can be read: "},
    {"no bytes", "", "it is no JSON that can be read: "},
    {"no object", "[1]", "it is no JSON object"},
    {"nothing known", "{\"a\":1}", "it is neither a notification of S3, SNS, EventBridge or "},
    {"no records", "{\"Records\":[]}", "it is neither a notification of S3, SNS, EventBridge or "},
    {"records of CloudTrail", "{\"Records\":[{\"eventSource\":\"s3.amazonaws.com\"}]}",
     "one of its Records is no event of S3"},
    {"another version",
     "{\"Records\":[{\"eventVersion\":\"3.0\",\"eventSource\":\"aws:s3\",\"eventName\":\"x\"}]}",
     "its Records have version '3.0', where 2.x is what can be read"},
    {"a subscription", "{\"Type\":\"SubscriptionConfirmation\",\"Message\":\"You have chosen\"}",
     "a message of SNS of the type 'SubscriptionConfirmation' brings nothing"},
    {"no bucket's name",
     "{\"Records\":[" RECORD("ObjectCreated:Put", "logs/x", "\"key\":\"a\"") "]}",
     "'logs/x' and 'x/a' name no object that can be read"},
    {"a bucket's name too short",
     "{\"Records\":[" RECORD("ObjectCreated:Put", "l", "\"key\":\"a\"") "]}",
     "'s3://l/a' names no bucket"},
    {"no key", "{\"Records\":[" RECORD("ObjectCreated:Put", "logs", "\"size\":1") "]}",
     "'logs' and '' name no object that can be read"},
    {"a key that is not encoded",
     "{\"Records\":[" RECORD("ObjectCreated:Put", "logs", "\"key\":\"a%2\"") "]}",
     "the key 'a%2' is not encoded as S3 does"},
    {"a key with a NUL",
     "{\"Records\":[" RECORD("ObjectCreated:Put", "logs", "\"key\":\"a%00b\"") "]}",
     "'logs' and 'a"},
};

/* What *body* says, as text. */
static void say(Str body, Buf *ret)
{
    Error err = {0};
    Notification said;
    Arena *arena = arena_new(NOTIFICATION_ARENA_BYTES, &err);
    support_ok(arena != NULL, &err);
    ret->len = 0;
    Error ignored = {0};
    bool ok = notification_read(body, arena, &said, &err);
    bool put = true;
    if (!ok)
        put = buf_append_str(ret, str_of(err.text), &ignored);
    else if (said.kind == NOTIFICATION_NOTHING)
        put = buf_append_str(ret, STR("nothing"), &ignored);
    else if (said.kind == NOTIFICATION_EVENT || said.kind == NOTIFICATION_FINDINGS)
        put =
            buf_printf(ret, &ignored, "%s %.*s",
                       said.kind == NOTIFICATION_EVENT ? "event" : "findings", STR_ARG(said.event));
    assert_true(!ok || (said.kind == NOTIFICATION_FINDINGS) <= notification_may_be_findings(body));
    for (size_t i = 0; ok && put && i < said.count; i++)
        put = buf_printf(ret, &ignored, "%s %.*s %d;", said.objects[i].uri,
                         STR_ARG(said.objects[i].etag), (int)said.objects[i].bytes);
    support_ok(put && buf_text(ret, &ignored), &ignored);
    assert_true(ok || err.kind == ERROR_INPUT || err.kind == ERROR_LIMIT);
    arena_free(arena);
}

static void each_form_is_known(void **state)
{
    (void)state;
    BUF_AUTO Buf said = buf_init(1 << 16);
    for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++) {
        say(str_of(CASES[i].body), &said);
        bool exact = strstr(CASES[i].said, ";") || str_starts(str_of(CASES[i].said), STR("event"));
        if (exact ? strcmp(said.ptr, CASES[i].said) != 0
                  : !str_starts(buf_str(&said), str_of(CASES[i].said)))
            fail_msg("%s: '%s' instead of '%s'", CASES[i].name, said.ptr, CASES[i].said);
    }
}

/* *text* as the Message of SNS, *times* times. */
static void wrap(const char *text, int times, Buf *ret)
{
    Error err = {0};
    support_ok(buf_append_str(ret, str_of(text), &err), &err);
    for (int i = 0; i < times; i++) {
        BUF_AUTO Buf inner = buf_init(1 << 20);
        support_ok(buf_append_str(&inner, buf_str(ret), &err), &err);
        ret->len = 0;
        support_ok(buf_append_str(ret, STR("{\"Type\":\"Notification\",\"Message\":"), &err) &&
                       json_append_string(ret, buf_str(&inner), &err) &&
                       buf_append_byte(ret, '}', &err),
                   &err);
    }
}

static void depth_is_bounded(void **state)
{
    (void)state;
    BUF_AUTO Buf said = buf_init(1 << 16), body = buf_init(1 << 20), deep = buf_init(1 << 20);
    Error err = {0};
    wrap("{\"Event\":\"s3:TestEvent\"}", NOTIFICATION_WRAPPED_MAX, &body);
    say(buf_str(&body), &said);
    assert_string_equal(said.ptr, "nothing");
    body.len = 0;
    wrap("{\"Event\":\"s3:TestEvent\"}", NOTIFICATION_WRAPPED_MAX + 1, &body);
    say(buf_str(&body), &said);
    assert_string_equal(said.ptr, "messages within messages, more than 3");
    for (int i = 0; i < 1000; i++)
        support_ok(buf_append_str(&deep, STR("{\"a\":"), &err), &err);
    say(buf_str(&deep), &said);
    assert_non_null(strstr(said.ptr, "it is no JSON that can be read: "));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_form_is_known),
        cmocka_unit_test(depth_is_bounded),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
