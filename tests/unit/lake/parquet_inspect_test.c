#include "lake/parquet_inspect.h"

#include <stdio.h>
#include <string.h>

#include "base/file.h"
#include "lake/parquet.h"
#include "support/sample.h"
#include "support/support.h"

enum { RECORDS = 3000, GROUPS = 3 };

static Batch *batch;
static Buf written; /* the summary as the writer gave it */
static uint64_t written_bytes;
static char path[256];

/* GROUPS row groups of the sample, sorted by time as its first day comes. */
static int begin(void **state)
{
    (void)state;
    Error err = {0};
    static uint32_t order[RECORDS];
    BUF_AUTO Buf json = buf_init(64 << 20);
    sample_records(&json, RECORDS);
    batch = sample_batch(buf_str(&json));
    written = buf_init(1 << 20);
    snprintf(path, sizeof path, "%s/a.parquet", support_folder());
    for (uint32_t i = 0; i < RECORDS; i++)
        order[i] = i;
    ParquetEncoder *encoder = parquet_encoder_new(&err);
    ParquetFile *file = parquet_create(encoder, path, &err);
    support_ok(file && parquet_note(file, STR("one"), &err) &&
                   parquet_note(file, STR(" two"), &err),
               &err);
    for (uint32_t g = 0; g < GROUPS; g++) {
        ParquetRows rows = {batch, order + g * RECORDS / GROUPS, RECORDS / GROUPS, NULL, 5};
        support_ok(parquet_write_rows(file, &rows, &err), &err);
    }
    support_ok(parquet_finish(file, &written_bytes, &written, &err), &err);
    parquet_encoder_free(encoder);
    return 0;
}

static int end(void **state)
{
    (void)state;
    batch_free(batch);
    buf_free(&written);
    support_folder_end();
    return 0;
}

static void the_footer_gives_back_what_the_state_knew(void **state)
{
    (void)state;
    Error err = {0};
    ParquetInspection found;
    int64_t time_min = INT64_MAX, time_max = INT64_MIN;
    for (uint32_t i = 0; i < batch->rows; i++) {
        time_min = batch->event_time[i] < time_min ? batch->event_time[i] : time_min;
        time_max = batch->event_time[i] > time_max ? batch->event_time[i] : time_max;
    }
    support_ok(parquet_inspect(path, &found, &err), &err);
    assert_int_equal(found.rows, RECORDS);
    assert_int_equal(found.bytes, written_bytes);
    assert_true(found.time_min == time_min && found.time_max == time_max);
    assert_true(str_equal(buf_str(&found.summary), buf_str(&written)));
    assert_true(str_equal(buf_str(&found.note), STR("one two")));
    parquet_inspect_free(&found);
}

static void a_file_that_is_cut_or_damaged_is_refused(void **state)
{
    (void)state;
    Error err = {0};
    char broken[300];
    uint32_t length;
    BUF_AUTO Buf bytes = buf_init(64 << 20);
    ParquetInspection found;
    snprintf(broken, sizeof broken, "%s/broken.parquet", support_folder());
    support_ok(file_read(path, &bytes, NULL, &err), &err);
    memcpy(&length, bytes.ptr + bytes.len - 8, sizeof length);
    Str footer = {bytes.ptr + bytes.len - 8 - length, length};
    const size_t cuts[] = {0, 3, 11, bytes.len / 2, bytes.len - 8, bytes.len - 1};
    for (size_t i = 0; i < sizeof cuts / sizeof *cuts; i++) {
        support_ok(file_replace(broken, (Str){bytes.ptr, cuts[i]}, &err), &err);
        assert_false(parquet_inspect(broken, &found, &err));
        assert_int_equal(err.kind, ERROR_INPUT);
        assert_non_null(strstr(err.text, "broken.parquet"));
    }
    for (size_t len = 0; len < footer.len; len += 7)
        assert_false(
            parquet_inspect_footer(str_slice(footer, 0, len), written_bytes, &found, &err));
    error_clear(&err);
    support_ok(parquet_inspect_footer(footer, written_bytes, &found, &err), &err);
    parquet_inspect_free(&found);
    for (size_t at = 0; at < footer.len; at += 11) { /* whatever it is, nothing breaks */
        bytes.ptr[bytes.len - 8 - length + at] ^= 0x55;
        if (parquet_inspect_footer(footer, written_bytes, &found, &err))
            parquet_inspect_free(&found);
        bytes.ptr[bytes.len - 8 - length + at] ^= 0x55;
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_footer_gives_back_what_the_state_knew),
        cmocka_unit_test(a_file_that_is_cut_or_damaged_is_refused),
    };
    return cmocka_run_group_tests(tests, begin, end);
}
