#include "support/support.h"

#include <stdio.h>

#include "lake/receipt.h"

static Lake *lake;

static int begin(void **state)
{
    (void)state;
    Error err = {0};
    char path[256];
    snprintf(path, sizeof path, "%s/lake", support_folder());
    lake = lake_open(path, LAKE_CREATE, &err);
    support_ok(lake != NULL, &err);
    return 0;
}

static int end(void **state)
{
    (void)state;
    lake_close(lake);
    support_folder_end();
    return 0;
}

static ReceiptMatch find(const char *key, const char *etag)
{
    Error err = {0};
    ReceiptMatch match;
    support_ok(receipt_find(lake, STR("file"), str_of(key), str_of(etag), &match, &err), &err);
    return match;
}

static void insert(int64_t id, const char *etag, ReceiptState state)
{
    Error err = {0};
    Receipt receipt = {.object_id = id,
                       .source = STR("file"),
                       .key = STR("/a"),
                       .state = state,
                       .read = 5,
                       .kept = 5};
    snprintf(receipt.etag, sizeof receipt.etag, "%s", etag);
    support_ok(receipt_insert(lake, &receipt, 1, 1, &err), &err);
}

static int64_t ask(const char *sql)
{
    Error err = {0};
    int64_t number;
    support_ok(db_get_int(lake->db, sql, -1, &number, &err), &err);
    return number;
}

static void an_object_is_known_by_its_etag(void **state)
{
    (void)state;
    assert_int_equal(find("/a", "1"), RECEIPT_MISSING);
    insert(1, "1", RECEIPT_INGESTED);
    assert_int_equal(find("/a", "1"), RECEIPT_SAME);
    assert_int_equal(find("/a", "2"), RECEIPT_CHANGED);
    assert_int_equal(find("/b", "1"), RECEIPT_MISSING);
}

static void a_newer_copy_supersedes_the_older_and_its_pieces(void **state)
{
    (void)state;
    Error err = {0};
    int64_t next;
    support_ok(db_exec(lake->db,
                       "INSERT INTO quarantine (object_id, offset, bytes, reason, stored, path,"
                       " path_offset, path_bytes, commit_seq, at_us)"
                       " VALUES (1, 0, 0, 'r', 0, 'p', 0, 0, 1, 1)",
                       &err),
               &err);
    insert(2, "2", RECEIPT_INGESTED);
    assert_int_equal(find("/a", "2"), RECEIPT_SAME);
    assert_int_equal(ask("SELECT superseded_by FROM objects WHERE id = 1"), 2);
    assert_int_equal(ask("SELECT count(*) FROM quarantine WHERE resolved_seq IS NULL"), 0);
    support_ok(receipt_next_id(lake, &next, &err), &err);
    assert_int_equal(next, 3);
}

static void a_partial_receipt_is_replaced_by_its_last(void **state)
{
    (void)state;
    insert(3, "3", RECEIPT_PARTIAL);
    assert_int_equal(find("/a", "3"), RECEIPT_CHANGED);
    insert(3, "3", RECEIPT_INGESTED);
    assert_int_equal(find("/a", "3"), RECEIPT_SAME);
    assert_int_equal(ask("SELECT count(*) FROM objects WHERE superseded_by IS NULL"), 1);
    assert_int_equal(ask("SELECT count(*) FROM objects"), 3);
}

static void states_and_kinds_have_words(void **state)
{
    (void)state;
    assert_string_equal(receipt_state_name(RECEIPT_INCOMPLETE), "incomplete");
    assert_string_equal(receipt_kind_name(OBJECT_DIGEST), "digest");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_object_is_known_by_its_etag),
        cmocka_unit_test(a_newer_copy_supersedes_the_older_and_its_pieces),
        cmocka_unit_test(a_partial_receipt_is_replaced_by_its_last),
        cmocka_unit_test(states_and_kinds_have_words),
    };
    return cmocka_run_group_tests(tests, begin, end);
}
