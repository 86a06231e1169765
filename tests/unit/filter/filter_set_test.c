/* Filters are read as they are written, and what is wrong is told with file and line. */
#include "filter/filter_set.h"

#include <stdio.h>
#include <string.h>

#include "base/file.h"
#include "support/support.h"

static const RedactKey NO_KEY = {{"", 0}, {"", 0}};

static int end(void **state)
{
    (void)state;
    support_folder_end();
    return 0;
}

static FilterSet *read(const char *text)
{
    Error err = {0};
    FilterSet *set = filter_set_new(&err);
    support_ok(set && filter_set_add_text(set, str_of(text), "f.yml", &err) &&
                   filter_set_finish(set, &err),
               &err);
    return set;
}

static void filters_stand_in_their_order(void **state)
{
    (void)state;
    FilterSet *set = read("name: first\ndescription: d\ncosts: c\ndrop: '{ $.a = 1 }'\n---\n"
                          "name: second\nwhen: {eventbridge: {eventName: [x]}}\nsample: 1/100\n"
                          "even_if_detected: true\n---\n---\n"
                          "name: third\nkeep: {sigma: {s: {a: b}, condition: s}}\n");
    static const struct {
        const char *name;
        FilterVerb verb;
        uint32_t one_in, line;
        bool even;
    } EXPECTED[] = {{"first", FILTER_DROP, 1, 1, false},
                    {"second", FILTER_SAMPLE, 100, 6, true},
                    {"third", FILTER_KEEP, 1, 12, false}};
    assert_int_equal(filter_set_count(set), 3);
    assert_int_equal(ruleset_count(filter_set_conditions(set)), 3);
    for (size_t i = 0; i < 3; i++) {
        const RecordFilter *filter = filter_set_at(set, i);
        assert_true(str_equal(filter->name, str_of(EXPECTED[i].name)));
        assert_int_equal(filter->verb, EXPECTED[i].verb);
        assert_int_equal(filter->one_in, EXPECTED[i].one_in);
        assert_int_equal(filter->line, EXPECTED[i].line);
        assert_int_equal(filter->even_if_detected, EXPECTED[i].even);
        assert_ptr_equal(filter_set_find(set, filter->name), filter);
    }
    assert_true(str_equal(filter_set_at(set, 0)->costs, STR("c")));
    assert_null(filter_set_find(set, STR("fourth")));
    filter_set_free(set);
}

