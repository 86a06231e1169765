/* Deliveries of Firehose: text stands together, gzip alone, and what is wrong is named. */
#include "collect/push_delivery.h"

#include "support/support.h"

enum { ARENA_BYTES = 16 << 20 };

static void records_are_parted(void **state)
{
    Error err = {0};
    PushDelivery said;
    Arena *arena = arena_new(ARENA_BYTES, &err);
    (void)state;
    /* "hi", the first bytes of gzip, "you\n" */
    support_ok(push_delivery_read(STR("{\"requestId\":\"ed4acda5-03\",\"timestamp\":1,\"records\":["
                                      "{\"data\":\"aGk=\"},{\"data\":\"H4sI\"},{\"data\":\"\"},"
                                      "{\"data\":\"eW91Cg==\",\"more\":1}]}"),
                                  arena, &said, &err),
               &err);
    assert_true(str_equal(said.request_id, STR("ed4acda5-03")));
    assert_int_equal(said.count, 4);
    assert_true(str_equal(said.text, STR("hi\n\nyou\n\n")));
    assert_int_equal(said.packed_count, 1);
    assert_true(str_equal(said.packed[0], STR("\x1f\x8b\x08")));
    arena_free(arena);
}

static void what_is_wrong_is_named(void **state)
{
    static const struct {
        const char *body, *words;
    } CASES[] = {
        {"", "JSON"},
        {"[]", "requestId"},
        {"{\"records\":[{\"data\":\"\"}]}", "requestId"},
        {"{\"requestId\":\"a/b\",\"records\":[{\"data\":\"\"}]}", "requestId"},
        {"{\"requestId\":\"a\"}", "records"},
        {"{\"requestId\":\"a\",\"records\":{}}", "records"},
        {"{\"requestId\":\"a\",\"records\":[]}", "records"},
        {"{\"requestId\":\"a\",\"records\":[{\"data\":\"\"},{}]}", "record 2: it has no 'data'"},
        {"{\"requestId\":\"a\",\"records\":[{\"data\":1}]}", "record 1: it has no 'data'"},
        {"{\"requestId\":\"a\",\"records\":[7]}", "record 1: it has no 'data'"},
        {"{\"requestId\":\"a\",\"records\":[{\"data\":\"?\"}]}", "record 1: base64"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++) {
        Error err = {0};
        PushDelivery said;
        Arena *arena = arena_new(ARENA_BYTES, &err);
        if (push_delivery_read(str_of(CASES[i].body), arena, &said, &err))
            fail_msg("%s was taken", CASES[i].body);
        if (err.kind != ERROR_INPUT || !strstr(err.text, CASES[i].words))
            fail_msg("%s: '%s' does not say '%s'", CASES[i].body, err.text, CASES[i].words);
        arena_free(arena);
    }
}

static void ids_are_words(void **state)
{
    char longest[PUSH_ID_MAX + 1];
    (void)state;
    memset(longest, 'a', sizeof longest);
    assert_true(push_delivery_is_id(STR("ed4acda5-034f-9f42-bba1-f29aea6d7d8f")));
    assert_true(push_delivery_is_id((Str){longest, PUSH_ID_MAX}));
    assert_false(push_delivery_is_id((Str){longest, PUSH_ID_MAX + 1}));
    assert_false(push_delivery_is_id(STR("")));
    assert_false(push_delivery_is_id(STR("a b")));
    assert_false(push_delivery_is_id(STR("a\n")));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(records_are_parted),
        cmocka_unit_test(what_is_wrong_is_named),
        cmocka_unit_test(ids_are_words),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
