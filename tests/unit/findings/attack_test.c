#include "findings/attack.h"

#include "support/support.h"

static void tactics_are_known_by_their_tags(void **state)
{
    (void)state;
    assert_string_equal(attack_tactic(STR("attack.persistence"))->id, "TA0003");
    assert_string_equal(attack_tactic(STR("attack.Defense_Evasion"))->name, "Defense Evasion");
    assert_string_equal(attack_tactic(STR("attack.defense-impairment"))->id, "TA0112");
    assert_string_equal(attack_tactic(STR("attack.impact"))->type, "Effects");
    assert_null(attack_tactic(STR("attack.t1098")));
    assert_null(attack_tactic(STR("persistence")));
    assert_null(attack_tactic(STR("attack.")));
}

static void techniques_are_numbers(void **state)
{
    (void)state;
    assert_true(str_equal(attack_technique(STR("attack.t1098.001")), STR("1098.001")));
    assert_true(str_equal(attack_technique(STR("attack.T1190")), STR("1190")));
    assert_int_equal(attack_technique(STR("attack.t")).len, 0);
    assert_int_equal(attack_technique(STR("attack.t.1")).len, 0);
    assert_int_equal(attack_technique(STR("attack.tactic")).len, 0);
    assert_int_equal(attack_technique(STR("attack.g0016")).len, 0);
    assert_int_equal(attack_technique(STR("cve.2024")).len, 0);
}

static void a_type_stands_once(void **state)
{
    const Str tags[] = {STR("attack.stealth"), STR("attack.t1070"), STR("attack.defense-evasion"),
                        STR("attack.discovery")};
    Str types[4];
    (void)state;
    assert_int_equal(attack_types(tags, 4, types, 4), 2);
    assert_true(str_equal(types[0], STR("TTPs/Defense Evasion")));
    assert_true(str_equal(types[1], STR("TTPs/Discovery")));
    assert_int_equal(attack_types(tags, 4, types, 1), 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(tactics_are_known_by_their_tags),
        cmocka_unit_test(techniques_are_numbers),
        cmocka_unit_test(a_type_stands_once),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
