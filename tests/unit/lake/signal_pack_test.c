#include "support/support.h"

#include "decode/batch_column.h"
#include "lake/claim.h"
#include "lake/signal_pack.h"
#include "support/sample.h"

static Batch *batch;
static BatchColumn values;

static int begin(void **state)
{
    (void)state;
    Error err = {0};
    size_t held = 0;
    uint32_t code;
    batch = sample_batch(
        STR("[{\"eventTime\":\"2026-11-02T10:00:05Z\",\"eventID\":\"e1\",\"eventName\":\"N\","
            "\"eventSource\":\"s\",\"userIdentity\":{\"type\":\"AWSService\",\"principalId\":\"p\","
            "\"invokedBy\":\"i\"},\"sourceIPAddress\":\"192.0.2.1\"},"
            "{\"eventTime\":\"2026-11-02T10:00:01Z\",\"eventID\":\"e2\",\"eventName\":\"M\","
            "\"userIdentity\":{\"type\":\"IAMUser\",\"arn\":\"a\"},\"errorCode\":\"E\"},"
            "{\"eventTime\":\"2026-11-02T10:00:09Z\",\"eventID\":\"e3\",\"eventName\":\"N\"}]"));
    batch_column_reset(&values, false, 1 << 20);
    for (int i = 0; i < 2; i++) {
        Str text = i ? STR("{\"u\":\"y\"}") : STR("{\"u\":\"x\"}");
        assert_true(batch_column_find(&values, text, (uint64_t)i + 7, &held, &code, &err));
    }
    return 0;
}

static int end(void **state)
{
    (void)state;
    batch_free(batch);
    batch_column_free(&values);
    return 0;
}

static void assert_text(const PackedSignal *signal, PackText text, const char *expected)
{
    assert_true(str_equal(signal->texts[text], str_of(expected)));
    assert_true(expected[0] == '\0' || signal->texts[text].ptr);
}

static void signals_come_out_as_they_went_in_without_duplicates(void **state)
{
    (void)state;
    Error err = {0};
    SignalPack pack;
    PackedSignal signal;
    const SignalHit hits[] = {{.row = 0, .rule = 300, .values = 2, .packed = true, .shown = true},
                              {.row = 0, .rule = 4, .shown = true},
                              {.row = 1, .rule = 5, .values = 1, .packed = true},
                              {.row = 2, .rule = 5, .values = 2, .packed = true},
                              {.row = 2, .rule = 300, .packed = true}};
    const SignalHits signals = {hits, 5, &values, NULL};
    const uint8_t verdicts[] = {VERDICT_NEW, VERDICT_DUPLICATE, VERDICT_CONFLICT};
    support_ok(signal_pack_make(&signals, batch, verdicts, &pack, &err), &err);
    assert_int_equal(pack.count, 3);
    assert_int_equal(pack.time_max - pack.time_min, 4000000);
    PackReader *reader = signal_pack_open(buf_str(&pack.blob), &err);
    support_ok(reader != NULL, &err);
    signal_pack_free(&pack);
    assert_int_equal(signal_pack_groups(reader), 1);

    assert_true(signal_pack_next(reader, &signal));
    assert_int_equal(signal.rule, 300);
    assert_true(signal.shown && signal.place == 0 && signal.group_code == 1);
    assert_int_equal(signal.time_us, batch->event_time[0]);
    assert_text(&signal, PACK_EVENT_ID, "e1");
    assert_text(&signal, PACK_PRINCIPAL, "i");
    assert_text(&signal, PACK_ADDRESS, "192.0.2.1");
    assert_text(&signal, PACK_GROUP_BY, "{\"u\":\"y\"}");
    assert_null(signal.texts[PACK_ERROR_CODE].ptr);

    assert_true(signal_pack_next(reader, &signal));
    assert_true(signal.rule == 5 && !signal.shown && signal.place == 1 && signal.group_code == 1);
    assert_int_equal(signal.time_us, batch->event_time[2]);
    assert_int_equal(signal.record_index, 2);
    assert_text(&signal, PACK_EVENT_NAME, "N");
    assert_null(signal.texts[PACK_PRINCIPAL].ptr);
    assert_true(signal_pack_next(reader, &signal));
    assert_true(signal.rule == 300 && signal.group_code == 0);
    assert_false(signal_pack_next(reader, &signal));
    signal_pack_close(reader);
}

static void nothing_to_pack_is_an_empty_pack(void **state)
{
    (void)state;
    Error err = {0};
    SignalPack pack;
    const SignalHit hits[] = {{.row = 1, .rule = 5, .packed = true}, {.row = 0, .shown = true}};
    const SignalHits signals = {hits, 2, NULL, NULL};
    const uint8_t verdicts[] = {VERDICT_NEW, VERDICT_DUPLICATE, VERDICT_NEW};
    support_ok(signal_pack_make(&signals, batch, verdicts, &pack, &err), &err);
    assert_int_equal(pack.count, 0);
    assert_int_equal(pack.blob.len, 0);
    signal_pack_free(&pack);
}

