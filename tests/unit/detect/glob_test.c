#include "detect/glob.h"

#include <stdlib.h>

#include "detect/fold.h"
#include "support/support.h"

enum { ARENA_BYTES_MAX = 1 << 24 };

/* A pattern in which * is ANY, ? ONE and ~ DASH. */
static const Glob *glob_of(Str text, bool folded, Arena *arena)
{
    Error err = {0};
    GlobText pieces = glob_text();
    for (size_t i = 0; i < text.len; i++) {
        char c = text.ptr[i];
        GlobKind kind = c == '*'   ? GLOB_ANY
                        : c == '?' ? GLOB_ONE
                        : c == '~' ? GLOB_DASH
                                   : GLOB_LITERAL;
        support_ok(glob_add(&pieces, kind, c, &err), &err);
    }
    const Glob *glob = glob_new(&pieces, folded, arena, &err);
    support_ok(glob != NULL, &err);
    glob_text_free(&pieces);
    return glob;
}

static const struct {
    const char *pattern, *text;
    GlobShape shape;
    bool matches;
} CASES[] = {
    {"", "", GLOB_EXACT, true},
    {"", "a", GLOB_EXACT, false},
    {"abc", "abc", GLOB_EXACT, true},
    {"abc", "abcd", GLOB_EXACT, false},
    {"ABC", "abc", GLOB_EXACT, true},
    {"ÄB", "äb", GLOB_EXACT, true},
    {"*", "", GLOB_INFIX, true},
    {"**", "a\nb", GLOB_INFIX, true},
    {"ab*", "ab", GLOB_PREFIX, true},
    {"ab*", "a", GLOB_PREFIX, false},
    {"ab**", "abc", GLOB_PREFIX, true},
    {"*ab", "ab", GLOB_SUFFIX, true},
    {"*ab", "b", GLOB_SUFFIX, false},
    {"*ab*", "xaabx", GLOB_INFIX, true},
    {"*ab*", "xaax", GLOB_INFIX, false},
    {"*aab*", "aaab", GLOB_INFIX, true},
    {"*ab*", "a", GLOB_INFIX, false},
    {"a*b", "ab", GLOB_GENERAL, true},
    {"a*b", "a\nxb", GLOB_GENERAL, true},
    {"a*b", "abx", GLOB_GENERAL, false},
    {"a**b", "axb", GLOB_GENERAL, true},
    {"a*b*c", "abbc", GLOB_GENERAL, true},
    {"a*b*c", "acb", GLOB_GENERAL, false},
    {"*a*b", "xabab", GLOB_GENERAL, true},
    {"*ab?", "abab", GLOB_GENERAL, false},
    {"*ab?", "ababx", GLOB_GENERAL, true},
    {"?", "", GLOB_GENERAL, false},
    {"?", "a", GLOB_GENERAL, true},
    {"?", "ab", GLOB_GENERAL, false},
    {"?", "ä", GLOB_GENERAL, true},
    {"?", "€", GLOB_GENERAL, true},
    {"?", "😀", GLOB_GENERAL, true},
    {"??", "€", GLOB_GENERAL, false},
    {"*??", "€", GLOB_GENERAL, false},
    {"*???", "😀", GLOB_GENERAL, false},
    {"*??", "x€", GLOB_GENERAL, true},
    {"??*", "€", GLOB_GENERAL, false},
    {"*?b", "€b", GLOB_GENERAL, true},
    {"?*?", "€", GLOB_GENERAL, false},
    {"?*?", "ab", GLOB_GENERAL, true},
    {"??", "\xff\xc3", GLOB_GENERAL, true},
    {"*?*", "", GLOB_GENERAL, false},
    {"*?*", "x", GLOB_GENERAL, true},
    {"~f", "-f", GLOB_GENERAL, true},
    {"~f", "/f", GLOB_GENERAL, true},
    {"~f", "–f", GLOB_GENERAL, true},
    {"~f", "—f", GLOB_GENERAL, true},
    {"~f", "―f", GLOB_GENERAL, true},
    {"~f", "‐f", GLOB_GENERAL, false},
    {"~f", "f", GLOB_GENERAL, false},
    {"~f", "\xe2\x80", GLOB_GENERAL, false},
    {"* ~x ~y*", "cmd /x —y z", GLOB_GENERAL, true},
    {"* ~x ~y*", "cmd /x y z", GLOB_GENERAL, false},
};

static void patterns_have_a_shape_and_match_whole_texts(void **state)
{
    Error err = {0};
    (void)state;
    Arena *arena = arena_new(ARENA_BYTES_MAX, &err);
    for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++) {
        const Glob *glob = glob_of(str_of(CASES[i].pattern), true, arena);
        if (glob->shape != CASES[i].shape)
            fail_msg("'%s' has shape %d", CASES[i].pattern, glob->shape);
        if (glob_match(glob, str_of(CASES[i].text)) != CASES[i].matches)
            fail_msg("'%s' and '%s'", CASES[i].pattern, CASES[i].text);
    }
    arena_free(arena);
}

