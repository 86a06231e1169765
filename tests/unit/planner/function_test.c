#include "planner/function.h"

#include <string.h>

#include "support/athena.h"
#include "support/support.h"

enum { ANSWER_BYTES = 1 << 16 };

static int end(void **state)
{
    (void)state;
    athena_end();
    return 0;
}

/* Each line of the tables has an example; it must come out as the line says. */
static void every_function_gives_what_its_example_says(void **state)
{
    unsigned wrong = 0;
    (void)state;
    for (size_t i = 0; i < FUNCTION_COUNT; i++) {
        Error err = {0};
        const Function *function = &FUNCTIONS[i];
        BUF_AUTO Buf sql = buf_init(ANSWER_BYTES);
        BUF_AUTO Buf answer = buf_init(ANSWER_BYTES);
        bool whole = strncmp(function->test, "SELECT ", 7) == 0;
        support_ok(buf_printf(&sql, &err, "%s%s", whole ? "" : "SELECT ", function->test), &err);
        athena_answer(buf_str(&sql), &answer);
        const char *expected = function->expected[0] ? function->expected : "NULL";
        bool failure = strncmp(expected, "error:", 6) == 0;
        bool same = failure ? str_starts(buf_str(&answer), str_of(expected))
                            : str_equal(buf_str(&answer), str_of(expected));
        if (same)
            continue;
        wrong++;
        print_message("%s%s: %s\n  expected %s\n  got      %.*s\n", function->name,
                      function->signature, function->test, expected, STR_ARG(buf_str(&answer)));
    }
    assert_int_equal(wrong, 0);
}

static void every_signature_can_be_read(void **state)
{
    Error err = {0};
    FunctionSignature signature;
    (void)state;
    for (size_t i = 0; i < FUNCTION_COUNT; i++) {
        Arena *arena = arena_new(1 << 20, &err);
        support_ok(arena && function_signature(&FUNCTIONS[i], arena, &signature, &err), &err);
        assert_non_null(signature.result);
        arena_free(arena);
    }
}

static void a_misspelt_name_finds_its_neighbour(void **state)
{
    (void)state;
    assert_string_equal(function_near(STR("coalsce")), "coalesce");
    assert_null(function_near(STR("xyzzyxyzzy")));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_function_gives_what_its_example_says),
        cmocka_unit_test(every_signature_can_be_read),
        cmocka_unit_test(a_misspelt_name_finds_its_neighbour),
    };
    return cmocka_run_group_tests(tests, NULL, end);
}
