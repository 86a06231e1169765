#include "support/support.h"

#include <string.h>

#include "base/hash.h"
#include "lake/bloom.h"

/* "parquet-iceberg", section 10: the worked example. */
static void the_worked_example_gives_its_bits(void **state)
{
    (void)state;
    static const uint32_t WORDS[8] = {1u << 15, 1u << 2,  1u << 10, 1u << 11,
                                      1u << 13, 1u << 16, 1u << 24, 1u << 30};
    uint8_t filter[32] = {0};
    bloom_add(filter, sizeof filter, hash_xxh64("10.0.0.1", 8));
    assert_memory_equal(filter, WORDS, sizeof filter);
    uint8_t four[128] = {0};
    bloom_add(four, sizeof four, hash_xxh64("10.0.0.1", 8));
    assert_memory_equal(four + 96, WORDS, 32);
}

static void what_was_added_is_found_and_little_else(void **state)
{
    (void)state;
    enum { COUNT = 10000 };
    static uint8_t filter[1 << 20];
    size_t bytes = bloom_bytes(COUNT);
    size_t wrong = 0;
    assert_int_equal(bytes, 16384);
    for (uint64_t i = 0; i < COUNT; i++)
        bloom_add(filter, bytes, hash_xxh64(&i, sizeof i));
    for (uint64_t i = 0; i < COUNT; i++)
        assert_true(bloom_holds(filter, bytes, hash_xxh64(&i, sizeof i)));
    for (uint64_t i = COUNT; i < 3 * COUNT; i++)
        wrong += bloom_holds(filter, bytes, hash_xxh64(&i, sizeof i));
    assert_true(wrong < 2 * COUNT / 50);
}

static void sizes_are_powers_of_two_within_limits(void **state)
{
    (void)state;
    assert_int_equal(bloom_bytes(0), 32);
    assert_int_equal(bloom_bytes(1), 32);
    assert_int_equal(bloom_bytes(100000000), BLOOM_BYTES_MAX);
    for (size_t n = 1; n < 1000000; n = n * 3 + 1)
        assert_int_equal(bloom_bytes(n) & (bloom_bytes(n) - 1), 0);
}

static void the_header_is_that_of_the_format(void **state)
{
    (void)state;
    Error err = {0};
    BUF_AUTO Buf out = buf_init(100);
    static const uint8_t EXPECTED[] = {0x15, 0x40, 0x1c, 0x1c, 0, 0, 0x1c, 0x1c,
                                       0,    0,    0x1c, 0x1c, 0, 0, 0};
    support_ok(bloom_header(&out, 32, &err), &err);
    assert_int_equal(out.len, sizeof EXPECTED);
    assert_memory_equal(out.ptr, EXPECTED, sizeof EXPECTED);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_worked_example_gives_its_bits),
        cmocka_unit_test(what_was_added_is_found_and_little_else),
        cmocka_unit_test(sizes_are_powers_of_two_within_limits),
        cmocka_unit_test(the_header_is_that_of_the_format),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
