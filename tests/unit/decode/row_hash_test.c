#include "decode/row_hash.h"

#include <stdio.h>
#include <string.h>

#include "base/file.h"
#include "decode/object.h"
#include "lake/parquet.h"
#include "lake/reread.h"
#include "support/sample.h"
#include "support/support.h"

enum { ROWS_MAX = 60000 };

static Engine *engine;
static Decoder *decoder;
static uint64_t rows_seen;
static uint64_t unnamed_seen;
static int files_written;

static bool set_apart(void *context, const QuarantineItem *item, Error *err)
{
    (void)context;
    (void)item;
    (void)err;
    return true;
}

static int begin(void **state)
{
    (void)state;
    Error err = {0};
    EngineOptions options = {.memory_bytes = 1u << 30, .threads = 1};
    DecoderHooks hooks = {.quarantine = set_apart};
    engine = engine_open(&options, &err);
    decoder = object_decoder_new(NULL, &hooks, &err);
    support_ok(engine && decoder, &err);
    return 0;
}

static int end(void **state)
{
    (void)state;
    object_decoder_free(decoder);
    engine_close(engine);
    support_folder_end();
    return 0;
}

static void write_rows(const Batch *batch, const char *path)
{
    Error err = {0};
    static uint32_t order[ROWS_MAX];
    BUF_AUTO Buf summary = buf_init(1 << 20);
    uint64_t bytes;
    for (uint32_t i = 0; i < batch->rows; i++)
        order[i] = i;
    ParquetEncoder *encoder = parquet_encoder_new(&err);
    ParquetFile *file = parquet_create(encoder, path, &err);
    ParquetRows rows = {batch, order, batch->rows, NULL, 7};
    support_ok(file && parquet_write_rows(file, &rows, &err) &&
                   parquet_finish(file, &bytes, &summary, &err),
               &err);
    parquet_encoder_free(encoder);
}

static void compare(const Batch *decoded, const Batch *reread, const char *what)
{
    assert_int_equal(decoded->rows, reread->rows);
    for (uint32_t i = 0; i < decoded->rows; i++) {
        if (decoded->content_hash[i] != reread->content_hash[i])
            fail_msg("%s: content of row %u", what, i);
        if (reread->identity_hash[i] == 0)
            unnamed_seen++;
        else if (decoded->identity_hash[i] != reread->identity_hash[i])
            fail_msg("%s: identity of row %u", what, i);
    }
    rows_seen += decoded->rows;
}

/* Decodes *bytes*, writes the rows as a file, reads it back and compares the fingerprints. */
static void check(Str bytes, const char *what)
{
    Error err = {0};
    ObjectReport report;
    char path[300];
    static int64_t seqs[ROWS_MAX];
    Batch *decoded = batch_new(ROWS_MAX, 128 << 20, sample_secret(), &err);
    Batch *back = batch_new(ROWS_MAX, 128 << 20, sample_secret(), &err);
    support_ok(decoded && back, &err);
    if (object_decode(decoder, bytes, 1, decoded, &report, &err) && decoded->rows) {
        snprintf(path, sizeof path, "%s/%d.parquet", support_folder(), files_written++);
        write_rows(decoded, path);
        Reread *reread = reread_file(engine, path, &err);
        support_ok(reread && reread_fill(reread, back, ROWS_MAX, seqs, &err), &err);
        reread_free(reread);
        compare(decoded, back, what);
        support_ok(file_remove(path, &err), &err);
    }
    batch_free(decoded);
    batch_free(back);
}

static void the_sample_reads_back_with_its_fingerprints(void **state)
{
    (void)state;
    BUF_AUTO Buf json = buf_init(16 << 20);
    sample_records(&json, 2000);
    check(buf_str(&json), "sample");
}

