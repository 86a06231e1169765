/* Queues are found, their messages received, deleted and kept, as SQS's JSON protocol has it. */
#include "support/support.h"

#include "cloud/sqs.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/hash.h"
#include "support/aws.h"

typedef struct Setting {
    Peer *peer;
    Aws *aws;
    RequestLine *line;
    SqsQueue queue;
} Setting;

static Setting set_up(const PeerAnswer *answers, size_t count)
{
    Setting setting = {.peer = peer_start(answers, count)};
    setting.aws = support_aws(setting.peer, 4, &setting.line);
    Error err = {0};
    support_ok(aws_endpoint(setting.aws, STR("sqs"), STR(""), &setting.queue.endpoint, &err), &err);
    snprintf(setting.queue.name, sizeof setting.queue.name, "sqs://q");
    snprintf(setting.queue.url, sizeof setting.queue.url, "http://x/1/q");
    return setting;
}

static void tear_down(Setting *setting)
{
    request_line_free(setting->line);
    aws_free(setting->aws);
    peer_stop(setting->peer);
}

static void assert_asked(Setting *setting, size_t index, const char *part)
{
    if (!strstr(peer_request(setting->peer, index), part))
        fail_msg("'%s' is not in '%s'", part, peer_request(setting->peer, index));
}

static void await(Setting *setting, const SqsCall *call)
{
    Error err = {0};
    assert_non_null(call);
    while (!sqs_done(call))
        support_ok(request_pump(setting->line, 100000, &err), &err);
}

static void names(void **state)
{
    (void)state;
    static const struct {
        const char *uri, *region, *account, *name; /* no name: refused */
    } CASES[] = {
        {"sqs://trail-events", "", "", "trail-events"},
        {"sqs://Q_1.fifo", "", "", "Q_1.fifo"},
        {"sqs://111122223333/q", "", "111122223333", "q"},
        {"sqs://eu-west-1/111122223333/q", "eu-west-1", "111122223333", "q"},
        {"sqs://", NULL, NULL, NULL},
        {"sqs://a b", NULL, NULL, NULL},
        {"sqs:///q", NULL, NULL, NULL},
        {"sqs://1111/q", NULL, NULL, NULL},
        {"sqs:///111122223333/q", NULL, NULL, NULL},
        {"sqs://EU/111122223333/q", NULL, NULL, NULL},
        {"sqs://x/eu-west-1/111122223333/q", NULL, NULL, NULL},
        {"sqs://111122223333/", NULL, NULL, NULL},
        {"sqs://012345678901234567890123456789012345678901234567890123456789012345678901234567890",
         NULL, NULL, NULL},
        {"s3://q", NULL, NULL, NULL},
    };
    for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++) {
        Error err = {0};
        SqsName name;
        bool ok = sqs_split(str_of(CASES[i].uri), &name, &err);
        if (ok != (CASES[i].name != NULL) || (!ok && err.kind != ERROR_USAGE))
            fail_msg("%s: %s", CASES[i].uri, err.text);
        if (ok)
            assert_true(str_equal(name.region, str_of(CASES[i].region)) &&
                        str_equal(name.account, str_of(CASES[i].account)) &&
                        str_equal(name.name, str_of(CASES[i].name)));
    }
}

