#include "base/yaml.h"

#include <stdio.h>

#include "support/support.h"

enum { ARENA_BYTES_MAX = 1 << 26, TEXT_BYTES_MAX = 1 << 24 };

/* The documents of *text* as JSON, a line each; behind them what is wrong with the next one. */
static void read_all(Str text, Buf *out)
{
    Error err = {0};
    const Yaml *document;
    Arena *arena = arena_new(ARENA_BYTES_MAX, &err);
    YamlReader *reader = yaml_open(text, "f.yml", &err);
    support_ok(arena && reader, &err);
    for (;;) {
        bool ok = yaml_next(reader, arena, &document, &err);
        if (ok && !document)
            break;
        Error written = {0};
        ok = ok ? yaml_write_json(document, out, &written)
                : buf_append_str(out, str_of(err.text), &written);
        support_ok(ok && buf_append_byte(out, '\n', &written), &written);
        if (err.kind != ERROR_NONE)
            break;
    }
    yaml_close(reader);
    arena_free(arena);
}

static const struct {
    const char *name, *text, *expect;
} CASES[] = {
    {"nothing", "", ""},
    {"only a comment", "# nothing\n", ""},
    {"an empty document", "---\n---\na: 1\n", "null\n{\"a\":1}\n"},
    {"documents of a stream", "a: 1\n---\n- b\n- c\n---\nplain\n...\n",
     "{\"a\":1}\n[\"b\",\"c\"]\n\"plain\"\n"},
    {"Windows line ends", "a: b\r\nc:\r\n  - d\r\n", "{\"a\":\"b\",\"c\":[\"d\"]}\n"},
    {"a byte order mark",
     "\xef\xbb\xbf"
     "a: 1\n",
     "{\"a\":1}\n"},
    {"JSON", "{\"a\": [1, true, null, \"x\\ty\"]}", "{\"a\":[1,true,null,\"x\\ty\"]}\n"},
    {"quotes keep texts", "[\"1\", '2', \"yes\", '', \"\", '~']",
     "[\"1\",\"2\",\"yes\",\"\",\"\",\"~\"]\n"},
    {"single quotes know no backslash", "'a\\nb''c'", "\"a\\\\nb'c\"\n"},
    {"a tag keeps the text", "[!!str 1, !x yes]", "[\"1\",\"yes\"]\n"},
    {"texts of several lines", "a: |\n  b\n  c\nd: >-\n  e\n  f\n",
     "{\"a\":\"b\\nc\\n\",\"d\":\"e f\"}\n"},
    {"names that are no texts", "{1: a, true: b, ~: c}",
     "{\"1\":\"a\",\"true\":\"b\",\"~\":\"c\"}\n"},
    {"numbers and dates", "[1, -2, 1.5, 2024-01-02]", "[1,-2,1.5,\"2024-01-02\"]\n"},
    {"an alias of a text", "a: &x one\nb: *x\n", "{\"a\":\"one\",\"b\":\"one\"}\n"},
    {"an alias of a tree", "a: &x {b: [1, {c: 2}]}\nd: *x\n",
     "{\"a\":{\"b\":[1,{\"c\":2}]},\"d\":{\"b\":[1,{\"c\":2}]}}\n"},
    {"the latest anchor of a name", "[&x 1, *x, &x 2, *x]", "[1,1,2,2]\n"},
    {"an alias of nothing", "a: *x\n", "f.yml:1: an alias of nothing that stands before it\n"},
    {"an alias within what it names", "a: &x [*x]\n",
     "f.yml:1: an alias of nothing that stands before it\n"},
    {"anchors end with their document", "&x a\n---\n*x\n",
     "\"a\"\nf.yml:3: an alias of nothing that stands before it\n"},
    {"a merge key", "a: &x {b: 1, c: 2}\nd: {<<: *x, c: 3}\n",
     "{\"a\":{\"b\":1,\"c\":2},\"d\":{\"b\":1,\"c\":3}}\n"},
    {"a merge key at the end", "a: &x {b: 1}\nd:\n  b: 2\n  <<: *x\n",
     "{\"a\":{\"b\":1},\"d\":{\"b\":2}}\n"},
    {"of several merged maps the first wins", "[&x {a: 1}, &y {a: 2, b: 3}, {<<: [*x, *y]}]",
     "[{\"a\":1},{\"a\":2,\"b\":3},{\"b\":3,\"a\":1}]\n"},
    {"a merge key in quotes is a name", "a: {'<<': 1, \"<<a\": 2}\n",
     "{\"a\":{\"<<\":1,\"<<a\":2}}\n"},
    {"a merge key of no map", "a: {<<: 1}\n", "f.yml:1: '<<' takes a map\n"},
    {"a merge key of a list with a text", "a:\n  <<: [{b: 1}, c]\n", "f.yml:2: '<<' takes maps\n"},
    {"two merge keys", "a: {<<: {b: 1}, <<: {c: 2}}\n", "f.yml:1: '<<' stands here twice\n"},
    {"a name twice", "a: 1\nb: 2\na: 3\n", "f.yml:3: 'a' stands here twice\n"},
    {"a name twice, far below", "a:\n  b:\n    - c: 1\n      c: 2\n",
     "f.yml:4: 'c' stands here twice\n"},
    {"a name with NUL twice", "{\"a\\0b\": 1, \"a\\0b\": 2}", "f.yml:1: 'a' stands here twice\n"},
    {"names that agree up to NUL", "{\"a\\0b\": 1, \"a\\0c\": 2, a: 3}",
     "{\"a\\u0000b\":1,\"a\\u0000c\":2,\"a\":3}\n"},
    {"a list as a name", "{[a]: 1}", "f.yml:1: a key must be one value\n"},
    {"a broken document behind a good one", "a: 1\n---\nb: [1\n---\nc: 2\n",
     "{\"a\":1}\nf.yml:4: did not find expected ',' or ']'\n"},
    {"a tabulator for blanks", "a:\n\tb: 1\n",
     "f.yml:2: found character that cannot start any token\n"},
    {"bytes that are no text", "a: \"\xff\"\n", "f.yml:1: invalid leading UTF-8 octet\n"},
    {"control characters", "a: \x01\n", "f.yml:1: control characters are not allowed\n"},
    {"an end too early", "a: {b: \"c", "f.yml:1: found unexpected end of stream\n"},
};