/* Every prefix, and every byte changed: refused or read, never more. */
static void damaged_packs_are_refused(void **state)
{
    (void)state;
    Error err = {0};
    SignalPack pack;
    PackedSignal signal;
    size_t refused = 0;
    const SignalHit hits[] = {{.row = 0, .rule = 3, .values = 1, .packed = true},
                              {.row = 2, .rule = 5, .values = 2, .packed = true}};
    const SignalHits signals = {hits, 2, &values, NULL};
    const uint8_t verdicts[] = {VERDICT_NEW, VERDICT_NEW, VERDICT_NEW};
    support_ok(signal_pack_make(&signals, batch, verdicts, &pack, &err), &err);
    for (size_t at = 0; at < 2 * pack.blob.len; at++) {
        Error found = {0};
        bool cut = at < pack.blob.len;
        size_t place = cut ? at : at - pack.blob.len;
        if (!cut)
            pack.blob.ptr[place] ^= 0x55;
        PackReader *reader =
            signal_pack_open((Str){pack.blob.ptr, cut ? place : pack.blob.len}, &found);
        if (!reader) {
            assert_true(found.kind != ERROR_NONE);
            refused++;
        }
        while (reader && signal_pack_next(reader, &signal))
            assert_true(signal.texts[PACK_EVENT_ID].len <= pack.blob.len * 100);
        signal_pack_close(reader);
        if (!cut)
            pack.blob.ptr[place] ^= 0x55;
    }
    assert_true(refused >= pack.blob.len);
    signal_pack_free(&pack);
}

/* Addresses go, principals are longer, groups stay. */
static bool edit(void *context, PackText text, Str value, Buf *ret, bool *ret_removed, Error *err)
{
    *ret_removed = text == PACK_ADDRESS;
    ++*(int *)context;
    return buf_printf(ret, err, "%.*s%s", STR_ARG(value), text == PACK_PRINCIPAL ? "-hidden" : "");
}

static bool leave(void *context, PackText text, Str value, Buf *ret, bool *ret_removed, Error *err)
{
    (void)context;
    (void)text;
    (void)ret_removed;
    return buf_append_str(ret, value, err);
}

static void texts_of_a_pack_become_others(void **state)
{
    (void)state;
    Error err = {0};
    SignalPack pack;
    PackedSignal signal;
    bool changed;
    int texts = 0;
    BUF_AUTO Buf edited = buf_init(1 << 20);
    const SignalHit hits[] = {{.row = 0, .rule = 300, .values = 2, .packed = true, .shown = true},
                              {.row = 1, .rule = 5, .values = 1, .packed = true}};
    const SignalHits signals = {hits, 2, &values, NULL};
    const uint8_t verdicts[] = {VERDICT_NEW, VERDICT_NEW, VERDICT_NEW};
    support_ok(signal_pack_make(&signals, batch, verdicts, &pack, &err) &&
                   signal_pack_edit(buf_str(&pack.blob), leave, NULL, &edited, &changed, &err),
               &err);
    assert_false(changed);
    assert_int_equal(edited.len, 0);
    support_ok(signal_pack_edit(buf_str(&pack.blob), edit, &texts, &edited, &changed, &err), &err);
    assert_true(changed);
    assert_int_equal(texts, 11); /* each distinct one once */
    signal_pack_free(&pack);
    PackReader *reader = signal_pack_open(buf_str(&edited), &err);
    support_ok(reader != NULL, &err);
    assert_true(signal_pack_next(reader, &signal));
    assert_true(signal.rule == 300 && signal.shown && signal.time_us == batch->event_time[0]);
    assert_text(&signal, PACK_PRINCIPAL, "i-hidden");
    assert_text(&signal, PACK_GROUP_BY, "{\"u\":\"y\"}");
    assert_text(&signal, PACK_EVENT_ID, "e1");
    assert_null(signal.texts[PACK_ADDRESS].ptr);
    assert_true(signal_pack_next(reader, &signal));
    assert_text(&signal, PACK_PRINCIPAL, "a-hidden");
    assert_text(&signal, PACK_ERROR_CODE, "E");
    assert_true(signal.rule == 5 && signal.record_index == 1);
    assert_false(signal_pack_next(reader, &signal));
    signal_pack_close(reader);
    assert_false(signal_pack_edit(STR("no pack"), edit, &texts, &edited, &changed, &err));
    assert_int_equal(err.kind, ERROR_INPUT);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(signals_come_out_as_they_went_in_without_duplicates),
        cmocka_unit_test(nothing_to_pack_is_an_empty_pack),
        cmocka_unit_test(damaged_packs_are_refused),
        cmocka_unit_test(texts_of_a_pack_become_others),
    };
    return cmocka_run_group_tests(tests, begin, end);
}
