#include "derive/address.h"

#include <string.h>

#include "support/support.h"

static void kinds_are_told_apart(void **state)
{
    static const struct {
        const char *sentence, *text, *kind;
    } CASES[] = {
        {"an address of the Internet", "8.8.8.8", "public"},
        {"an address for documentation counts as public", "203.0.113.77", "public"},
        {"RFC 1918, ten", "10.255.0.1", "private"},
        {"RFC 1918, the first of 172.16/12", "172.16.0.0", "private"},
        {"below 172.16/12", "172.15.255.255", "public"},
        {"above 172.16/12", "172.32.0.0", "public"},
        {"RFC 1918, 192.168", "192.168.1.1", "private"},
        {"a carrier's NAT", "100.64.0.1", "private"},
        {"above the carriers' NAT", "100.128.0.0", "public"},
        {"loopback", "127.0.0.1", "private"},
        {"link-local, where instance metadata lives", "169.254.169.254", "private"},
        {"IPv6 of the Internet", "2001:4860:4860::8888", "public"},
        {"IPv6 loopback", "::1", "private"},
        {"IPv6 unique local", "fd00:ec2::254", "private"},
        {"IPv6 link-local", "fe80::1", "private"},
        {"IPv4 written as IPv6", "::ffff:10.0.0.1", "private"},
        {"IPv4 written as IPv6, public", "::FFFF:808:808", "public"},
        {"a service", "ec2.amazonaws.com", "service"},
        {"a service with a dash and parts", "malware-protection.guardduty.amazonaws.com",
         "service"},
        {"a service of China", "ec2.amazonaws.com.cn", "service"},
        {"AWS itself", "AWS Internal", "internal"},
        {"AWS itself with a number", "AWS Internal/3", "internal"},
        {"a longer word is not AWS itself", "AWS Internals", NULL},
        {"a domain that only ends alike", "evilamazonaws.com", NULL},
        {"a service's name inside a path", "x/ec2.amazonaws.com", NULL},
        {"nothing", "", NULL},
        {"a leading zero", "010.0.0.1", NULL},
        {"a part too large", "1.2.3.256", NULL},
        {"three parts", "1.2.3", NULL},
        {"five parts", "1.2.3.4.5", NULL},
        {"two addresses", "1.2.3.4, 5.6.7.8", NULL},
        {"white space", " 1.2.3.4", NULL},
        {"IPv6 with a zone", "fe80::1%eth0", NULL},
        {"two double colons", "1::2::3", NULL},
        {"letters", "hello", NULL},
        {"far too long", "1111111111111111111111111111111111111111111111111111111111111", NULL},
    };
    (void)state;
    for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++) {
        const char *kind = address_kind_name(address_kind(str_of(CASES[i].text), NULL));
        if (kind != CASES[i].kind && (!kind || !CASES[i].kind || strcmp(kind, CASES[i].kind) != 0))
            fail_msg("%s: '%s' is %s", CASES[i].sentence, CASES[i].text, kind ? kind : "none");
    }
    assert_int_equal(address_kind((Str){NULL, 0}, NULL), ADDRESS_NONE);
    assert_int_equal(address_kind((Str){"1.2.3.4\0x", 9}, NULL), ADDRESS_NONE);
    assert_int_equal(address_kind((Str){"::1\0", 4}, NULL), ADDRESS_NONE);
}

static void both_forms_of_an_address_have_one_key(void **state)
{
    AddressKey v4, mapped;
    (void)state;
    assert_true(address_parse(STR("1.2.3.4"), &v4));
    assert_true(address_parse(STR("::ffff:1.2.3.4"), &mapped));
    assert_int_equal(address_compare(v4, mapped), 0);
    assert_true(address_is_v4(v4));
    assert_true(v4.high == 0 && v4.low == UINT64_C(0xffff01020304));
    assert_true(address_parse(STR("2001:db8::5"), &v4));
    assert_false(address_is_v4(v4));
    assert_true(v4.high == UINT64_C(0x20010db800000000) && v4.low == 5);
    assert_true(address_compare(mapped, v4) < 0 && address_compare(v4, mapped) > 0);
}

static void prefixes_are_read_and_cleared(void **state)
{
    static const struct {
        const char *sentence, *text, *inside, *outside;
        unsigned bits; /* 0: refused */
    } CASES[] = {
        {"an IPv4 network", "10.1.0.0/16", "10.1.255.255", "10.2.0.0", 112},
        {"bits behind the prefix are cleared", "10.1.2.3/16", "10.1.0.0", "10.0.255.255", 112},
        {"an address alone", "1.2.3.4", "1.2.3.4", "1.2.3.5", 128},
        {"everything of IPv4", "0.0.0.0/0", "255.255.255.255", "2001::", 96},
        {"an IPv6 network", "2001:db8::/33", "2001:db8:7fff::1", "2001:db8:8000::", 33},
        {"an IPv6 network of the lower half", "2001:db8::/72", "2001:db8::ff:ffff:ffff:ffff",
         "2001:db8::100:0:0:0", 72},
        {"an IPv6 address", "::1", "::1", "::2", 128},
        {"too many bits", "1.2.3.4/33", NULL, NULL, 0},
        {"too many bits of IPv6", "::/129", NULL, NULL, 0},
        {"no bits behind the slash", "1.2.3.4/", NULL, NULL, 0},
        {"a sign", "1.2.3.4/+8", NULL, NULL, 0},
        {"a number that overflows", "1.2.3.4/99999999999999999999", NULL, NULL, 0},
        {"nothing", "", NULL, NULL, 0},
        {"only a slash", "/8", NULL, NULL, 0},
    };
    (void)state;
    for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++) {
        AddressPrefix prefix;
        AddressKey key;
        if (address_parse_prefix(str_of(CASES[i].text), &prefix) != (CASES[i].bits > 0))
            fail_msg("%s: '%s'", CASES[i].sentence, CASES[i].text);
        if (!CASES[i].bits)
            continue;
        assert_int_equal(prefix.bits, CASES[i].bits);
        assert_true(address_parse(str_of(CASES[i].inside), &key));
        assert_true(address_holds(&prefix, key));
        assert_true(address_parse(str_of(CASES[i].outside), &key));
        assert_false(address_holds(&prefix, key));
    }
}

static void ends_of_a_prefix_are_its_first_and_last(void **state)
{
    AddressPrefix prefix;
    AddressKey key;
    (void)state;
    assert_true(address_parse_prefix(STR("10.1.0.0/16"), &prefix));
    assert_true(address_parse(STR("10.1.255.255"), &key));
    assert_int_equal(address_compare(address_last(prefix.key, prefix.bits), key), 0);
    assert_int_equal(address_compare(address_first(key, prefix.bits), prefix.key), 0);
    key = address_last((AddressKey){0, 0}, 0);
    assert_true(key.high == UINT64_MAX && key.low == UINT64_MAX);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(kinds_are_told_apart),
        cmocka_unit_test(both_forms_of_an_address_have_one_key),
        cmocka_unit_test(prefixes_are_read_and_cleared),
        cmocka_unit_test(ends_of_a_prefix_are_its_first_and_last),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
