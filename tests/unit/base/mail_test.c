/* What needs no server; tests/flow/notify-mail has servers. */
#include "base/mail.h"

#include "support/support.h"

static void addresses(void **state)
{
    static const char *const TAKEN[] = {"a@b", "first.last+tag@mail.example.com", "o'neil@x.org"};
    static const char *const REFUSED[] = {
        "",          "a",      "@b",       "a@",    "a@b@c",   "a b@c",         "a@b c",
        "<a@b>",     "a@b>",   "a@b\r\nc", "a@b,c", "\"a\"@b", "a@b\x7f",       "\xc3\xa4@b",
        "a@b> SIZE", "a@b\tc", "a:b@c",    "a;b@c", "(a)@b",   "a@[127.0.0.1]", "a\\@b",
    };
    (void)state;
    for (size_t i = 0; i < sizeof TAKEN / sizeof *TAKEN; i++)
        assert_true(mail_is_address(str_of(TAKEN[i])));
    for (size_t i = 0; i < sizeof REFUSED / sizeof *REFUSED; i++)
        if (mail_is_address(str_of(REFUSED[i])))
            fail_msg("'%s' was taken", REFUSED[i]);
}

/* Nobody is asked when an address is none. */
static void nothing_else_is_sent_to(void **state)
{
    const Address server = {.host = "127.0.0.1", .port = "1", .is_number = true, .is_local = true};
    const char *const to[] = {"c@d", "a@b>\r\nRCPT TO:<e@f", NULL};
    const char *const nobody[] = {NULL};
    Mail mail = {.server = &server, .from = "a@b", .to = to, .timeout_us = 1000000};
    Error err = {0};
    (void)state;
    assert_false(mail_send(&mail, &err));
    assert_int_equal(err.kind, ERROR_USAGE);
    mail.to = nobody;
    error_clear(&err);
    assert_false(mail_send(&mail, &err));
    assert_int_equal(err.kind, ERROR_USAGE);
    mail.from = "a";
    error_clear(&err);
    assert_false(mail_send(&mail, &err));
    assert_int_equal(err.kind, ERROR_USAGE);
}

static void a_server_that_is_not_there_may_come(void **state)
{
    const Address server = {.host = "127.0.0.1", .port = "1", .is_number = true, .is_local = true};
    const char *const to[] = {"c@d", NULL};
    const Mail mail = {
        .server = &server, .or_clear = true, .from = "a@b", .to = to, .timeout_us = 1000000};
    Error err = {0};
    (void)state;
    assert_false(mail_send(&mail, &err));
    assert_int_equal(err.kind, ERROR_BUSY);
    assert_true(str_starts(str_of(err.text), STR("127.0.0.1:1: ")));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(addresses),
        cmocka_unit_test(nothing_else_is_sent_to),
        cmocka_unit_test(a_server_that_is_not_there_may_come),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
