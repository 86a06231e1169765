#include "decode/batch.h"

#include "base/fault.h"
#include "batch_rows.h"

static void is_empty_and_usable_after_a_reset(void **state)
{
    (void)state;
    Error err = {0};
    ObjectReport report;
    Batch *batch = batch_new(10, (size_t)64 << 20, rows_secret, &err);
    Decoder *decoder = object_decoder_new(NULL, NULL, &err);
    support_ok(batch && decoder, &err);
    uint64_t first = 0;
    for (int round = 0; round < 3; round++) {
        Str text =
            STR("{" ROW_TIME ",\"eventName\":\"a\",\"userIdentity\":{\"arn\":\"b\"},\"x\":1}");
        support_ok(object_decode(decoder, text, 5, batch, &report, &err), &err);
        assert_int_equal(batch->rows, 1);
        row_is(batch, F_EVENT_NAME, 0, "a");
        row_is(batch, F_PRINCIPAL_ARN, 0, "b");
        assert_int_equal(batch->columns[F_EVENT_NAME].entry_count, 1);
        assert_true(round == 0 || first == batch->content_hash[0]);
        first = batch->content_hash[0];
        batch_reset(batch);
        assert_int_equal(batch->rows, 0);
        assert_int_equal(batch_bytes(batch), 0);
        row_is(batch, F_EVENT_NAME, 0, "");
    }
    object_decoder_free(decoder);
    batch_free(batch);
    batch_free(NULL);
}

static void is_full_by_rows_and_by_bytes(void **state)
{
    (void)state;
    Error err = {0};
    ObjectReport report;
    Batch *rows = batch_new(2, (size_t)64 << 20, rows_secret, &err);
    Batch *bytes = batch_new(1000, ((size_t)8 << 20) + 1000, rows_secret, &err);
    Decoder *decoder = object_decoder_new(NULL, NULL, &err);
    support_ok(rows && bytes && decoder, &err);
    Str text = STR("{" ROW_TIME ",\"requestParameters\":{\"a\":\"bbbbbbbbbbbbbbbbbbbbbbbbbbbb\"}}\n"
                   "{" ROW_TIME ",\"requestParameters\":{\"a\":\"cccccccccccccccccccccccccccc\"}}");
    assert_false(batch_full(rows));
    assert_false(batch_full(bytes));
    support_ok(object_decode(decoder, text, 5, rows, &report, &err), &err);
    support_ok(object_decode(decoder, text, 5, bytes, &report, &err), &err);
    assert_true(batch_full(rows));
    while (!batch_full(bytes) && bytes->rows < 100)
        support_ok(object_decode(decoder, text, 5, bytes, &report, &err) || batch_full(bytes),
                   &err);
    assert_true(bytes->rows < 100);
    assert_false(object_decode(decoder, text, 5, rows, &report, &err));
    assert_int_equal(err.kind, ERROR_LIMIT);
    object_decoder_free(decoder);
    batch_free(rows);
    batch_free(bytes);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(is_empty_and_usable_after_a_reset),
        cmocka_unit_test(is_full_by_rows_and_by_bytes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
