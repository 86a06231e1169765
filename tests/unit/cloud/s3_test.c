/* Buckets are found, listed and read as S3 answers, and errors name what is missing. */
#include "support/support.h"

#include "cloud/s3.h"

#include <stdio.h>
#include <stdlib.h>

#include "support/aws.h"

typedef struct Setting {
    Peer *peer;
    Aws *aws;
    RequestLine *line;
    S3Bucket bucket;
} Setting;

static Setting set_up(const PeerAnswer *answers, size_t count)
{
    Setting setting = {.peer = peer_start(answers, count), .bucket = {.name = "logs"}};
    setting.aws = support_aws(setting.peer, 4, &setting.line);
    setting.bucket.endpoint.path_style = true;
    snprintf(setting.bucket.endpoint.url, sizeof setting.bucket.endpoint.url, "%s",
             peer_url(setting.peer));
    snprintf(setting.bucket.endpoint.region, sizeof setting.bucket.endpoint.region, "eu-west-1");
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

static void names(void **state)
{
    (void)state;
    static const struct {
        const char *uri, *bucket, *key; /* no bucket: refused */
    } CASES[] = {
        {"s3://logs", "logs", ""},
        {"s3://logs/", "logs", ""},
        {"s3://logs//a b", "logs", "/a b"},
        {"s3://lo.gs-1/p/q/", "lo.gs-1", "p/q/"},
        {"s3://", NULL, NULL},
        {"s3://lo/x", NULL, NULL},
        {"s3://lo gs/x", NULL, NULL},
        {"http://logs/x", NULL, NULL},
    };
    for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++) {
        Error err = {0};
        Str bucket, key;
        bool ok = s3_split(str_of(CASES[i].uri), &bucket, &key, &err);
        assert_int_equal(ok, CASES[i].bucket != NULL);
        assert_true(ok || err.kind == ERROR_USAGE);
        if (ok)
            assert_true(str_equal(bucket, str_of(CASES[i].bucket)) &&
                        str_equal(key, str_of(CASES[i].key)));
    }
}

static void where_it_is(void **state)
{
    (void)state;
    const PeerAnswer answers[] = {
        {.text = "HTTP/1.1 301 Moved\r\nx-amz-bucket-region: ap-south-1\r\nContent-Length: "
                 "0\r\n\r\n"},
        {.text = "HTTP/1.1 404 No\r\nContent-Length: 0\r\n\r\n"},
        {.text = "HTTP/1.1 403 No\r\nContent-Length: 0\r\n\r\n"},
    };
    Setting setting = set_up(answers, 3);
    Error err = {0};
    const S3Bucket *bucket = aws_bucket(setting.aws, setting.line, STR("moved"), &err);
    support_ok(bucket != NULL, &err);
    assert_string_equal(bucket->endpoint.region, "ap-south-1");
    assert_ptr_equal(aws_bucket(setting.aws, setting.line, STR("moved"), &err), bucket);
    assert_null(aws_bucket(setting.aws, setting.line, STR("gone"), &err));
    assert_non_null(strstr(err.text, "s3://gone: there is no such bucket"));
    error_clear(&err);
    support_ok(aws_bucket(setting.aws, setting.line, STR("denied"), &err) != NULL, &err);
    assert_asked(&setting, 0, "HEAD /moved/ HTTP/1.1\r\n");
    tear_down(&setting);
}

/* What a page held, as text. */
static bool take_object(void *context, const S3Object *object, Error *err)
{
    return buf_append_str(context, object->key, err) && /* may hold a NUL */
           buf_printf(context, err, " %.*s %llu %lld%s;", STR_ARG(object->etag),
                      (unsigned long long)object->bytes, (long long)object->modified_us / 1000,
                      object->archived ? " archived" : "");
}

static bool take_folder(void *context, Str prefix, Error *err)
{
    return buf_printf(context, err, "[%.*s]", STR_ARG(prefix));
}