static void what_is_wrong_is_told(void **state)
{
    static const struct {
        const char *text, *error;
    } CASES[] = {
        {"- a\n", "f.yml:1: expected a filter, not a list"},
        {"drop: '{ $.a = 1 }'\n", "f.yml:1: a filter needs a name"},
        {"name: A b\ndrop: '{ $.a = 1 }'\n",
         "f.yml:1: name: expected 1 to 64 of a-z, 0-9, - and _, not 'A b'"},
        {"name: a\n", "f.yml:1: filter 'a': expected drop, keep, sample, redact or function"},
        {"name: a\nsample: 1/10\n", "f.yml:1: filter 'a': sample needs a condition: when"},
        {"name: a\nsample: 1/1\nwhen: '{ $.a = 1 }'\n",
         "f.yml:2: sample: expected 1/2 to 1/1000000, not '1/1'"},
        {"name: a\nsample: 10%\nwhen: '{ $.a = 1 }'\n",
         "f.yml:2: sample: expected 1/2 to 1/1000000, not '10%'"},
        {"name: a\ndrop: '{ $.a = 1 }'\nkeep: '{ $.a = 1 }'\n",
         "f.yml:3: keep: line 2 says drop already: a filter does one of them"},
        {"name: a\ndrop: '{ $.a = 1 }'\nwhen: '{ $.a = 1 }'\n",
         "f.yml:3: when: line 2 has a condition already"},
        {"name: a\nkeep: '{ $.a = 1 }'\neven_if_detected: true\n",
         "f.yml:1: filter 'a': keep has no use for even_if_detected"},
        {"name: a\ndrop: '{ $.a = }'\n",
         "f.yml:2: a: filter pattern, character 9: expected a value, found '}'"},
        {"name: a\ndrop: 'ERROR'\n", "f.yml:2: a: expected a pattern for JSON events such as "
                                     "{ $.eventName = \"ConsoleLogin\" }"},
        {"name: a\ndrop: {lucene: 'a:b'}\n",
         "f.yml:2: 'lucene' is no language: expected cloudwatch, eventbridge or sigma"},
        {"name: a\ndrop: {sigma: {s: {a: b}, condition: t}}\n",
         "f.yml:2: a: there is no search 't' in the condition"},
        {"name: a\ndrop: {eventbridge: {detail: {a: b}}}\n",
         "f.yml:2: a: event pattern, character 6, 'a': expected an object, or an array of values"},
        {"name: a\ndorp: x\n", "f.yml:2: 'dorp' is no member of a filter: expected name, "
                               "description, costs, share, drop, keep, "
                               "sample, redact, function, when or even_if_detected"},
        {"name: a\ndrop: '{ $.a = 1 }'\n---\nname: a\ndrop: '{ $.a = 1 }'\n",
         "f.yml:4: name: there is a filter 'a' already"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++) {
        Error err = {0};
        FilterSet *set = filter_set_new(&err);
        assert_false(filter_set_add_text(set, str_of(CASES[i].text), "f.yml", &err));
        assert_int_equal(err.kind, ERROR_INPUT);
        if (strcmp(err.text, CASES[i].error) != 0)
            print_error("case %zu:\n  %s\n  %s\n", i, err.text, CASES[i].error);
        assert_string_equal(err.text, CASES[i].error);
        filter_set_free(set);
    }
}

static void put(const char *name, const char *text)
{
    char path[400];
    Error err = {0};
    snprintf(path, sizeof path, "%s/%s", support_folder(), name);
    support_ok(file_put(path, str_of(text), &err), &err);
}

static void folders_are_read_in_the_order_of_paths_and_names_are_those_that_ship(void **state)
{
    Error err = {0};
    FilterSet *set = filter_set_new(&err);
    (void)state;
    put("b.yml", "name: b\ndrop: '{ $.a = 1 }'\n");
    put("a.yaml", "name: a\ndrop: '{ $.a = 1 }'\n");
    put("c.txt", "no filter");
    support_ok(filter_set_add(set, str_of(support_folder()), &err) &&
                   filter_set_add(set, STR("kms-by-services"), &err) &&
                   filter_set_finish(set, &err),
               &err);
    assert_int_equal(filter_set_count(set), 3);
    assert_true(str_equal(filter_set_at(set, 0)->name, STR("a")));
    assert_true(str_equal(filter_set_at(set, 1)->name, STR("b")));
    assert_true(str_equal(filter_set_at(set, 2)->name, STR("kms-by-services")));
    assert_false(filter_set_add(set, STR("no-such"), &err));
    assert_int_equal(err.kind, ERROR_USAGE);
    filter_set_free(set);
}

static FilterSet *open_as(Config *config, const char *filters, FileStamp *ret_stamp, Error *err)
{
    *ret_stamp = (FileStamp){0};
    support_ok(config_set(config, CONFIG_FILTERS, str_of(filters), "--test", err), err);
    filter_set_stamp(config, ret_stamp);
    return filter_set_open(config, &NO_KEY, err);
}

static void the_configuration_names_them(void **state)
{
    char both[500];
    Error err = {0};
    FileStamp none = {0}, stamp;
    Config *config = config_new(&err);
    (void)state;
    assert_false(filter_set_is_wanted(config));
    snprintf(both, sizeof both, "kms-by-services,%s", support_folder());
    FilterSet *set = open_as(config, both, &stamp, &err);
    support_ok(set != NULL, &err);
    assert_true(filter_set_is_wanted(config));
    assert_int_equal(filter_set_count(set), 3);
    assert_true(
        str_equal(filter_set_at(set, 1)->body, STR("{\"name\":\"a\",\"drop\":\"{ $.a = 1 }\"}")));
    assert_false(file_stamp_equal(none, stamp));
    filter_set_free(set);
    set = open_as(config, "kms-by-services", &stamp, &err);
    assert_true(set && file_stamp_equal(none, stamp));
    filter_set_free(set);
    assert_null(open_as(config, "unknown", &stamp, &err));
    assert_true(str_starts(str_of(err.text), STR("filters: no filter that ships")));
    config_free(config);
}

static FilterSet *open_text(Config *config, const char *text, Error *err)
{
    support_ok(config_read_text(config, str_of(text), "spoor.yml", err), err);
    return filter_set_open(config, &NO_KEY, err);
}

static void filters_may_be_written_in_the_configuration(void **state)
{
    static const char THREE[] = "filters:\n- kms-by-services\n- name: x\n  sample: 1/7\n  when: |\n"
                                "    { $.a = 1 }\n- {name: y, keep: '{ $.b = 2 }'}\n";
    static const struct {
        const char *text, *words;
    } CASES[] = {
        {"log: {level: warn}\nfilters:\n- name: x\n  dorp: y\n",
         "filters: spoor.yml:4: 'dorp' is no member of a filter"},
        {"filters:\n- name: x\n  drop:\n    sigma: {s: {a: 1},\n      condition: t}\n",
         "filters: spoor.yml:4: x: "},
        {"filters: [{name: x, drop: '{ $.a = 1 }'}, {name: x, keep: '{ $.a = 1 }'}]",
         "filters: spoor.yml:1: name: there is a filter 'x' already"},
        {"filters: [{}]", "filters: spoor.yml:1: a filter needs a name"},
    };
    Error err = {0};
    FileStamp none = {0}, stamp = {0};
    Config *config = config_new(&err);
    (void)state;
    FilterSet *set = open_text(config, THREE, &err);
    support_ok(set != NULL, &err);
    assert_int_equal(filter_set_count(set), 3);
    assert_int_equal(filter_set_at(set, 1)->one_in, 7);
    assert_int_equal(filter_set_at(set, 1)->line, 3);
    assert_true(str_equal(filter_set_at(set, 1)->file, STR("spoor.yml")));
    assert_int_equal(filter_set_at(set, 2)->verb, FILTER_KEEP);
    filter_set_stamp(config, &stamp);
    assert_true(file_stamp_equal(none, stamp));
    filter_set_free(set);
    for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++) {
        err = (Error){0};
        assert_null(open_text(config, CASES[i].text, &err));
        if (!str_starts(str_of(err.text), str_of(CASES[i].words)))
            fail_msg("case %zu said: %s", i, err.text);
    }
    config_free(config);
}

static void all_that_ship_can_be_used(void **state)
{
    Error err = {0};
    FilterSet *set = filter_set_new(&err);
    (void)state;
    support_ok(filter_set_add_shipped(set, &err) && filter_set_finish(set, &err), &err);
    assert_true(filter_set_count(set) >= 5);
    for (size_t i = 0; i < filter_set_count(set); i++)
        assert_true(filter_set_at(set, i)->description.len && filter_set_at(set, i)->costs.len &&
                    filter_set_at(set, i)->share.len);
    FilterSet *shared = filter_set_keep(set);
    filter_set_free(set);
    assert_true(filter_set_count(shared) >= 5);
    filter_set_free(shared);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(filters_stand_in_their_order),
        cmocka_unit_test(what_is_wrong_is_told),
        cmocka_unit_test(folders_are_read_in_the_order_of_paths_and_names_are_those_that_ship),
        cmocka_unit_test(the_configuration_names_them),
        cmocka_unit_test(filters_may_be_written_in_the_configuration),
        cmocka_unit_test(all_that_ship_can_be_used),
    };
    return cmocka_run_group_tests(tests, NULL, end);
}
