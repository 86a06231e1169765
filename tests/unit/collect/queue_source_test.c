/* What becomes of messages: kept from others while work lasts, deleted when all is in, else left.
 */
#include "support/support.h"

#include "collect/queue_source.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/clock.h"
#include "base/hash.h"
#include "base/json.h"
#include "support/aws.h"

enum { VISIBLE_S = 2, CALLS_AFTER_ONE = 8 };

static QueueMatch match;

static bool is_in(void *context, Str source, Str key, Str etag, QueueMatch *ret, Error *err)
{
    (void)context, (void)source, (void)key, (void)etag, (void)err;
    *ret = match;
    return true;
}

/* An answer with one message; owned by the caller. */
static char *message_answer(const char *body)
{
    static char text[4000];
    char hex[2 * HASH_MD5_BYTES + 1];
    uint8_t hash[HASH_MD5_BYTES];
    Error err = {0};
    BUF_AUTO Buf quoted = buf_init(2000);
    support_ok(json_append_string(&quoted, str_of(body), &err), &err);
    hash_md5(body, strlen(body), hash);
    hash_hex(hash, sizeof hash, hex);
    snprintf(text, sizeof text,
             "{\"Messages\":[{\"MessageId\":\"m-1\",\"ReceiptHandle\":\"r-1\",\"MD5OfBody\":\"%s\","
             "\"Body\":%.*s,\"Attributes\":{\"ApproximateReceiveCount\":\"1\"}}]}",
             hex, STR_ARG(buf_str(&quoted)));
    return support_answer(200, "", text);
}

typedef struct Setting {
    Peer *peer;
    Aws *aws;
    RequestLine *line;
    QueueSource *source;
    ObjectList *list;
    char *texts[3];
    PeerAnswer answers[3 + CALLS_AFTER_ONE + 2];
} Setting;

/* A queue with one message of *body*, which is received. */
static void receive_one(Setting *ret, const char *body)
{
    Error err = {0};
    bool any;
    *ret = (Setting){.texts = {support_answer(200, "", "{\"QueueUrl\":\"http://h/1/q\"}"),
                               message_answer(body), support_answer(200, "", "{}")}};
    for (size_t i = 0; i < sizeof ret->answers / sizeof *ret->answers; i++)
        ret->answers[i].text = ret->texts[i < 2 ? i : 2];
    ret->peer = peer_start(ret->answers, sizeof ret->answers / sizeof *ret->answers);
    ret->aws = support_aws(ret->peer, 16, &ret->line);
    const QueueSourceOptions options = {
        .aws = ret->aws, .uri = STR("sqs://q"), .visible_s = VISIBLE_S, .is_in = is_in};
    match = QUEUE_MISSING;
    ret->source = queue_source_open(&options, &err);
    ret->list = object_list_new(&err);
    support_ok(ret->source && queue_source_next(ret->source, ret->list, 0, &any, &err), &err);
    assert_true(any);
    assert_int_equal(object_list_count(ret->list), 1);
    assert_int_equal(peer_request_count(ret->peer), 2 + CALLS_AFTER_ONE);
}

static void tear_down(Setting *setting)
{
    object_list_free(setting->list);
    queue_source_free(setting->source);
    request_line_free(setting->line);
    aws_free(setting->aws);
    peer_stop(setting->peer);
    for (size_t i = 0; i < 3; i++)
        free(setting->texts[i]);
}

static const char EVENT[] =
    "{\"Records\":[{\"eventVersion\":\"2.1\",\"eventSource\":\"aws:s3\",\"eventName\":"
    "\"ObjectCreated:Put\",\"s3\":"
    "{\"bucket\":{\"name\":\"logs\"},\"object\":{\"key\":\"a+b\",\"size\":5,\"eTag\":\"e\"}}}]}";

static void visibility_is_extended_and_what_is_in_is_deleted(void **state)
{
    (void)state;
    Setting setting;
    Error err = {0};
    BUF_AUTO Buf path = buf_init(1000);
    receive_one(&setting, EVENT);
    if (object_list_at(setting.list, 0)->carried)
        fail_msg("%s", object_list_at(setting.list, 0)->carried->refusal);
    support_ok(object_list_path(object_list_at(setting.list, 0), &path, &err), &err);
    assert_string_equal(path.ptr, "s3://logs/a b");
    queue_source_tick(setting.source, false);
    size_t before = peer_request_count(setting.peer);
    for (int64_t end = clock_monotonic_us() + 10000000;
         peer_request_count(setting.peer) == before && clock_monotonic_us() < end;) {
        clock_sleep_us(20000);
        queue_source_tick(setting.source, false);
    }
    const char *extended = peer_request(setting.peer, before);
    assert_non_null(strstr(extended, "AmazonSQS.ChangeMessageVisibilityBatch"));
    assert_non_null(strstr(extended, "\"ReceiptHandle\":\"r-1\",\"VisibilityTimeout\":2}"));
    match = QUEUE_SAME;
    support_ok(queue_source_settle(setting.source, &err), &err);
    size_t last = peer_request_count(setting.peer) - 1;
    assert_non_null(strstr(peer_request(setting.peer, last), "AmazonSQS.DeleteMessageBatch"));
    assert_int_equal(queue_source_tally(setting.source)->deleted, 1);
    assert_int_equal(queue_source_tally(setting.source)->left, 0);
    tear_down(&setting);
}

static void what_is_not_in_is_left(void **state)
{
    (void)state;
    Setting setting;
    Error err = {0};
    receive_one(&setting, "hello");
    assert_non_null(object_list_at(setting.list, 0)->carried->refusal);
    support_ok(queue_source_settle(setting.source, &err), &err);
    assert_int_equal(peer_request_count(setting.peer), 2 + CALLS_AFTER_ONE);
    assert_int_equal(queue_source_tally(setting.source)->deleted, 0);
    assert_int_equal(queue_source_tally(setting.source)->left, 1);
    assert_int_equal(queue_source_tally(setting.source)->set_aside, 0);
    tear_down(&setting);
}

static void nothing_is_received_after_a_tick_that_stops(void **state)
{
    (void)state;
    Setting setting;
    Error err = {0};
    bool any;
    receive_one(&setting, EVENT);
    queue_source_tick(setting.source, true);
    object_list_clear(setting.list);
    support_ok(queue_source_next(setting.source, setting.list, 20, &any, &err), &err);
    assert_false(any);
    assert_int_equal(queue_source_tally(setting.source)->left, 1);
    tear_down(&setting);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(visibility_is_extended_and_what_is_in_is_deleted),
        cmocka_unit_test(what_is_not_in_is_left),
        cmocka_unit_test(nothing_is_received_after_a_tick_that_stops),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
