#include "decode/digest.h"

#include "support/support.h"

#define LOG                                                                                        \
    "{\"s3Bucket\":\"b\",\"s3Object\":\"o\",\"hashValue\":\"00\",\"hashAlgorithm\":\"SHA-256\"}"
#define TIMES                                                                                      \
    "\"digestStartTime\":\"2026-11-24T10:00:00Z\",\"digestEndTime\":\"2026-11-24T11:00:00Z\","
#define NO_TIMES "\"digestStartTime\":\"x\",\"digestEndTime\":\"y\","
#define PLACE                                                                                      \
    "\"digestS3Bucket\":\"b\",\"digestS3Object\":\"o\",\"digestPublicKeyFingerprint\":\"f\","

static void a_digest_is_read(void **state)
{
    Error err = {0};
    Digest digest;
    Arena *arena = arena_new(1 << 20, &err);
    (void)state;
    support_ok(
        digest_read(STR("{" TIMES PLACE
                        "\"previousDigestS3Bucket\":\"p\",\"previousDigestS3Object\":\"q\","
                        "\"previousDigestSignature\":\"0a\",\"logFiles\":[" LOG "," LOG "]}"),
                    arena, &digest, &err),
        &err);
    assert_true(digest.has_previous);
    assert_true(str_equal(digest.previous_bucket, STR("p")));
    assert_true(str_equal(digest.previous_signature, STR("0a")));
    assert_int_equal(digest.log_count, 2);
    assert_true(str_equal(digest.logs[1].key, STR("o")));
    assert_int_equal(digest.end_us - digest.start_us, INT64_C(3600000000));
    arena_free(arena);
}

static void what_is_no_digest_is_named(void **state)
{
    static const struct {
        const char *text, *problem;
    } CASES[] = {
        {"{" PLACE "\"previousDigestSignature\":null,\"logFiles\":[]}",
         "digestStartTime is missing"},
        {"{" TIMES PLACE "\"logFiles\":[]}", "previousDigestSignature is missing"},
        {"{" TIMES PLACE "\"previousDigestSignature\":1,\"logFiles\":[]}",
         "previousDigestSignature is no text"},
        {"{" TIMES PLACE "\"previousDigestSignature\":null}", "logFiles is missing"},
        {"{" TIMES PLACE "\"previousDigestSignature\":null,\"logFiles\":[" LOG ",{}]}",
         "logFiles[1]: s3Bucket is missing"},
        {"{" PLACE NO_TIMES "\"previousDigestSignature\":null,\"logFiles\":[]}",
         "digestStartTime is no time"},
        {"[]", "digestS3Bucket is missing"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++) {
        Error err = {0};
        Digest digest;
        Arena *arena = arena_new(1 << 20, &err);
        assert_false(digest_read(str_of(CASES[i].text), arena, &digest, &err));
        assert_string_equal(err.text, CASES[i].problem);
        arena_free(arena);
    }
}

/* The vector of the specification, section 4. */
static void the_signed_text_is_that_of_the_specification(void **state)
{
    Error err = {0};
    Digest digest = {
        .end = STR("a"), .bucket = STR("b"), .key = STR("c"), .previous_signature = STR("")};
    BUF_AUTO Buf text = buf_init(1000);
    (void)state;
    hash_sha256("abc", 3, digest.sha256);
    support_ok(digest_signed_text(&digest, &text, &err), &err);
    assert_string_equal(
        buf_text(&text, &err),
        "a\nb/c\nba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad\nnull");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_digest_is_read),
        cmocka_unit_test(what_is_no_digest_is_named),
        cmocka_unit_test(the_signed_text_is_that_of_the_specification),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
