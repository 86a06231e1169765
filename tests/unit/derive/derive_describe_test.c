#include "derive/derive_describe.h"

#include <stdio.h>
#include <string.h>

#include "base/file.h"
#include "support/mmdb.h"
#include "support/support.h"

static void expect(const Config *config, int index, LookupState state, const char *words)
{
    static DeriveLookup lookup;
    derive_describe(config, index, &lookup);
    if (lookup.state != state || !strstr(lookup.words, words))
        fail_msg("%s is %s: %s", lookup.key, derive_describe_state(lookup.state), lookup.words);
}

static void what_is_missing_says_how_to_get_it(void **state)
{
    static const char *const WORDS[DERIVE_LOOKUPS] = {
        "no database; derive.geo_city names a MaxMind .mmdb (GeoLite2-City)",
        "derive.geo_asn names",
        "https://ip-ranges.amazonaws.com/ip-ranges.json",
        "derive.threat_lists names files",
        "aws organizations list-accounts",
        "derive.calendars names a YAML file",
    };
    Error err = {0};
    Config *config = config_new(&err);
    (void)state;
    for (int i = 0; i < DERIVE_LOOKUPS; i++)
        expect(config, i, LOOKUP_MISSING, WORDS[i]);
    config_free(config);
}

static void what_is_there_says_what_is_in_it(void **state)
{
    static const struct {
        const char *sentence, *name, *text;
        ConfigKey key;
        LookupState state;
        const char *words;
    } CASES[] = {
        {"a list with all that lists can have", "drop.txt", "1.2.3.4\nx.example.org\n!\n",
         CONFIG_DERIVE_LISTS, LOOKUP_READY,
         "drop (plain) 1 networks, 1 of other kinds passed over, 1 bad: "},
        {"ranges", "ranges.json",
         "{\"createDate\":\"2026-11\",\"prefixes\":[{\"ip_prefix\":\"3.0.0.0/8\",\"region\":\"r\","
         "\"service\":\"s\"}]}",
         CONFIG_DERIVE_RANGES, LOOKUP_READY, "1 networks of 2026-11"},
        {"accounts", "accounts.csv", "account_id\n111122223333\n", CONFIG_DERIVE_ACCOUNTS,
         LOOKUP_READY, "1 accounts"},
        {"accounts that can't be read", "broken.csv", "x\n", CONFIG_DERIVE_ACCOUNTS, LOOKUP_BROKEN,
         "broken.csv:1: expected a header"},
    };
    static DeriveLookup lookup;
    char path[512];
    (void)state;
    for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++) {
        Error err = {0};
        Config *config = config_new(&err);
        snprintf(path, sizeof path, "%s/%s", support_folder(), CASES[i].name);
        support_ok(file_replace(path, str_of(CASES[i].text), &err), &err);
        support_ok(config_set(config, CASES[i].key, str_of(path), "--test", &err), &err);
        for (int k = 0; k < DERIVE_LOOKUPS; k++) {
            derive_describe(config, k, &lookup);
            if (strcmp(lookup.key, CONFIG_TABLE[CASES[i].key].key) == 0)
                expect(config, k, CASES[i].state, CASES[i].words);
            else
                assert_int_equal(lookup.state, LOOKUP_MISSING);
        }
        config_free(config);
    }
}

static void a_database_says_its_type_and_day(void **state)
{
    char path[512];
    Error err = {0};
    Config *config = config_new(&err);
    (void)state;
    snprintf(path, sizeof path, "%s/city.mmdb", support_folder());
    mmdb_write(path, "GeoLite2-City", "[\"1.2.3.0/24\", {}]\n");
    support_ok(config_set(config, CONFIG_DERIVE_GEO_CITY, str_of(path), "--test", &err), &err);
    expect(config, 0, LOOKUP_READY, "GeoLite2-City of 2026-09-21");
    config_free(config);
}

static void long_words_are_cut(void **state)
{
    char lists[4096] = "";
    Error err = {0};
    Config *config = config_new(&err);
    (void)state;
    char path[400];
    snprintf(path, sizeof path, "%s/x", support_folder());
    support_ok(
        file_replace(path, STR("1.2.3.4\n!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!\n?\n;;\n*\n"), &err),
        &err);
    for (int i = 0; i < 40; i++)
        snprintf(lists + strlen(lists), sizeof lists - strlen(lists), "list-%d=%s,", i, path);
    support_ok(config_set(config, CONFIG_DERIVE_LISTS, str_of(lists), "--test", &err), &err);
    expect(config, 3, LOOKUP_READY, "list-0 (plain) 1 networks, 3 bad");
    config_free(config);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_missing_says_how_to_get_it),
        cmocka_unit_test(what_is_there_says_what_is_in_it),
        cmocka_unit_test(a_database_says_its_type_and_day),
        cmocka_unit_test(long_words_are_cut),
    };
    int failed = cmocka_run_group_tests(tests, NULL, NULL);
    support_folder_end();
    return failed;
}
