#include "decode/object.h"

#include <stdio.h>

#include "base/file.h"
#include "base/mem.h"
#include "support/support.h"

static uint8_t secret[BATCH_SECRET_BYTES] = {7, 7, 7};

typedef struct Total {
    Decoder *decoder;
    Batch *batch;
    uint32_t files, stored, read, quarantined, refused_files;
} Total;

static bool count_piece(void *context, const QuarantineItem *item, Error *err)
{
    Total *total = context;
    (void)err;
    total->quarantined++;
    assert_non_null(item->reason);
    return true;
}

static bool empty(void *context, Batch *batch, Error *err)
{
    (void)context;
    (void)err;
    batch_reset(batch);
    return true;
}

static void open_total(Total *total)
{
    Error err = {0};
    DecoderHooks hooks = {.context = total, .batch_full = empty, .quarantine = count_piece};
    *total = (Total){0};
    total->decoder = object_decoder_new(NULL, &hooks, &err);
    total->batch = batch_new(10000, (size_t)64 << 20, secret, &err);
    support_ok(total->decoder && total->batch, &err);
}

static void close_total(Total *total)
{
    object_decoder_free(total->decoder);
    batch_free(total->batch);
}

static bool decode_file(void *context, const char *path, const FileInfo *info, Error *err)
{
    Total *total = context;
    BUF_AUTO Buf bytes = buf_init(1 << 28);
    ObjectReport report;
    (void)info;
    uint32_t before = total->quarantined;
    support_ok(file_read(path, &bytes, NULL, err), err);
    support_ok(object_decode(total->decoder, buf_str(&bytes), 1, total->batch, &report, err), err);
    total->files++;
    total->stored += report.records_stored;
    total->read += report.records_read;
    assert_int_equal(report.records_read, report.records_stored + report.records_quarantined);
    if (!report.records_stored && report.kind != OBJECT_DIGEST) {
        total->refused_files++;
        if (total->quarantined == before)
            fail_msg("%s: neither stored nor quarantined", path);
    }
    return true;
}

static void decodes_the_real_folders(void **state)
{
    static const struct {
        const char *folder;
        uint32_t records; /* 0: any */
    } FOLDERS[] = {
        {"invictus/CloudTrail", 2900}, {"stratus/detonation-logs", 310}, {"aws-docs", 0}};
    (void)state;
    if (!support_real_data()) {
        print_message("SPOOR_TEST_DATA is not set: real data is not decoded\n");
        skip();
    }
    for (size_t i = 0; i < sizeof FOLDERS / sizeof *FOLDERS; i++) {
        char path[512];
        Error err = {0};
        Total total;
        open_total(&total);
        snprintf(path, sizeof path, "%s/%s", support_real_data(), FOLDERS[i].folder);
        support_ok(file_walk(path, decode_file, NULL, &total, &err), &err);
        print_message("%s: %u files, %u read, %u stored, %u pieces quarantined\n",
                      FOLDERS[i].folder, total.files, total.read, total.stored, total.quarantined);
        if (FOLDERS[i].records)
            assert_int_equal(total.stored, FOLDERS[i].records);
        close_total(&total);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(decodes_the_real_folders),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