static void a_queue_is_found(void **state)
{
    (void)state;
    char *found = support_answer(200, "", "{\"QueueUrl\":\"http://h/111122223333/q\"}");
    char *gone = support_answer(
        400, "",
        "{\"__type\":\"com.amazonaws.sqs#QueueDoesNotExist\",\"message\":\"The queue is gone\"}");
    char *denied = support_answer(
        403, "",
        "{\"__type\":\"com.amazon.coral.service#AccessDeniedException\",\"Message\":\"No\"}");
    char *empty = support_answer(200, "", "{}");
    char *broken = support_answer(200, "", "[]");
    const PeerAnswer answers[] = {
        {.text = found}, {.text = gone}, {.text = denied}, {.text = empty}, {.text = broken}};
    static const char *const SAID[] = {
        "sqs://q: QueueDoesNotExist: The queue is gone",
        "sqs://q: sqs:GetQueueUrl is needed: AccessDeniedException: No",
        "sqs://q: GetQueueUrl's answer has no QueueUrl",
        "sqs://q: AmazonSQS.GetQueueUrl: the answer is no JSON object",
    };
    Setting setting = set_up(answers, 5);
    Error err = {0};
    support_ok(sqs_find(&setting.queue, setting.aws, setting.line,
                        STR("sqs://eu-north-1/111122223333/q"), &err),
               &err);
    assert_string_equal(setting.queue.url, "http://h/111122223333/q");
    assert_string_equal(setting.queue.endpoint.region, "eu-north-1");
    assert_asked(&setting, 0, "POST / HTTP/1.1\r\n");
    assert_asked(&setting, 0, "content-type: application/x-amz-json-1.0\r\n");
    assert_asked(&setting, 0, "x-amz-target: AmazonSQS.GetQueueUrl\r\n");
    assert_asked(&setting, 0, "/eu-north-1/sqs/aws4_request");
    assert_asked(&setting, 0, "{\"QueueName\":\"q\",\"QueueOwnerAWSAccountId\":\"111122223333\"}");
    for (size_t i = 0; i < sizeof SAID / sizeof *SAID; i++) {
        error_clear(&err);
        assert_false(sqs_find(&setting.queue, setting.aws, setting.line, STR("sqs://q"), &err));
        if (!str_starts(str_of(err.text), str_of(SAID[i])))
            fail_msg("'%s' instead of '%s'", err.text, SAID[i]);
    }
    assert_asked(&setting, 1, "{\"QueueName\":\"q\"}");
    tear_down(&setting);
    free(found);
    free(gone);
    free(denied);
    free(empty);
    free(broken);
}

static bool take(void *context, const SqsMessage *message, Error *err)
{
    return buf_printf(context, err, "%.*s|%.*s|%.*s|%d|%lld;", STR_ARG(message->id),
                      STR_ARG(message->receipt), STR_ARG(message->body), (int)message->receives,
                      (long long)message->sent_us);
}

static void messages_are_received(void **state)
{
    (void)state;
    char *two =
        support_answer(200, "",
                       "{\"Messages\":[{\"MessageId\":\"m1\",\"ReceiptHandle\":\"r/"
                       "1+=\",\"Body\":\"a\\\"b\\u00e9\","
                       "\"MD5OfBody\":\"2e7c1a4a0f3e3f4d0c7a25d9e6a5a1f5\",\"Attributes\":{"
                       "\"ApproximateReceiveCount\":\"3\",\"SentTimestamp\":\"1700000000123\"}},"
                       "{\"MessageId\":\"m2\",\"ReceiptHandle\":\"r2\",\"Body\":\"\","
                       "\"MD5OfBody\":\"d41d8cd98f00b204e9800998ecf8427e\"}]}");
    uint8_t hash[HASH_MD5_BYTES];
    hash_md5("a\"b\xc3\xa9", 5, hash);
    hash_hex(hash, sizeof hash, strstr(two, "2e7c1a4a"));
    strstr(two, "\"MD5OfBody\":\"")[45] = '"'; /* what the hash's NUL took */
    char *none = support_answer(200, "", "{}");
    char *other = support_answer(200, "",
                                 "{\"Messages\":[{\"MessageId\":\"m\",\"ReceiptHandle\":\"r\","
                                 "\"Body\":\"x\",\"MD5OfBody\":\"00\"}]}");
    char *nameless = support_answer(200, "", "{\"Messages\":[{\"Body\":\"x\"}]}");
    const PeerAnswer answers[] = {
        {.text = two}, {.text = none}, {.text = other}, {.text = nameless}};
    Setting setting = set_up(answers, 4);
    Error err = {0};
    BUF_AUTO Buf seen = buf_init(1000);
    for (int i = 0; i < 4; i++) {
        SqsCall *call = sqs_receive_start(&setting.queue, setting.line, 3, 120, &err);
        await(&setting, call);
        bool ok = sqs_receive_end(call, take, &seen, &err);
        sqs_free(call);
        assert_int_equal(ok, i < 2);
        if (i == 2) {
            assert_int_equal(err.kind, ERROR_BUSY);
            assert_non_null(strstr(err.text, "the body of message 'm' is not what was sent"));
            error_clear(&err);
        }
    }
    assert_non_null(strstr(err.text, "without MessageId"));
    assert_true(
        str_equal(buf_str(&seen), STR("m1|r/1+=|a\"b\xc3\xa9|3|1700000000123000;m2|r2||1|0;")));
    assert_asked(&setting, 0, "x-amz-target: AmazonSQS.ReceiveMessage\r\n");
    assert_asked(&setting, 0,
                 "{\"QueueUrl\":\"http://x/1/q\",\"MaxNumberOfMessages\":10,\"WaitTimeSeconds\":3,"
                 "\"VisibilityTimeout\":120,\"MessageSystemAttributeNames\":["
                 "\"ApproximateReceiveCount\",\"SentTimestamp\"]}");
    tear_down(&setting);
    free(two);
    free(none);
    free(other);
    free(nameless);
}

