/* A depot in a bucket: stored once, compared where something lies, listed and removed by version.
 */
#include "lake/depot.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/fault.h"
#include "support/aws.h"
#include "support/support.h"

#define DONE    "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"
#define EXISTS  "HTTP/1.1 412 No\r\nContent-Length: 0\r\n\r\n"
#define MISSING "HTTP/1.1 404 No\r\nContent-Length: 0\r\n\r\n"
#define HIDDEN  "HTTP/1.1 403 No\r\nContent-Length: 0\r\n\r\n"
#define OTHER   "HTTP/1.1 200 OK\r\nETag: \"e\"\r\nContent-Length: 5\r\n\r\nother"
#define SAME    "HTTP/1.1 200 OK\r\nETag: \"e\"\r\nContent-Length: 5\r\n\r\nbytes"

typedef struct Setting {
    Peer *peer;
    Aws *aws;
    RequestLine *line;
    Depot *depot;
} Setting;

/* A depot in s3://vault/kept, whose peer says first that the bucket is there. */
static Setting set_up(const char *const *texts, size_t count, int lock_days)
{
    Error err = {0};
    PeerAnswer answers[16] = {{.text = DONE}};
    for (size_t i = 0; i < count; i++)
        answers[i + 1].text = texts[i];
    Setting setting = {.peer = peer_start(answers, count + 1)};
    setting.aws = support_aws(setting.peer, 1, &setting.line);
    const DepotOptions options = {.place = "s3://vault/kept",
                                  .setting = "keep.originals",
                                  .lock_days = lock_days,
                                  .aws = setting.aws,
                                  .writes = true};
    setting.depot = depot_open(&options, &err);
    support_ok(setting.depot != NULL, &err);
    return setting;
}

static void tear_down(Setting *setting)
{
    depot_free(setting->depot);
    request_line_free(setting->line);
    aws_free(setting->aws);
    peer_stop(setting->peer);
}

static void assert_asked(Setting *setting, size_t index, const char *part)
{
    if (!strstr(peer_request(setting->peer, index), part))
        fail_msg("'%s' is not in '%s'", part, peer_request(setting->peer, index));
}

static bool put(Setting *setting, Error *err)
{
    const Str names[2] = {STR("s3/b/a"), STR("s3/b/a~1")};
    DepotWriter *writer = depot_writer_open(setting->depot, err);
    bool ok = writer && depot_put(writer, names, STR("bytes"), err) && depot_sync(writer, err);
    depot_writer_free(writer);
    return ok;
}

static void what_is_stored_is_stored_once(void **state)
{
    static const char *const ANSWERS[] = {MISSING, DONE};
    Error err = {0};
    Setting setting = set_up(ANSWERS, 2, 30);
    (void)state;
    support_ok(put(&setting, &err), &err);
    assert_asked(&setting, 1, "HEAD /vault/kept/s3/b/a HTTP/1.1\r\n");
    assert_asked(&setting, 2, "PUT /vault/kept/s3/b/a HTTP/1.1\r\n");
    assert_asked(&setting, 2, "\r\nif-none-match: *\r\n");
    assert_asked(&setting, 2, "\r\ncontent-md5: SzpiGLs+OnMD6KFxpg/Pkg==\r\n");
    assert_asked(&setting, 2, "\r\nx-amz-object-lock-mode: COMPLIANCE\r\n");
    assert_asked(&setting, 2, "\r\nx-amz-object-lock-retain-until-date: 20");
    assert_asked(&setting, 2, "\r\n\r\nbytes");
    tear_down(&setting);
}

