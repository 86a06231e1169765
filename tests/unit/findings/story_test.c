#include "findings/story.h"

#include <string.h>

#include "support/support.h"

static void names_are_taken_one_after_the_other(void **state)
{
    static const struct {
        const char *text, *names; /* in brackets */
    } CASES[] = {{"", ""},
                 {"a", "[a]"},
                 {"a, b", "[a][b]"},
                 {"a,b", "[a,b]"},
                 {"a, , b", "[a][][b]"},
                 {"a b, c d, e", "[a b][c d][e]"},
                 {"a, b,", "[a][b,]"}};
    (void)state;
    for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++) {
        Error err = {0};
        BUF_AUTO Buf got = buf_init(1 << 10);
        Str text = str_of(CASES[i].text);
        for (size_t at = 0; at < text.len;) {
            Str name = story_next_name(text, &at);
            support_ok(buf_printf(&got, &err, "[%.*s]", STR_ARG(name)), &err);
        }
        assert_int_equal(got.len, strlen(CASES[i].names));
        assert_true(str_equal(buf_str(&got), str_of(CASES[i].names)));
    }
}

static void what_goes_into_an_arn_is_fit_for_it(void **state)
{
    (void)state;
    const Str bob = STR("arn:aws:iam::444455556666:user/bob");
    assert_true(str_equal(story_account(STR("111122223333"), bob), STR("111122223333")));
    assert_true(str_equal(story_account(STR("1111\"2223333"), bob), STR("444455556666")));
    assert_true(str_equal(story_account(STR(""), STR("bob")), STR("000000000000")));
    assert_true(str_equal(story_region(STR("eu-west-1")), STR("eu-west-1")));
    assert_true(str_equal(story_region(STR("../x")), STR("us-east-1")));
    assert_string_equal(story_partition(STR("cn-north-1")), "aws-cn");
    assert_string_equal(story_partition(STR("us-gov-west-1")), "aws-us-gov");
    assert_string_equal(story_partition(STR("eu-west-1")), "aws");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(names_are_taken_one_after_the_other),
        cmocka_unit_test(what_goes_into_an_arn_is_fit_for_it),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
