#include "derive/threat_list.h"

#include <stdio.h>
#include <string.h>

#include "base/fault.h"
#include "support/support.h"

static const int64_t NOW_US = INT64_C(1790000000000000); /* September 2026 */

/* Reads a text as a list; the caller frees *ret_table. */
static bool read_list(Str text, ThreatList *list, PrefixTable **ret_table, Error *err)
{
    *ret_table = NULL;
    *list = (ThreatList){.name = "bad.txt", .now_us = NOW_US, .value = 5};
    list->builder = prefix_table_builder_new(err);
    bool ok = list->builder && threat_list_read(list, text, err) &&
              (*ret_table = prefix_table_build(list->builder, err)) != NULL;
    prefix_table_builder_free(list->builder);
    return ok;
}

static bool has(const PrefixTable *table, const char *text)
{
    AddressKey key;
    PrefixMatch match;
    assert_true(address_parse(str_of(text), &key));
    return prefix_table_first(table, key, &match);
}

#define INDICATOR(members) "{\"type\":\"indicator\",\"id\":\"indicator--1\"," members "}"
#define BUNDLE(objects)    "{\"type\":\"bundle\",\"id\":\"bundle--1\",\"objects\":[" objects "]}"
#define PATTERN(text)      BUNDLE(INDICATOR("\"pattern\":\"" text "\",\"pattern_type\":\"stix\""))