static void batches_tell_what_failed(void **state)
{
    (void)state;
    char *some = support_answer(
        200, "",
        "{\"Successful\":[{\"Id\":\"0\"}],\"Failed\":[{\"Id\":\"1\",\"SenderFault\":true,\"Code\":"
        "\"ReceiptHandleIsInvalid\",\"Message\":\"old\"},{\"Id\":\"7\"},{\"Id\":\"x\"}]}");
    char *all = support_answer(200, "", "{\"Successful\":[{\"Id\":\"0\"},{\"Id\":\"1\"}]}");
    const PeerAnswer answers[] = {{.text = some}, {.text = all}};
    Setting setting = set_up(answers, 2);
    Error err = {0}, why = {0};
    bool failed[SQS_BATCH_MAX];
    const Str receipts[] = {STR("a\"b"), STR("c")};
    SqsCall *call = sqs_delete_start(&setting.queue, setting.line, receipts, 2, &err);
    await(&setting, call);
    support_ok(sqs_batch_end(call, failed, &why, &err), &err);
    assert_true(!failed[0] && failed[1] && !failed[7]);
    assert_string_equal(why.text,
                        "sqs://q: AmazonSQS.DeleteMessageBatch: ReceiptHandleIsInvalid: old");
    sqs_free(call);
    call = sqs_extend_start(&setting.queue, setting.line, receipts, 2, 60, &err);
    await(&setting, call);
    support_ok(sqs_batch_end(call, failed, NULL, &err), &err);
    assert_true(!failed[0] && !failed[1]);
    sqs_free(call);
    sqs_free(NULL);
    assert_asked(&setting, 0, "x-amz-target: AmazonSQS.DeleteMessageBatch\r\n");
    assert_asked(&setting, 0,
                 "{\"QueueUrl\":\"http://x/1/q\",\"Entries\":[{\"Id\":\"0\",\"ReceiptHandle\":"
                 "\"a\\\"b\"},{\"Id\":\"1\",\"ReceiptHandle\":\"c\"}]}");
    assert_asked(&setting, 1, "x-amz-target: AmazonSQS.ChangeMessageVisibilityBatch\r\n");
    assert_asked(&setting, 1, "\"ReceiptHandle\":\"c\",\"VisibilityTimeout\":60}]}");
    tear_down(&setting);
    free(some);
    free(all);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(names),
        cmocka_unit_test(a_queue_is_found),
        cmocka_unit_test(messages_are_received),
        cmocka_unit_test(batches_tell_what_failed),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
