#include "hunt/gather.h"

#include <string.h>

#include "support/finding.h"
#include "support/support.h"

static const int DAY_SECONDS = 86400;

static Gather *gather(const HuntMatch *matches, size_t count)
{
    Error err = {0};
    Gather *all = gather_new(matches, count, &err);
    support_ok(all != NULL, &err);
    return all;
}

static void a_finding_is_a_rule_an_account_a_region_a_subject_and_a_day(void **state)
{
    RuleSet *set = finding_rules();
    const Rule *rule = ruleset_rule(set, 0);
    HuntMatch matches[7];
    (void)state;
    for (int i = 0; i < 6; i++)
        matches[i] = finding_match(rule, i);
    matches[1].rule = ruleset_rule(set, 1);
    matches[2].account = STR("444455556666");
    matches[3].region = STR("eu-west-1");
    matches[4].principal = STR("arn:aws:iam::111122223333:user/bob");
    matches[6] = finding_match(rule, DAY_SECONDS);
    Gather *all = gather(matches, 7);
    assert_int_equal(gather_count(all), 6);
    const Story *first = gather_at(all, 0);
    assert_int_equal(first->count, 2);
    assert_ptr_equal(first->matches[0], &matches[0]);
    assert_ptr_equal(first->matches[1], &matches[5]);
    assert_true(first->last_us - first->first_us == 5000000);
    for (size_t i = 1; i < 6; i++) {
        assert_string_not_equal(gather_at(all, i)->id, gather_at(all, i - 1)->id);
        assert_true(gather_at(all, i)->first_us >= gather_at(all, i - 1)->first_us);
    }
    gather_free(all);
    ruleset_free(set);
}

static void an_id_stays_when_there_are_more_matches(void **state)
{
    RuleSet *set = finding_rules();
    HuntMatch matches[2] = {finding_match(ruleset_rule(set, 0), 1),
                            finding_match(ruleset_rule(set, 0), 2)};
    Gather *one = gather(matches, 1), *two = gather(matches, 2);
    (void)state;
    assert_int_equal(strlen(gather_at(one, 0)->id), STORY_ID_BYTES - 1);
    assert_string_equal(gather_at(one, 0)->id, gather_at(two, 0)->id);
    gather_free(one);
    gather_free(two);
    ruleset_free(set);
}

static void hits_of_a_correlation_are_told_apart_by_what_they_share(void **state)
{
    RuleSet *set = finding_rules();
    HuntMatch matches[3];
    (void)state;
    for (int i = 0; i < 3; i++)
        matches[i] = finding_match(ruleset_rule(set, 1), i);
    matches[0].group = matches[2].group = STR("198.51.100.7");
    matches[1].group = STR("198.51.100.8");
    matches[2].principal = STR("arn:aws:iam::111122223333:user/bob");
    Gather *all = gather(matches, 3);
    Str principals[1];
    assert_int_equal(gather_count(all), 2);
    assert_int_equal(gather_at(all, 0)->count, 2);
    assert_true(str_equal(gather_at(all, 0)->subject, STR("198.51.100.7")));
    assert_int_equal(story_texts(gather_at(all, 0), offsetof(HuntMatch, principal), principals, 0),
                     0);
    gather_free(all);
    ruleset_free(set);
}

static void accounts_and_regions_are_fit_for_arns(void **state)
{
    RuleSet *set = finding_rules();
    HuntMatch match = finding_hostile(ruleset_rule(set, 0));
    Gather *hostile = gather(&match, 1);
    (void)state;
    assert_true(str_equal(gather_at(hostile, 0)->account, STR("444455556666")));
    assert_true(str_equal(gather_at(hostile, 0)->region, STR("us-east-1")));
    gather_free(hostile);
    match = finding_bare(ruleset_rule(set, 0));
    Gather *bare = gather(&match, 1);
    assert_true(str_equal(gather_at(bare, 0)->account, STR("000000000000")));
    gather_free(bare);
    match.region = STR("cn-north-1");
    Gather *china = gather(&match, 1);
    assert_string_equal(gather_at(china, 0)->partition, "aws-cn");
    gather_free(china);
    ruleset_free(set);
}

static void arns_have_parts(void **state)
{
    Str arn = STR("arn:aws-cn:iam::111122223333:user/a:b");
    (void)state;
    assert_true(str_equal(story_arn_part(arn, 2), STR("iam")));
    assert_true(str_equal(story_arn_part(arn, 3), STR("")));
    assert_true(str_equal(story_arn_part(arn, 5), STR("user/a")));
    assert_int_equal(story_arn_part(arn, 9).len, 0);
    assert_int_equal(story_arn_part(STR("arn:"), 1).len, 0);
    assert_int_equal(story_arn_part(STR("root:x"), 1).len, 0);
}

static void no_match_is_no_finding(void **state)
{
    Gather *none = gather(NULL, 0);
    (void)state;
    assert_int_equal(gather_count(none), 0);
    gather_free(none);
    gather_free(NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_finding_is_a_rule_an_account_a_region_a_subject_and_a_day),
        cmocka_unit_test(an_id_stays_when_there_are_more_matches),
        cmocka_unit_test(hits_of_a_correlation_are_told_apart_by_what_they_share),
        cmocka_unit_test(accounts_and_regions_are_fit_for_arns),
        cmocka_unit_test(arns_have_parts),
        cmocka_unit_test(no_match_is_no_finding),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