static void lists_are_read_by_their_content(void **state)
{
    static const struct {
        const char *sentence, *text, *format, *in, *out;
        size_t taken, ignored, bad;
    } CASES[] = {
        {"an address a line", "1.2.3.4\n5.6.7.8\n", "plain", "5.6.7.8", "5.6.7.9", 2, 0, 0},
        {"networks", "10.0.0.0/8\n2001:db8::/32\n", "plain", "2001:db8::9", "2001:db9::", 2, 0, 0},
        {"comments and empty lines", "# a, \"b\n; c\n\n  1.2.3.4 # why\n5.6.7.8;why\n", "plain",
         "5.6.7.8", "1.2.3.5", 2, 0, 0},
        {"Spamhaus DROP", "; Spamhaus\n1.10.16.0/20 ; SBL256894\n", "plain", "1.10.31.255",
         "1.10.32.0", 1, 0, 0},
        {"a number behind a tab", "1.2.3.4\t10\n", "plain", "1.2.3.4", "1.2.3.5", 1, 0, 0},
        {"a range", "1.2.3.0 - 1.2.3.255\n", "plain", "1.2.3.255", "1.2.4.0", 1, 0, 0},
        {"a range that is no network", "1.2.3.1-1.2.3.6\n", "plain", "1.2.3.6", "1.2.3.7", 4, 0, 0},
        {"a range that ends before it begins", "1.2.3.4\n1.2.3.6-1.2.3.1\n", "plain", "1.2.3.4",
         "1.2.3.5", 1, 0, 1},
        {"host names are passed over", "evil.example.org\n*.example.com\n1.2.3.4\n", "plain",
         "1.2.3.4", "1.2.3.5", 1, 2, 0},
        {"line ends of Windows and a mark",
         "\xef\xbb\xbf"
         "1.2.3.4\r\n5.6.7.8\r\n",
         "plain", "1.2.3.4", "1.2.3.5", 2, 0, 0},
        {"Tor's exit addresses",
         "ExitNode 0011BD2485AD45D984EC4159C88FC066E5E3300E\nPublished 2026-11-20 10:22:43\n"
         "LastStatus 2026-11-20 11:00:00\nExitAddress 162.247.74.201 2026-11-20 11:05:02\n",
         "tor", "162.247.74.201", "162.247.74.202", 1, 0, 0},
        {"OTX",
         "Indicator type,Indicator,Description\nIPv4,1.2.3.4,\"a, b\"\nCIDR,9.0.0.0/16,\n"
         "Domain name,evil.example.org,x\n",
         "csv", "9.0.255.0", "9.1.0.0", 2, 1, 0},
        {"Proofpoint",
         "ip, category, score, first_seen, last_seen, ports (|)\n"
         "1.2.3.4,Spam,99,2026-01-01,2026-02-01,80|443\n",
         "csv", "1.2.3.4", "1.2.3.5", 1, 0, 0},
        {"Proofpoint's domains",
         "domain, category, score, first_seen, last_seen, ports (|)\n"
         "evil.example.org,Spam,99,2026-01-01,2026-02-01,\n"
         "1.2.3.4,Spam,99,2026-01-01,2026-02-01,\n",
         "csv", "1.2.3.4", "1.2.3.5", 1, 1, 0},
        {"FireEye",
         "reportId,title,cidr,domain,ip,md5\n"
         "1,\"seen at 8.8.8.8,\n8.8.4.4\",,,1.2.3.4,\n2,x,5.5.0.0/16,,,\n"
         "3,y,,evil.example.org,,\n",
         "csv", "5.5.5.5", "8.8.8.8", 2, 1, 0},
        {"a row whose first column is a date",
         "first_seen_utc,dst_ip,dst_port\n"
         "2026-01-01 00:00:00,1.2.3.4,443\n",
         "csv", "1.2.3.4", "1.2.3.5", 1, 0, 0},
        {"rows without a header", "\"2026-01-01\",\"1.2.3.4\"\n\"2026-01-02\",\"1.2.3.5\"\n", "csv",
         "1.2.3.5", "1.2.3.6", 2, 0, 0},
        {"AlienVault", "1.2.3.4#4#2#Malicious Host#US##37.75,-97.82#3\n", "alienvault", "1.2.3.4",
         "1.2.3.5", 1, 0, 0},
        {"DShield",
         "# block list\nStart\tEnd\tNetmask\tAttacks\n1.2.3.0\t1.2.3.255\t24\t901\tX\tUS\n",
         "dshield", "1.2.3.255", "1.2.4.0", 1, 0, 0},
        {"DShield without a header", "1.2.3.0\t1.2.4.255\t23\n", "dshield", "1.2.4.255", "1.2.5.0",
         2, 0, 0},
        {"two addresses and a text between tabs", "1.2.3.0\t1.2.3.255\tx\n", "plain", "1.2.3.0",
         "1.2.3.1", 1, 0, 0},
        {"three numbers that are no network", "5\t6\t7\n1.2.3.4\n", "plain", "1.2.3.4", "1.2.3.5",
         1, 0, 1},
        {"a range that ends before it begins, between tabs", "1.2.3.9\t1.2.3.1\t24\n", "plain",
         "1.2.3.9", "1.2.3.5", 1, 0, 0},
        {"columns of first and last addresses",
         "name,start,end\na,1.2.3.0,1.2.3.3\nb,5.6.7.8,5.6.7.8\nc,9.9.9.9,8.8.8.8\n", "csv",
         "1.2.3.3", "9.9.9.9", 2, 0, 1},
        {"a column of networks beside first and last addresses",
         "cidr,start,end\n1.2.3.0/30,9.9.9.9,9.9.9.9\n", "csv", "1.2.3.3", "9.9.9.9", 1, 0, 0},
        {"STIX 2.1", PATTERN("[ipv4-addr:value = '1.2.3.4']"), "stix2", "1.2.3.4", "1.2.3.5", 1, 0,
         0},
        {"a network and IPv6 in a pattern",
         PATTERN("[ipv4-addr:value ISSUBSET '9.0.0.0/8' OR ipv6-addr:value = '2001:db8::1']"),
         "stix2", "2001:db8::1", "2001:db8::2", 2, 0, 0},
        {"a set in a pattern", PATTERN("[ipv4-addr:value IN ('1.2.3.4','5.6.7.8')]"), "stix2",
         "5.6.7.8", "5.6.7.9", 2, 0, 0},
        {"a connection in a pattern",
         PATTERN("[network-traffic:dst_ref.type='ipv4-addr' AND "
                 "network-traffic:dst_ref.value='1.2.3.4'] WITHIN 5 SECONDS"),
         "stix2", "1.2.3.4", "1.2.3.5", 1, 0, 0},
        {"comparisons that exclude",
         PATTERN("[ipv4-addr:value != '1.2.3.4' AND ipv4-addr:value NOT = '5.6.7.8' AND "
                 "ipv4-addr:value = '9.9.9.9']"),
         "stix2", "9.9.9.9", "5.6.7.8", 1, 0, 0},
        {"an escaped quote in a pattern",
         PATTERN("[file:name = 'a\\\\'b' OR ipv4-addr:value = '1.2.3.4']"), "stix2", "1.2.3.4",
         "1.2.3.5", 1, 0, 0},
        {"an address that is no address's value",
         PATTERN("[domain-name:value = '1.2.3.4' OR url:value = '5.6.7.8']"), "stix2", NULL,
         "1.2.3.4", 0, 1, 0},
        {"revoked, and over",
         BUNDLE(
             INDICATOR("\"revoked\":true,\"pattern\":\"[ipv4-addr:value = '1.2.3.4']\"") "," INDICATOR(
                 "\"valid_until\":\"2020-01-01T00:00:00Z\",\"pattern\":"
                 "\"[ipv4-addr:value = '1.2.3.5']\"") "," INDICATOR("\"valid_until\":\"2090-01-"
                                                                    "01T00:00:00Z\",\"pattern\":"
                                                                    "\"[ipv4-addr:value = "
                                                                    "'1.2.3.6']\"")),
         "stix2", "1.2.3.6", "1.2.3.4", 1, 2, 0},
        {"objects that are no indicators",
         BUNDLE("{\"type\":\"ipv4-addr\",\"value\":\"1.2.3.4\"},7,null"), "stix2", NULL, "1.2.3.4",
         0, 0, 0},
        {"an empty bundle", BUNDLE(""), "stix2", NULL, "1.2.3.4", 0, 0, 0},
        {"an unterminated literal", PATTERN("[ipv4-addr:value = '1.2.3.4"), "stix2", NULL,
         "9.2.3.4", 0, 1, 0},
        {"STIX 1",
         "<stix:STIX_Package><AddressObj:Address_Value condition=\"Equals\">1.2.3.4"
         "##comma##5.6.7.8</AddressObj:Address_Value><A:Address_Value "
         "condition=\"InclusiveBetween\">9.0.0.0##comma##9.0.0.255</A:Address_Value>",
         "stix1", "9.0.0.255", "9.0.1.0", 3, 0, 0},
        {"an empty list", "", "plain", NULL, "1.2.3.4", 0, 0, 0},
        {"everything is too much", "0.0.0.0/0\n::/0\n0.0.0.0-255.255.255.255\n1.2.3.4\n", "plain",
         "1.2.3.4", "1.2.3.5", 1, 0, 3},
        {"an unclosed quote", "\"1.2.3.4\n5.6.7.8\n", "plain", "5.6.7.8", "1.2.3.4", 1, 0, 1},
    };
    (void)state;
    for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++) {
        Error err = {0};
        ThreatList list;
        PrefixTable *table;
        if (!read_list(str_of(CASES[i].text), &list, &table, &err))
            fail_msg("%s: %s", CASES[i].sentence, err.text);
        const ThreatListReport *report = &list.report;
        if (report->taken != CASES[i].taken || report->ignored != CASES[i].ignored ||
            report->bad != CASES[i].bad || strcmp(report->format, CASES[i].format) != 0)
            fail_msg("%s: %zu taken, %zu ignored, %zu bad of %s", CASES[i].sentence, report->taken,
                     report->ignored, report->bad, report->format);
        if (CASES[i].in && !has(table, CASES[i].in))
            fail_msg("%s: %s is not in it", CASES[i].sentence, CASES[i].in);
        if (has(table, CASES[i].out))
            fail_msg("%s: %s is in it", CASES[i].sentence, CASES[i].out);
        prefix_table_free(table);
    }
}

