#include "parser/keyword.h"
#include "support/support.h"

static void every_word_of_the_table_is_found(void **state)
{
    (void)state;
    for (int word = 1; word < KEYWORDS; word++) {
        Str name = str_of(keyword_name((Keyword)word));
        assert_int_equal(keyword_find(name), word);
        if (word > 1)
            assert_true(str_compare(str_of(keyword_name((Keyword)(word - 1))), name) < 0);
    }
}

static void case_does_not_matter(void **state)
{
    (void)state;
    assert_int_equal(keyword_find(STR("select")), KEYWORD_SELECT);
    assert_int_equal(keyword_find(STR("Try_Cast")), KEYWORD_TRY_CAST);
}

static void other_words_are_none(void **state)
{
    static const char *const WORDS[] = {
        "", "selec", "selects", "eventname", "\xc3\xa9", "a_word_that_is_longer_than_any_keyword"};
    (void)state;
    for (size_t i = 0; i < sizeof WORDS / sizeof *WORDS; i++)
        assert_int_equal(keyword_find(str_of(WORDS[i])), KEYWORD_NONE);
    assert_string_equal(keyword_name(KEYWORD_NONE), "");
    assert_false(keyword_is_reserved(KEYWORD_NONE));
}

/* The words that Trino reserves, and some that it does not. */
static void trinos_reserved_words_are_reserved(void **state)
{
    static const char *const RESERVED[] = {
        "ALTER",        "AND",
        "AS",           "BETWEEN",
        "BY",           "CASE",
        "CAST",         "CONSTRAINT",
        "CREATE",       "CROSS",
        "CUBE",         "CURRENT_CATALOG",
        "CURRENT_DATE", "CURRENT_PATH",
        "CURRENT_ROLE", "CURRENT_SCHEMA",
        "CURRENT_TIME", "CURRENT_TIMESTAMP",
        "CURRENT_USER", "DEALLOCATE",
        "DELETE",       "DESCRIBE",
        "DISTINCT",     "DROP",
        "ELSE",         "END",
        "ESCAPE",       "EXCEPT",
        "EXECUTE",      "EXISTS",
        "EXTRACT",      "FALSE",
        "FOR",          "FROM",
        "FULL",         "GROUP",
        "GROUPING",     "HAVING",
        "IN",           "INNER",
        "INSERT",       "INTERSECT",
        "INTO",         "IS",
        "JOIN",         "JSON_ARRAY",
        "JSON_EXISTS",  "JSON_OBJECT",
        "JSON_QUERY",   "JSON_TABLE",
        "JSON_VALUE",   "LEFT",
        "LIKE",         "LISTAGG",
        "LOCALTIME",    "LOCALTIMESTAMP",
        "NATURAL",      "NORMALIZE",
        "NOT",          "NULL",
        "ON",           "OR",
        "ORDER",        "OUTER",
        "PREPARE",      "RECURSIVE",
        "RIGHT",        "ROLLUP",
        "SELECT",       "SKIP",
        "TABLE",        "THEN",
        "TRIM",         "TRUE",
        "UESCAPE",      "UNION",
        "UNNEST",       "USING",
        "VALUES",       "WHEN",
        "WHERE",        "WITH",
    };
    (void)state;
    size_t reserved = 0;
    for (size_t i = 0; i < sizeof RESERVED / sizeof *RESERVED; i++)
        if (!keyword_is_reserved(keyword_find(str_of(RESERVED[i]))))
            fail_msg("%s is not reserved", RESERVED[i]);
    for (int word = 1; word < KEYWORDS; word++)
        reserved += keyword_is_reserved((Keyword)word);
    assert_int_equal(reserved, sizeof RESERVED / sizeof *RESERVED);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_word_of_the_table_is_found),
        cmocka_unit_test(case_does_not_matter),
        cmocka_unit_test(other_words_are_none),
        cmocka_unit_test(trinos_reserved_words_are_reserved),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
