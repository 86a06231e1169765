/* Functions in Lua: what they see, what becomes of the event, and what they cannot do. */
#include "function/function_run.h"

#include <stdio.h>
#include <string.h>

#include "base/json.h"
#include "support/pattern.h"

enum {
    TEXT_BYTES_MAX = 1 << 16,
    ARENA_BYTES_MAX = 1 << 22,
    INSTRUCTIONS = 100000,
    MEMORY = 1 << 20
};

static const char OWNERS[] = "account,owner,team\n1,ann,\"a, b\"\n2,ben,c\n1,late,d\n";

static FunctionCode code_of(Str body, Buf *text, Arena *arena, atomic_bool *off)
{
    Error err = {0};
    FunctionCode code = {.name = STR("test"),
                         .chunk = STR("=test.lua"),
                         .limits = {INSTRUCTIONS, MEMORY},
                         .table_count = 1,
                         .off = off};
    support_ok(
        buf_printf(text, &err, "function on_event(event, context) %.*s\nend", STR_ARG(body)) &&
            function_code_table(STR("owners"), STR(OWNERS), "owners.csv", arena, &code.tables[0],
                                &err),
        &err);
    code.text = buf_str(text);
    return code;
}

/* Whether *text* has *part* in it. */
static bool says(const char *text, const Json *part)
{
    Error err = {0};
    BUF_AUTO Buf wanted = buf_init(TEXT_BYTES_MAX);
    support_ok(buf_append_str(&wanted, part->text, &err), &err);
    return text && strstr(text, buf_text(&wanted, &err));
}

static bool became(const FunctionResult *result, const Json *wanted)
{
    Error err = {0};
    if (wanted->type == JSON_STRING)
        return result->outcome ==
               (str_equal(wanted->text, STR("same")) ? FUNCTION_SAME : FUNCTION_DROPPED);
    if (result->outcome != FUNCTION_CHANGED)
        return false;
    Arena *arena = arena_new(ARENA_BYTES_MAX, &err);
    const Json *tree = arena ? json_read(result->event, &JSON_LIMITS_DEFAULT, arena, &err) : NULL;
    support_ok(tree != NULL, &err);
    bool same = json_equal(tree, wanted);
    arena_free(arena);
    return same;
}

static bool is_expected(const FunctionResult *result, const Json *vector)
{
    const Json *fails = json_member(vector, STR("fails")), *over = json_member(vector, STR("over"));
    if (fails)
        return result->outcome == FUNCTION_FAILED && says(result->why, fails);
    if (over)
        return result->outcome == FUNCTION_OVER && says(result->why, over);
    return became(result, json_member(vector, STR("becomes")));
}

static bool check(const Json *vector, Buf *why)
{
    Error err = {0};
    FunctionResult result;
    atomic_bool off = false;
    BUF_AUTO Buf text = buf_init(TEXT_BYTES_MAX);
    Arena *arena = arena_new(ARENA_BYTES_MAX, &err);
    Document *document = document_new(&err);
    support_ok(arena && document, &err);
    FunctionCode code = code_of(json_member(vector, STR("lua"))->text, &text, arena, &off);
    FunctionRun *run = function_run_new(&code, &err);
    bool same = run != NULL;
    if (!run && json_member(vector, STR("fails")))
        same = true; /* it is no Lua at all */
    const Json *then = json_member(vector, STR("then"));
    for (int call = 0; run && same && call < (then ? 2 : 1); call++) {
        document_set_tree(document, json_member(vector, STR("is")));
        function_run_call(run, document, true, &result);
        same = call ? result.outcome == FUNCTION_FAILED && says(result.why, then)
                    : is_expected(&result, vector);
        support_ok(buf_printf(why, &err, "%d %s %.*s", (int)result.outcome,
                              result.why ? result.why : "", STR_ARG(result.event)),
                   &err);
        /* Once it is over, it is called no more. */
        same = same && atomic_load(&off) == (result.outcome == FUNCTION_OVER);
    }
    function_run_free(run);
    document_free(document);
    arena_free(arena);
    return same;
}

static void events_become_what_is_said(void **state)
{
    (void)state;
    pattern_test_run("unit/function/function_run.jsonl", 80, check);
}

static void text_that_is_no_function_is_refused(void **state)
{
    static const struct {
        const char *text, *error;
    } CASES[] = {
        {"x = 1", "test.lua: expected a function on_event(event, context)"},
        {"function on_event(", "expected near <eof>"},
        {"\x1bLua", "attempt to load a binary chunk (mode is 't')"},
        {"error('now')", "test.lua:1: now"},
        {"while true do end", "test.lua:1: more than 100000 instructions"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++) {
        Error err = {0};
        atomic_bool off = false;
        const FunctionCode code = {.chunk = STR("=test.lua"),
                                   .text = str_of(CASES[i].text),
                                   .limits = {INSTRUCTIONS, MEMORY},
                                   .off = &off};
        assert_null(function_run_new(&code, &err));
        if (!strstr(err.text, CASES[i].error))
            fail_msg("'%s' is not in '%s'", CASES[i].error, err.text);
    }
}

static void tables_say_what_is_wrong_with_them(void **state)
{
    static const struct {
        const char *csv, *error;
    } CASES[] = {
        {"", "t.csv:1: expected names of columns, two or more, the first that of the key"},
        {"key\n1\n", "t.csv:1: expected names of columns, two or more, the first that of the key"},
        {"key,a\n1,2,3\n", "t.csv:2: expected no more fields than the first row has"},
    };
    FunctionTable table;
    Error err = {0};
    (void)state;
    Arena *arena = arena_new(ARENA_BYTES_MAX, &err);
    for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++) {
        error_clear(&err);
        assert_false(
            function_code_table(STR("t"), str_of(CASES[i].csv), "t.csv", arena, &table, &err));
        assert_string_equal(err.text, CASES[i].error);
    }
    error_clear(&err);
    support_ok(function_code_table(STR("t"), STR(OWNERS), "t.csv", arena, &table, &err), &err);
    assert_int_equal(table.row_count, 2);
    assert_null(function_code_row(&table, STR("3")));
    assert_true(str_equal(function_code_row(&table, STR("1"))->values[0], STR("ann")));
    assert_true(str_equal(function_code_row(&table, STR("2"))->values[1], STR("c")));
    arena_free(arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(events_become_what_is_said),
        cmocka_unit_test(text_that_is_no_function_is_refused),
        cmocka_unit_test(tables_say_what_is_wrong_with_them),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
