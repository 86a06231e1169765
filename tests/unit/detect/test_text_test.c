#include "detect/test_text.h"

#include "support/support.h"

/* A test of *texts*, in which * is a wildcard. */
static const Test *make(const char *const *texts, size_t count, bool folded, Arena *arena)
{
    Error err = {0};
    BUF_AUTO Buf list = buf_init(1 << 16);
    for (size_t i = 0; i < count; i++) {
        GlobText text = glob_text();
        for (const char *at = texts[i]; *at; at++)
            support_ok(glob_add(&text, *at == '*' ? GLOB_ANY : GLOB_LITERAL, *at, &err), &err);
        support_ok(buf_append(&list, &text, sizeof text, &err), &err);
    }
    const Test *test = test_text_new(&list, folded, arena, &err);
    support_ok(test != NULL, &err);
    for (size_t i = 0; i < count; i++) {
        GlobText text;
        memcpy(&text, list.ptr + i * sizeof text, sizeof text);
        glob_text_free(&text);
    }
    return test;
}

static void exact_texts_are_sorted_and_patterns_kept_apart(void **state)
{
    static const char *const TEXTS[] = {"b", "", "A*", "Ä", "*", "ab", "a", "B"};
    static const char *const EXACT[] = {"", "a", "ab", "b", "b", "ä"};
    Error err = {0};
    (void)state;
    Arena *arena = arena_new(1 << 20, &err);
    const Test *test = make(TEXTS, 8, true, arena);
    assert_int_equal(test->kind, TEST_TEXT);
    assert_true(test->folded);
    assert_int_equal(test->exact_count, 6);
    assert_int_equal(test->glob_count, 2);
    for (size_t i = 0; i < 6; i++)
        assert_string_equal(test->exact[i].ptr, EXACT[i]);
    assert_int_equal(test->globs[0]->shape, GLOB_PREFIX);
    assert_int_equal(test->globs[1]->shape, GLOB_INFIX);
    arena_free(arena);
}

static void cased_texts_keep_their_case(void **state)
{
    static const char *const TEXTS[] = {"b", "B", "A"};
    Error err = {0};
    (void)state;
    Arena *arena = arena_new(1 << 20, &err);
    const Test *test = make(TEXTS, 3, false, arena);
    assert_false(test->folded);
    assert_string_equal(test->exact[0].ptr, "A");
    assert_string_equal(test->exact[1].ptr, "B");
    assert_string_equal(test->exact[2].ptr, "b");
    arena_free(arena);
}

static void no_texts_make_a_test_that_nothing_passes(void **state)
{
    Error err = {0};
    (void)state;
    Arena *arena = arena_new(1 << 20, &err);
    const Test *test = make(NULL, 0, true, arena);
    assert_int_equal(test->exact_count + test->glob_count, 0);
    arena_free(arena);
}

static void an_arena_that_is_full_is_an_error(void **state)
{
    Error err = {0};
    Buf none = buf_init(0);
    (void)state;
    Arena *arena = arena_new(1, &err);
    assert_null(test_text_new(&none, true, arena, &err));
    assert_int_equal(err.kind, ERROR_LIMIT);
    arena_free(arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(exact_texts_are_sorted_and_patterns_kept_apart),
        cmocka_unit_test(cased_texts_keep_their_case),
        cmocka_unit_test(no_texts_make_a_test_that_nothing_passes),
        cmocka_unit_test(an_arena_that_is_full_is_an_error),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
