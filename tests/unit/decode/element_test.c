/* The fast and the slow path give one result. */
#include "batch_rows.h"

/* Each pair is one value in two spellings, of which the second takes the slow path: a name is
 * spelled with an escape. */
static const struct {
    const char *fast, *slow;
} PAIRS[] = {
    {"\"eventName\":\"a\"", "\"event\\u004eame\":\"a\""},
    {"\"requestParameters\":{\"a\":[1,\"\\u00e4\"]}",
     "\"request\\u0050arameters\":{\"a\":[1,\"\xc3\xa4\"]}"},
    {"\"responseElements\":null", "\"response\\u0045lements\":null"},
    {"\"userIdentity\":{\"type\":\"Root\",\"x\":1}",
     "\"user\\u0049dentity\":{\"type\":\"Root\",\"x\":1}"},
    {"\"resources\":[{\"ARN\":\"a\"}]", "\"re\\u0073ources\":[{\"ARN\":\"a\"}]"},
    {"\"readOnly\":true", "\"read\\u004fnly\":true"},
    {"\"new\":{\"a\":1}", "\"n\\u0065w\":{\"a\":1}"},
    {"\"tlsDetails\":{}", "\"tls\\u0044etails\":{}"},
    {"\"userIdentity\":null", "\"user\\u0049dentity\":null"},
    {"\"resources\":null,\"readOnly\":null", "\"re\\u0073ources\":null,\"readOnly\":null"},
    {"\"eventName\":true,\"eventSource\":null", "\"event\\u004eame\":true,\"eventSource\":null"},
    {"\"requestID\":-1.5e3", "\"request\\u0049D\":-1.5e3"},
};

static void both_paths_give_equal_rows(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof PAIRS / sizeof *PAIRS; i++) {
        BUF_AUTO Buf text = buf_init(4096);
        Error err = {0};
        ObjectReport report;
        /* The second record is the first one again, the last one takes the slow path. */
        support_ok(buf_printf(&text, &err,
                              "{" ROW_TIME ",%s}\n{" ROW_TIME ",%s}\n{" ROW_TIME ",%s}",
                              PAIRS[i].fast, PAIRS[i].fast, PAIRS[i].slow),
                   &err);
        Batch *batch = batch_new(10, (size_t)32 << 20, rows_secret, &err);
        Decoder *decoder = object_decoder_new(NULL, NULL, &err);
        support_ok(object_decode(decoder, buf_str(&text), 1, batch, &report, &err), &err);
        assert_int_equal(report.records_awkward, 1);
        assert_int_equal(batch->rows, 3);
        for (uint32_t row = 0; row < 2; row++) {
            if (batch->content_hash[row] != batch->content_hash[2])
                fail_msg("%s: contents of row %u differ", PAIRS[i].fast, row);
            assert_true(str_equal(row_text(batch, F_EXTRA, row), row_text(batch, F_EXTRA, 2)));
        }
        object_decoder_free(decoder);
        batch_free(batch);
    }
}

static void numbers_equals_without_an_id_per_object(void **state)
{
    enum { RECORDS = 300 };
    BUF_AUTO Buf text = buf_init(1 << 20);
    Error err = {0};
    (void)state;
    for (int i = 0; i < RECORDS; i++)
        support_ok(buf_printf(&text, &err, "{" ROW_TIME ",\"eventName\":\"%d\"}", i / 2), &err);
    Batch *batch = rows_of(buf_text(&text, &err));
    assert_int_equal(batch->rows, RECORDS);
    for (uint32_t a = 0; a < RECORDS; a++) {
        for (uint32_t b = 0; b < a; b++)
            assert_true(batch->identity_hash[a] != batch->identity_hash[b]);
        assert_true(batch->content_hash[a] == batch->content_hash[a ^ 1]);
    }
    batch_free(batch);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(both_paths_give_equal_rows),
        cmocka_unit_test(numbers_equals_without_an_id_per_object),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
