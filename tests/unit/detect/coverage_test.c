#include "detect/coverage.h"

#include "base/json.h"
#include "support/support.h"

enum { TEXT_BYTES_MAX = 1 << 16, ARENA_BYTES_MAX = 1 << 20 };

static const char RULES[] =
    "title: a\nlogsource: {product: aws}\nlevel: low\ntags: [attack.persistence, attack.impact, "
    "attack.t1098.001]\ndetection: {s: {f: 1}, condition: s}\n---\n"
    "title: b \"quoted\"\nlogsource: {product: aws}\nlevel: high\ntags: [attack.persistence, "
    "attack.t1098.001, attack.t1136, attack.g0016]\ndetection: {s: {f: 1}, condition: s}\n---\n"
    "title: c\nlogsource: {product: aws}\nlevel: low\ntags: [attack.discovery]\ndetection: {s: {f: "
    "1}, condition: s}\n---\n"
    "title: windows\nlogsource: {product: windows}\nlevel: low\ntags: [attack.discovery, "
    "attack.t1001]\ndetection: {s: {f: 1}, condition: s}\n";

static RuleSet *load(void)
{
    Error err = {0};
    RuleSet *set = ruleset_new(NULL, &err);
    support_ok(set && ruleset_add_text(set, str_of(RULES), "rules.yml", &err) &&
                   ruleset_finish(set, &err),
               &err);
    assert_int_equal(ruleset_error_count(set), 0);
    return set;
}

static void a_technique_counts_under_each_tactic_of_its_rules(void **state)
{
    Error err = {0};
    BUF_AUTO Buf out = buf_init(TEXT_BYTES_MAX);
    RuleSet *set = load();
    (void)state;
    support_ok(coverage_write_table(set, &out, &err) && buf_text(&out, &err), &err);
    assert_string_equal(out.ptr, "tactic                    technique   rules  highest level\n"
                                 "discovery                                 1  low\n"
                                 "impact                    t1098.001       1  low\n"
                                 "persistence               t1098.001       2  high\n"
                                 "persistence               t1136           1  high\n");
    ruleset_free(set);
}

static void a_layer_scores_each_technique_once(void **state)
{
    Error err = {0};
    BUF_AUTO Buf out = buf_init(TEXT_BYTES_MAX);
    RuleSet *set = load();
    Arena *arena = arena_new(ARENA_BYTES_MAX, &err);
    (void)state;
    support_ok(coverage_write_layer(set, &out, &err), &err);
    const Json *layer = json_read(buf_str(&out), &JSON_LIMITS_DEFAULT, arena, &err);
    support_ok(layer != NULL, &err);
    const Json *list = json_member(layer, STR("techniques"));
    assert_int_equal(list->count, 2);
    assert_true(str_equal(json_member(list->first, STR("techniqueID"))->text, STR("T1098.001")));
    assert_true(str_equal(json_member(list->first, STR("score"))->text, STR("2")));
    assert_true(str_equal(json_member(list->first, STR("comment"))->text, STR("a; b \"quoted\"")));
    arena_free(arena);
    ruleset_free(set);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_technique_counts_under_each_tactic_of_its_rules),
        cmocka_unit_test(a_layer_scores_each_technique_once),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
