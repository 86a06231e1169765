#include "support/support.h"

#include <string.h>

#include "base/arena.h"

static void allocations_are_aligned_and_do_not_overlap(void **state)
{
    (void)state;
    Error err = {0};
    Arena *arena = arena_new(1 << 20, &err);
    char *seen[100];
    for (size_t i = 0; i < 100; i++) {
        seen[i] = arena_alloc(arena, i * 7 + 1, &err);
        assert_non_null(seen[i]);
        assert_int_equal((uintptr_t)seen[i] % 16, 0);
        memset(seen[i], (int)i, i * 7 + 1);
    }
    for (size_t i = 0; i < 100; i++)
        for (size_t j = 0; j < i * 7 + 1; j++)
            assert_int_equal(seen[i][j], (char)i);
    arena_free(arena);
}

static void the_ceiling_holds_and_reset_gives_room_again(void **state)
{
    (void)state;
    Error err = {0};
    Arena *arena = arena_new(100000, &err);
    size_t given = 0;
    while (arena_alloc(arena, 1000, &err))
        given += 1000;
    assert_int_equal(err.kind, ERROR_LIMIT);
    assert_true(given <= 100000);
    assert_true(arena_used(arena) >= given);
    arena_reset(arena);
    assert_int_equal(arena_used(arena), 0);
    assert_non_null(arena_alloc(arena, 1000, &err));
    arena_free(arena);
}

static void texts_are_copied_with_their_end(void **state)
{
    (void)state;
    Error err = {0};
    Arena *arena = arena_new(4096, &err);
    assert_string_equal(arena_text(arena, str_slice(STR("abcdef"), 1, 4), &err), "bcd");
    int *zeroed = arena_calloc(arena, 10, sizeof *zeroed, &err);
    assert_int_equal(zeroed[9], 0);
    assert_null(arena_calloc(arena, SIZE_MAX / 8, 8, &err));
    assert_null(arena_alloc(arena, SIZE_MAX - 3, &err));
    arena_free(arena);
    arena_free(NULL);
}

static void what_was_given_out_is_overwritten(void **state)
{
    (void)state;
    Error err = {0};
    Arena *arena = arena_new(4096, &err);
    char *secret = arena_text(arena, STR("secret"), &err);
    assert_non_null(secret);
    arena_wipe(arena);
    assert_int_equal(arena_used(arena), 0);
    char *again = arena_alloc(arena, 7, &err);
    assert_ptr_equal(again, secret);
    assert_memory_equal(again, "\0\0\0\0\0\0", 7);
    arena_free(arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(allocations_are_aligned_and_do_not_overlap),
        cmocka_unit_test(the_ceiling_holds_and_reset_gives_room_again),
        cmocka_unit_test(texts_are_copied_with_their_end),
        cmocka_unit_test(what_was_given_out_is_overwritten),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
