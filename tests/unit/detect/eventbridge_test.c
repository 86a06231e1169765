/* Conformance: EventBridge event patterns, one JSON document a line. */
#include "detect/eventbridge.h"
#include "detect/eventbridge_envelope.h"
#include "support/pattern.h"

enum { ARENA_BYTES_MAX = 1 << 26 };

static bool check(const Json *vector, Buf *why)
{
    Error err = {0}, refused = {0};
    const Expr *expr = NULL;
    Arena *arena = arena_new(ARENA_BYTES_MAX, &err);
    Document *document = document_new(&err);
    support_ok(arena && document, &err);
    JsonType want = json_member(vector, STR("want"))->type;
    bool read = eventbridge_read(json_member(vector, STR("p"))->text, arena, &expr, &refused);
    bool same = !read && want == JSON_STRING && pattern_test_says(vector, &refused);
    if (read && want != JSON_STRING) {
        document_set_tree(document, json_member(vector, STR("ev")));
        Truth known = expr_partial(expr, document, UINT64_MAX);
        same = expr_holds(expr, document) == (want == JSON_TRUE) &&
               (known == TRUTH_UNKNOWN || (known == TRUTH_TRUE) == (want == JSON_TRUE));
    }
    if (!same)
        support_ok(buf_append_str(why, read ? STR("differs") : str_of(refused.text), &err), &err);
    document_free(document);
    arena_free(arena);
    return same;
}

static void patterns_match_as_specified(void **state)
{
    (void)state;
    pattern_test_run("unit/detect/eventbridge_patterns.jsonl", 420, check);
}

static Truth refuted(const char *pattern)
{
    Error err = {0};
    const Expr *expr = NULL;
    Arena *arena = arena_new(ARENA_BYTES_MAX, &err);
    support_ok(arena && eventbridge_read(str_of(pattern), arena, &expr, &err), &err);
    Truth truth = expr_refuted(expr, SLOT_BIT(S_EVENT_SOURCE) | SLOT_BIT(S_EVENT_NAME));
    arena_free(arena);
    return truth;
}

static void members_of_records_guard_a_pattern_and_what_is_below_does_not(void **state)
{
    (void)state;
    assert_int_equal(refuted("{\"eventName\":[\"PutObject\"],\"errorCode\":[\"x\"]}"), TRUTH_FALSE);
    assert_int_equal(refuted("{\"eventName\":[{\"prefix\":\"Put\"}]}"), TRUTH_FALSE);
    assert_int_equal(refuted("{\"eventName\":[{\"anything-but\":\"PutObject\"}]}"), TRUTH_TRUE);
    assert_int_equal(refuted("{\"eventName\":[{\"exists\":false}]}"), TRUTH_UNKNOWN);
    assert_int_equal(refuted("{\"eventName\":{\"a\":[\"x\"]}}"), TRUTH_UNKNOWN);
    assert_int_equal(refuted("{\"detail\":{\"eventName\":[\"PutObject\"]}}"), TRUTH_UNKNOWN);
}

/* Whether the record, as EventBridge sends it, matches. */
static bool sent_matches(const char *pattern, const char *record)
{
    Error err = {0};
    const Expr *expr = NULL;
    Arena *arena = arena_new(ARENA_BYTES_MAX, &err);
    Document *document = document_new(&err);
    support_ok(arena && document && eventbridge_read(str_of(pattern), arena, &expr, &err), &err);
    const Json *json = json_read(str_of(record), NULL, arena, &err);
    const Json *sent = json ? eventbridge_envelope(json, arena, &err) : NULL;
    support_ok(sent != NULL, &err);
    document_set_tree(document, sent);
    bool holds = eventbridge_envelope_wanted(expr) && expr_holds(expr, document);
    document_free(document);
    arena_free(arena);
    return holds;
}

static void records_get_the_envelope_that_eventbridge_gives_them(void **state)
{
    static const char SIGN_IN[] =
        "{\"eventSource\":\"signin.amazonaws.com\",\"eventName\":\"ConsoleLogin\",\"eventType\":"
        "\"AwsConsoleSignIn\",\"awsRegion\":\"us-east-1\",\"recipientAccountId\":\"1\"}";
    static const char CALL[] =
        "{\"eventSource\":\"iam.amazonaws.com\",\"eventName\":\"CreateUser\"}";
    (void)state;
    assert_true(
        sent_matches("{\"source\":[\"aws.signin\"],\"region\":[\"us-east-1\"],\"account\":[\"1\"],"
                     "\"detail-type\":[\"AWS Console Sign In via CloudTrail\"],"
                     "\"detail\":{\"eventName\":[\"ConsoleLogin\"]}}",
                     SIGN_IN));
    assert_true(sent_matches("{\"detail-type\":[\"AWS API Call via CloudTrail\"]}", CALL));
    assert_true(sent_matches("{\"source\":[\"aws.iam\"]}", CALL));
    assert_true(sent_matches("{\"account\":[{\"exists\":false}]}", CALL));
    assert_false(sent_matches("{\"source\":[\"aws.signin\"]}", CALL));
    assert_false(sent_matches("{\"eventName\":[\"CreateUser\"]}", CALL));
    assert_true(sent_matches("{\"source\":[\"x\"]}",
                             "{\"eventSource\":\"y\",\"detail-type\":\"t\",\"source\":\"x\"}"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(patterns_match_as_specified),
        cmocka_unit_test(records_get_the_envelope_that_eventbridge_gives_them),
        cmocka_unit_test(members_of_records_guard_a_pattern_and_what_is_below_does_not),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
