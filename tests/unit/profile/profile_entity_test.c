/* Cases are words of a command line: tests/unit/profile/profile_entity.txt. */
#include "profile/profile_entity.h"

#include "support/support.h"
#include "support/text_cases.h"

enum { CASES_MIN = 30 };

static void put(Buf *out, const char *text)
{
    Error err = {0};
    support_ok(buf_append_str(out, str_of(text), &err), &err);
}

static void put_calls(const ProfileEntity *entity, Buf *out)
{
    Error err = {0};
    support_ok(buf_append_str(out, profile_entity_word(entity), &err), &err);
    put(out, ": ");
    if (!entity->value.len)
        support_ok(profile_entity_put_name(entity, out, &err), &err);
    for (int i = 0; entity->value.len && i < profile_entity_conditions(entity); i++) {
        put(out, i ? " OR ELSE " : "");
        support_ok(profile_entity_put_condition(entity, i, out, &err), &err);
    }
}

static void run(Str words, char verdict, Buf *out)
{
    Error err = {0};
    ProfileEntity entity;
    size_t end = str_find_byte(words, ' ', 0);
    Str by = str_trim(str_slice(words, 0, end)), value = str_trim(str_slice(words, end, words.len));
    if (str_equal(by, STR("-")))
        by = STR("");
    bool ok = profile_entity_read(by, value, &entity, &err);
    if (verdict == '!') {
        assert_false(ok);
        assert_int_equal(err.kind, ERROR_USAGE);
        put(out, err.text);
    } else {
        support_ok(ok, &err);
        if (verdict == '=')
            put_calls(&entity, out);
        else
            support_ok(profile_entity_put_findings(&entity, "hits", out, &err), &err);
    }
    error_clear(&err);
}

static void words_say_whom_a_summary_is_of(void **state)
{
    (void)state;
    assert_text_cases("unit/profile/profile_entity.txt", CASES_MIN, run);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(words_say_whom_a_summary_is_of)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