static void what_lies_there_is_compared(void **state)
{
    static const struct {
        const char *answers[7];
        size_t count;
        const char *last, *words; /* the last request; the error, or none */
    } CASES[] = {
        {{DONE, SAME}, 2, "GET /vault/kept/s3/b/a HTTP/1.1\r\n", NULL},
        {{MISSING, EXISTS, SAME}, 3, "GET /vault/kept/s3/b/a HTTP/1.1\r\n", NULL},
        {{DONE, OTHER, MISSING, DONE}, 4, "PUT /vault/kept/s3/b/a~1 HTTP/1.1\r\n", NULL},
        {{MISSING, EXISTS, OTHER, DONE, SAME}, 5, "GET /vault/kept/s3/b/a~1 HTTP/1.1\r\n", NULL},
        {{HIDDEN, EXISTS, OTHER, MISSING, EXISTS, OTHER},
         6,
         "GET /vault/kept/s3/b/a~1 HTTP/1.1\r\n",
         "keep.originals: s3://vault/kept/s3/b/a~1: there are other bytes already"},
        {{DONE, OTHER, DONE, OTHER},
         4,
         "GET /vault/kept/s3/b/a~1 HTTP/1.1\r\n",
         "keep.originals: s3://vault/kept/s3/b/a~1: there are other bytes already"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++) {
        Error err = {0};
        Setting setting = set_up(CASES[i].answers, CASES[i].count, 0);
        assert_int_equal(put(&setting, &err), CASES[i].words == NULL);
        if (CASES[i].words)
            assert_string_equal(err.text, CASES[i].words);
        assert_int_equal(peer_request_count(setting.peer), CASES[i].count + 1);
        assert_asked(&setting, CASES[i].count, CASES[i].last);
        assert_null(strstr(peer_request(setting.peer, 1), "object-lock"));
        tear_down(&setting);
    }
}

static void a_refusal_says_what_is_needed(void **state)
{
    char *denied = support_answer(403, "", "<Error><Code>AccessDenied</Code></Error>");
    const char *const answers[] = {HIDDEN, denied};
    Error err = {0};
    Setting setting = set_up(answers, 2, 1);
    (void)state;
    assert_false(put(&setting, &err));
    assert_non_null(strstr(err.text, "keep.originals: s3://vault/kept/s3/b/a: s3:PutObject and "
                                     "s3:PutObjectRetention is needed: AccessDenied"));
    tear_down(&setting);
    free(denied);
}

static void what_is_not_there_is_not_found(void **state)
{
    static const char *const ANSWERS[] = {MISSING, SAME};
    Error err = {0};
    bool found;
    BUF_AUTO Buf bytes = buf_init(64);
    Setting setting = set_up(ANSWERS, 2, 0);
    (void)state;
    support_ok(depot_get(setting.depot, STR("a"), &bytes, &found, &err), &err);
    assert_false(found);
    support_ok(depot_get(setting.depot, STR("a"), &bytes, &found, &err), &err);
    assert_true(found && str_equal(buf_str(&bytes), STR("bytes")));
    tear_down(&setting);
}

static bool take_entry(void *context, const DepotEntry *entry, Error *err)
{
    return buf_printf(context, err, "%.*s %.*s %d;", STR_ARG(entry->name), STR_ARG(entry->version),
                      (int)entry->bytes);
}

static void all_versions_are_listed(void **state)
{
    char *first = support_answer(
        200, "",
        "<?xml version=\"1.0\"?><ListVersionsResult xmlns=\"x\"><EncodingType>url</EncodingType>"
        "<IsTruncated>true</IsTruncated><NextKeyMarker>kept/s3/a%20b</NextKeyMarker>"
        "<NextVersionIdMarker>2</NextVersionIdMarker>"
        "<Version><Key>kept/s3/a%20b</Key><VersionId>1</VersionId><Size>12</Size></Version>"
        "<DeleteMarker><Key>kept/s3/a%20b</Key><VersionId>m</VersionId></DeleteMarker>"
        "<Version><Key>kept/s3/a%20b</Key><VersionId>2</VersionId><Size>0</Size></Version>"
        "</ListVersionsResult>");
    char *last = support_answer(200, "",
                                "<ListVersionsResult><IsTruncated>false</IsTruncated><Version><Key>"
                                "kept/s3/c</Key><Size>1</Size></Version></ListVersionsResult>");
    const char *const answers[] = {first, last};
    Error err = {0};
    BUF_AUTO Buf told = buf_init(1024);
    Setting setting = set_up(answers, 2, 0);
    (void)state;
    support_ok(depot_list(setting.depot, STR("s3/"), take_entry, &told, &err), &err);
    assert_string_equal(buf_text(&told, &err), "s3/a b 1 12;s3/a b 2 0;s3/c  1;");
    assert_asked(&setting, 1, "GET /vault/?encoding-type=url&prefix=kept%2Fs3%2F&versions= HTTP");
    assert_asked(&setting, 2,
                 "&key-marker=kept%2Fs3%2Fa%20b&prefix=kept%2Fs3%2F&version-id-marker=2&");
    tear_down(&setting);
    free(first);
    free(last);
}

static void locked_versions_stay(void **state)
{
    char *denied = support_answer(
        403, "",
        "<Error><Code>AccessDenied</Code><Message>forbidden by object lock</Message></Error>");
    static const char LOCKED[] =
        "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n"
        "x-amz-object-lock-retain-until-date: 2999-01-01T00:00:00Z\r\n\r\n";
    const char *const answers[] = {DONE, DONE, MISSING, LOCKED, DONE, denied};
    static const DepotRemoval EXPECTED[] = {DEPOT_GONE, DEPOT_MISSING, DEPOT_LOCKED, DEPOT_LOCKED};
    Error err = {0};
    Setting setting = set_up(answers, 6, 0);
    (void)state;
    for (size_t i = 0; i < sizeof EXPECTED / sizeof *EXPECTED; i++) {
        const DepotEntry entry = {.name = STR("a"), .version = STR("1")};
        DepotRemoval removal;
        support_ok(depot_remove(setting.depot, &entry, 1, false, &removal, &err), &err);
        assert_int_equal(removal, EXPECTED[i]);
    }
    assert_asked(&setting, 1, "HEAD /vault/kept/a?versionId=1 HTTP/1.1\r\n");
    assert_asked(&setting, 2, "DELETE /vault/kept/a?versionId=1 HTTP/1.1\r\n");
    assert_int_equal(peer_request_count(setting.peer), 7);
    tear_down(&setting);
    free(denied);
}

/* Each allocation in turn: told, and nothing is lost or left. */
static void memory_that_runs_out_is_told(void **state)
{
    static const char *const ANSWERS[] = {DONE, OTHER, MISSING, DONE};
    bool done = false;
    uint64_t nth = 0;
    (void)state;
    while (!done) {
        Error err = {0};
        Setting setting = set_up(ANSWERS, 4, 1);
        fault_arm(FAULT_ALLOC, ++nth);
        bool ok = put(&setting, &err);
        done = fault_count(FAULT_ALLOC) < nth;
        fault_arm(FAULT_ALLOC, 0);
        assert_int_equal(ok, err.kind == ERROR_NONE);
        assert_true(ok || !done);
        tear_down(&setting);
    }
    assert_true(nth > 20);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_stored_is_stored_once),
        cmocka_unit_test(what_lies_there_is_compared),
        cmocka_unit_test(a_refusal_says_what_is_needed),
        cmocka_unit_test(what_is_not_there_is_not_found),
        cmocka_unit_test(all_versions_are_listed),
        cmocka_unit_test(locked_versions_stay),
        cmocka_unit_test(memory_that_runs_out_is_told),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
