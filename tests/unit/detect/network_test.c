#include "detect/network.h"

#include "support/support.h"

static void networks_are_read_or_say_what_is_wrong(void **state)
{
    static const struct {
        const char *text;
        unsigned bits;
        const char *wrong;
    } CASES[] = {
        {"10.0.0.0/8", 8, NULL},
        {"10.0.0.0/08", 8, NULL},
        {"0.0.0.0/0", 0, NULL},
        {"255.255.255.255/32", 32, NULL},
        {"10.1.2.3", 32, NULL},
        {"::/0", 0, NULL},
        {"2001:db8::/33", 33, NULL},
        {"::ffff:10.0.0.0/104", 104, NULL},
        {"::1", 128, NULL},
        {"", 0, "'' is no network"},
        {"/8", 0, "'/8' is no network"},
        {"10.0.0/8", 0, "'10.0.0/8' is no network"},
        {"10.0.0.256/32", 0, "'10.0.0.256/32' is no network"},
        {"010.0.0.0/8", 0, "'010.0.0.0/8' is no network"},
        {" 10.0.0.0/8", 0, "' 10.0.0.0/8' is no network"},
        {"AWS Internal", 0, "'AWS Internal' is no network"},
        {"fe80::1%eth0", 0, "'fe80::1%eth0' is no network"},
        {"1:2:3:4:5:6:7:8:9", 0, "'1:2:3:4:5:6:7:8:9' is no network"},
        {"10.0.0.0/33", 0, "'10.0.0.0/33' has no mask of 0 to 32 bits"},
        {"10.0.0.0/", 0, "'10.0.0.0/' has no mask of 0 to 32 bits"},
        {"10.0.0.0/-1", 0, "'10.0.0.0/-1' has no mask of 0 to 32 bits"},
        {"10.0.0.0/8/8", 0, "'10.0.0.0/8/8' has no mask of 0 to 32 bits"},
        {"10.0.0.0/255.0.0.0", 0, "'10.0.0.0/255.0.0.0' has no mask of 0 to 32 bits"},
        {"::/129", 0, "'::/129' has no mask of 0 to 128 bits"},
        {"::/18446744073709551617", 0, "'::/18446744073709551617' has no mask of 0 to 128 bits"},
        {"10.0.0.1/8", 0, "'10.0.0.1/8' has bits set behind its mask"},
        {"10.0.0.64/25", 0, "'10.0.0.64/25' has bits set behind its mask"},
        {"::1/127", 0, "'::1/127' has bits set behind its mask"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++) {
        Error err = {0};
        Network network;
        bool ok = network_read(str_of(CASES[i].text), &network, &err);
        if (CASES[i].wrong) {
            assert_false(ok);
            assert_int_equal(err.kind, ERROR_INPUT);
            assert_string_equal(err.text, CASES[i].wrong);
        } else if (!ok || network.bits != CASES[i].bits) {
            fail_msg("'%s': %s", CASES[i].text, err.text);
        }
    }
}

static void addresses_are_within_or_not(void **state)
{
    static const struct {
        const char *network, *text;
        bool within;
    } CASES[] = {
        {"10.0.0.0/8", "10.255.255.255", true},
        {"10.0.0.0/8", "11.0.0.0", false},
        {"10.0.0.0/8", "9.255.255.255", false},
        {"10.0.0.128/25", "10.0.0.128", true},
        {"10.0.0.128/25", "10.0.0.127", false},
        {"10.0.0.4/31", "10.0.0.5", true},
        {"10.0.0.4/31", "10.0.0.6", false},
        {"1.2.3.4", "1.2.3.4", true},
        {"1.2.3.4", "1.2.3.5", false},
        {"0.0.0.0/0", "255.1.1.1", true},
        {"0.0.0.0/0", "::1", false},
        {"0.0.0.0/0", "", false},
        {"0.0.0.0/0", "10.0.0.1:80", false},
        {"0.0.0.0/0", "10.0.0.0/8", false},
        {"0.0.0.0/0", "s3.amazonaws.com", false},
        {"::/0", "10.0.0.1", false},
        {"::/0", "2001:DB8::1", true},
        {"2001:db8:8000::/33", "2001:db8:ffff::", true},
        {"2001:db8:8000::/33", "2001:db8:7fff::", false},
        {"::ffff:10.0.0.0/104", "::ffff:10.1.1.1", true},
        {"10.0.0.0/8", "::ffff:10.1.1.1", false},
    };
    (void)state;
    for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++) {
        Error err = {0};
        Network network;
        support_ok(network_read(str_of(CASES[i].network), &network, &err), &err);
        if (network_holds(&network, str_of(CASES[i].text)) != CASES[i].within)
            fail_msg("%s and '%s'", CASES[i].network, CASES[i].text);
    }
    Error err = {0};
    Network all;
    support_ok(network_read(STR("0.0.0.0/0"), &all, &err), &err);
    assert_false(network_holds(&all, STR("10.0.0.1\0")));
    char digits[1000];
    memset(digits, '1', sizeof digits);
    assert_false(network_holds(&all, (Str){digits, sizeof digits}));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(networks_are_read_or_say_what_is_wrong),
        cmocka_unit_test(addresses_are_within_or_not),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
