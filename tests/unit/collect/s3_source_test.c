/* A bucket is explored and listed in waves, and its objects are read in the order of the list. */
#include "support/support.h"

#include "collect/s3_source.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/file.h"
#include "collect/reader.h"
#include "support/aws.h"

enum { ANSWERS_MAX = 16 };

/* A bucket whose answers depend on the order of the requests: one at a time. */
typedef struct Setting {
    PeerAnswer answers[ANSWERS_MAX];
    size_t count;
    Peer *peer;
    Aws *aws;
} Setting;

static void say(Setting *setting, const char *body)
{
    assert_true(setting->count < ANSWERS_MAX);
    setting->answers[setting->count++].text = support_answer(200, "", body);
}

static void begin(Setting *setting)
{
    setting->peer = peer_start(setting->answers, setting->count);
    setting->aws = support_aws(setting->peer, 1, NULL);
}

static void end(Setting *setting)
{
    aws_free(setting->aws);
    peer_stop(setting->peer);
    for (size_t i = 0; i < setting->count; i++)
        free((char *)(uintptr_t)setting->answers[i].text);
}

#define FOLDER(prefix) "<CommonPrefixes><Prefix>" prefix "</Prefix></CommonPrefixes>"
#define OBJECT(key, class)                                                                         \
    "<Contents><Key>" key "</Key><LastModified>2026-11-24T00:00:00Z</LastModified>"                \
    "<ETag>&quot;e1&quot;</ETag><Size>4</Size><StorageClass>" class "</StorageClass></Contents>"
#define PAGE(inside) "<ListBucketResult>" inside "</ListBucketResult>"
#define REGION       "AWSLogs/111122223333/CloudTrail/eu-west-1/2026/11/"

/* A bucket with two days in one month, another service's folder, and an object beside them. */
static void say_bucket(Setting *setting)
{
    say(setting, ""); /* HEAD */
    say(setting, PAGE(FOLDER("AWSLogs/") OBJECT("readme.txt", "STANDARD")));
    say(setting, PAGE(FOLDER("AWSLogs/111122223333/")));
    say(setting,
        PAGE(FOLDER("AWSLogs/111122223333/Config/") FOLDER("AWSLogs/111122223333/CloudTrail/")));
    say(setting, PAGE(FOLDER("AWSLogs/111122223333/CloudTrail/eu-west-1/")));
    say(setting, PAGE(FOLDER("AWSLogs/111122223333/CloudTrail/eu-west-1/2026/")));
    say(setting, PAGE(FOLDER(REGION)));
    say(setting, PAGE(FOLDER(REGION "25/") FOLDER(REGION "24/")));
}

static int told;

static void tell(void *context, const char *line)
{
    (void)context;
    assert_non_null(strstr(line, "Config"));
    told++;
}

static S3Source *open_source(Setting *setting, bool newest_first)
{
    Error err = {0};
    const S3SourceOptions options = {.aws = setting->aws,
                                     .uri = STR("s3://logs"),
                                     .first = INT32_MIN,
                                     .last = INT32_MAX,
                                     .newest_first = newest_first,
                                     .tell = tell};
    S3Source *source = s3_source_open(&options, &err);
    support_ok(source != NULL, &err);
    return source;
}

static void assert_listed(const ObjectList *list, size_t index, const char *expected)
{
    Error err = {0};
    BUF_AUTO Buf path = buf_init(1000);
    support_ok(object_list_path(object_list_at(list, index), &path, &err), &err);
    assert_string_equal(path.ptr, expected);
}

static void waves_of_days(void **state)
{
    (void)state;
    Setting setting = {.count = 0};
    Error err = {0};
    bool more;
    say_bucket(&setting);
    say(&setting, PAGE(OBJECT(REGION "24/a", "STANDARD") OBJECT(REGION "24/", "STANDARD")));
    say(&setting, PAGE(OBJECT(REGION "25/b", "STANDARD") OBJECT(REGION "25/c", "GLACIER")));
    begin(&setting);
    told = 0;
    S3Source *source = open_source(&setting, false);
    ObjectList *list = object_list_new(&err);
    support_ok(s3_source_next(source, list, SIZE_MAX, &more, &err), &err);
    assert_false(more);
    object_list_sort(list);
    assert_int_equal(told, 1);
    assert_int_equal(object_list_count(list), 4); /* a mark of 4 bytes is no folder's mark */
    assert_listed(list, 0, "s3://logs/readme.txt");
    assert_listed(list, 1, "s3://logs/" REGION "24/");
    assert_listed(list, 2, "s3://logs/" REGION "24/a");
    assert_listed(list, 3, "s3://logs/" REGION "25/b");
    assert_string_equal(object_list_at(list, 3)->etag, "e1");
    const S3SourceTally *tally = s3_source_tally(source);
    assert_int_equal(tally->archived, 1);
    assert_int_equal(tally->days, 2);
    assert_int_equal(tally->requests, 9);
    object_list_free(list);
    s3_source_free(source);
    end(&setting);
}

