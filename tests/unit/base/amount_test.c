#include "base/amount.h"

#include "support/support.h"

static void bytes_have_units(void **state)
{
    static const struct {
        uint64_t bytes;
        const char *text;
    } CASES[] = {{0, "0 B"},
                 {812, "812 B"},
                 {1023, "1023 B"},
                 {1024, "1.0 KiB"},
                 {1536, "1.5 KiB"},
                 {1503238553, "1.4 GiB"},
                 {UINT64_C(1) << 50, "1024.0 TiB"}};
    (void)state;
    for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++) {
        char text[AMOUNT_TEXT_BYTES];
        amount_bytes(CASES[i].bytes, text);
        assert_string_equal(text, CASES[i].text);
    }
}

static void counts_have_separators(void **state)
{
    static const struct {
        uint64_t count;
        const char *text;
    } CASES[] = {{0, "0"},
                 {999, "999"},
                 {2900, "2,900"},
                 {1000000, "1,000,000"},
                 {UINT64_MAX, "18,446,744,073,709,551,615"}};
    (void)state;
    for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++) {
        char text[AMOUNT_TEXT_BYTES];
        amount_count(CASES[i].count, text);
        assert_string_equal(text, CASES[i].text);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(bytes_have_units),
        cmocka_unit_test(counts_have_separators),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
