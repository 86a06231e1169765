#include "parser/parser.h"
#include "support/parse_cases.h"
#include "support/support.h"

#include <string.h>

static void refusals_say_what_was_expected_and_found(void **state)
{
    (void)state;
    assert_parse_cases("unit/parser/parse_refuse.txt", 25);
}

/* What would be odd to keep in a text file. */
static void what_a_terminal_obeys_is_not_quoted(void **state)
{
    static const struct {
        const char *sql;
        const char *text;
    } CASES[] = {
        {"SELECT a b \"x\x01y\x1b[31m\"",
         "line 1:12: expected the end of the statement, found '\"x?y?[31m\"'"},
        {"SELECT a b \"x\u202ey\u200bz\xc2\x85\"",
         "line 1:12: expected the end of the statement, found '\"x?y?z?\"'"},
        {"SELECT a,\r\n  b c d", "line 2:7: expected the end of the statement, found 'd'"},
        {"SELECT\u00a01", "line 1:7: expected SQL, found a no-break space (U+00A0)"},
        {"SELECT \u200b1", "line 1:8: expected SQL, found a character that is not shown"},
        {"SELECT \x0c"
         "1",
         "line 1:8: expected SQL, found a character that is not shown"},
        {"\ufeffSELECT 1", "line 1:1: expected SQL, found a byte order mark (U+FEFF)"},
        {"SELECT '\xff'", "line 1:9: the text is not UTF-8 from here on"},
        {"SELECT '\xed\xa0\x80'", "line 1:9: the text is not UTF-8 from here on"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++) {
        Error err = {0};
        ParserStatement statement;
        Arena *arena = arena_new(PARSER_ARENA_BYTES, &err);
        assert_false(parser_read(str_of(CASES[i].sql), arena, &statement, NULL, &err));
        assert_string_equal(err.text, CASES[i].text);
        assert_int_equal(err.kind, ERROR_USAGE);
        arena_free(arena);
    }
}

static void a_nul_is_refused(void **state)
{
    Error err = {0};
    ParserStatement statement;
    Arena *arena = arena_new(PARSER_ARENA_BYTES, &err);
    (void)state;
    assert_false(parser_read(STR("SELECT 'a\0b'"), arena, &statement, NULL, &err));
    assert_string_equal(err.text, "line 1:10: the text has a NUL");
    arena_free(arena);
}

/* Whatever is quoted, the message keeps its end. */
static void messages_fit(void **state)
{
    static char sql[4096];
    Error err = {0};
    ParserStatement statement;
    Arena *arena = arena_new(PARSER_ARENA_BYTES, &err);
    (void)state;
    memcpy(sql, "SELECT a b c", 11);
    memset(sql + 11, '\x7f', sizeof sql - 11);
    sql[11] = sql[sizeof sql - 1] = '"';
    assert_false(parser_read((Str){sql, sizeof sql}, arena, &statement, NULL, &err));
    assert_non_null(strstr(err.text, "found '\"????"));
    assert_non_null(strstr(err.text, "...'"));
    arena_free(arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(refusals_say_what_was_expected_and_found),
        cmocka_unit_test(what_a_terminal_obeys_is_not_quoted),
        cmocka_unit_test(a_nul_is_refused),
        cmocka_unit_test(messages_fit),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