static void case_counts_unless_the_pattern_is_folded(void **state)
{
    Error err = {0};
    (void)state;
    Arena *arena = arena_new(ARENA_BYTES_MAX, &err);
    assert_false(glob_match(glob_of(STR("Ab*C"), false, arena), STR("abxc")));
    assert_true(glob_match(glob_of(STR("Ab*C"), false, arena), STR("AbxC")));
    assert_true(glob_match(glob_of(STR("Ab*C"), true, arena), STR("abxc")));
    assert_true(glob_match(glob_of(STR("*ÄÖ*Ü"), true, arena), STR("äöxü")));
    arena_free(arena);
}

static void texts_may_hold_any_bytes(void **state)
{
    Error err = {0};
    (void)state;
    Arena *arena = arena_new(ARENA_BYTES_MAX, &err);
    assert_true(glob_match(glob_of(STR("a\0b"), false, arena), STR("a\0b")));
    assert_false(glob_match(glob_of(STR("a\0b"), false, arena), STR("a\0c")));
    assert_true(glob_match(glob_of(STR("*\0*"), false, arena), STR("a\0c")));
    assert_true(glob_match(glob_of(STR("a?c"), false, arena), STR("a\0c")));
    arena_free(arena);
}

/* Whether the pieces from *p* match the text from *t*, by trying everything. */
static bool match_slowly(Str p, Str t)
{
    if (!p.len)
        return !t.len;
    if (p.ptr[0] == '*') {
        for (size_t i = 0; i <= t.len; i++)
            if (match_slowly(str_slice(p, 1, p.len), str_slice(t, i, t.len)))
                return true;
        return false;
    }
    return t.len && (p.ptr[0] == '?' || p.ptr[0] == t.ptr[0]) &&
           match_slowly(str_slice(p, 1, p.len), str_slice(t, 1, t.len));
}

static void patterns_match_as_trying_everything_says(void **state)
{
    static const char LETTERS[] = "ab*?";
    Error err = {0};
    uint64_t seed = 7;
    (void)state;
    Arena *arena = arena_new(ARENA_BYTES_MAX, &err);
    for (int round = 0; round < 20000; round++) {
        char pattern[8], text[10];
        size_t lens[2];
        for (size_t k = 0; k < 2; k++) {
            seed = seed * 6364136223846793005u + 1442695040888963407u;
            lens[k] = (size_t)(seed >> 33) % (k ? sizeof text : sizeof pattern);
            for (size_t i = 0; i < lens[k]; i++) {
                seed = seed * 6364136223846793005u + 1442695040888963407u;
                (k ? text : pattern)[i] = LETTERS[(seed >> 33) % (k ? 2 : 4)];
            }
        }
        Str p = {pattern, lens[0]}, t = {text, lens[1]};
        if (glob_match(glob_of(p, round % 2, arena), t) != match_slowly(p, t))
            fail_msg("'%.*s' and '%.*s'", STR_ARG(p), STR_ARG(t));
        arena_reset(arena);
    }
    arena_free(arena);
}

static void long_texts_end_quickly_however_many_stars(void **state)
{
    enum { TEXT_BYTES = 1 << 20, PATTERN_BYTES = 4000 };
    Error err = {0};
    BUF_AUTO Buf text = buf_init(TEXT_BYTES), pattern = buf_init(PATTERN_BYTES + 2);
    (void)state;
    Arena *arena = arena_new(ARENA_BYTES_MAX, &err);
    for (int i = 0; i < TEXT_BYTES; i++)
        support_ok(buf_append_byte(&text, 'a', &err), &err);
    for (int i = 0; i < PATTERN_BYTES; i += 2)
        support_ok(buf_append(&pattern, "a*", 2, &err), &err);
    assert_true(glob_match(glob_of(buf_str(&pattern), true, arena), buf_str(&text)));
    support_ok(buf_append(&pattern, "b", 1, &err), &err);
    assert_false(glob_match(glob_of(buf_str(&pattern), true, arena), buf_str(&text)));
    assert_false(glob_match(glob_of(STR("*a*a*a*a*?b?*a*"), true, arena), buf_str(&text)));
    arena_free(arena);
}

static void pieces_have_a_ceiling(void **state)
{
    Error err = {0};
    GlobText text = glob_text();
    (void)state;
    assert_false(glob_is_live(&text));
    for (int i = 0; i < GLOB_PIECES_MAX; i++)
        support_ok(glob_add(&text, GLOB_LITERAL, 'a', &err), &err);
    assert_false(glob_add(&text, GLOB_LITERAL, 'a', &err));
    assert_int_equal(err.kind, ERROR_LIMIT);
    assert_int_equal(glob_count(&text), GLOB_PIECES_MAX);
    assert_false(glob_is_live(&text));
    glob_text_free(&text);
    error_clear(&err);
    support_ok(glob_add(&text, GLOB_DASH, 0, &err), &err);
    assert_true(glob_is_live(&text));
    assert_int_equal(glob_piece(&text, 0).kind, GLOB_DASH);
    glob_text_free(&text);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(patterns_have_a_shape_and_match_whole_texts),
        cmocka_unit_test(case_counts_unless_the_pattern_is_folded),
        cmocka_unit_test(texts_may_hold_any_bytes),
        cmocka_unit_test(patterns_match_as_trying_everything_says),
        cmocka_unit_test(long_texts_end_quickly_however_many_stars),
        cmocka_unit_test(pieces_have_a_ceiling),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
