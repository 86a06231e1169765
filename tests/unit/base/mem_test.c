#include "support/support.h"

#include <string.h>

#include "base/fault.h"
#include "base/mem.h"

static void memory_comes_zeroed_copied_and_aligned(void **state)
{
    (void)state;
    Error err = {0};
    MEM_AUTO int *zeroed = mem_calloc(4, sizeof *zeroed, &err);
    MEM_AUTO char *text = mem_text("abcdef", 3, &err);
    MEM_AUTO void *aligned = mem_aligned(64, 100, &err);
    assert_non_null(zeroed);
    assert_int_equal(zeroed[3], 0);
    assert_string_equal(text, "abc");
    assert_int_equal((uintptr_t)aligned % 64, 0);
}

static void an_overflowing_product_is_refused(void **state)
{
    (void)state;
    Error err = {0};
    assert_null(mem_calloc(SIZE_MAX / 2, 3, &err));
    assert_int_equal(err.kind, ERROR_LIMIT);
}

static void a_failed_realloc_leaves_the_old_memory(void **state)
{
    (void)state;
    Error err = {0};
    char *memory = mem_text("keep", 4, &err);
    fault_arm(FAULT_ALLOC, 1);
    assert_null(mem_realloc(memory, 100, &err));
    fault_arm(FAULT_ALLOC, 0);
    assert_string_equal(memory, "keep");
    assert_int_equal(err.kind, ERROR_LIMIT);
    memory = mem_realloc(memory, 100, &err);
    assert_string_equal(memory, "keep");
    mem_free(memory);
}

static void arrays_grow_and_keep_what_they_hold(void **state)
{
    Error err = {0};
    size_t cap = 0;
    uint32_t *array = NULL;
    (void)state;
    for (uint32_t i = 0; i < 1000; i++) {
        uint32_t *grown = mem_grow(array, i + 1, &cap, sizeof *array, &err);
        support_ok(grown != NULL, &err);
        assert_true(cap > i);
        array = grown;
        array[i] = i;
    }
    for (uint32_t i = 0; i < 1000; i++)
        assert_int_equal(array[i], i);
    size_t before = cap;
    assert_null(mem_grow(array, SIZE_MAX / 2, &cap, sizeof *array, &err));
    assert_int_equal(err.kind, ERROR_LIMIT);
    assert_int_equal(cap, before);
    mem_free(array);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(arrays_grow_and_keep_what_they_hold),
        cmocka_unit_test(memory_comes_zeroed_copied_and_aligned),
        cmocka_unit_test(an_overflowing_product_is_refused),
        cmocka_unit_test(a_failed_realloc_leaves_the_old_memory),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
