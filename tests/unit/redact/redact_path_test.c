/* Paths are read as they are written, and lead where they say. */
#include "redact/redact_path.h"

#include <string.h>

#include "support/support.h"

enum { ARENA_BYTES_MAX = 1 << 20 };

static Arena *arena;

static int begin(void **state)
{
    Error err = {0};
    (void)state;
    arena = arena_new(ARENA_BYTES_MAX, &err);
    support_ok(arena != NULL, &err);
    return 0;
}

static int end(void **state)
{
    (void)state;
    arena_free(arena);
    return 0;
}

static RedactPath path_of(const char *text)
{
    Error err = {0};
    RedactPath path;
    support_ok(redact_path_read(str_of(text), arena, &path, &err), &err);
    return path;
}

/* Whether *text* names what stands behind *names*: members, "#3" the element of a list. */
static bool leads_to(const char *text, const char *const *names)
{
    RedactPath path = path_of(text);
    RedactState at = redact_path_start(&path);
    for (; *names; names++)
        at = (*names)[0] == '#' ? redact_path_element(&path, at, (uint32_t)((*names)[1] - '0'))
                                : redact_path_member(&path, at, str_of(*names));
    return redact_path_ends(&path, at);
}

#define LEADS(text, ...) leads_to(text, (const char *const[]){__VA_ARGS__, NULL})

static void names_lead_to_members(void **state)
{
    (void)state;
    assert_true(LEADS("a", "a"));
    assert_true(LEADS("a.b", "a", "b"));
    assert_true(LEADS("a.B", "A", "b"));
    assert_false(LEADS("a.b", "a"));
    assert_false(LEADS("a.b", "b"));
    assert_false(LEADS("a.b", "a", "b", "c"));
    assert_true(LEADS("a.\"b.c\".d", "a", "b.c", "d"));
    assert_true(LEADS("a.b.c.d", "a", "b.c", "d"));
    assert_true(LEADS("a.b.c.d", "a.b.c.d"));
    assert_false(LEADS("a.b.c.d", "a", "b.d"));
}

static void stars_lead_to_any(void **state)
{
    (void)state;
    assert_true(LEADS("a.*", "a", "x"));
    assert_false(LEADS("a.*", "a"));
    assert_true(LEADS("a.*.c", "a", "x", "c"));
    assert_true(LEADS("**.c", "c"));
    assert_true(LEADS("**.c", "a", "b", "c"));
    assert_true(LEADS("a.**.c", "a", "c"));
    assert_true(LEADS("a.**.c", "a", "#0", "b", "#1", "c"));
    assert_false(LEADS("a.**.c", "b", "c"));
}

static void lists_are_gone_through(void **state)
{
    (void)state;
    assert_true(LEADS("a.b", "a", "#0", "b"));
    assert_true(LEADS("a.b", "a", "#0", "#1", "b"));
    assert_true(LEADS("a[*]", "a", "#2"));
    assert_true(LEADS("a[2].b", "a", "#2", "b"));
    assert_false(LEADS("a[2].b", "a", "#1", "b"));
    assert_true(LEADS("a[*][1]", "a", "#5", "#1"));
    assert_false(LEADS("a[*][1]", "a", "#5", "#2"));
    assert_false(LEADS("a[2]", "a"));
}

static void a_needle_is_a_name_that_is_still_to_come(void **state)
{
    (void)state;
    RedactPath path = path_of("requestParameters.items.password");
    RedactState at = redact_path_start(&path);
    assert_true(str_equal(redact_path_needle(&path, at), STR("password")));
    at = redact_path_member(&path, at, STR("requestParameters"));
    assert_true(str_equal(redact_path_needle(&path, at), STR("password")));
    path = path_of("requestParameters.items[*]");
    at = redact_path_member(&path, redact_path_start(&path), STR("requestParameters"));
    assert_true(str_equal(redact_path_needle(&path, at), STR("items")));
    path = path_of("requestParameters.*");
    at = redact_path_member(&path, redact_path_start(&path), STR("requestParameters"));
    assert_int_equal(redact_path_needle(&path, at).len, 0);
}

static void what_is_wrong_is_told(void **state)
{
    static const struct {
        const char *text, *error;
    } CASES[] = {
        {"", "path '': expected a name, '*' or '**' at character 1"},
        {"a.", "path 'a.': expected a name, '*' or '**' at character 3"},
        {"a..b", "path 'a..b': expected a name, '*' or '**' at character 3"},
        {"a[x]",
         "path 'a[x]': expected '[*]' or the number of an element, such as '[0]' at character 2"},
        {"a[1",
         "path 'a[1': expected '[*]' or the number of an element, such as '[0]' at character 2"},
        {"a[1]b", "path 'a[1]b': expected '.' or '[' at character 5"},
        {"a.b*", "path 'a.b*': expected a whole name, or '*' alone at character 3"},
        {"a.\"b", "path 'a.\"b': expected a name that ends with '\"' at character 3"},
        {"a.\"\"", "path 'a.\"\"': expected a name between the quotes at character 3"},
        {"a.**", "path 'a.**': expected a name behind '**' at character 5"},
        {"**.**.a", "path '**.**.a': expected something else behind '**' than '**' at character 6"},
        {"a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a",
         "path 'a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a': expected no more than 24 steps "
         "at character 50"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++) {
        Error err = {0};
        RedactPath path;
        assert_false(redact_path_read(str_of(CASES[i].text), arena, &path, &err));
        assert_int_equal(err.kind, ERROR_INPUT);
        assert_string_equal(err.text, CASES[i].error);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(names_lead_to_members),
        cmocka_unit_test(stars_lead_to_any),
        cmocka_unit_test(lists_are_gone_through),
        cmocka_unit_test(a_needle_is_a_name_that_is_still_to_come),
        cmocka_unit_test(what_is_wrong_is_told),
    };
    return cmocka_run_group_tests(tests, begin, end);
}
