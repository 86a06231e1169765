#include "hunt/asff.h"

#include "support/finding.h"
#include "support/support.h"

static void a_finding_covers_its_matches(void **state)
{
    RuleSet *set = finding_rules();
    HuntMatch matches[] = {finding_match(ruleset_rule(set, 0), 1),
                           finding_match(ruleset_rule(set, 0), 2)};
    (void)state;
    finding_assert(matches, 2, asff_append, "support/findings/asff-full.json");
    ruleset_free(set);
}

static void a_correlation_names_what_its_hits_share(void **state)
{
    RuleSet *set = finding_rules();
    HuntMatch match = finding_match(ruleset_rule(set, 1), 1);
    (void)state;
    match.group = STR("a | b");
    match.value = STR("2");
    match.address = STR("2001:db8::1");
    match.error_code = STR("AccessDenied");
    finding_assert(&match, 1, asff_append, "support/findings/asff-correlation.json");
    ruleset_free(set);
}

static void a_record_that_lacks_everything_still_makes_a_finding(void **state)
{
    RuleSet *set = finding_rules();
    HuntMatch match = finding_bare(ruleset_rule(set, 0));
    (void)state;
    finding_assert(&match, 1, asff_append, "support/findings/asff-bare.json");
    ruleset_free(set);
}

static void hostile_text_stays_text(void **state)
{
    RuleSet *set = finding_rules();
    HuntMatch match = finding_hostile(ruleset_rule(set, 0));
    (void)state;
    finding_assert(&match, 1, asff_append, "support/findings/asff-hostile.json");
    ruleset_free(set);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_finding_covers_its_matches),
        cmocka_unit_test(a_correlation_names_what_its_hits_share),
        cmocka_unit_test(a_record_that_lacks_everything_still_makes_a_finding),
        cmocka_unit_test(hostile_text_stays_text),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
