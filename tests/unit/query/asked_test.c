#include "query/asked.h"

#include <stdio.h>
#include <string.h>

#include "base/file.h"
#include "lake/part.h"
#include "support/sample.h"
#include "support/support.h"

static const char RECORDS[] =
    "{\"Records\":[{\"eventTime\":\"2026-11-26T10:00:00Z\",\"eventSource\":\"a\",\"eventName\":"
    "\"A\",\"eventID\":\"1\"}]}";

static Lake *lake;
static Arena *texts;
static Buf list;

static int begin(void **state)
{
    (void)state;
    Error err = {0};
    char folder[256];
    snprintf(folder, sizeof folder, "%s/lake", support_folder());
    lake = lake_open(folder, LAKE_CREATE, &err);
    texts = arena_new(1 << 20, &err);
    support_ok(lake && texts, &err);
    list = buf_init(1 << 20);
    return 0;
}

static int end(void **state)
{
    (void)state;
    buf_free(&list);
    arena_free(texts);
    lake_close(lake);
    support_folder_end();
    return 0;
}

static void add_a_file(void)
{
    Error err = {0};
    PartResult result;
    Batch *batch = sample_batch(str_of(RECORDS));
    ClaimTable *claims = claim_table_new(lake, &err);
    PartStore *store = part_store_new(lake, claims, &err);
    Receipt receipt = {
        .object_id = 1, .source = STR("file"), .key = STR("/k"), .read = 1, .row_end = 1};
    QuarantineSet pieces = quarantine_new();
    PartInput input = {
        .batch = batch, .receipts = &receipt, .receipt_count = 1, .quarantine = &pieces};
    support_ok(part_commit(store, &input, &result, &err), &err);
    quarantine_free(&pieces);
    part_store_free(store);
    claim_table_free(claims);
    batch_free(batch);
}

static Asked now(const char *name)
{
    Error err = {0};
    Asked asked = {.lake = lake, .name = str_of(name)};
    support_ok(asked_files(lake, &asked.files, &err), &err);
    return asked;
}

static bool found(const Asked *asked, bool *ret_many)
{
    Error err = {0};
    bool ret;
    list.len = 0;
    support_ok(asked_read(asked, texts, &list, ret_many, &ret, &err), &err);
    assert_true(ret || list.len == 0);
    return ret;
}

static void texts_of_the_same_files_are_found(void **state)
{
    (void)state;
    const Str kept[] = {STR("CreateUser"), STR(""), {"a\0b", 3}};
    const Asked asked = now("eventname"), other = now("extra");
    bool many;
    assert_false(found(&asked, &many));
    asked_write(&asked, kept, 3, false);
    assert_true(found(&asked, &many));
    assert_false(many);
    assert_int_equal(list.len, 3 * sizeof(Str));
    for (size_t i = 0; i < 3; i++)
        assert_true(str_equal(((const Str *)(void *)list.ptr)[i], kept[i]));
    assert_false(found(&other, &many));
}

static void that_they_are_many_is_kept_without_them(void **state)
{
    (void)state;
    const Str kept[] = {STR("a")};
    const Asked asked = now("eventid");
    bool many;
    asked_write(&asked, kept, 1, true);
    assert_true(found(&asked, &many));
    assert_true(many);
    assert_int_equal(list.len, 0);
}

static void texts_of_other_files_are_not_found(void **state)
{
    (void)state;
    const Str kept[] = {STR("a")};
    const Asked before = now("errorcode");
    bool many;
    asked_write(&before, kept, 1, false);
    assert_true(found(&before, &many));
    add_a_file();
    const Asked after = now("errorcode");
    assert_false(found(&after, &many));
    asked_write(&after, kept, 1, false);
    assert_true(found(&after, &many));
}

/* Every byte changed and every length cut is seen. */
static void what_is_damaged_is_not_found(void **state)
{
    (void)state;
    const Str kept[] = {STR("CreateUser"), STR("DeleteUser")};
    const Asked asked = now("eventsource");
    char path[512];
    Error err = {0};
    FileInfo info;
    BUF_AUTO Buf bytes = buf_init(1 << 20);
    bool many;
    asked_write(&asked, kept, 2, false);
    snprintf(path, sizeof path, "%s/tmp/asked/eventsource", lake->folder);
    support_ok(file_read(path, &bytes, &info, &err), &err);
    assert_true(found(&asked, &many));
    for (size_t i = 0; i < bytes.len; i++) {
        support_ok(file_replace(path, (Str){bytes.ptr, i}, &err), &err);
        assert_false(found(&asked, &many));
        bytes.ptr[i] ^= 1;
        support_ok(file_replace(path, buf_str(&bytes), &err), &err);
        assert_false(found(&asked, &many));
        bytes.ptr[i] ^= 1;
    }
    support_ok(file_replace(path, buf_str(&bytes), &err), &err);
    assert_true(found(&asked, &many));
}

static void a_folder_that_cannot_be_written_keeps_nothing(void **state)
{
    (void)state;
    const Str kept[] = {STR("a")};
    const Asked asked = now("awsregion");
    char path[512];
    Error err = {0};
    bool many;
    snprintf(path, sizeof path, "%s/tmp/asked/awsregion/in", lake->folder);
    support_ok(file_make_folders(path, &err), &err);
    asked_write(&asked, kept, 1, false);
    assert_false(found(&asked, &many));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(texts_of_the_same_files_are_found),
        cmocka_unit_test(that_they_are_many_is_kept_without_them),
        cmocka_unit_test(texts_of_other_files_are_not_found),
        cmocka_unit_test(what_is_damaged_is_not_found),
        cmocka_unit_test(a_folder_that_cannot_be_written_keeps_nothing),
    };
    return cmocka_run_group_tests(tests, begin, end);
}
