/* Screens of rows as the worker gives them. */
#include "profile/profile_screen.h"

#include "support/written.h"

#define TIMES "\"first_seen\":\"2026-10-30T01:00:00Z\",\"last_seen\":\"2026-10-31T02:00:00Z\""
#define ROW(part, value, detail, events, denied, of)                                               \
    "{\"part\":\"" part "\",\"value\":" value ",\"detail\":" detail ",\"events\":" events          \
    ",\"denied\":" denied ",\"failed\":1," TIMES ",\"of\":" of "}\n"

static const ProfileEntity USER = {
    .kind = PROFILE_PRINCIPAL, .node = F_ROOT, .value = {"arn:aws:iam::1:user/\x1b[2J", 24}};

static void assert_screen(const char *lines, const char *expected)
{
    Error err = {0};
    support_ok(profile_screen_write(&USER, str_of(lines), false, &written, &err) &&
                   buf_append_byte(&written, '\0', &err),
               &err);
    assert_string_equal(written.ptr, expected);
}

static void no_rows_are_no_screen(void **state)
{
    (void)state;
    assert_screen("", "");
}

static void figures_stand_above_lists(void **state)
{
    (void)state;
    assert_screen(
        ROW("calls", "null", "null", "1200", "3", "1")
            ROW("access", "\"reads\"", "null", "1100", "0", "2")
                ROW("access", "\"changes\"", "null", "100", "0", "2")
                    ROW("hours", "\"off\"", "null", "1", "0", "2")
                        ROW("hours", "\"working\"", "null", "2", "0", "2")
                            ROW("abused", "\"iam:CreateUser\"", "\"Persistence\"", "2", "1", "3")
                                ROW("abused", "\"s3:DeleteBucket\"", "\"Impact\"", "1", "0", "3"),
        "principal arn:aws:iam::1:user/\u241b[2J\n"
        "first seen 2026-10-30 01:00:00 UTC, last seen 2026-10-31 02:00:00 UTC\n"
        "1,200 calls: 1,196 succeeded, 3 denied, 1 failed otherwise\n"
        "1,100 reads, 100 changes; 1 off hours of 3 with a calendar (33 %)\n"
        "\noften abused calls\n"
        "         2  iam:CreateUser   Persistence  last 2026-10-31 02:00:00 UTC, 1 denied\n"
        "         1  s3:DeleteBucket  Impact       last 2026-10-31 02:00:00 UTC\n"
        "            and 1 more\n");
}

static void findings_may_stand_without_calls(void **state)
{
    (void)state;
    assert_screen(ROW("finding", "\"Trail stopped\"", "\"critical\"", "1", "null", "1"),
                  "principal arn:aws:iam::1:user/\u241b[2J\nno calls\n\nfindings\n"
                  "         1  Trail stopped  critical  last 2026-10-31 02:00:00 UTC\n");
}

static void a_list_that_says_the_entity_again_is_left_out(void **state)
{
    (void)state;
    assert_screen(ROW("principal", "\"arn:aws:iam::1:user/\\u001b[2J\"", "null", "1", "0", "1")
                      ROW("region", "\"us-east-1\"", "null", "1", "0", "1"),
                  "principal arn:aws:iam::1:user/\u241b[2J\nno calls\n\nregions\n"
                  "         1  us-east-1  last 2026-10-31 02:00:00 UTC\n");
}

/* A screen of a value of 200 letters; how many of them it shows. */
static size_t shown_of_200(bool wide)
{
    char value[300] = "\"\\u202e", *at = value + 7;
    for (int i = 0; i < 200; i++)
        *at++ = 'q';
    *at = '"';
    BUF_AUTO Buf line = buf_init(4096);
    Error err = {0};
    support_ok(buf_printf(&line, &err,
                          "{\"part\":\"client\",\"value\":%s,\"detail\":null,\"events\":1,"
                          "\"denied\":0,\"failed\":0," TIMES ",\"of\":1}\n",
                          value) &&
                   profile_screen_write(&USER, buf_str(&line), wide, &written, &err),
               &err);
    return written_count("q");
}

static void what_attackers_wrote_is_visible_and_cut(void **state)
{
    (void)state;
    assert_int_equal(shown_of_200(false), 99);
    assert_int_equal(written_count("\x1b"), 0);
    assert_int_equal(written_count("\u202e"), 0);
    assert_int_equal(written_count("\ufffd"), 1);
}

static void a_wide_screen_cuts_nothing(void **state)
{
    (void)state;
    assert_int_equal(shown_of_200(true), 200);
    assert_int_equal(written_count("\x1b"), 0);
}

static void rows_that_are_none_are_refused(void **state)
{
    static const char *const BAD[] = {
        "{\"part\":\"calls\"}\n", "[\n",
        "{\"part\":\"calls\",\"events\":1,\"of\":1,\"first_seen\":\"x\",\"last_seen\":\"y\"}\n"};
    (void)state;
    for (size_t i = 0; i < sizeof BAD / sizeof *BAD; i++) {
        Error err = {0};
        assert_false(profile_screen_write(&USER, str_of(BAD[i]), false, &written, &err));
        assert_int_not_equal(err.kind, ERROR_NONE);
        assert_int_equal(written.len, 0);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        WRITTEN_TEST(no_rows_are_no_screen),
        WRITTEN_TEST(figures_stand_above_lists),
        WRITTEN_TEST(findings_may_stand_without_calls),
        WRITTEN_TEST(a_list_that_says_the_entity_again_is_left_out),
        WRITTEN_TEST(what_attackers_wrote_is_visible_and_cut),
        WRITTEN_TEST(a_wide_screen_cuts_nothing),
        WRITTEN_TEST(rows_that_are_none_are_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
