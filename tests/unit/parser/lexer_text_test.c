#include "parser/lexer.h"
#include "support/support.h"

#include <string.h>

static Arena *arena;

static int begin(void **state)
{
    Error err = {0};
    (void)state;
    arena = arena_new(1 << 20, &err);
    return arena == NULL;
}

static int end(void **state)
{
    (void)state;
    arena_free(arena);
    return 0;
}

typedef bool (*Read)(Str raw, Arena *in, Str *ret, Error *err);

typedef struct Case {
    const char *raw;
    const char *value; /* NULL: refused */
    const char *words; /* of the refusal */
} Case;

static void run(Read read, const Case *cases, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        Error err = {0};
        Str value;
        bool ok = read(str_of(cases[i].raw), arena, &value, &err);
        if (ok != (cases[i].value != NULL))
            fail_msg("%s: %s", cases[i].raw, ok ? "was taken" : err.text);
        if (ok && !str_equal(value, str_of(cases[i].value)))
            fail_msg("%s gave %.*s", cases[i].raw, STR_ARG(value));
        if (!ok) {
            assert_int_equal(err.kind, ERROR_USAGE);
            assert_non_null(strstr(err.text, cases[i].words));
        }
    }
}

#define RUN(read, cases) run(read, cases, sizeof(cases) / sizeof *(cases))

static void names_are_folded_or_unquoted(void **state)
{
    static const Case CASES[] = {
        {"eventname", "eventname", NULL}, {"EventName_1", "eventname_1", NULL},
        {"\"Event\"", "Event", NULL},     {"\"a\"\"b\"", "a\"b", NULL},
        {"\"\"\"\"", "\"", NULL},         {"`a``b`", "a`b", NULL},
        {"\"a``b\"", "a``b", NULL},       {"\"\"", NULL, "found nothing"},
        {"``", NULL, "found nothing"},
    };
    (void)state;
    RUN(lexer_name, CASES);
}

static void strings_are_unquoted(void **state)
{
    static const Case CASES[] = {
        {"''", "", NULL},    {"'a'", "a", NULL},     {"'it''s'", "it's", NULL},
        {"''''", "'", NULL}, {"''''''", "''", NULL}, {"'\\n'", "\\n", NULL},
    };
    (void)state;
    RUN(lexer_string, CASES);
}

static bool read_unicode(Str raw, Arena *in, Str *ret, Error *err)
{
    return lexer_unicode(raw, (Str){"", 0}, in, ret, err);
}

static void unicode_strings_have_their_characters(void **state)
{
    static const Case CASES[] = {
        {"U&''", "", NULL},
        {"U&'a''b'", "a'b", NULL},
        {"U&'\\0041\\00e9\\ac00\\+01F600'", "A\u00e9\uac00\U0001f600", NULL},
        {"U&'\\\\0041'", "\\0041", NULL},
        {"U&'\\004'", NULL, "expected four digits"},
        {"U&'\\'", NULL, "expected four digits"},
        {"U&'\\+0041'", NULL, "expected four digits"},
        {"U&'\\0000'", NULL, "U+0000 is no character"},
        {"U&'\\dfff'", NULL, "U+DFFF is no character"},
        {"U&'\\+110000'", NULL, "U+110000 is no character"},
    };
    (void)state;
    RUN(read_unicode, CASES);
}

static void the_escape_may_be_another_character(void **state)
{
    static const struct {
        const char *escape;
        bool ok;
    } CASES[] = {
        {"'#'", true},   {"'!'", true},  {"'z'", true},       {"''", false},  {"'##'", false},
        {"'a'", false},  {"'F'", false}, {"'5'", false},      {"'+'", false}, {"''''", false},
        {"'\"'", false}, {"' '", false}, {"'\u00e9'", false},
    };
    (void)state;
    for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++) {
        Error err = {0};
        Str value;
        char raw[] = "U&'x_0041'";
        raw[4] = CASES[i].escape[1];
        bool ok = lexer_unicode(str_of(raw), str_of(CASES[i].escape), arena, &value, &err);
        assert_int_equal(ok, CASES[i].ok);
        if (ok)
            assert_true(str_equal(value, STR("xA")));
    }
}

static void binary_is_pairs_of_digits(void **state)
{
    static const Case CASES[] = {
        {"X''", "", NULL},
        {"x'4a Ff\t0 0'", "4AFF00", NULL},
        {"X'4'", NULL, "an even number"},
        {"X'4g'", NULL, "expected digits"},
        {"X'\u00e9'", NULL, "expected digits"},
    };
    (void)state;
    RUN(lexer_binary, CASES);
}

static void integers_are_decimal_digits(void **state)
{
    static const Case CASES[] = {
        {"0", "0", NULL},
        {"007", "7", NULL},
        {"1_000", "1000", NULL},
        {"0xFF", "255", NULL},
        {"0X_f_F", "255", NULL},
        {"0o17", "15", NULL},
        {"0B101", "5", NULL},
        {"9223372036854775807", "9223372036854775807", NULL},
        {"9223372036854775808", "9223372036854775808", NULL},
        {"0x8000000000000000", "9223372036854775808", NULL},
        {"9223372036854775809", NULL, "is larger than"},
        {"0x8000000000000001", NULL, "is larger than"},
        {"99999999999999999999999999", NULL, "is larger than"},
    };
    (void)state;
    RUN(lexer_integer, CASES);
}

static void numbers_lose_their_underscores(void **state)
{
    static const Case CASES[] = {
        {"1_0.2_5", "10.25", NULL}, {"1E5", "1E5", NULL}, {".5", ".5", NULL}};
    (void)state;
    RUN(lexer_number, CASES);
}

static void a_full_arena_is_told(void **state)
{
    static const Read READS[] = {lexer_name,   lexer_string,  read_unicode,
                                 lexer_binary, lexer_integer, lexer_number};
    static const char *const RAWS[] = {"A", "'a''b'", "U&'a'", "X'00'", "1", "1.5"};
    (void)state;
    for (size_t i = 0; i < sizeof READS / sizeof *READS; i++) {
        Error err = {0};
        Str value;
        Arena *full = arena_new(0, &err);
        assert_false(READS[i](str_of(RAWS[i]), full, &value, &err));
        assert_int_equal(err.kind, ERROR_LIMIT);
        arena_free(full);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(names_are_folded_or_unquoted),
        cmocka_unit_test(strings_are_unquoted),
        cmocka_unit_test(unicode_strings_have_their_characters),
        cmocka_unit_test(the_escape_may_be_another_character),
        cmocka_unit_test(binary_is_pairs_of_digits),
        cmocka_unit_test(integers_are_decimal_digits),
        cmocka_unit_test(numbers_lose_their_underscores),
        cmocka_unit_test(a_full_arena_is_told),
    };
    return cmocka_run_group_tests(tests, begin, end);
}
