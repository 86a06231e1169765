#include "support/support.h"

#include <string.h>

#include "decode/object.h"
#include "detect/matcher.h"
#include "detect/ruleset_pattern.h"

static bool takes_all(const Rule *rule)
{
    (void)rule;
    return true;
}

/* What was matched, by the rules' index. */
typedef struct Matched {
    Matcher *matcher;
    unsigned counts[3];
} Matched;

static bool take(void *context, const RecordView *view, Error *err)
{
    Matched *matched = context;
    const Rule *const *rules;
    size_t count;
    if (!matcher_run(matched->matcher, view, &rules, &count, err))
        return false;
    for (size_t i = 0; i < count; i++)
        matched->counts[rules[i]->index]++;
    return true;
}

static void patterns_are_tried_as_rules_are(void **state)
{
    (void)state;
    static const char *const PATTERNS[] = {
        "{ ($.eventName = ConsoleLogin) && ($.additionalEventData.MFAUsed != \"Yes\") }",
        "{ $.errorCode = \"*Unauthorized*\" }", "{ $.requestParameters.n > 3 }"};
    Error err = {0};
    Matched matched = {.matcher = NULL};
    const RuleTexts none = {NULL, 0};
    RuleSet *set = ruleset_new(NULL, &err);
    assert_non_null(set);
    for (int i = 0; i < 3; i++)
        support_ok(ruleset_pattern_add(set, STR("t"), str_of(PATTERNS[i]), &none, &err), &err);
    support_ok(ruleset_finish(set, &err), &err);
    assert_int_equal(ruleset_count(set), 3);
    matched.matcher = matcher_new_of(set, takes_all, &err);
    assert_non_null(matched.matcher);
    const DecoderHooks hooks = {.context = &matched, .record = take};
    ObjectReport report;
    Decoder *decoder = object_decoder_new(NULL, &hooks, &err);
    assert_non_null(decoder);
    support_ok(
        object_decode(decoder,
                      STR("[{\"eventName\":\"ConsoleLogin\",\"eventSource\":\"s\",\"eventTime\":"
                          "\"2026-11-02T10:00:00Z\",\"additionalEventData\":{\"MFAUsed\":\"No\"}},"
                          "{\"eventName\":\"ConsoleLogin\",\"eventSource\":\"s\",\"eventTime\":"
                          "\"2026-11-02T10:00:00Z\",\"additionalEventData\":{\"MFAUsed\":\"Yes\"},"
                          "\"errorCode\":\"Client.UnauthorizedOperation\"},"
                          "{\"eventName\":\"Put\",\"eventSource\":\"s\",\"eventTime\":"
                          "\"2026-11-02T10:00:00Z\",\"requestParameters\":{\"n\":4}}]"),
                      1, NULL, &report, &err),
        &err);
    object_decoder_free(decoder);
    assert_int_equal(matched.counts[0], 1);
    assert_int_equal(matched.counts[1], 1);
    assert_int_equal(matched.counts[2], 1);
    matcher_free(matched.matcher);
    ruleset_free(set);
}

static void what_is_no_pattern_for_json_is_refused(void **state)
{
    (void)state;
    Error err = {0};
    const RuleTexts none = {NULL, 0};
    RuleSet *set = ruleset_new(NULL, &err);
    assert_false(ruleset_pattern_add(set, STR("t"), STR("[ip, user]"), &none, &err));
    assert_non_null(strstr(err.text, "JSON events"));
    error_clear(&err);
    assert_false(ruleset_pattern_add(set, STR("t"), STR("{ $.a = }"), &none, &err));
    assert_int_equal(err.kind, ERROR_INPUT);
    assert_int_equal(ruleset_count(set), 0);
    ruleset_free(set);
}

static void a_selector_is_one_path_and_nothing_else(void **state)
{
    (void)state;
    static const char *const BAD[] = {"", "a", "$", "$.a = 1 && $.b", "($.a", "$.a IS TRUE"};
    Error err = {0};
    Arena *arena = arena_new(1 << 20, &err);
    assert_non_null(ruleset_pattern_selector(STR("$.userIdentity.arn"), arena, &err));
    assert_non_null(ruleset_pattern_selector(STR("$.resources[0].ARN"), arena, &err));
    for (size_t i = 0; i < sizeof BAD / sizeof *BAD; i++) {
        assert_null(ruleset_pattern_selector(str_of(BAD[i]), arena, &err));
        assert_non_null(strstr(err.text, "is no selector"));
        error_clear(&err);
    }
    arena_free(arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(patterns_are_tried_as_rules_are),
        cmocka_unit_test(what_is_no_pattern_for_json_is_refused),
        cmocka_unit_test(a_selector_is_one_path_and_nothing_else),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
