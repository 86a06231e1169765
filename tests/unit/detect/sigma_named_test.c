/* Conditions over names of rules. */
#include "detect/correlation.h"
#include "support/rule_cases.h"
#include "support/support.h"
#include "support/text_cases.h"

static void conditions_over_names_are_taken_or_refused(void **state)
{
    (void)state;
    assert_text_cases("unit/detect/sigma_named.txt", 30, rule_cases_run);
}

/* Appends the tree in brackets: (& 0 (! 1)). */
static void dump(const Named *named, Buf *out)
{
    static const char SIGNS[] = {'&', '|', '!'};
    Error err = {0};
    if (named->kind == NAMED_RULE) {
        support_ok(buf_printf(out, &err, "%u", named->rule), &err);
        return;
    }
    support_ok(buf_printf(out, &err, "(%c", SIGNS[named->kind]), &err);
    for (const Named *each = named->first; each; each = each->next) {
        support_ok(buf_append_byte(out, ' ', &err), &err);
        dump(each, out);
    }
    support_ok(buf_append_byte(out, ')', &err), &err);
}

static void not_binds_before_and_and_before_or(void **state)
{
    static const struct {
        const char *rules, *condition, *tree;
    } CASES[] = {
        {"[A, B, C]", "A or B and C", "(| 0 (& 1 2))"},
        {"[A, B, C]", "A and B or C", "(| (& 0 1) 2)"},
        {"[A, B, C]", "(A or B) and C", "(& (| 0 1) 2)"},
        {"[A, B, C]", "A and B and C", "(& 0 1 2)"},
        {"[A, B, C]", "(A or C) and not B", "(& (| 0 2) (! 1))"},
        {"[A, B]", "not A and B", "(& (! 0) 1)"},
        {"[A, B]", "not (A and B)", "(! (& 0 1))"},
        {"[A]", "not not A", "(! (! 0))"},
        {"[B, A]", "A and B", "(& 1 0)"},
        {NULL, "B and not A", "(& 0 (! 1))"},
        {"[A]", "A and A", "(& 0 0)"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++) {
        Error err = {0};
        BUF_AUTO Buf text = buf_init(1 << 16), tree = buf_init(1 << 16);
        bool ok = true;
        for (char name = 'A'; ok && name <= 'C'; name++)
            ok = buf_printf(&text, &err,
                            "title: %c\nname: %c\nlogsource: {product: aws}\n"
                            "detection: {a: {f: 1}, condition: a}\n---\n",
                            name, name);
        ok = ok && buf_printf(&text, &err, "title: c\nname: c\ncorrelation:\n  type: temporal\n");
        if (CASES[i].rules)
            ok = ok && buf_printf(&text, &err, "  rules: %s\n", CASES[i].rules);
        support_ok(
            ok && buf_printf(&text, &err, "  timespan: 1m\n  condition: %s\n", CASES[i].condition),
            &err);
        RuleSet *set = rule_cases_load(buf_str(&text));
        assert_int_equal(ruleset_error_count(set), 0);
        dump(ruleset_find(set, STR("c"))->correlation->condition, &tree);
        if (!str_equal(buf_str(&tree), str_of(CASES[i].tree)))
            fail_msg("%s: %.*s", CASES[i].condition, STR_ARG(buf_str(&tree)));
        ruleset_free(set);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(conditions_over_names_are_taken_or_refused),
        cmocka_unit_test(not_binds_before_and_and_before_or),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
