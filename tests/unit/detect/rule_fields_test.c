#include "detect/rule_fields.h"

#include "support/rule_cases.h"
#include "support/support.h"

enum { TEXT_BYTES_MAX = 1 << 16 };

static void note(void *context, const Rule *rule, Str field, uint32_t line)
{
    Error err = {0};
    support_ok(
        buf_printf(context, &err, "%.*s:%u %.*s\n", STR_ARG(rule->title), line, STR_ARG(field)),
        &err);
}

static void assert_fields(const char *text, const char *expected)
{
    Error err = {0};
    BUF_AUTO Buf out = buf_init(TEXT_BYTES_MAX);
    RuleSet *set = rule_cases_load(str_of(text));
    assert_int_equal(ruleset_error_count(set), 0);
    for (size_t i = 0; i < ruleset_count(set); i++)
        rule_fields_each(ruleset_rule(set, i), note, &out);
    support_ok(buf_text(&out, &err) != NULL, &err);
    assert_string_equal(out.ptr, expected);
    ruleset_free(set);
}

static void fields_of_detections_and_filters_have_lines(void **state)
{
    (void)state;
    assert_fields("title: d\n"
                  "name: d\n"
                  "level: low\n"
                  "logsource: {product: aws}\n"
                  "detection:\n"
                  "  a:\n"
                  "    x.y|contains|all: [p, q]\n"
                  "    gone: null\n"
                  "    never|exists: false\n"
                  "    there|exists: true\n"
                  "  b:\n"
                  "    - one: 1\n"
                  "    - two|fieldref: three\n"
                  "  c: [word, other]\n"
                  "  condition: a and b and c\n"
                  "---\n"
                  "title: f\n"
                  "logsource: {product: aws}\n"
                  "filter:\n"
                  "  rules: any\n"
                  "  a: {four: 4}\n"
                  "  condition: not a\n",
                  "d:7 x.y\nd:10 there\nd:12 one\nd:13 two\nd:13 three\nf:21 four\n");
}

static void fields_of_correlations_are_those_of_their_rules(void **state)
{
    (void)state;
    assert_fields("title: d\nname: d\nlevel: low\nlogsource: {product: aws}\n"
                  "detection: {a: {f: 1}, condition: a}\n---\n"
                  "title: c\nlevel: low\ncorrelation: {type: value_count, rules: [d], group-by: "
                  "[who, ip], timespan: 1m, aliases: {who: {d: user}}, condition: {field: n, gte: "
                  "2}}\n",
                  "d:5 f\nc:9 user\nc:9 ip\nc:9 n\n");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(fields_of_detections_and_filters_have_lines),
        cmocka_unit_test(fields_of_correlations_are_those_of_their_rules),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
