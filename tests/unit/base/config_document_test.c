/* Mappings of a configuration that are kept as they stand, on one line, and given back in place. */
#include "base/config_document.h"

#include <stdio.h>
#include <string.h>

#include "base/config.h"
#include "support/support.h"

static Config *read_config(const char *text)
{
    Error err = {0};
    Config *config = config_new(&err);
    support_ok(config && config_read_text(config, str_of(text), "f.yml", &err), &err);
    return config;
}

/* Elements of `filters` with what they are: "text|" or "{document}". Line ends as they are. */
static void show(const Config *config, Buf *ret)
{
    Error err = {0};
    Str item;
    for (size_t i = 0; config_item(config, CONFIG_FILTERS, i, &item); i++) {
        bool ok = config_document_is(item)
                      ? buf_append_byte(ret, '{', &err) && config_document_read(item, ret, &err) &&
                            buf_append_byte(ret, '}', &err)
                      : buf_printf(ret, &err, "%.*s|", STR_ARG(item));
        support_ok(ok, &err);
    }
}

static void mappings_are_given_back_where_they_stand(void **state)
{
    static const struct {
        const char *sentence, *text, *expected;
    } CASES[] = {
        {"texts alone", "filters: [a, b.yml]", "a|b.yml|"},
        {"a block between texts", "filters:\n  - a\n  - x: 1\n    y: [2, {z: 3}]\n  - b\n",
         "a|{\n\n    x: 1\n    y: [2, {z: 3}]}b|"},
        {"one line", "filters: [a, {x: '1, 2', y: {}}, b]",
         "a|{             {x: '1, 2', y: {}}}b|"},
        {"over lines", "filters:\n- {x: 1,\n   y: 2}\n- a\n", "{\n  {x: 1,\n   y: 2}}a|"},
        {"a pair without braces", "filters: [x: 1, a]\n", "{          x: 1}a|"},
        {"another key behind it", "filters:\n- x: |\n   t\n   u\nlog: {level: warn}\n",
         "{\n  x: |\n   t\n   u}"},
        {"letters of several bytes before and in it",
         "# \xed\x95\x9c\xea\xb8\x80\nfilters:\n- x: \xed\x95\x9c # \xf0\x9f\x90\xa6\n- a\n",
         "{\n\n  x: \xed\x95\x9c # \xf0\x9f\x90\xa6}a|"},
        {"a mark of the byte order",
         "\xef\xbb\xbf"
         "filters:\n- x: 1\n",
         "{\n  x: 1}"},
        {"line ends of Windows", "filters:\r\n- x: 1\r\n  y: 2\r\n- a\r\n",
         "{\n  x: 1\r\n  y: 2}a|"},
        {"an anchor of its own", "filters:\n- &a {x: &b 1, y: *b}\n", "{\n  &a {x: &b 1, y: *b}}"},
        {"nothing in it", "filters: [{}]", "{          {}}"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++) {
        BUF_AUTO Buf text = buf_init(1 << 16);
        Config *config = read_config(CASES[i].text);
        show(config, &text);
        if (!str_equal(buf_str(&text), str_of(CASES[i].expected)))
            fail_msg("%s: %.*s", CASES[i].sentence, STR_ARG(buf_str(&text)));
        config_free(config);
    }
}

static void what_is_no_text_and_no_mapping_is_refused(void **state)
{
    static const struct {
        const char *text, *words;
        size_t len;
    } CASES[] = {
        {"filters:\n- a\n- [b]\n", "f.yml:3: 'filters' takes a list of texts and mappings", 0},
        {"filters:\n- *b\n", "f.yml:2: 'filters' takes a list of texts and mappings", 0},
        {"filters:\n- {x: [1}\n", "f.yml:2: ", 0},
        {"filters: {x: 1}\n", "'filters.x' is no key", 0},
        {"\xff\xfe"
         "f\0i\0l\0t\0e\0r\0s\0:\0 \0[\0{\0x\0:\0 \0"
         "1\0}\0]\0\n\0",
         "f.yml:1: a mapping here takes a file of UTF-8", 38},
    };
    (void)state;
    for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++) {
        Error err = {0};
        Config *config = config_new(&err);
        Str text = CASES[i].len ? (Str){CASES[i].text, CASES[i].len} : str_of(CASES[i].text);
        if (config_read_text(config, text, "f.yml", &err))
            fail_msg("case %zu was taken", i);
        assert_int_equal(err.kind, ERROR_USAGE);
        if (!strstr(err.text, CASES[i].words))
            fail_msg("case %zu said: %s", i, err.text);
        config_free(config);
    }
}

/* A service that is told to look again sees it. */
static void a_change_within_a_mapping_is_a_change(void **state)
{
    Config *one = read_config("filters:\n- {x: 1}\n"), *same = read_config("filters:\n- {x: 1}\n");
    Config *other = read_config("filters:\n- {x: 2}\n");
    (void)state;
    assert_true(config_equal(one, same));
    assert_false(config_equal(one, other));
    config_free(one);
    config_free(same);
    config_free(other);
}

/* Whatever an element is, reading it is safe. */
static void broken_elements_are_read_as_far_as_they_go(void **state)
{
    static const char *const ITEMS[] = {"\1",
                                        "\1x",
                                        "\1"
                                        "1",
                                        "\1"
                                        "1 2",
                                        "\1 \1",
                                        "\1x y z"};
    (void)state;
    for (size_t i = 0; i < sizeof ITEMS / sizeof *ITEMS; i++) {
        Error err = {0};
        BUF_AUTO Buf text = buf_init(1 << 16);
        assert_true(config_document_is(str_of(ITEMS[i])));
        support_ok(config_document_read(str_of(ITEMS[i]), &text, &err), &err);
    }
    assert_false(config_document_is(STR("a")));
    assert_false(config_document_is(STR("")));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(mappings_are_given_back_where_they_stand),
        cmocka_unit_test(what_is_no_text_and_no_mapping_is_refused),
        cmocka_unit_test(a_change_within_a_mapping_is_a_change),
        cmocka_unit_test(broken_elements_are_read_as_far_as_they_go),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
