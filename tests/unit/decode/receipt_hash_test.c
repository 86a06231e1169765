/* Every object gets its own hash, however objects of all sizes follow each other. */
#include "batch_rows.h"

enum { OBJECTS = 40 };

typedef struct Hashes {
    uint8_t got[OBJECTS][HASH_SHA256_BYTES];
    unsigned times[OBJECTS];
} Hashes;

static bool note_hash(void *context, int64_t object_id, const uint8_t sha256[HASH_SHA256_BYTES],
                      Error *err)
{
    Hashes *hashes = context;
    (void)err;
    memcpy(hashes->got[object_id], sha256, HASH_SHA256_BYTES);
    hashes->times[object_id]++;
    return true;
}

static void make_text(Buf *text, unsigned object)
{
    Error err = {0};
    text->len = 0;
    support_ok(buf_printf(text, &err, "{\"Records\":["), &err);
    for (unsigned i = 0; i < object * 7919 % 13; i++)
        support_ok(buf_printf(text, &err, "%s{" ROW_TIME ",\"eventID\":\"%u-%u\"}", i ? "," : "",
                              object, i),
                   &err);
    support_ok(buf_printf(text, &err, "]}"), &err);
}

static void hashes_each_object_once_and_rightly(void **state)
{
    static Hashes hashes;
    Error err = {0};
    BUF_AUTO Buf text = buf_init(1 << 20);
    DecoderHooks hooks = {.context = &hashes, .hashed = note_hash};
    DecoderLimits limits = OBJECT_LIMITS_DEFAULT;
    limits.whole_bytes_max = 500; /* some objects come in windows */
    (void)state;
    Decoder *decoder = object_decoder_new(&limits, &hooks, &err);
    Batch *batch = batch_new(1000, (size_t)32 << 20, rows_secret, &err);
    support_ok(decoder && batch, &err);
    uint32_t records = 0;
    for (unsigned object = 0; object < OBJECTS; object++) {
        ObjectReport report;
        make_text(&text, object);
        support_ok(object_decode(decoder, buf_str(&text), object, batch, &report, &err), &err);
        records += report.records_stored;
        if (object % 10 == 9)
            support_ok(object_decoder_flush(decoder, &err), &err);
    }
    assert_int_equal(records, batch->rows);
    for (unsigned object = 0; object < OBJECTS; object++) {
        uint8_t want[HASH_SHA256_BYTES];
        make_text(&text, object);
        hash_sha256(text.ptr, text.len, want);
        assert_int_equal(hashes.times[object], 1);
        assert_memory_equal(hashes.got[object], want, sizeof want);
    }
    support_ok(object_decoder_flush(decoder, &err), &err);
    object_decoder_free(decoder);
    batch_free(batch);
}

static void hashes_a_large_object_among_small_ones(void **state)
{
    static Hashes hashes;
    Error err = {0};
    BUF_AUTO Buf text = buf_init(1 << 26);
    DecoderHooks hooks = {.context = &hashes, .hashed = note_hash};
    (void)state;
    memset(&hashes, 0, sizeof hashes);
    Decoder *decoder = object_decoder_new(NULL, &hooks, &err);
    support_ok(decoder != NULL, &err);
    for (unsigned object = 0; object < 6; object++) {
        ObjectReport report;
        uint8_t want[HASH_SHA256_BYTES];
        size_t len = object == 2 || object == 3 ? 17 << 20 : 100 + object;
        text.len = 0;
        support_ok(buf_printf(&text, &err, "{" ROW_TIME "}"), &err);
        support_ok(buf_reserve(&text, len, &err), &err);
        memset(text.ptr + text.len, ' ', len);
        text.len += len;
        support_ok(object_decode(decoder, buf_str(&text), object, NULL, &report, &err), &err);
        assert_int_equal(report.records_stored, 1);
        support_ok(object == 5 ? object_decoder_flush(decoder, &err) : true, &err);
        hash_sha256(text.ptr, text.len, want);
        if (object == 2 || object == 3)
            assert_memory_equal(hashes.got[object], want, sizeof want);
    }
    for (unsigned object = 0; object < 6; object++)
        assert_int_equal(hashes.times[object], 1);
    object_decoder_free(decoder);
}

static void hashes_nothing_when_switched_off(void **state)
{
    (void)state;
    Error err = {0};
    ObjectReport report;
    DecoderLimits limits = OBJECT_LIMITS_DEFAULT;
    limits.sha256 = false;
    Decoder *decoder = object_decoder_new(&limits, NULL, &err);
    support_ok(object_decode(decoder, STR("[]"), 0, NULL, &report, &err), &err);
    uint8_t zeros[HASH_SHA256_BYTES] = {0};
    assert_memory_equal(report.sha256, zeros, sizeof zeros);
    object_decoder_free(decoder);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(hashes_each_object_once_and_rightly),
        cmocka_unit_test(hashes_a_large_object_among_small_ones),
        cmocka_unit_test(hashes_nothing_when_switched_off),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
