#include "base/hash_set.h"

#include "support/support.h"

enum { COUNT = 50000 };

/* Hashes that begin alike, so that their places are neighbours. */
static uint64_t hash_at(uint64_t i)
{
    return i % 2 ? i : i << 40;
}

static void what_was_added_is_there_and_nothing_else(void **state)
{
    Error err = {0};
    HashSet set;
    bool fresh;
    (void)state;
    support_ok(hash_set_init(&set, &err), &err);
    for (uint64_t i = 2; i < COUNT; i++) {
        assert_false(hash_set_has(&set, hash_at(i)));
        support_ok(hash_set_add(&set, hash_at(i), &fresh, &err), &err);
        assert_true(fresh);
    }
    for (uint64_t i = 2; i < COUNT; i++) {
        assert_true(hash_set_has(&set, hash_at(i)));
        support_ok(hash_set_add(&set, hash_at(i), &fresh, &err), &err);
        assert_false(fresh);
    }
    assert_int_equal(set.count, COUNT - 2);
    assert_false(hash_set_has(&set, 0));
    assert_false(hash_set_has(&set, UINT64_MAX));
    support_ok(hash_set_add(&set, 0, NULL, &err), &err);
    assert_true(hash_set_has(&set, 0));
    hash_set_free(&set);
    hash_set_free(&set);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(what_was_added_is_there_and_nothing_else)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
