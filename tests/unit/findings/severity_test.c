#include "findings/severity.h"

#include "support/support.h"

/* Numbers, the label of their band, its level and the number that the label stands for. */
static void bands_are_those_of_security_hub(void **state)
{
    static const struct {
        int number;
        const char *label;
        RuleLevel level;
        int of_label, next;
    } CASES[] = {{0, "INFORMATIONAL", LEVEL_INFORMATIONAL, 0, 1},
                 {1, "LOW", LEVEL_LOW, 1, 40},
                 {39, "LOW", LEVEL_LOW, 1, 40},
                 {40, "MEDIUM", LEVEL_MEDIUM, 40, 70},
                 {69, "MEDIUM", LEVEL_MEDIUM, 40, 70},
                 {70, "HIGH", LEVEL_HIGH, 70, 90},
                 {89, "HIGH", LEVEL_HIGH, 70, 90},
                 {90, "CRITICAL", LEVEL_CRITICAL, 90, 101},
                 {100, "CRITICAL", LEVEL_CRITICAL, 90, 101}};
    (void)state;
    for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++) {
        assert_string_equal(severity_label(CASES[i].number), CASES[i].label);
        assert_int_equal(severity_level(CASES[i].number), CASES[i].level);
        assert_int_equal(severity_of_label(str_of(CASES[i].label)), CASES[i].of_label);
        assert_int_equal(severity_of_level(CASES[i].level), CASES[i].of_label);
        assert_int_equal(severity_next_band(CASES[i].number), CASES[i].next);
    }
    assert_int_equal(severity_of_label(STR("SEVERE")), -1);
    assert_int_equal(severity_of_level(LEVEL_NONE), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(bands_are_those_of_security_hub),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
