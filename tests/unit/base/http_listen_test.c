#include "base/http_listen.h"

#include "support/support.h"

static void urls_are_addresses_and_ports(void **state)
{
    static const struct {
        const char *url, *address;
        int port;
        bool tls, local;
    } CASES[] = {
        {"http://127.0.0.1:8126", "127.0.0.1", 8126, false, true},
        {"https://127.9.9.9:0/", "127.9.9.9", 0, true, true},
        {"https://[::1]:443", "::1", 443, true, true},
        {"https://[2001:db8::1]:65535", "2001:db8::1", 65535, true, false},
        {"http://0.0.0.0:80", "0.0.0.0", 80, false, false},
    };
    (void)state;
    for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++) {
        HttpListen read;
        Error err = {0};
        support_ok(http_listen_read(str_of(CASES[i].url), &read, &err), &err);
        assert_string_equal(read.address, CASES[i].address);
        assert_int_equal(read.port, CASES[i].port);
        assert_int_equal(read.tls, CASES[i].tls);
        assert_int_equal(read.is_local, CASES[i].local);
    }
}

static void other_texts_are_refused(void **state)
{
    static const char *const CASES[] = {
        "",
        "http://",
        "127.0.0.1:80",
        "ftp://127.0.0.1:80",
        "http://127.0.0.1",
        "http://:80",
        "http://127.0.0.1:65536",
        "http://127.0.0.1:8x",
        "http://127.0.0.1:",
        "http://aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa:1"};
    (void)state;
    for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++) {
        HttpListen read;
        Error err = {0};
        if (http_listen_read(str_of(CASES[i]), &read, &err))
            fail_msg("'%s' was read", CASES[i]);
        assert_int_equal(err.kind, ERROR_USAGE);
        assert_non_null(strstr(err.text, "is nothing to listen at"));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(urls_are_addresses_and_ports),
        cmocka_unit_test(other_texts_are_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
