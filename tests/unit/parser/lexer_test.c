#include "parser/lexer.h"
#include "support/support.h"

#include <stdio.h>
#include <string.h>

enum { TOKENS_BYTES_MAX = 1 << 16 };

static const char *const KIND_LETTERS = "$!nqbdsux123=#<l>g+-*/%ca^.,;()[]?:";

/* One letter for each token, in the order of TokenKind. */
static void lex(Str sql, char *kinds, char *complaint, Buf *tokens)
{
    Error err = {0};
    support_ok(lexer_read(sql, tokens, complaint, &err), &err);
    const Token *list = (const Token *)(const void *)tokens->ptr;
    size_t count = tokens->len / sizeof(Token);
    for (size_t i = 0; i < count; i++) {
        kinds[i] = KIND_LETTERS[list[i].kind];
        assert_true(list[i].place.at <= list[i].place.end && list[i].place.end <= sql.len);
        assert_true(i == 0 || list[i - 1].place.end <= list[i].place.at);
    }
    kinds[count] = '\0';
}

static void texts_become_tokens(void **state)
{
    static const struct {
        const char *sql, *kinds;
    } CASES[] = {
        {"", "$"},
        {" \t\r\n", "$"},
        {"select a_1, _b", "nn,n$"},
        {"\"a\"\"b\" \"\"", "qq$"},
        {"`a``b`", "b$"},
        {"'a''b' ''", "ss$"},
        {"U&'a' u&'b''c' U & 'c'", "uun!"},
        {"X'4a' x'' X '1'", "xxns$"},
        {"1 42 1_000 0xFf 0o17 0b01 0x_f", "1111111$"},
        {"1.5 .5 1. 1_0.0_1", "2222$"},
        {"1e5 1E-5 1.5e+3 .5E1 1.e2", "33333$"},
        {"1a 1_ 1__0 0x 0xg 0b2 1e 1_0e5", "dddddddd$"},
        {"1.a", "2n$"},
        {"1.5e", "2n$"},
        {"a.b.1", "n.n2$"},
        {"1..2", "22$"},
        {"= <> != < <= > >=", "=##<l>g$"},
        {"+ - * / % || -> =>", "+-*/%ca^$"},
        {". , ; ( ) [ ] ? :", ".,;()[]?:$"},
        {"a-->b\n->c", "nan$"},
        {"a--b\rc", "nn$"},
        {"a/* b */c/**/d/***/", "nnn$"},
        {"a/*/b*/c", "nn$"},
        {"a /* /* */ b", "nn$"},
        {"<>=", "#=$"},
        {">>", ">>$"},
        {"||||", "cc$"},
        {"--", "$"},
        {"a \xc3\xbc", "n!"},
        {"'\xc3\xbc' \"\xc3\xbc\"", "sq$"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++) {
        BUF_AUTO Buf tokens = buf_init(TOKENS_BYTES_MAX);
        char kinds[64], complaint[LEXER_COMPLAINT_BYTES];
        lex(str_of(CASES[i].sql), kinds, complaint, &tokens);
        if (strcmp(kinds, CASES[i].kinds) != 0)
            fail_msg("'%s' gave %s, not %s", CASES[i].sql, kinds, CASES[i].kinds);
        assert_int_equal(complaint[0] != '\0', strchr(kinds, '!') != NULL);
    }
}

static void a_text_that_stops_being_tokens_has_a_complaint(void **state)
{
    static const struct {
        const char *sql;
        uint32_t at;
        const char *complaint;
    } CASES[] = {
        {"a 'b", 2, "the string that begins here is not closed: expected '"},
        {"a 'b''", 2, "the string that begins here is not closed: expected '"},
        {"X'1", 0, "the string that begins here is not closed: expected '"},
        {"\"b", 0, "the name that begins here is not closed"},
        {"`b", 0, "the name that begins here is not closed"},
        {"a /* b", 2, "the comment that begins here is not closed"},
        {"/*", 0, "the comment that begins here is not closed"},
        {"/*/", 0, "the comment that begins here is not closed"},
        {"/* *", 0, "the comment that begins here is not closed"},
        {"a @ b", 2, "expected SQL, found '@'"},
        {"a \xc3\xbc", 2, "expected SQL, found '\xc3\xbc'; names with it stand in double quotes"},
        {"a \xc3", 2, "the text is not UTF-8 from here on"},
        {"a '\xf0\x28'", 3, "the text is not UTF-8 from here on"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++) {
        BUF_AUTO Buf tokens = buf_init(TOKENS_BYTES_MAX);
        char kinds[64], complaint[LEXER_COMPLAINT_BYTES];
        lex(str_of(CASES[i].sql), kinds, complaint, &tokens);
        const Token *bad = (const Token *)(const void *)(tokens.ptr + tokens.len) - 1;
        assert_int_equal(bad->kind, TOKEN_BAD);
        assert_int_equal(bad->place.at, CASES[i].at);
        assert_string_equal(complaint, CASES[i].complaint);
    }
}

static void words_are_known_as_keywords(void **state)
{
    BUF_AUTO Buf tokens = buf_init(TOKENS_BYTES_MAX);
    char kinds[64], complaint[LEXER_COMPLAINT_BYTES];
    (void)state;
    lex(STR("Select selects \"select\""), kinds, complaint, &tokens);
    const Token *list = (const Token *)(const void *)tokens.ptr;
    assert_int_equal(list[0].keyword, KEYWORD_SELECT);
    assert_int_equal(list[1].keyword, KEYWORD_NONE);
    assert_int_equal(list[2].keyword, KEYWORD_NONE);
}

static void parentheses_know_their_match(void **state)
{
    static const struct {
        const char *sql;
        uint32_t match[8];
    } CASES[] = {
        {"()", {1}},      {"(a(b)c)", {6, 0, 4}},
        {"((a)", {0, 3}}, {")(a)(", {0, 3, 0, 0, 0}},
        {"[(])", {0, 3}}, {"('", {0}},
    };
    (void)state;
    for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++) {
        BUF_AUTO Buf tokens = buf_init(TOKENS_BYTES_MAX);
        char kinds[64], complaint[LEXER_COMPLAINT_BYTES];
        lex(str_of(CASES[i].sql), kinds, complaint, &tokens);
        const Token *list = (const Token *)(const void *)tokens.ptr;
        for (size_t t = 0; kinds[t]; t++)
            assert_int_equal(list[t].match, CASES[i].match[t]);
    }
}

static void the_end_stands_behind_the_last_token(void **state)
{
    BUF_AUTO Buf tokens = buf_init(TOKENS_BYTES_MAX);
    char kinds[64], complaint[LEXER_COMPLAINT_BYTES];
    (void)state;
    lex(STR("ab -- c\n  "), kinds, complaint, &tokens);
    const Token *list = (const Token *)(const void *)tokens.ptr;
    assert_int_equal(list[1].kind, TOKEN_END);
    assert_int_equal(list[1].place.at, 2);
}

static void tokens_keep_to_their_ceiling(void **state)
{
    BUF_AUTO Buf tokens = buf_init(3 * sizeof(Token));
    Error err = {0};
    char complaint[LEXER_COMPLAINT_BYTES];
    (void)state;
    assert_false(lexer_read(STR("a b c d"), &tokens, complaint, &err));
    assert_int_equal(err.kind, ERROR_LIMIT);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(texts_become_tokens),
        cmocka_unit_test(a_text_that_stops_being_tokens_has_a_complaint),
        cmocka_unit_test(words_are_known_as_keywords),
        cmocka_unit_test(parentheses_know_their_match),
        cmocka_unit_test(the_end_stands_behind_the_last_token),
        cmocka_unit_test(tokens_keep_to_their_ceiling),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