static void documents_become_trees_or_say_what_is_wrong(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++) {
        Error err = {0};
        BUF_AUTO Buf out = buf_init(TEXT_BYTES_MAX);
        read_all(str_of(CASES[i].text), &out);
        if (!str_equal(buf_str(&out), str_of(CASES[i].expect)))
            fail_msg("%s: %s", CASES[i].name, buf_text(&out, &err));
    }
}

static void each_node_knows_its_line(void **state)
{
    Error err = {0};
    const Yaml *document;
    (void)state;
    Arena *arena = arena_new(ARENA_BYTES_MAX, &err);
    YamlReader *reader = yaml_open(STR("# a\na: 1\nb:\n  - c\n  - d: e\n---\nf: g\n"), "f", &err);
    support_ok(yaml_next(reader, arena, &document, &err), &err);
    assert_int_equal(document->line, 2);
    assert_int_equal(yaml_member(document, "a")->line, 2);
    const Yaml *list = yaml_member(document, "b");
    assert_int_equal(list->line, 4);
    assert_int_equal(list->count, 2);
    assert_int_equal(yaml_member(list->first->next, "d")->line, 5);
    support_ok(yaml_next(reader, arena, &document, &err), &err);
    assert_int_equal(document->line, 7);
    assert_null(yaml_member(document, "a"));
    assert_null(yaml_member(list, "a"));
    assert_null(yaml_member(NULL, "a"));
    yaml_close(reader);
    yaml_close(NULL);
    arena_free(arena);
}

