#include "detect/tree_memo.h"

#include <stdio.h>

#include "support/support.h"

enum { TEXT_BYTES_MAX = 16384 };

static void a_text_that_comes_again_is_read_once(void **state)
{
    Error err = {0};
    char text[] = "{\"type\":\"Root\"}";
    (void)state;
    TreeMemo *memo = tree_memo_new(&err);
    support_ok(memo != NULL, &err);
    const Json *first = tree_memo_read(memo, 0, str_of(text));
    assert_non_null(first);
    memset(text, 'x', sizeof text - 1);
    assert_true(str_equal(json_member(first, STR("type"))->text, STR("Root")));
    assert_ptr_equal(tree_memo_read(memo, 0, STR("{\"type\":\"Root\"}")), first);
    tree_memo_settle(memo);
    assert_ptr_equal(tree_memo_read(memo, 0, STR("{\"type\":\"Root\"}")), first);
    assert_ptr_not_equal(tree_memo_read(memo, 0, STR("{\"type\":\"root\"}")), first);
    tree_memo_free(memo);
    tree_memo_free(NULL);
}

static void a_numbered_text_is_looked_up_by_its_number(void **state)
{
    Error err = {0};
    (void)state;
    TreeMemo *memo = tree_memo_new(&err);
    const Json *first = tree_memo_read(memo, 7, STR("{\"a\":1}"));
    assert_ptr_equal(tree_memo_read(memo, 7, STR("never looked at")), first);
    const Json *second = tree_memo_read(memo, 7 + RECORD_IDENTITIES, STR("{\"a\":2}"));
    assert_true(str_equal(json_member(second, STR("a"))->text, STR("2")));
    assert_ptr_equal(tree_memo_read(memo, 7, STR("{\"a\":1}")), first);
    tree_memo_free(memo);
}

static void what_is_no_json_or_too_long_has_no_tree(void **state)
{
    static char wide[TEXT_BYTES_MAX + 1];
    Error err = {0};
    (void)state;
    TreeMemo *memo = tree_memo_new(&err);
    assert_null(tree_memo_read(memo, 0, STR("")));
    assert_null(tree_memo_read(memo, 0, STR("{")));
    assert_null(tree_memo_read(memo, 0, STR("{\"a\":1} x")));
    memset(wide, ' ', sizeof wide);
    wide[0] = '1';
    assert_non_null(tree_memo_read(memo, 0, (Str){wide, sizeof wide - 1}));
    assert_null(tree_memo_read(memo, 0, (Str){wide, sizeof wide}));
    assert_non_null(tree_memo_read(memo, 0, STR("{\"a\":1,\"a\":2}")));
    tree_memo_free(memo);
}

static void texts_beyond_its_places_and_memory_are_read_all_the_same(void **state)
{
    static char text[TEXT_BYTES_MAX];
    Error err = {0};
    (void)state;
    TreeMemo *memo = tree_memo_new(&err);
    memset(text, ' ', sizeof text);
    for (int i = 0; i < 5000; i++) {
        char digits[16];
        size_t len = (size_t)snprintf(digits, sizeof digits, "%d", i);
        memcpy(text, digits, len);
        const Json *tree = tree_memo_read(memo, 0, (Str){text, sizeof text});
        assert_non_null(tree);
        assert_true(str_equal(tree->text, (Str){digits, len}));
        tree_memo_settle(memo);
    }
    tree_memo_free(memo);
}

static void without_settling_memory_ends_and_nothing_else(void **state)
{
    static char text[TEXT_BYTES_MAX];
    Error err = {0};
    int read = 0;
    (void)state;
    TreeMemo *memo = tree_memo_new(&err);
    memset(text, ' ', sizeof text);
    for (int i = 0; i < 5000; i++) {
        snprintf(text, 16, "%d", i);
        text[strlen(text)] = ' ';
        read += tree_memo_read(memo, 0, (Str){text, sizeof text}) != NULL;
    }
    assert_true(read > 1000 && read < 5000);
    tree_memo_settle(memo);
    assert_non_null(tree_memo_read(memo, 0, (Str){text, sizeof text}));
    tree_memo_free(memo);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_text_that_comes_again_is_read_once),
        cmocka_unit_test(a_numbered_text_is_looked_up_by_its_number),
        cmocka_unit_test(what_is_no_json_or_too_long_has_no_tree),
        cmocka_unit_test(texts_beyond_its_places_and_memory_are_read_all_the_same),
        cmocka_unit_test(without_settling_memory_ends_and_nothing_else),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
