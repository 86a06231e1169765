#include "support/support.h"

#include "sql_culprit.h"

typedef struct Case {
    const char *sql, *culprit; /* the part of it */
    unsigned width;
    const char *expected;
} Case;

static void the_line_is_shown_with_marks_below(void **state)
{
    static const Case CASES[] = {
        {"select nope from t", "nope", 0, "  select nope from t\n         ^^^^\n"},
        {"select 1,\n  nope\nfrom t", "nope", 0, "    nope\n    ^^^^\n"},
        {"select '\xed\x95\x9c', nope", "nope", 0,
         "  select '\xed\x95\x9c', nope\n               ^^^^\n"},
        {"select\tnope", "nope", 0, "  select\xe2\x90\x89nope\n         ^^^^\n"},
        {"select 1", "select 1", 0, "  select 1\n  ^^^^^^^^\n"},
        {"select 'a\nb'", "'a\nb'", 0, "  select 'a\n         ^^\n"},
        {"select aaaaaaaaaa, bbbbbbbbbb, nope, cccccccccc, dddddddddd", "nope", 30,
         "  ...bbbbbbbb, nope, ccccc...\n               ^^^^\n"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++) {
        Error err = {0};
        BUF_AUTO Buf out = buf_init(4096);
        const char *at = strstr(CASES[i].sql, CASES[i].culprit);
        uint32_t from = (uint32_t)(at - CASES[i].sql);
        Place place = {from, from + (uint32_t)strlen(CASES[i].culprit)};
        support_ok(sql_culprit_write(str_of(CASES[i].sql), place, CASES[i].width, &out, &err),
                   &err);
        assert_string_equal(buf_text(&out, &err), CASES[i].expected);
    }
}

static void what_is_nowhere_is_not_shown(void **state)
{
    (void)state;
    static const Place PLACES[] = {{0, 0}, {5, 4}, {0, 100}};
    Error err = {0};
    BUF_AUTO Buf out = buf_init(4096);
    for (size_t i = 0; i < sizeof PLACES / sizeof *PLACES; i++)
        support_ok(sql_culprit_write(STR("select 1"), PLACES[i], 80, &out, &err), &err);
    support_ok(sql_culprit_write(STR("select \xff"), (Place){7, 8}, 80, &out, &err), &err);
    assert_int_equal(out.len, 0);
}

static void every_place_of_any_width_is_drawn(void **state)
{
    (void)state;
    Str sql = STR("select a, b, \xed\x95\x9c\xea\xb5\xad, c from t where x = 'y' and z > 1");
    for (unsigned width = 0; width < 70; width++)
        for (uint32_t at = 0; at < sql.len; at++) {
            Error err = {0};
            BUF_AUTO Buf out = buf_init(4096);
            support_ok(sql_culprit_write(sql, (Place){at, at + 1}, width, &out, &err), &err);
            assert_true(out.len > 0);
        }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_line_is_shown_with_marks_below),
        cmocka_unit_test(what_is_nowhere_is_not_shown),
        cmocka_unit_test(every_place_of_any_width_is_drawn),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
