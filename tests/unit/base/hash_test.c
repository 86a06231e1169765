#include "support/support.h"

#include <string.h>

#include "base/hash.h"

/* Vectors of "parquet-iceberg", section 10. */
static void xxh64_gives_the_published_values(void **state)
{
    (void)state;
    assert_true(hash_xxh64("", 0) == UINT64_C(0xEF46DB3751D8E999));
    assert_true(hash_xxh64("abc", 3) == UINT64_C(0x44BC2CF5AD770999));
    assert_true(hash_xxh64("AKIAIOSFODNN7EXAMPLE", 20) == UINT64_C(0x4F5FC3FC3549739C));
}

static void sha1_names_old_things(void **state)
{
    (void)state;
    uint8_t sum[HASH_SHA1_BYTES];
    char text[2 * HASH_SHA1_BYTES + 1];
    hash_sha1("abc", 3, sum);
    hash_hex(sum, sizeof sum, text);
    assert_string_equal(text, "a9993e364706816aba3e25717850c26c9cd0d89d");
}

static void sha256_is_the_same_whole_and_in_pieces(void **state)
{
    (void)state;
    Error err = {0};
    uint8_t whole[HASH_SHA256_BYTES];
    uint8_t pieces[HASH_SHA256_BYTES];
    char hex[2 * HASH_SHA256_BYTES + 1];
    hash_sha256("abc", 3, whole);
    hash_hex(whole, sizeof whole, hex);
    assert_string_equal(hex, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    HashSha256 *hash = hash_sha256_new(&err);
    hash_sha256_add(hash, "a", 1);
    hash_sha256_add(hash, "bc", 2);
    hash_sha256_end(hash, pieces);
    assert_memory_equal(whole, pieces, sizeof whole);
    hash_sha256_end(NULL, pieces);
}

static void keyed_hashes_depend_on_the_key(void **state)
{
    (void)state;
    uint8_t one[HASH_SECRET_BYTES];
    uint8_t two[HASH_SECRET_BYTES];
    Error err = {0};
    assert_true(hash_random(one, sizeof one, &err) && hash_random(two, sizeof two, &err));
    assert_true(hash_keyed64(one, "x", 1) == hash_keyed64(one, "x", 1));
    assert_true(hash_keyed64(one, "x", 1) != hash_keyed64(two, "x", 1));
    char text[1000] = "long texts too";
    assert_true(hash_keyed128(one, text, 1000).low != hash_keyed128(two, text, 1000).low);
}

static void hexadecimal_text_is_read_as_it_is_written(void **state)
{
    (void)state;
    uint8_t bytes[3] = {0xff, 0xff, 0xff};
    char text[7];
    assert_true(hash_unhex(STR("00a9fe"), bytes, 3));
    assert_memory_equal(bytes, "\x00\xa9\xfe", 3);
    hash_hex(bytes, 3, text);
    assert_string_equal(text, "00a9fe");
    assert_false(hash_unhex(STR("00A9fe"), bytes, 3));
    assert_false(hash_unhex(STR("00a9f"), bytes, 3));
    assert_false(hash_unhex(STR("00a9fe00"), bytes, 3));
    assert_false(hash_unhex((Str){"00a9f\0", 6}, bytes, 3));
}

static void a_uuid_has_version_and_variant(void **state)
{
    (void)state;
    Error err = {0};
    char uuid[37];
    assert_true(hash_uuid(uuid, &err));
    assert_int_equal(strlen(uuid), 36);
    assert_int_equal(uuid[14], '4');
    assert_non_null(strchr("89ab", uuid[19]));
    assert_int_equal(uuid[23], '-');
}

static void crc32_is_that_of_gzip(void **state)
{
    (void)state;
    assert_true(hash_crc32(0, "123456789", 9) == 0xcbf43926);
    assert_true(hash_fast64("a", 1) != hash_fast64("b", 1));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(sha1_names_old_things),
        cmocka_unit_test(xxh64_gives_the_published_values),
        cmocka_unit_test(sha256_is_the_same_whole_and_in_pieces),
        cmocka_unit_test(keyed_hashes_depend_on_the_key),
        cmocka_unit_test(hexadecimal_text_is_read_as_it_is_written),
        cmocka_unit_test(a_uuid_has_version_and_variant),
        cmocka_unit_test(crc32_is_that_of_gzip),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
