#include "base/sha256_pair.h"

#include "support/support.h"

static void equals_the_library_for_every_pair_of_lengths(void **state)
{
    static const size_t LENGTHS[] = {0,   1,   55,  56,  63,   64,   65,
                                     119, 120, 127, 128, 1000, 4096, 5001};
    enum { COUNT = sizeof LENGTHS / sizeof *LENGTHS };
    static char text[2][5001];
    (void)state;
    if (!sha256_pair_works()) {
        print_message("this processor has no SHA instructions\n");
        skip();
    }
    for (size_t i = 0; i < sizeof text[0]; i++) {
        text[0][i] = (char)(i * 31 + 7);
        text[1][i] = (char)(i * 17 + i / 256);
    }
    for (size_t i = 0; i < COUNT; i++)
        for (size_t j = 0; j < COUNT; j++) {
            Sha256Stream a, b;
            uint8_t got[HASH_SHA256_BYTES], want[HASH_SHA256_BYTES];
            sha256_pair_start(&a, (Str){text[0], LENGTHS[i]});
            sha256_pair_start(&b, (Str){text[1], LENGTHS[j]});
            sha256_pair_run(&a, &b);
            assert_true(a.left < 64 || b.left < 64);
            sha256_pair_end(&a, got);
            hash_sha256(text[0], LENGTHS[i], want);
            assert_memory_equal(got, want, sizeof want);
            sha256_pair_end(&b, got);
            hash_sha256(text[1], LENGTHS[j], want);
            assert_memory_equal(got, want, sizeof want);
        }
}

static void goes_on_with_another_partner(void **state)
{
    static char text[3000];
    (void)state;
    if (!sha256_pair_works()) {
        print_message("this processor has no SHA instructions\n");
        skip();
    }
    Sha256Stream whole, part;
    uint8_t got[HASH_SHA256_BYTES], want[HASH_SHA256_BYTES];
    memset(text, 'x', sizeof text);
    sha256_pair_start(&whole, (Str){text, sizeof text});
    for (size_t len = 100; len < 1000; len += 177) {
        sha256_pair_start(&part, (Str){text, len});
        sha256_pair_run(&whole, &part);
        sha256_pair_end(&part, got);
        hash_sha256(text, len, want);
        assert_memory_equal(got, want, sizeof want);
    }
    sha256_pair_end(&whole, got);
    hash_sha256(text, sizeof text, want);
    assert_memory_equal(got, want, sizeof want);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(equals_the_library_for_every_pair_of_lengths),
        cmocka_unit_test(goes_on_with_another_partner),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