/* A list that is full stops the listing; the next wave goes on with the page that follows. */
static void full_waves(void **state)
{
    (void)state;
    Setting setting = {.count = 0};
    Error err = {0};
    bool more;
    say(&setting, "");
    say(&setting, PAGE("<IsTruncated>true</IsTruncated><NextContinuationToken>t"
                       "</NextContinuationToken>" OBJECT("d/2026/11/24/a", "STANDARD")));
    say(&setting, PAGE(OBJECT("d/2026/11/24/b", "STANDARD")));
    begin(&setting);
    const S3SourceOptions options = {.aws = setting.aws,
                                     .uri = STR("s3://logs/d/2026/11/24/"),
                                     .first = INT32_MIN,
                                     .last = INT32_MAX};
    S3Source *source = s3_source_open(&options, &err);
    ObjectList *list = object_list_new(&err);
    support_ok(source && s3_source_next(source, list, 1, &more, &err), &err);
    assert_true(more);
    assert_int_equal(object_list_count(list), 1);
    object_list_clear(list);
    support_ok(s3_source_next(source, list, 1, &more, &err), &err);
    assert_false(more);
    assert_listed(list, 0, "s3://logs/d/2026/11/24/b");
    assert_non_null(strstr(peer_request(setting.peer, 2), "continuation-token=t"));
    object_list_free(list);
    s3_source_free(source);
    end(&setting);
}

/* Objects of S3 and files in one list; one that is gone does not stop the others. */
static void read_in_order(void **state)
{
    (void)state;
    Setting setting = {.count = 0};
    Error err = {0};
    ReaderObject object;
    char path[200];
    FileWriter file = {.fd = -1};
    say(&setting, "");
    say(&setting, "first");
    setting.answers[setting.count++].text =
        support_answer(404, "", "<Error><Code>NoSuchKey</Code></Error>");
    say(&setting, "third");
    begin(&setting);
    snprintf(path, sizeof path, "%s/local", support_folder());
    support_ok(file_create(&file, path, &err) && file_write(&file, "file", 4, &err) &&
                   file_finish(&file, &err),
               &err);
    ObjectList *list = object_list_new(&err);
    support_ok(object_list_add_remote(list, "s3://logs/1", STR("\"e\""), 5, 7, &err) &&
                   object_list_add_remote(list, "s3://logs/2", STR("\"e\""), 5, 7, &err) &&
                   object_list_add(list, path, 4, 0, &err) &&
                   object_list_add_remote(list, "s3://logs/3", STR(""), 5, 7, &err),
               &err);
    Reader *reader = reader_new(list, setting.aws, NULL, &err);
    support_ok(reader != NULL, &err);
    reader_begin(reader, 0, 4);
    assert_int_equal(reader_next(reader, &object, &err), READER_READ);
    assert_true(str_equal(object.bytes, STR("first")));
    assert_string_equal(object.etag, "e");
    assert_int_equal(object.modified_us, 7);
    assert_int_equal(reader_next(reader, &object, &err), READER_UNREADABLE);
    assert_non_null(strstr(err.text, "s3://logs/2: NoSuchKey"));
    assert_int_equal(reader_next(reader, &object, &err), READER_READ);
    assert_true(str_equal(object.bytes, STR("file")));
    assert_int_equal(reader_next(reader, &object, &err), READER_READ);
    assert_true(str_equal(object.bytes, STR("third")));
    assert_false(reader_has_next(reader));
    assert_non_null(strstr(peer_request(setting.peer, 1), "if-match: \"e\""));
    reader_free(reader);
    object_list_free(list);
    support_folder_end();
    end(&setting);
}

/* Waiting ends when somebody asks for it. */
static void stopped(void **state)
{
    (void)state;
    Setting setting = {.count = 0};
    Error err = {0};
    ReaderObject object;
    atomic_bool stopping = true;
    say(&setting, "");
    setting.answers[setting.count++] =
        (PeerAnswer){.text = support_answer(200, "", "never"), .silent = true};
    begin(&setting);
    ObjectList *list = object_list_new(&err);
    support_ok(object_list_add_remote(list, "s3://logs/1", STR("e"), 5, 7, &err), &err);
    Reader *reader = reader_new(list, setting.aws, &stopping, &err);
    reader_begin(reader, 0, 1);
    assert_int_equal(reader_next(reader, &object, &err), READER_STOPPED);
    reader_free(reader);
    object_list_free(list);
    end(&setting);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(waves_of_days),
        cmocka_unit_test(full_waves),
        cmocka_unit_test(read_in_order),
        cmocka_unit_test(stopped),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