static void behind_a_broken_document_nothing_is_read(void **state)
{
    Error err = {0};
    const Yaml *document;
    (void)state;
    Arena *arena = arena_new(ARENA_BYTES_MAX, &err);
    YamlReader *reader = yaml_open(STR("a: 1\n---\n\nb: 1\nb: 2\n---\nc: 1\n"), "f", &err);
    support_ok(yaml_next(reader, arena, &document, &err), &err);
    assert_false(yaml_next(reader, arena, &document, &err));
    assert_int_equal(err.kind, ERROR_INPUT);
    assert_int_equal(yaml_failed_line(reader), 5);
    assert_null(document);
    assert_true(yaml_next(reader, arena, &document, &err));
    assert_null(document);
    yaml_close(reader);
    arena_free(arena);
}

/* Appends *part* so many times. */
static void repeat(Buf *out, const char *part, int times)
{
    Error err = {0};
    for (int i = 0; i < times; i++)
        support_ok(buf_append_str(out, str_of(part), &err), &err);
}

static void expect_refused(const Buf *text, const char *part)
{
    Error err = {0};
    BUF_AUTO Buf out = buf_init(TEXT_BYTES_MAX);
    read_all(buf_str(text), &out);
    if (!strstr(buf_text(&out, &err), part))
        fail_msg("not '%s' but %.100s", part, out.ptr);
}

static void nesting_has_a_ceiling(void **state)
{
    Error err = {0};
    (void)state;
    for (int depth = YAML_DEPTH_MAX - 1; depth <= YAML_DEPTH_MAX + 1; depth++) {
        BUF_AUTO Buf text = buf_init(TEXT_BYTES_MAX);
        repeat(&text, "[", depth);
        support_ok(buf_append_byte(&text, 'x', &err), &err);
        repeat(&text, "]", depth);
        expect_refused(&text,
                       depth > YAML_DEPTH_MAX ? "f.yml:1: nested deeper than 64" : "[\"x\"]");
    }
    BUF_AUTO Buf open = buf_init(TEXT_BYTES_MAX);
    repeat(&open, "[", 100000);
    expect_refused(&open, "f.yml:1: nested deeper than 64");
}

static void aliases_nest_no_deeper_than_what_is_written_out(void **state)
{
    Error err = {0};
    BUF_AUTO Buf text = buf_init(TEXT_BYTES_MAX);
    (void)state;
    support_ok(buf_printf(&text, &err, "- &a [[[[x]]]]\n- &b "), &err);
    repeat(&text, "[", 40);
    support_ok(buf_printf(&text, &err, "*a"), &err);
    repeat(&text, "]", 40);
    support_ok(buf_printf(&text, &err, "\n- "), &err);
    repeat(&text, "[", 20);
    support_ok(buf_printf(&text, &err, "*b"), &err);
    repeat(&text, "]", 20);
    expect_refused(&text, "f.yml:3: nested deeper than 64");
}

static void aliases_expand_to_so_many_values_and_no_more(void **state)
{
    Error err = {0};
    BUF_AUTO Buf text = buf_init(TEXT_BYTES_MAX);
    (void)state;
    support_ok(buf_printf(&text, &err, "a0: &a0 [x, x, x, x, x, x, x, x, x]\n"), &err);
    for (int i = 1; i < 12; i++)
        support_ok(buf_printf(&text, &err,
                              "a%d: &a%d [*a%d, *a%d, *a%d, *a%d, *a%d, *a%d, *a%d, *a%d]\n", i, i,
                              i - 1, i - 1, i - 1, i - 1, i - 1, i - 1, i - 1, i - 1),
                   &err);
    expect_refused(&text, "aliases may expand to 200,000 at most");
}

