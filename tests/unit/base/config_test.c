#include "support/support.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/config.h"

static void a_file_sets_nested_keys(void **state)
{
    (void)state;
    Error err = {0};
    Config *config = config_new(&err);
    support_ok(config != NULL, &err);
    assert_string_equal(config_text(config, CONFIG_LAKE_FOLDER), "./spoor-lake");
    assert_string_equal(config_source(config, CONFIG_LAKE_FOLDER), "default");
    support_ok(config_read_text(config,
                                STR("# comment\nlake:\n  folder: /data/lake\n  publish_s: 2m\n"
                                    "ingest: {jobs: 4, free_min: 512MiB}\n"),
                                "f.yml", &err),
               &err);
    assert_string_equal(config_text(config, CONFIG_LAKE_FOLDER), "/data/lake");
    assert_int_equal(config_number(config, CONFIG_LAKE_PUBLISH), 120000000);
    assert_int_equal(config_number(config, CONFIG_INGEST_JOBS), 4);
    assert_int_equal(config_number(config, CONFIG_INGEST_FREE), 512 << 20);
    config_free(config);
}

static void a_wrong_file_names_line_and_culprit(void **state)
{
    static const struct {
        const char *text;
        const char *words;
    } CASES[] = {
        {"lake:\n  foldr: x\n", "f.yml:2: 'lake.foldr' is no key; did you mean 'lake.folder'?"},
        {"lak: x\n", "f.yml:1: 'lak' is no key"},
        {"ingest:\n  jobs: many\n", "f.yml:2: ingest.jobs takes a whole number"},
        {"log:\n  level: loud\n", "takes one of debug|info|warn|error, not 'loud'"},
        {"query:\n  memory: 3 GB\n", "takes a size"},
        {"lake:\n  - a\n", "takes one value, not a list"},
        {"derive:\n  geo_city: [a]\n", "'derive.geo_city' takes one value, not a list"},
        {"derive:\n  threat_lists:\n    - a\n    - b: c\n",
         "f.yml:4: 'derive.threat_lists' takes a list of texts"},
        {"derive:\n  threat_lists: [[a]]\n", "'derive.threat_lists' takes a list of texts"},
        {"derive: {threat_list: [a]}\n", "takes one value, not a list"},
        {"just words\n", "expected keys"},
        {"a: [\n", "f.yml:"},
        {"lake: {folder: ''}\n", "takes a text that is not empty"},
        {"a: {b: {c: {d: {e: {f: {g: {h: {i: 1}}}}}}}}\n", "nested too deep"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++) {
        Error err = {0};
        Config *config = config_new(&err);
        if (config_read_text(config, str_of(CASES[i].text), "f.yml", &err))
            fail_msg("'%s' was taken", CASES[i].text);
        assert_int_equal(err.kind, ERROR_USAGE);
        if (!strstr(err.text, CASES[i].words))
            fail_msg("'%s' said: %s", CASES[i].text, err.text);
        config_free(config);
    }
}

static void the_environment_wins_over_the_file(void **state)
{
    (void)state;
    Error err = {0};
    Config *config = config_new(&err);
    setenv("SPOOR_LAKE", "/env", 1);
    support_ok(config_read_text(config, STR("lake: {folder: /file}"), "f.yml", &err), &err);
    support_ok(config_read_environment(config, &err), &err);
    assert_string_equal(config_text(config, CONFIG_LAKE_FOLDER), "/env");
    assert_string_equal(config_source(config, CONFIG_LAKE_FOLDER), "SPOOR_LAKE");
    setenv("SPOOR_JOBS", "x", 1);
    assert_false(config_read_environment(config, &err));
    assert_non_null(strstr(err.text, "SPOOR_JOBS"));
    unsetenv("SPOOR_LAKE");
    unsetenv("SPOOR_JOBS");
    config_free(config);
    config_free(NULL);
}

static void numbers_have_units_and_bounds(void **state)
{
    static const struct {
        ValueType type;
        const char *text;
        int64_t number; /* -1: refused */
    } CASES[] = {
        {VALUE_NUMBER, "300k", 300000},
        {VALUE_NUMBER, "1M", 1000000},
        {VALUE_NUMBER, "-1", -1},
        {VALUE_NUMBER, "", -1},
        {VALUE_SIZE, "64KiB", 65536},
        {VALUE_SIZE, "7", 7},
        {VALUE_SIZE, "1KB", -1},
        {VALUE_SIZE, "99999999999TiB", -1},
        {VALUE_DURATION, "6h", 21600000000},
        {VALUE_DURATION, "6", -1},
    };
    (void)state;
    for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++) {
        Error err = {0};
        int64_t number;
        bool ok =
            config_check_value(CASES[i].type, NULL, "key", str_of(CASES[i].text), &number, &err);
        if ((ok ? number : -1) != CASES[i].number)
            fail_msg("'%s' gave %lld", CASES[i].text, (long long)(ok ? number : -1));
    }
}

/* The elements of derive.threat_lists, each with a bar behind it. */
static void show_lists(const Config *config, char *ret, size_t size)
{
    Str item;
    size_t used = 0;
    ret[0] = '\0';
    for (size_t i = 0; config_item(config, CONFIG_DERIVE_LISTS, i, &item); i++)
        used += (size_t)snprintf(ret + used, size - used, "%.*s|", STR_ARG(item));
}

