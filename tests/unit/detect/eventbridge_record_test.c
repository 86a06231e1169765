/* A pattern for EventBridge's events holds of a record as it holds of the record's event. */
#include "detect/eventbridge_record.h"

#include <string.h>

#include "detect/document.h"
#include "detect/eventbridge.h"
#include "detect/eventbridge_envelope.h"
#include "support/support.h"

enum { TEXT_BYTES_MAX = 1 << 16, ARENA_BYTES_MAX = 8 << 20 };

static void patterns_are_asked_of_the_record(void **state)
{
    static const struct {
        const char *pattern, *expected;
    } CASES[] = {
        {"{\"eventName\":[\"A\"]}", "{\"eventName\":[\"A\"]}"},
        {"{\"detail\":{\"eventName\":[\"A\"]}}", "{\"eventName\":[\"A\"]}"},
        {"{\"source\":[\"aws.iam\",\"aws.s3\"]}",
         "{\"eventSource\":[\"iam.amazonaws.com\",\"s3.amazonaws.com\"]}"},
        {"{\"account\":[{\"prefix\":\"1\"}],\"region\":[\"x\"],\"detail\":{\"a\":{\"b\":[1]}}}",
         "{\"recipientAccountId\":[{\"prefix\":\"1\"}],\"awsRegion\":[\"x\"],\"a\":{\"b\":[1]}}"},
        {"{\"detail-type\":[\"AWS Console Sign In via CloudTrail\"]}",
         "{\"eventType\":[\"AwsConsoleSignIn\"]}"},
        {"{\"source\":[{\"prefix\":\"aws.\"}]}", "!event pattern, 'source': of a record it can be "
                                                 "asked for texts such as \"aws.iam\" alone"},
        {"{\"detail-type\":[\"Other\"]}",
         "!event pattern, 'detail-type': of a record it can be asked for \"AWS API Call via "
         "CloudTrail\" and its like alone"},
        {"{\"detail\":{\"a\":[1]},\"resources\":[\"x\"]}",
         "!event pattern, 'resources': a record has no such member of the envelope"},
        {"{\"region\":[\"x\"],\"detail\":{\"awsRegion\":[\"y\"]}}",
         "!event pattern, 'region': detail asks for the same member of the record: one of them"},
        {"{\"detail\":[1]}", "!event pattern, 'detail': expected an object"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++) {
        BUF_AUTO Buf told = buf_init(TEXT_BYTES_MAX);
        Error err = {0};
        bool ok = eventbridge_record(str_of(CASES[i].pattern), &told, &err);
        if (!ok)
            assert_int_equal(err.kind, ERROR_INPUT);
        Str got = ok ? buf_str(&told) : str_of(err.text);
        Str expected = str_of(CASES[i].expected + !ok);
        assert_int_equal(CASES[i].expected[0] == '!', !ok);
        if (!str_equal(got, expected))
            fail_msg("case %zu: %.*s", i, STR_ARG(got));
    }
}

static bool holds(Str pattern, const Json *event, Arena *arena)
{
    Error err = {0};
    const Expr *expr;
    Document *document = document_new(&err);
    support_ok(document && eventbridge_read(pattern, arena, &expr, &err), &err);
    document_set_tree(document, event);
    bool ret = expr_holds(expr, document);
    document_free(document);
    return ret;
}

static void it_holds_of_a_record_as_of_its_event(void **state)
{
    static const char *const RECORDS[] = {
        "{\"eventSource\":\"iam.amazonaws.com\",\"eventType\":\"AwsApiCall\",\"awsRegion\":\"r\","
        "\"recipientAccountId\":\"111122223333\",\"eventID\":\"e\",\"eventTime\":\"t\"}",
        "{\"eventSource\":\"signin.amazonaws.com\",\"eventType\":\"AwsConsoleSignIn\","
        "\"awsRegion\":\"s\",\"recipientAccountId\":\"444455556666\",\"eventID\":\"f\","
        "\"eventTime\":\"u\"}",
    };
    static const char *const PATTERNS[] = {
        "{\"source\":[\"aws.iam\"]}",
        "{\"detail-type\":[\"AWS API Call via CloudTrail\"]}",
        "{\"detail-type\":[\"AWS Console Sign In via CloudTrail\"],\"region\":[\"s\"]}",
        "{\"account\":[\"111122223333\"],\"detail\":{\"eventID\":[\"e\"]}}",
        "{\"source\":[\"aws.signin\"],\"detail\":{\"eventTime\":[{\"anything-but\":\"t\"}]}}",
    };
    Error err = {0};
    Arena *arena = arena_new(ARENA_BYTES_MAX, &err);
    int held = 0;
    (void)state;
    for (size_t p = 0; p < sizeof PATTERNS / sizeof *PATTERNS; p++)
        for (size_t r = 0; r < sizeof RECORDS / sizeof *RECORDS; r++) {
            BUF_AUTO Buf translated = buf_init(TEXT_BYTES_MAX);
            const Json *record = json_read(str_of(RECORDS[r]), &JSON_LIMITS_DEFAULT, arena, &err);
            support_ok(record && eventbridge_record(str_of(PATTERNS[p]), &translated, &err), &err);
            const Json *event = eventbridge_envelope(record, arena, &err);
            bool expected = holds(str_of(PATTERNS[p]), event, arena);
            assert_int_equal(holds(buf_str(&translated), record, arena), expected);
            held += expected;
        }
    assert_int_equal(held, 5);
    arena_free(arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(patterns_are_asked_of_the_record),
        cmocka_unit_test(it_holds_of_a_record_as_of_its_event),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
