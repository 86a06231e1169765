#include "base/signature.h"

#include <stdlib.h>

#include "support/support.h"

/* A key made for this test, as PKCS#1, and what it made of "a message". */
static const char KEY[] =
    "3082010a0282010100c9efd5e2bf12d5a2a65a064b1b15feb220108848375176cb7f3f59a5c11e5254e5071f"
    "a8f5ff32880242d67bf454573dee08345bed1cc3a313625db8c4da7f01c6da73d0b003e0fe15f0f460feba03"
    "70ebf004862773852055869666e17b099ac1a57a80d312522cd9f27d72feec3f237b3041f4b57edc418ad5ea"
    "42bf3fbcbd810f07e4b7c0360cc5b3f47497f33e0c014167d279e74da4d40572b18d0dff0aede1df80e654fd"
    "87d42a20b98ea2b56ade2e2db58a80345f37f6d11186bf81fc5053adf42c45f8dd56968ffd0bfc31f4a95349"
    "a84079e02d0b9390defa2849183236d837727f007a667e87e86aa63bf21ad4b588cebb8029b5dc337205cbad"
    "f10203010001";
static const char SIGNATURE[] =
    "27d6713ef7923fa07549c5f32582a26e30f6f3ae1759b94053d87b293f24a3f97f9e0ba4779e41ed2ffe1be5"
    "ffbcb5291c4c6512bc3bde56442a09fc06501a99ed95a2d90e4378d8708ab0e5dabad0c25cf6f4ae85c8ccee"
    "5267f25cf5f56f6852653d37c988fac7321f1514558b57d1801671eaa9f540eb6e8daf818ff0033e438416b3"
    "00c16732e2d544cd67c088fc3608cb8bfdb123bec2df182b05b1d66670d433d866205d1218771e7b5a3628ef"
    "41572a4d7e711a8f04ebddf53f7d461e1c8595be7abe59ddc5df8ad53b64e5a6a8bd3ca32deb8e47eccdc146"
    "2b9f152b50fbc85543021bdd84f20c6a9c345ee72e7a8a2d3f2d310fc8b056be42218314";

static Buf bytes_of(const char *hex)
{
    Error err = {0};
    Buf bytes = buf_init(1000);
    for (size_t i = 0; hex[i]; i += 2) {
        const char byte[3] = {hex[i], hex[i + 1], 0};
        support_ok(buf_append_byte(&bytes, (unsigned char)strtoul(byte, NULL, 16), &err), &err);
    }
    return bytes;
}

static void a_signature_fits_its_message_alone(void **state)
{
    Error err = {0};
    BUF_AUTO Buf der = bytes_of(KEY), signature = bytes_of(SIGNATURE);
    (void)state;
    SignatureKey *key = signature_key_new(buf_str(&der), &err);
    support_ok(key != NULL, &err);
    assert_true(signature_verify(key, STR("a message"), buf_str(&signature)));
    assert_false(signature_verify(key, STR("a messagE"), buf_str(&signature)));
    assert_false(signature_verify(key, STR("a message"), str_slice(buf_str(&signature), 0, 255)));
    assert_false(signature_verify(key, STR("a message"), STR("")));
    signature.ptr[100] ^= 1;
    assert_false(signature_verify(key, STR("a message"), buf_str(&signature)));
    signature_key_free(key);
    signature_key_free(NULL);
}

/* SubjectPublicKeyInfo: the same key behind the name of its algorithm. */
static void a_key_is_read_in_both_forms(void **state)
{
    Error err = {0};
    BUF_AUTO Buf der = bytes_of(KEY), signature = bytes_of(SIGNATURE);
    BUF_AUTO Buf info = bytes_of("30820122300d06092a864886f70d01010105000382010f00");
    (void)state;
    support_ok(buf_append_str(&info, buf_str(&der), &err), &err);
    SignatureKey *key = signature_key_new(buf_str(&info), &err);
    support_ok(key != NULL, &err);
    assert_true(signature_verify(key, STR("a message"), buf_str(&signature)));
    signature_key_free(key);
}

static void what_a_new_key_signs_it_verifies(void **state)
{
    Error err = {0};
    BUF_AUTO Buf der = buf_init(SIGNATURE_DER_MAX), signature = buf_init(SIGNATURE_BYTES_MAX);
    SignatureSecret *secret = signature_secret_new(&err);
    (void)state;
    support_ok(secret != NULL, &err);
    support_ok(signature_secret_public(secret, &der, &err), &err);
    support_ok(signature_secret_sign(secret, STR("a message"), &signature, &err), &err);
    SignatureKey *key = signature_key_new(buf_str(&der), &err);
    support_ok(key != NULL, &err);
    assert_int_equal(der.len, 270); /* as AWS's */
    assert_true(signature_verify(key, STR("a message"), buf_str(&signature)));
    assert_false(signature_verify(key, STR("another"), buf_str(&signature)));
    signature_key_free(key);
    signature_secret_free(secret);
    signature_secret_free(NULL);
}

static void what_is_no_key_is_refused(void **state)
{
    /* nothing; too short; a number; an elliptic curve's key */
    static const char *const CASES[] = {
        "", "300602010102", "020101020101020101",
        "3059301306072a8648ce3d020106082a8648ce3d030107034200046b17d1f2e12c4247f8bce6e563a440f27703"
        "7d81"
        "2deb33a0f4a13945d898c2964fe342e2fe1a7f9b8ee7eb4a7c0f9e162bce33576b315ececbb6406837bf51f5"};
    (void)state;
    for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++) {
        Error err = {0};
        BUF_AUTO Buf der = bytes_of(CASES[i]);
        assert_null(signature_key_new(buf_str(&der), &err));
        assert_int_equal(err.kind, ERROR_INPUT);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_signature_fits_its_message_alone),
        cmocka_unit_test(a_key_is_read_in_both_forms),
        cmocka_unit_test(what_a_new_key_signs_it_verifies),
        cmocka_unit_test(what_is_no_key_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
