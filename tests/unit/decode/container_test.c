/* Containers as the decoder sees them, cut at every byte; their kinds are in object_test.c. */
#include "batch_rows.h"

#define RECORD(id) "{\"eventVersion\":\"1.08\"," ROW_TIME ",\"eventID\":\"" id "\"}"
#define MESSAGE                                                                                    \
    "\"{\\\"eventVersion\\\":\\\"1.08\\\",\\\"eventTime\\\":\\\"2024-01-02T03:04:05Z\\\"}\""

static const struct {
    const char *text;
    uint32_t records;
} CASES[] = {
    {"{\"Records\":[" RECORD("1") "," RECORD("2") "," RECORD("3") "]}", 3},
    {"{ \"Records\" : [ " RECORD("1") " , " RECORD("2") " ] , \"next\" : null }", 2},
    {"[" RECORD("1") "," RECORD("2") "]\n[" RECORD("3") "]", 3},
    {RECORD("1") "\n" RECORD("2") "\n", 2},
    {"{\"messageType\":\"DATA_MESSAGE\",\"logEvents\":[{\"message\":" MESSAGE
     "},{\"message\":" MESSAGE "}]}",
     2},
    {"{\"detail-type\":\"x\",\"detail\":" RECORD("1") "}{\"detail-type\":\"x\",\"detail\":" RECORD(
         "2") "}",
     2},
};

static bool ignore_piece(void *context, const QuarantineItem *item, Error *err)
{
    (void)err;
    (void)item;
    ++*(unsigned *)context;
    return true;
}

static void never_finds_more_in_less_and_accounts_for_the_rest(void **state)
{
    Error err = {0};
    unsigned pieces = 0;
    DecoderHooks hooks = {.context = &pieces, .quarantine = ignore_piece};
    (void)state;
    Decoder *decoder = object_decoder_new(NULL, &hooks, &err);
    support_ok(decoder != NULL, &err);
    for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++) {
        size_t len = strlen(CASES[i].text);
        uint32_t before = 0;
        for (size_t cut = 0; cut <= len; cut++) {
            ObjectReport report;
            pieces = 0;
            support_ok(object_decode(decoder, (Str){CASES[i].text, cut}, 1, NULL, &report, &err),
                       &err);
            assert_true(report.records_stored >= before);
            assert_true(report.records_stored <= CASES[i].records);
            bool in_records = i < 2 && cut > 0 && cut < len;
            assert_true(!in_records || !report.complete || pieces);
            before = report.records_stored;
        }
        assert_int_equal(before, CASES[i].records);
        assert_int_equal(pieces, 0);
    }
    object_decoder_free(decoder);
}

static void numbers_records_and_places_pieces(void **state)
{
    Error err = {0};
    ObjectReport report;
    (void)state;
    Batch *batch = rows_of("{\"Records\":[1," RECORD("a") ",null," RECORD("b") "]}");
    assert_int_equal(batch->rows, 2);
    assert_int_equal(batch->record_index[0], 1);
    assert_int_equal(batch->record_index[1], 3);
    batch_free(batch);
    Decoder *decoder = object_decoder_new(NULL, NULL, &err);
    support_ok(object_decode(decoder, STR("[[[[[[[[1]]]]]]]]"), 1, NULL, &report, &err), &err);
    assert_int_equal(report.records_quarantined, 1);
    object_decoder_free(decoder);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(never_finds_more_in_less_and_accounts_for_the_rest),
        cmocka_unit_test(numbers_records_and_places_pieces),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