static void lists_have_elements(void **state)
{
    static const struct {
        const char *sentence, *text, *expected;
    } CASES[] = {
        {"a list",
         "derive:\n  threat_lists:\n    - /a b.txt\n    - tor=/c,d.csv\nlog: {level: warn}",
         "/a b.txt|tor=/c,d.csv|"},
        {"a list on one line", "derive: {threat_lists: [a, b], accounts: x}", "a|b|"},
        {"a text", "derive: {threat_lists: 'a, b,,c'}", "a|b|c|"},
        {"an empty list", "derive: {threat_lists: []}", ""},
        {"an empty text", "derive: {threat_lists: ''}", ""},
        {"nothing", "log: {level: warn}", ""},
    };
    char text[128];
    (void)state;
    for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++) {
        Error err = {0};
        Config *config = config_new(&err);
        support_ok(config_read_text(config, str_of(CASES[i].text), "f.yml", &err), &err);
        show_lists(config, text, sizeof text);
        if (strcmp(text, CASES[i].expected) != 0)
            fail_msg("%s: %s", CASES[i].sentence, text);
        config_free(config);
    }
}

static void lists_may_hold_mappings(void **state)
{
    static const char TEXT[] = "sources:\n"
                               "  - s3://a\n"
                               "  - {profile: p, source: 's3://b', since: 2026-01-01}\n"
                               "  - {source: c}\n";
    Error err = {0};
    Config *config = config_new(&err);
    Str item;
    (void)state;
    support_ok(config_read_text(config, str_of(TEXT), "f.yml", &err), &err);
    assert_true(config_item(config, CONFIG_SOURCES, 0, &item));
    assert_true(str_equal(config_item_member(item, STR("")), STR("s3://a")));
    assert_true(str_equal(config_item_member(item, STR("profile")), STR("")));
    assert_true(config_item(config, CONFIG_SOURCES, 1, &item));
    assert_true(str_equal(config_item_member(item, STR("")), STR("s3://b")));
    assert_true(str_equal(config_item_member(item, STR("profile")), STR("p")));
    assert_true(str_equal(config_item_member(item, STR("since")), STR("2026-01-01")));
    assert_true(str_equal(config_item_member(item, STR("sinc")), STR("")));
    assert_true(config_item(config, CONFIG_SOURCES, 2, &item));
    assert_true(str_equal(config_item_member(item, STR("")), STR("c")));
    assert_false(config_item(config, CONFIG_SOURCES, 3, &item));
    config_free(config);
}

/* YAML reads "cloudtrail:" as a mapping from that word to nothing. */
static void a_text_may_end_with_a_colon(void **state)
{
    static const struct {
        const char *text, *expected;
    } CASES[] = {
        {"sources: [\"a:\", cloudtrail: , b]", "a:|cloudtrail:|b|"},
        {"sources:\n  - cloudtrail:\n  - source: 'cloudtrail:'\n    profile: p\n",
         "cloudtrail:|cloudtrail:\tprofile=p|"},
        {"sources:\n  - cloudtrail: x\n",
         "f.yml:2: an element of 'sources' takes source, profile, region, since, not 'cloudtrail'"},
        {"sources:\n  - cloudtrail:\n    profile: p\n",
         "f.yml:3: an element of 'sources' takes source, profile, region, since, not 'cloudtrail'"},
        {"sources:\n  - profile: p\n    cloudtrail:\n",
         "f.yml:3: an element of 'sources' takes source, profile, region, since, not 'cloudtrail'"},
        {"sources: [\"\": ]",
         "f.yml:1: an element of 'sources' takes source, profile, region, since, not ''"},
        {"sources: [cloudtrail: {}]",
         "f.yml:1: 'sources' takes a list of texts and mappings of texts"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++) {
        Error err = {0};
        Config *config = config_new(&err);
        Str item;
        char said[300] = "";
        size_t used = 0;
        support_ok(config != NULL, &err);
        bool ok = config_read_text(config, str_of(CASES[i].text), "f.yml", &err);
        for (size_t at = 0; ok && config_item(config, CONFIG_SOURCES, at, &item); at++)
            used += (size_t)snprintf(said + used, sizeof said - used, "%.*s|", STR_ARG(item));
        assert_string_equal(ok ? said : err.text, CASES[i].expected);
        config_free(config);
    }
}

static void equal_are_those_with_the_same_values(void **state)
{
    static const struct {
        const char *sentence;
        const char *text;
        bool equal;
    } CASES[] = {
        {"the same", "lake: {folder: a}\nsources: [{source: s3://b, profile: p}]", true},
        {"written otherwise",
         "sources:\n- source: 's3://b'\n  profile: p\nlake:\n  folder: 'a' # it\n", true},
        {"another folder", "lake: {folder: b}\nsources: [{source: s3://b, profile: p}]", false},
        {"another member", "lake: {folder: a}\nsources: [{source: s3://b, profile: q}]", false},
        {"a source more", "lake: {folder: a}\nsources: [{source: s3://b, profile: p}, c]", false},
        {"one key more",
         "lake: {folder: a}\nsources: [{source: s3://b, profile: p}]\nlog: {level: warn}", false},
    };
    Error err = {0};
    Config *first = config_new(&err);
    (void)state;
    support_ok(config_read_text(first, str_of(CASES[0].text), "f.yml", &err), &err);
    for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++) {
        Config *config = config_new(&err);
        support_ok(config_read_text(config, str_of(CASES[i].text), "f.yml", &err), &err);
        if (config_equal(first, config) != CASES[i].equal)
            fail_msg("%s", CASES[i].sentence);
        config_free(config);
    }
    config_free(first);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_file_sets_nested_keys),
        cmocka_unit_test(a_wrong_file_names_line_and_culprit),
        cmocka_unit_test(the_environment_wins_over_the_file),
        cmocka_unit_test(numbers_have_units_and_bounds),
        cmocka_unit_test(lists_have_elements),
        cmocka_unit_test(lists_may_hold_mappings),
        cmocka_unit_test(a_text_may_end_with_a_colon),
        cmocka_unit_test(equal_are_those_with_the_same_values),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
