#include "base/signing.h"

#include <stdio.h>
#include <string.h>

#include "support/support.h"

static void from_hex(const char *hex, uint8_t *ret, size_t len)
{
    for (size_t i = 0; i < len; i++) {
        unsigned byte;
        assert_int_equal(sscanf(hex + 2 * i, "%2x", &byte), 1);
        ret[i] = (uint8_t)byte;
    }
}

/* RFC 8032, 7.1, tests 2 and 3. */
static void signs_as_the_standard_does(void **state)
{
    static const struct {
        const char *secret, *public, *message, *signature;
    } CASES[] = {
        {"4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb",
         "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c", "72",
         "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f3613d"
         "0f11d8c387b2eaeb4302aeeb00d291612bb0c00"},
        {"c5aa8df43f9f837bedb7442f31dcb7b166d38535076f094b85ce3a2e0b4458f7",
         "fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025", "af82",
         "6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac18ff9b538d16f290ae67f7609"
         "84dc6594a7c15e9716ed28dc027beceea1ec40a"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++) {
        Error err = {0};
        SigningPair pair;
        uint8_t message[2], wanted[SIGNING_SIGNATURE_BYTES], got[SIGNING_SIGNATURE_BYTES];
        size_t len = strlen(CASES[i].message) / 2;
        from_hex(CASES[i].secret, pair.secret, sizeof pair.secret);
        from_hex(CASES[i].public, pair.public, sizeof pair.public);
        from_hex(CASES[i].message, message, len);
        from_hex(CASES[i].signature, wanted, sizeof wanted);
        const Str text = {(const char *)message, len};
        support_ok(signing_sign(&pair, text, got, &err), &err);
        assert_memory_equal(got, wanted, sizeof got);
        assert_true(signing_verify(pair.public, text, wanted));
        wanted[7] ^= 1;
        assert_false(signing_verify(pair.public, text, wanted));
    }
}

static void a_new_pair_signs_what_it_verifies(void **state)
{
    Error err = {0};
    SigningPair a, b;
    uint8_t signature[SIGNING_SIGNATURE_BYTES];
    (void)state;
    support_ok(signing_make(&a, &err) && signing_make(&b, &err), &err);
    assert_memory_not_equal(a.secret, b.secret, sizeof a.secret);
    support_ok(signing_sign(&a, STR("text"), signature, &err), &err);
    assert_true(signing_verify(a.public, STR("text"), signature));
    assert_false(signing_verify(a.public, STR("texT"), signature));
    assert_false(signing_verify(b.public, STR("text"), signature));
    memset(b.public, 0xff, sizeof b.public);
    assert_false(signing_verify(b.public, STR("text"), signature));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(signs_as_the_standard_does),
        cmocka_unit_test(a_new_pair_signs_what_it_verifies),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
