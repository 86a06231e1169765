#include "detect/rule_draft.h"

#include "support/support.h"

enum { TEXT_BYTES_MAX = 1 << 16 };

static bool write(const char *title, const char *event, Buf *out, Error *err)
{
    Arena *arena = arena_new(TEXT_BYTES_MAX, err);
    const RuleDraft draft = {
        .title = str_of(title),
        .id = "8923d616-0d02-4869-8843-b591b74816d2",
        .date = "2026-11-26",
        .event = json_read(str_of(event), &JSON_LIMITS_DEFAULT, arena, err),
    };
    bool ok = draft.event && rule_draft_write(&draft, arena, out, err) && buf_text(out, err);
    arena_free(arena);
    return ok;
}

static void assert_holds(const char *event, const char *part)
{
    Error err = {0};
    BUF_AUTO Buf out = buf_init(TEXT_BYTES_MAX);
    support_ok(write("A title", event, &out, &err), &err);
    if (!strstr(out.ptr, part))
        fail_msg("'%s' is not in %s", part, out.ptr);
}

static void a_rule_asks_for_source_name_and_outcome(void **state)
{
    (void)state;
    assert_holds("{\"eventSource\":\"s3.amazonaws.com\",\"eventName\":\"GetObject\"}",
                 "  selection:\n    eventSource: s3.amazonaws.com\n    eventName: GetObject\n"
                 "    errorCode: null\n  condition: selection\n");
    assert_holds("{\"eventSource\":\"s\",\"eventName\":\"G*t\",\"errorCode\":\"Denied\"}",
                 "    eventName: 'G\\*t'\n    errorCode: Denied\n  condition");
}

static void samples_differ_in_the_outcome(void **state)
{
    (void)state;
    assert_holds("{\"eventSource\":\"s\",\"eventName\":\"G\"}",
                 "    match: true\n    event:\n      eventSource: s\n      eventName: G\n"
                 "  - name: The same call, refused\n    match: false\n    event:\n"
                 "      eventSource: s\n      eventName: G\n      errorCode: AccessDenied\n");
    assert_holds("{\"eventSource\":\"s\",\"errorMessage\":\"m\",\"errorCode\":\"E\","
                 "\"eventName\":\"G\"}",
                 "  - name: The same call, and it worked\n    match: false\n    event:\n"
                 "      eventSource: s\n      eventName: G\n");
}

static void a_path_stands_once_and_holds_no_strange_name(void **state)
{
    (void)state;
    assert_holds("{\"eventSource\":\"s\",\"eventName\":\"G\",\"requestParameters\":"
                 "{\"a\":[{\"b\":true},{\"b\":false}],\"c.d\":true,\"e\":\"all\"}}",
                 "    requestParameters.a.b: true\n    requestParameters.e: all\n  condition");
}

static void a_rule_has_a_name(void **state)
{
    static const struct {
        const char *title, *line;
    } CASES[] = {{"Trail stopped, at night!", "\nname: trail_stopped_at_night\n"},
                 {"***", "\nname: rule_8923d616\n"},
                 {"Yes", "\nname: 'yes'\n"},
                 {"12", "\nname: '12'\n"}};
    (void)state;
    for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++) {
        Error err = {0};
        BUF_AUTO Buf out = buf_init(TEXT_BYTES_MAX);
        support_ok(write(CASES[i].title, rule_draft_example().ptr, &out, &err), &err);
        assert_non_null(strstr(out.ptr, CASES[i].line));
    }
}

static void an_event_without_a_call_is_refused(void **state)
{
    Error err = {0};
    BUF_AUTO Buf out = buf_init(TEXT_BYTES_MAX);
    (void)state;
    assert_false(write("t", "{\"eventSource\":\"s\",\"eventName\":7}", &out, &err));
    assert_int_equal(err.kind, ERROR_INPUT);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_rule_asks_for_source_name_and_outcome),
        cmocka_unit_test(samples_differ_in_the_outcome),
        cmocka_unit_test(a_path_stands_once_and_holds_no_strange_name),
        cmocka_unit_test(a_rule_has_a_name),
        cmocka_unit_test(an_event_without_a_call_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
