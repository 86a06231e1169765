/* Attributes of rules. */
#include "support/rule_cases.h"
#include "support/support.h"
#include "support/text_cases.h"

static void attributes_are_taken_or_refused(void **state)
{
    (void)state;
    assert_text_cases("unit/detect/sigma_rule.txt", 29, rule_cases_run);
}

static void attributes_are_kept_as_they_are_written(void **state)
{
    static const char TEXT[] =
        "\ntitle: t\nid: 12345678-1234-1234-1234-123456789ABC\nname: n\nstatus: TEST\n"
        "description: d\nauthor: a, b\ndate: 2024/02/29\nmodified: 2024-03-01\nlevel: High\n"
        "tags: [attack.t1, cve.2]\nfields: [f]\nfalsepositives: [Unknown, 2]\nreferences: [r]\n"
        "logsource: {category: c, product: AWS, service: CloudTrail}\nown: {a: [1]}\n"
        "detection: {a: {f: 1}, condition: a}\n";
    (void)state;
    RuleSet *set = rule_cases_load(str_of(TEXT));
    const Rule *rule = rule_cases_only(set);
    const struct {
        Str got;
        const char *expect;
    } TEXTS[] = {
        {rule->title, "t"},
        {rule->id, "12345678-1234-1234-1234-123456789ABC"},
        {rule->name, "n"},
        {rule->status, "test"},
        {rule->description, "d"},
        {rule->author, "a, b"},
        {rule->date, "2024/02/29"},
        {rule->modified, "2024-03-01"},
        {rule->tags.list[1], "cve.2"},
        {rule->fields.list[0], "f"},
        {rule->false_positives.list[1], "2"},
        {rule->references.list[0], "r"},
        {rule->source.category, "c"},
        {rule->source.product, "AWS"},
        {rule->source.service, "CloudTrail"},
        {rule->file, "f.yml"},
    };
    for (size_t i = 0; i < sizeof TEXTS / sizeof *TEXTS; i++)
        if (!str_equal(TEXTS[i].got, str_of(TEXTS[i].expect)))
            fail_msg("'%.*s' is not '%s'", STR_ARG(TEXTS[i].got), TEXTS[i].expect);
    assert_int_equal(rule->level, LEVEL_HIGH);
    assert_int_equal(rule->line, 2);
    assert_int_equal(rule->tags.count, 2);
    assert_non_null(yaml_member(yaml_member(rule->tree, "own"), "a"));
    assert_false(rule->applies); /* it has a category, CloudTrail has none */
    ruleset_free(set);
}

static void rules_apply_whose_logsource_covers_that_of_cloudtrail(void **state)
{
    static const struct {
        const char *source;
        bool applies;
    } CASES[] = {
        {"{product: aws, service: cloudtrail}", true},
        {"{product: aws}", true},
        {"{service: CloudTrail}", true},
        {"{product: AWS, service: ~}", true},
        {"{product: aws, service: s3}", false},
        {"{category: c, product: aws}", false},
        {"{product: windows}", false},
    };
    (void)state;
    for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++) {
        Error err = {0};
        BUF_AUTO Buf text = buf_init(1000);
        support_ok(buf_printf(&text, &err,
                              "title: t\nlogsource: %s\ndetection: {a: {f: 1}, condition: a}\n",
                              CASES[i].source),
                   &err);
        RuleSet *set = rule_cases_load(buf_str(&text));
        assert_int_equal(rule_cases_only(set)->applies, CASES[i].applies);
        ruleset_free(set);
    }
}

static void a_text_of_64_kib_is_too_long(void **state)
{
    Error err = {0};
    (void)state;
    for (int length = 65535; length <= 65536; length++) {
        BUF_AUTO Buf text = buf_init(1 << 17);
        bool ok = buf_printf(&text, &err,
                             "title: t\nlogsource: {product: aws}\n"
                             "detection: {a: {f: 1}, condition: a}\ndescription: ");
        for (int i = 0; ok && i < length; i++)
            ok = buf_append_byte(&text, 'd', &err);
        support_ok(ok, &err);
        RuleSet *set = rule_cases_load(buf_str(&text));
        assert_int_equal(ruleset_count(set), length == 65535);
        ruleset_free(set);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(attributes_are_taken_or_refused),
        cmocka_unit_test(attributes_are_kept_as_they_are_written),
        cmocka_unit_test(rules_apply_whose_logsource_covers_that_of_cloudtrail),
        cmocka_unit_test(a_text_of_64_kib_is_too_long),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