static void odd_records_keep_their_fingerprints(void **state)
{
    (void)state;
#define TIME "\"eventTime\":\"2026-11-24T00:00:00Z\""
    static const struct {
        const char *name;
        const char *json;
    } CASES[] = {
        {"an identity below attributes",
         "[{" TIME ",\"eventID\":\"a\",\"userIdentity\":{\"sessionContext\":{\"attributes\":{"
         "\"sourceIdentity\":\"x\",\"ec2RoleDelivery\":\"2.0\"}}}}]"},
        {"an identity in both places",
         "[{" TIME ",\"eventID\":\"a\",\"userIdentity\":{\"sessionContext\":{\"sourceIdentity\":"
         "\"y\",\"attributes\":{\"sourceIdentity\":\"x\"}}}}]"},
        {"NUL in texts", "[{" TIME ",\"eventID\":\"a\\u0000b\",\"userIdentity\":{\"arn\":"
                         "\"\\u0000\"},\"userAgent\":\"\\u0000\"}]"},
        {"numbers as texts", "[{" TIME ",\"eventID\":7,\"awsRegion\":true,\"readOnly\":\"TRUE\"}]"},
        {"arn instead of ARN", "[{" TIME ",\"eventID\":\"a\",\"resources\":[{\"arn\":\"z\"},3,"
                               "null,{\"x\":1}]}]"},
        {"equal names", "[{" TIME ",\"eventID\":\"a\",\"eventID\":\"b\",\"userIdentity\":{"
                        "\"arn\":1,\"arn\":\"c\"}}]"},
        {"invalid UTF-8", "[{" TIME ",\"eventID\":\"a\xff\",\"userAgent\":\"\xc3\"}]"},
        {"nulls and empties", "[{" TIME ",\"eventID\":\"\",\"userIdentity\":{},\"tlsDetails\":null,"
                              "\"resources\":[],\"userAgent\":\"\",\"errorCode\":null}]"},
        {"an aggregated record",
         "[{\"eventId\":\"q\",\"accountId\":\"1\",\"timeWindow\":{\"windowStart\":"
         "\"2026-01-01T00:00:00Z\"}}]"},
        {"loose JSON", "[{" TIME ",\"eventID\":\"a\",\"requestParameters\":{ \"a\" : \"\\u0061\" ,"
                       "\"b\":[1 ,2]}, \"addendum\":{\"reason\":\"r\",\"x\":{}}}]"},
        {"no identifier", "[{" TIME "},{" TIME "}]"},
    };
#undef TIME
    for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++)
        check(str_of(CASES[i].json), CASES[i].name);
    assert_true(unnamed_seen >= 3);
}

static bool visit(void *context, const char *path, const FileInfo *info, Error *err)
{
    (void)context;
    (void)info;
    BUF_AUTO Buf bytes = buf_init(64 << 20);
    if (!file_read(path, &bytes, NULL, err))
        return false;
    check(buf_str(&bytes), path);
    return true;
}

static void every_kept_hostile_input_reads_back(void **state)
{
    (void)state;
    Error err = {0};
    uint64_t before = rows_seen;
    support_ok(file_walk(TEST_SOURCE_DIR "/fuzz/corpus", visit, NULL, NULL, &err), &err);
    assert_true(rows_seen > before + 20);
}

static void real_data_reads_back(void **state)
{
    (void)state;
    Error err = {0};
    if (!support_real_data()) {
        print_message("skipped: SPOOR_TEST_DATA names no folder of real logs\n");
        skip();
    }
    support_ok(file_walk(support_real_data(), visit, NULL, NULL, &err), &err);
    print_message("%d rows compared\n", (int)rows_seen);
}

static void equal_records_without_a_name_are_numbered(void **state)
{
    (void)state;
    Error err = {0};
    ObjectReport report;
    Batch *batch = batch_new(100, 16 << 20, sample_secret(), &err);
    Str json = STR("[{\"eventTime\":\"2026-11-24T00:00:00Z\"},{\"eventTime\":\"2026-11-24T00:00:00Z"
                   "\"}]");
    support_ok(batch && object_decode(decoder, json, 1, batch, &report, &err), &err);
    assert_int_equal(batch->rows, 2);
    for (uint32_t i = 0; i < 2; i++)
        assert_true(batch->identity_hash[i] ==
                    row_hash_unnamed(batch, batch->content_hash[0], i + 1));
    batch_free(batch);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_sample_reads_back_with_its_fingerprints),
        cmocka_unit_test(odd_records_keep_their_fingerprints),
        cmocka_unit_test(every_kept_hostile_input_reads_back),
        cmocka_unit_test(real_data_reads_back),
        cmocka_unit_test(equal_records_without_a_name_are_numbered),
    };
    return cmocka_run_group_tests(tests, begin, end);
}
