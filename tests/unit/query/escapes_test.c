/* Attempts to get out of the tables: each statement is refused by name or gives a harmless value.
 * The engine below is not locked, so that what holds here is the language alone. */
#include "support/athena.h"
#include "support/athena_cases.h"
#include "support/support.h"

static void no_statement_leaves_the_language(void **state)
{
    (void)state;
    assert_athena_cases("unit/query/escapes.txt", 200);
}

/* "BEGIN BEGIN ... 1 END END ..." */
static void put_nested(Buf *out, const char *before, const char *begin, const char *after)
{
    enum { DEPTH = 7000 };
    Error err = {0};
    support_ok(buf_printf(out, &err, "%s", before), &err);
    for (int i = 0; i < DEPTH; i++)
        support_ok(buf_printf(out, &err, "%s", begin), &err);
    support_ok(buf_printf(out, &err, "1"), &err);
    for (int i = 0; i < DEPTH; i++)
        support_ok(buf_printf(out, &err, "%s", after), &err);
}

static void deep_nesting_is_refused(void **state)
{
    static const char *const SHAPES[][3] = {
        {"SELECT ", "(", ")"},
        {"SELECT ", "- ", ""},
        {"SELECT ", "NOT ", ""},
        {"SELECT ", "1 + (", ")"},
        {"SELECT ", "coalesce(", ")"},
        {"SELECT ", "ARRAY[", "]"},
        {"SELECT ", "CASE WHEN true THEN ", " END"},
        {"SELECT ", "CAST(", " AS bigint)"},
        {"SELECT ", "(SELECT ", ")"},
        {"SELECT * FROM ", "(", ")"},
        {"SELECT * FROM ", "(SELECT ", ")"},
        {"", "EXPLAIN ", ""},
        {"SELECT CAST(1 AS ", "array(", ")"},
        {"", "WITH a AS (SELECT ", ") SELECT 1"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof SHAPES / sizeof *SHAPES; i++) {
        BUF_AUTO Buf sql = buf_init(1 << 20);
        BUF_AUTO Buf answer = buf_init(1 << 16);
        put_nested(&sql, SHAPES[i][0], SHAPES[i][1], SHAPES[i][2]);
        athena_answer(buf_str(&sql), &answer);
        if (!str_starts(buf_str(&answer), STR("error: ")))
            fail_msg("%s%s... gave %.*s", SHAPES[i][0], SHAPES[i][1], STR_ARG(buf_str(&answer)));
    }
}

static int end(void **state)
{
    (void)state;
    athena_end();
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(no_statement_leaves_the_language),
        cmocka_unit_test(deep_nesting_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, end);
}
