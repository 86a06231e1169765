#include "base/address.h"

#include "support/support.h"

static void hosts_and_ports(void **state)
{
    static const struct {
        const char *text, *host, *port;
        bool is_number, is_local;
    } CASES[] = {
        {"mail.example.com:465", "mail.example.com", "465", false, false},
        {"a_b-c.d:1", "a_b-c.d", "1", false, false},
        {"localhost:25", "localhost", "25", false, true},
        {"127.0.0.1:65535", "127.0.0.1", "65535", true, true},
        {"127.9.9.9:25", "127.9.9.9", "25", true, true},
        {"[::1]:25", "::1", "25", true, true},
        {"[2001:db8::1]:25", "2001:db8::1", "25", true, false},
        {"0.0.0.0:25", "0.0.0.0", "25", true, false},
        {"127.0.0.1.example.com:25", "127.0.0.1.example.com", "25", false, false},
        {"localhost.example.com:25", "localhost.example.com", "25", false, false},
    };
    (void)state;
    for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++) {
        Address address;
        assert_true(address_read(str_of(CASES[i].text), &address));
        assert_string_equal(address.host, CASES[i].host);
        assert_string_equal(address.port, CASES[i].port);
        assert_int_equal(address.is_number, CASES[i].is_number);
        assert_int_equal(address.is_local, CASES[i].is_local);
    }
}

static void what_is_none(void **state)
{
    static const char *const CASES[] = {
        "",        "x",      "x:",     ":25",       "x:0",   "x:65536",      "x:25/",
        "x:2 5",   "u@x:25", "x y:25", "::1:25",    "[::1]", "[x]:25",       "[127.0.0.1]:25",
        "x\r\n:2", "[]:25",  "x/y:25", "x:0025000", "x:-1",  "x:25\r\nQUIT", "\xc3\xa4:25",
    };
    (void)state;
    for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++) {
        Address address;
        if (address_read(str_of(CASES[i]), &address))
            fail_msg("'%s' was taken", CASES[i]);
    }
}

static void this_machine_has_a_name(void **state)
{
    char name[ADDRESS_HOST_BYTES];
    (void)state;
    address_own_name(name);
    assert_true(strlen(name) > 0);
    for (size_t i = 0; name[i]; i++)
        assert_true(name[i] > ' ' && name[i] < 0x7f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(hosts_and_ports),
        cmocka_unit_test(what_is_none),
        cmocka_unit_test(this_machine_has_a_name),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
