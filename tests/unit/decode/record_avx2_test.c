#include "decode/record_parser.h"
#include "record_cases.h"

/* This build runs on x86-64 with AVX2. */
static bool runs_here(void)
{
    Error err;
    RecordParser *parser = record_new(RECORD_AVX2, &err);
    record_free(parser);
    if (!parser)
        print_message("this machine does not run the avx2 build\n");
    return parser != NULL;
}

static void gives_each_document_its_verdict_whatever_came_before(void **state)
{
    (void)state;
    if (!runs_here())
        skip();
    assert_int_equal(record_cases_in_pairs(RECORD_AVX2), RECORD_CASE_COUNT * RECORD_CASE_COUNT);
}

static void reads_nothing_behind_a_record_cut_short(void **state)
{
    (void)state;
    if (!runs_here())
        skip();
    assert_true(record_cases_cut_short(RECORD_AVX2) > 1000);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(gives_each_document_its_verdict_whatever_came_before),
        cmocka_unit_test(reads_nothing_behind_a_record_cut_short),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