static void maps_and_anchors_have_ceilings(void **state)
{
    Error err = {0};
    BUF_AUTO Buf members = buf_init(TEXT_BYTES_MAX), anchors = buf_init(TEXT_BYTES_MAX);
    (void)state;
    for (int i = 0; i <= YAML_MEMBERS_MAX; i++)
        support_ok(buf_printf(&members, &err, "a%d: 1\n", i), &err);
    expect_refused(&members, "f.yml:1: more than 10,000 members in one map");
    for (int i = 0; i <= YAML_ANCHORS_MAX; i++)
        support_ok(buf_printf(&anchors, &err, "- &a%d x\n", i), &err);
    expect_refused(&anchors, "f.yml:1001: more than 1,000 anchors");
}

static void kinds_have_names_for_people(void **state)
{
    static const struct {
        const char *text, *name;
        bool scalar;
    } KINDS[] = {
        {"~", "nothing", false},   {"yes", "true or false", true}, {"1", "a number", true},
        {"1.5", "a number", true}, {"x", "a text", true},          {"2024-01-02", "a date", true},
        {"[]", "a list", false},   {"{}", "a map", false},         {"''", "a text", true},
    };
    (void)state;
    assert_false(yaml_is_scalar(NULL));
    for (size_t i = 0; i < sizeof KINDS / sizeof *KINDS; i++) {
        Error err = {0};
        const Yaml *document = NULL;
        Arena *arena = arena_new(ARENA_BYTES_MAX, &err);
        YamlReader *reader = yaml_open(str_of(KINDS[i].text), "f", &err);
        support_ok(reader && yaml_next(reader, arena, &document, &err), &err);
        assert_non_null(document);
        assert_string_equal(yaml_kind_name(document), KINDS[i].name);
        assert_int_equal(yaml_is_scalar(document), KINDS[i].scalar);
        yaml_close(reader);
        arena_free(arena);
    }
}

static void what_was_expected_is_said_with_what_stands_there(void **state)
{
    static const struct {
        const char *text, *words;
    } WRONG[] = {
        {"a: b", "f.yml:1: a: expected a list, not 'b'"},
        {"\na:\n- x", "f.yml:3: a: expected a list, not a list"},
        {"a: ''", "f.yml:1: a: expected a list, not a text"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof WRONG / sizeof *WRONG; i++) {
        Error err = {0};
        const Yaml *document = NULL;
        Arena *arena = arena_new(ARENA_BYTES_MAX, &err);
        YamlReader *reader = yaml_open(str_of(WRONG[i].text), "f.yml", &err);
        support_ok(reader && yaml_next(reader, arena, &document, &err), &err);
        assert_false(yaml_wrong(yaml_member(document, "a"), "f.yml", "a list", &err));
        assert_string_equal(err.text, WRONG[i].words);
        assert_false(yaml_wrong(document, "f.yml", "a list", &err));
        assert_non_null(strstr(err.text, ": expected a list, not a map"));
        yaml_close(reader);
        arena_free(arena);
    }
}

static void json_that_finds_no_room_is_an_error(void **state)
{
    Error err = {0};
    const Yaml *document;
    BUF_AUTO Buf small = buf_init(8);
    (void)state;
    Arena *arena = arena_new(ARENA_BYTES_MAX, &err);
    YamlReader *reader = yaml_open(STR("[some, texts, in, a, list]"), "f", &err);
    support_ok(yaml_next(reader, arena, &document, &err), &err);
    assert_false(yaml_write_json(document, &small, &err));
    assert_int_equal(err.kind, ERROR_LIMIT);
    yaml_close(reader);
    arena_free(arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(documents_become_trees_or_say_what_is_wrong),
        cmocka_unit_test(each_node_knows_its_line),
        cmocka_unit_test(behind_a_broken_document_nothing_is_read),
        cmocka_unit_test(nesting_has_a_ceiling),
        cmocka_unit_test(aliases_nest_no_deeper_than_what_is_written_out),
        cmocka_unit_test(aliases_expand_to_so_many_values_and_no_more),
        cmocka_unit_test(maps_and_anchors_have_ceilings),
        cmocka_unit_test(kinds_have_names_for_people),
        cmocka_unit_test(what_was_expected_is_said_with_what_stands_there),
        cmocka_unit_test(json_that_finds_no_room_is_an_error),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
