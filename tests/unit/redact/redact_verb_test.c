/* What stands in place of a value: as said, and the same again. */
#include "redact/redact_verb.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/hash.h"
#include "base/mem.h"
#include "support/support.h"

enum { TEXT_BYTES_MAX = 4096, VALUES = 1000000, TOKEN_BYTES = 16 };

#define HMAC_OF_SECRET "59fa6a4dccc441a2ceb3d563296276a0"

static const RedactKey KEY = {{"2026", 4}, {"0123456789abcdef", 16}};

static void becomes(RedactVerb verb, uint32_t keep, const char *text, const char *expected)
{
    Error err = {0};
    BUF_AUTO Buf out = buf_init(TEXT_BYTES_MAX);
    support_ok(redact_verb_write((RedactAction){verb, keep}, &KEY, str_of(text), &out, &err), &err);
    if (!str_equal(buf_str(&out), str_of(expected)))
        fail_msg("'%s' became '%.*s', expected '%s'", text, STR_ARG(buf_str(&out)), expected);
}

static void each_verb_does_what_it_says(void **state)
{
    (void)state;
    becomes(REDACT_REMOVE, 0, "secret", "");
    becomes(REDACT_MASK, 0, "secret", "***");
    becomes(REDACT_MASK, 0, "", "***");
    becomes(REDACT_TRUNCATE, 3, "secret", "sec");
    becomes(REDACT_TRUNCATE, 0, "secret", "");
    becomes(REDACT_TRUNCATE, 9, "secret", "secret");
    becomes(REDACT_TRUNCATE, 2, "한국어", "한국");
    /* HMAC-SHA-256 of "secret" under "0123456789abcdef", by OpenSSL. */
    becomes(REDACT_HASH, 0, "secret", "hmac:2026:" HMAC_OF_SECRET);
}

static void twice_is_once(void **state)
{
    (void)state;
    becomes(REDACT_MASK, 0, "***", "***");
    becomes(REDACT_HASH, 0, "hmac:2026:" HMAC_OF_SECRET, "hmac:2026:" HMAC_OF_SECRET);
    becomes(REDACT_HASH, 0, "hmac:old:" HMAC_OF_SECRET, "hmac:old:" HMAC_OF_SECRET);
}

static void hashes_of_a_key_are_found_in_texts(void **state)
{
    static const char TEXT[] = "hmac:2026:x hmac:old:" HMAC_OF_SECRET "hmac:2026:" HMAC_OF_SECRET
                               "+hmac:2026:" HMAC_OF_SECRET;
    size_t from = 0, to = 0;
    (void)state;
    assert_true(redact_verb_find_hash(&KEY, STR(TEXT), 0, &from, &to));
    assert_int_equal(from, 12 + 9 + 32);
    assert_int_equal(to, from + 10 + 32);
    assert_true(redact_verb_find_hash(&KEY, STR(TEXT), to, &from, &to));
    assert_int_equal(to, sizeof TEXT - 1);
    assert_false(redact_verb_find_hash(&KEY, STR(TEXT), from + 1, &from, &to));
    assert_false(redact_verb_find_hash(&(RedactKey){{"", 0}, {"", 0}}, STR(TEXT), 0, &from, &to));
}

static int compare(const void *a, const void *b)
{
    return memcmp(a, b, TOKEN_BYTES);
}

static void a_million_values_have_as_many_hashes(void **state)
{
    Error err = {0};
    (void)state;
    uint8_t *tokens = mem_calloc(VALUES, TOKEN_BYTES, &err);
    BUF_AUTO Buf out = buf_init(TEXT_BYTES_MAX);
    support_ok(tokens != NULL, &err);
    for (int i = 0; i < VALUES; i++) {
        char text[32];
        int len = snprintf(text, sizeof text, "user-%d", i);
        out.len = 0;
        support_ok(redact_verb_write((RedactAction){REDACT_HASH, 0}, &KEY, (Str){text, (size_t)len},
                                     &out, &err),
                   &err);
        assert_true(str_starts(buf_str(&out), STR("hmac:2026:")));
        assert_true(hash_unhex(str_slice(buf_str(&out), 10, out.len), tokens + i * TOKEN_BYTES,
                               TOKEN_BYTES));
    }
    qsort(tokens, VALUES, TOKEN_BYTES, compare);
    for (int i = 1; i < VALUES; i++)
        if (compare(tokens + (i - 1) * TOKEN_BYTES, tokens + i * TOKEN_BYTES) == 0)
            fail_msg("two values have the same hash");
    mem_free(tokens);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_verb_does_what_it_says),
        cmocka_unit_test(twice_is_once),
        cmocka_unit_test(hashes_of_a_key_are_found_in_texts),
        cmocka_unit_test(a_million_values_have_as_many_hashes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
