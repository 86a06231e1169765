/* Searches as trees: what they mean, and what is refused where. */
#include "search/search_parse.h"

#include <stdio.h>
#include <string.h>

#include "support/support.h"
#include "support/text_cases.h"

enum { TEXT_BYTES_MAX = 16 << 20 };

static const char *const TESTS[] = {
    [SEARCH_EXISTS] = "exists", [SEARCH_EQUAL] = "is",     [SEARCH_GLOB] = "like",
    [SEARCH_REGEX] = "fits",    [SEARCH_RANGE] = "within", [SEARCH_NETWORK] = "of"};

static bool put(Buf *out, const char *text)
{
    Error err = {0};
    return buf_append_str(out, str_of(text), &err);
}

static void put_bound(const SearchBound *bound, const char *open, const char *half, Buf *out)
{
    Error err = {0};
    support_ok(put(out, bound->included ? open : half) &&
                   buf_append_str(out, bound->there ? bound->text : STR("*"), &err),
               &err);
}

static void put_test(const SearchNode *node, Buf *out)
{
    static const char *const WHERE[] = {"words", "*"};
    Error err = {0};
    Str where = node->where == SEARCH_FIELD ? node->field : str_of(WHERE[node->where]);
    const SearchTest *test = &node->test;
    bool ok = buf_append_str(out, where, &err) && put(out, " ") && put(out, TESTS[test->kind]);
    if (ok && test->kind == SEARCH_RANGE) {
        put_bound(&test->low, " [", " {", out);
        put_bound(&test->high, "] ", "} ", out);
    } else if (ok && test->kind != SEARCH_EXISTS) {
        ok = put(out, " '") && buf_append_str(out, test->text, &err) && put(out, "'");
    }
    support_ok(ok, &err);
}

static void put_tree(const SearchNode *node, Buf *out)
{
    static const char *const WORDS[] = {
        [SEARCH_AND] = "and", [SEARCH_OR] = "or", [SEARCH_NOT] = "not"};
    Error err = {0};
    if (node->kind == SEARCH_TEST) {
        put_test(node, out);
        return;
    }
    if (node->kind == SEARCH_ALL) {
        put(out, "all");
        return;
    }
    bool ok = node->kind == SEARCH_WITHIN ? buf_append_str(out, node->field, &err)
                                          : put(out, WORDS[node->kind]);
    put(out, node->kind == SEARCH_WITHIN ? "{" : "(");
    for (const SearchNode *child = node->first; ok && child; child = child->next) {
        put_tree(child, out);
        if (child->next)
            put(out, ", ");
    }
    support_ok(ok && put(out, node->kind == SEARCH_WITHIN ? "}" : ")"), &err);
}

static void show(Str text, char verdict, Buf *out)
{
    Error err = {0};
    Place culprit;
    (void)verdict;
    Arena *arena = arena_new(TEXT_BYTES_MAX, &err);
    support_ok(arena != NULL, &err);
    const SearchNode *root = search_parse(text, arena, &culprit, &err);
    if (root) {
        put_tree(root, out);
    } else {
        assert_int_equal(err.kind, ERROR_USAGE);
        put(out, err.text);
    }
    arena_free(arena);
}

static void searches_mean_this(void **state)
{
    (void)state;
    assert_text_cases("unit/search/search_parse.txt", 60, show);
}

static void depth_and_size_are_bounded(void **state)
{
    (void)state;
    BUF_AUTO Buf text = buf_init(TEXT_BYTES_MAX);
    BUF_AUTO Buf out = buf_init(TEXT_BYTES_MAX);
    for (int i = 0; i < 200; i++)
        put(&text, "(");
    show(buf_str(&text), '!', &out);
    assert_non_null(strstr(buf_text(&out, &(Error){0}), "groups within each other"));
    text.len = out.len = 0;
    for (int i = 0; i < SEARCH_NODES_MAX + 1; i++)
        put(&text, "a ");
    show(buf_str(&text), '!', &out);
    assert_non_null(strstr(buf_text(&out, &(Error){0}), "more than 2000 terms"));
    text.len = out.len = 0;
    for (int i = 0; i < SEARCH_BYTES_MAX / 4 + 1; i++)
        put(&text, "abcd");
    show(buf_str(&text), '!', &out);
    assert_non_null(strstr(buf_text(&out, &(Error){0}), "at most 65536 bytes"));
}

static void a_search_is_text(void **state)
{
    Error err = {0};
    Place culprit;
    (void)state;
    Arena *arena = arena_new(TEXT_BYTES_MAX, &err);
    assert_null(search_parse(STR("a\0b"), arena, &culprit, &err));
    assert_string_equal(err.text, "byte 2 of the search is no UTF-8");
    error_clear(&err);
    assert_null(search_parse(STR("a\xff"), arena, &culprit, &err));
    error_clear(&err);
    assert_null(search_parse(STR("  \t "), arena, &culprit, &err));
    assert_string_equal(err.text, "nothing is searched for; '*' finds all events");
    arena_free(arena);
}

static void errors_point_at_the_culprit(void **state)
{
    Error err = {0};
    Place culprit;
    (void)state;
    Arena *arena = arena_new(TEXT_BYTES_MAX, &err);
    assert_null(search_parse(STR("eventName:foo~2 b"), arena, &culprit, &err));
    assert_int_equal(culprit.at, 13);
    assert_int_equal(culprit.end, 14);
    arena_free(arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(searches_mean_this),
        cmocka_unit_test(depth_and_size_are_bounded),
        cmocka_unit_test(a_search_is_text),
        cmocka_unit_test(errors_point_at_the_culprit),
    };
    return cmocka_run_group_tests_name("search_parse", tests, NULL, NULL);
}