static void what_is_no_list_is_refused(void **state)
{
    static const struct {
        const char *sentence, *text, *words;
    } CASES[] = {
        {"a web page", "<!DOCTYPE html><html>1.2.3.4</html>", "bad.txt: XML or a web page"},
        {"other JSON", "{\"a\":1}", "bad.txt: JSON, but no STIX 2.1 bundle"},
        {"JSON that is torn", "{\"type\":\"bundle\",", "bad.txt: "},
        {"an array of texts", "[\"1.2.3.4\"]", "bad.txt: JSON, but no objects of STIX"},
        {"prose", "not found\n", "bad.txt:1: 'not found': no address in it"},
        {"a control character", "\x1b[31m no\n", "bad.txt:1: '?[31m no'"},
        {"an address that is none", "1.2.3.999\n", "bad.txt:1: '1.2.3.999'"},
        {"deep JSON", "[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[", "bad.txt: "},
        {"an element without an end", "<Address_Value>1.2.3.4", "no STIX with addresses"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++) {
        Error err = {0};
        ThreatList list;
        PrefixTable *table;
        if (read_list(str_of(CASES[i].text), &list, &table, &err))
            fail_msg("%s was taken", CASES[i].sentence);
        if (!strstr(err.text, CASES[i].words))
            fail_msg("%s: %s", CASES[i].sentence, err.text);
    }
}

static void bad_lines_are_counted_and_the_first_are_shown(void **state)
{
    Error err = {0};
    ThreatList list;
    PrefixTable *table;
    (void)state;
    support_ok(read_list(STR("1.2.3.4\nx y\n\n?\n5.6.7.8\n!\n1.2.3.4/33\n"), &list, &table, &err),
               &err);
    assert_int_equal(list.report.bad, 4);
    assert_int_equal(list.report.taken, 2);
    assert_string_equal(list.report.shown[0], "bad.txt:2: 'x y'");
    assert_string_equal(list.report.shown[1], "bad.txt:4: '?'");
    assert_string_equal(list.report.shown[2], "bad.txt:6: '!'");
    prefix_table_free(table);
}

static void sizes_are_bounded(void **state)
{
    Error err = {0};
    ThreatList list;
    PrefixTable *table;
    (void)state;
    assert_false(read_list((Str){"", (size_t)THREAT_LIST_BYTES_MAX + 1}, &list, &table, &err));
    assert_int_equal(err.kind, ERROR_LIMIT);
    static char dashes[200000]; /* no recursion over input */
    for (size_t i = 0; i < sizeof dashes; i++)
        dashes[i] = "1 - "[i % 4];
    assert_false(read_list((Str){dashes, sizeof dashes}, &list, &table, &err));
    assert_int_equal(err.kind, ERROR_INPUT);
}

static void a_failed_allocation_is_an_error(void **state)
{
    (void)state;
    for (uint64_t nth = 1; nth < 20; nth++) {
        Error err = {0};
        ThreatList list;
        PrefixTable *table;
        fault_arm(FAULT_ALLOC, nth);
        bool ok = read_list(str_of(PATTERN("[ipv4-addr:value = '1.2.3.4']")), &list, &table, &err);
        fault_arm(FAULT_ALLOC, 0);
        assert_true(ok || err.kind == ERROR_LIMIT);
        prefix_table_free(table);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(lists_are_read_by_their_content),
        cmocka_unit_test(what_is_no_list_is_refused),
        cmocka_unit_test(bad_lines_are_counted_and_the_first_are_shown),
        cmocka_unit_test(sizes_are_bounded),
        cmocka_unit_test(a_failed_allocation_is_an_error),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