static void pages(void **state)
{
    (void)state;
    char *first = support_answer(
        200, "",
        "<?xml version=\"1.0\"?><ListBucketResult xmlns=\"x\"><EncodingType>url</EncodingType>"
        "<IsTruncated>true</IsTruncated><NextContinuationToken>t&amp;1=</NextContinuationToken>"
        "<Contents><Key>a%2Fb+c%25%C3%A9&amp;%00x</Key><LastModified>1970-01-01T00:00:02.500Z"
        "</LastModified><ETag>&quot;e&quot;</ETag><Size>12</Size><StorageClass>STANDARD"
        "</StorageClass></Contents><Contents><Key>old</Key><LastModified>1970-01-01T00:00:00Z"
        "</LastModified><Size>0</Size><StorageClass>DEEP_ARCHIVE</StorageClass></Contents>"
        "<CommonPrefixes><Prefix>p%2F</Prefix></CommonPrefixes></ListBucketResult>");
    char *last = support_answer(200, "",
                                "<ListBucketResult><IsTruncated>false</IsTruncated>"
                                "</ListBucketResult>");
    char *broken = support_answer(200, "",
                                  "<ListBucketResult><Contents><Key>k</Key><Size>x</Size>"
                                  "</Contents></ListBucketResult>");
    const PeerAnswer answers[] = {{.text = first}, {.text = last}, {.text = broken}};
    Setting setting = set_up(answers, 3);
    Error err = {0};
    BUF_AUTO Buf token = buf_init(1000), seen = buf_init(1000);
    const S3PageTake take = {take_object, take_folder, &seen};
    for (int i = 0; i < 3; i++) {
        const S3Listing listing = {.prefix = STR("a/é"), .token = buf_str(&token), .folders = true};
        RequestCall *call = s3_list_start(&setting.bucket, setting.line, &listing, &err);
        support_ok(call && request_await(setting.line, call, NULL, &err), &err);
        bool ok = s3_list_end(&setting.bucket, call, &take, &token, &err);
        request_free(call);
        assert_int_equal(ok, i < 2);
        assert_int_equal(token.len, i == 0 ? 4 : 0);
    }
    static const char SEEN[] = "a/b c%\xc3\xa9&\0x \"e\" 12 2500;old  0 0 archived;[p/]";
    assert_int_equal(seen.len, sizeof SEEN - 1);
    assert_memory_equal(seen.ptr, SEEN, sizeof SEEN - 1);
    assert_string_equal(err.text, "listing s3://logs: size 'x' of 'k' is no number");
    assert_asked(&setting, 0, "GET /logs/?delimiter=%2F&encoding-type=url&list-type=2&prefix=a%2F");
    assert_asked(&setting, 1, "?continuation-token=t%261%3D&delimiter=");
    tear_down(&setting);
    free(first);
    free(last);
    free(broken);
}

static void objects(void **state)
{
    (void)state;
    char *denied = support_answer(403, "", "<Error><Code>AccessDenied</Code></Error>");
    char *archived = support_answer(403, "", "<Error><Code>InvalidObjectState</Code></Error>");
    const PeerAnswer answers[] = {
        {.text = "HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nbody"},
        {.text = "HTTP/1.1 412 Changed\r\nContent-Length: 0\r\n\r\n"},
        {.text = archived},
        {.text = denied},
        {.text = "HTTP/1.1 200 OK\r\nx-amz-server-side-encryption-aws-kms-key-id: "
                 "arn:aws:kms:eu-west-1:1:key/7\r\n\r\n"},
    };
    static const char *const SAYS[] = {"", "s3://logs/a+b: it changed after it was listed",
                                       "--restore", "kms:Decrypt on arn:aws:kms:eu-west-1:1:key/7"};
    Setting setting = set_up(answers, sizeof answers / sizeof *answers);
    BUF_AUTO Buf body = buf_init(100);
    for (int i = 0; i < 4; i++) {
        Error err = {0};
        RequestCall *call =
            s3_get_start(&setting.bucket, setting.line, STR("a+b"), STR("\"e\""), &err);
        support_ok(call != NULL, &err);
        while (!request_done(call))
            support_ok(request_pump(setting.line, 1000000, &err), &err);
        bool ok = s3_get_end(&setting.bucket, setting.line, call, STR("a+b"), &body, &err);
        request_free(call);
        assert_int_equal(ok, i == 0);
        if (!ok && !strstr(err.text, SAYS[i]))
            fail_msg("'%s' does not say '%s'", err.text, SAYS[i]);
    }
    assert_int_equal(body.len, 4);
    assert_asked(&setting, 0, "GET /logs/a%2Bb HTTP/1.1\r\n");
    assert_asked(&setting, 4, "HEAD /logs/a%2Bb HTTP/1.1\r\n");
    tear_down(&setting);
    free(denied);
    free(archived);
}

static void restored(void **state)
{
    (void)state;
    char *asked = support_answer(409, "", "<Error><Code>RestoreAlreadyInProgress</Code></Error>");
    const PeerAnswer answers[] = {{.text = "HTTP/1.1 202 Yes\r\nContent-Length: 0\r\n\r\n"},
                                  {.text = asked}};
    Setting setting = set_up(answers, 2);
    Error err = {0};
    setting.bucket.requester_pays = true;
    support_ok(s3_restore(&setting.bucket, setting.line, STR("k"), 3, &err), &err);
    support_ok(s3_restore(&setting.bucket, setting.line, STR("k"), 3, &err), &err);
    assert_asked(&setting, 0, "POST /logs/k?restore= HTTP/1.1\r\n");
    assert_asked(&setting, 0, "\r\nx-amz-request-payer: requester\r\n");
    assert_asked(&setting, 1, "<Days>3</Days>");
    tear_down(&setting);
    free(asked);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(names),   cmocka_unit_test(where_it_is), cmocka_unit_test(pages),
        cmocka_unit_test(objects), cmocka_unit_test(restored),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
