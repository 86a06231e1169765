#include "support/support.h"

#include <stdio.h>
#include <string.h>

#include "base/fault.h"
#include "base/file.h"
#include "lake/part.h"
#include "lake/sweep.h"
#include "support/sample.h"

enum { RECORDS = 300 };

static Batch *batch;
static int lake_number;
static DropMark marks[RECORDS]; /* of all parts; none at first */
static const int64_t FILTERS[] = {21, 22, 23};

static int begin(void **state)
{
    (void)state;
    BUF_AUTO Buf json = buf_init(16 << 20);
    sample_records(&json, RECORDS);
    batch = sample_batch(buf_str(&json));
    return 0;
}

static int end(void **state)
{
    (void)state;
    batch_free(batch);
    support_folder_end();
    return 0;
}

/* A lake with its claim table and one worker's store. */
typedef struct Fixture {
    Lake *lake;
    ClaimTable *claims;
    PartStore *store;
} Fixture;

static void open_fixture(Fixture *fixture, const char *folder)
{
    Error err = {0};
    fixture->lake = lake_open(folder, LAKE_CREATE, &err);
    support_ok(fixture->lake != NULL, &err);
    fixture->claims = claim_table_new(fixture->lake, &err);
    support_ok(fixture->claims != NULL, &err);
    fixture->store = part_store_new(fixture->lake, fixture->claims, &err);
    support_ok(fixture->store != NULL, &err);
}

static void close_fixture(Fixture *fixture)
{
    part_store_free(fixture->store);
    claim_table_free(fixture->claims);
    lake_close(fixture->lake);
}

static const char *new_folder(void)
{
    static char folder[256];
    snprintf(folder, sizeof folder, "%s/lake%d", support_folder(), lake_number++);
    return folder;
}

/* Commits the sample batch as the object *key* with one quarantined piece. */
static bool commit(Fixture *fixture, int64_t object_id, const char *key, PartResult *result,
                   Error *err)
{
    Receipt receipt = {.object_id = object_id,
                       .source = STR("file"),
                       .key = str_of(key),
                       .etag = "e",
                       .read = RECORDS + 1,
                       .quarantined = 1,
                       .row_end = RECORDS};
    QuarantinePiece piece = {.object_id = object_id, .bytes = 3, .reason = "test"};
    QuarantineSet pieces = quarantine_new();
    const SignalHit hits[] = {{.row = 0, .rule = 7, .shown = true},
                              {.row = 0, .rule = 8, .shown = true},
                              {.row = RECORDS - 1, .rule = 7, .shown = true, .packed = true}};
    PartInput input = {.batch = batch,
                       .receipts = &receipt,
                       .receipt_count = 1,
                       .quarantine = &pieces,
                       .signals = {hits, 3},
                       .drops = {marks, FILTERS, 3, NULL, NULL}};
    bool ok = quarantine_add(&pieces, &piece, STR("bad"), err) &&
              part_commit(fixture->store, &input, result, err);
    quarantine_free(&pieces);
    if (ok)
        assert_int_equal(receipt.kept + receipt.duplicate + receipt.dropped, RECORDS);
    return ok;
}

static int64_t ask(Lake *lake, const char *sql)
{
    Error err = {0};
    int64_t number;
    support_ok(db_get_int(lake->db, sql, -1, &number, &err), &err);
    return number;
}

/* What must hold after anything: see docs/formats/commit.md. */
static void check_invariants(Lake *lake)
{
    Error err = {0};
    SweepReport sweep;
    assert_int_equal(
        ask(lake, "SELECT coalesce(sum(rows), 0) FROM parts WHERE removed_seq IS NULL"),
        ask(lake, "SELECT coalesce(sum(kept), 0) FROM objects"));
    assert_int_equal(
        ask(lake,
            "SELECT count(*) FROM objects WHERE read <> kept + duplicate + dropped + quarantined"),
        0);
    assert_int_equal(ask(lake, "SELECT coalesce(sum(entries), 0) FROM runs"),
                     ask(lake, "SELECT coalesce(sum(kept + dropped), 0) FROM objects"));
    assert_int_equal(ask(lake, "SELECT coalesce(sum(dropped), 0) FROM drops"),
                     ask(lake, "SELECT coalesce(sum(dropped), 0) FROM objects"));
    /* Three signals of an object whose records were all kept; two of the first record. */
    assert_int_equal(ask(lake, "SELECT count(*) FROM signals"),
                     ask(lake,
                         "SELECT coalesce(sum(CASE WHEN kept + dropped = 300 THEN 3 WHEN kept > 0 "
                         "THEN 2 END), 0) FROM objects"));
    support_ok(sweep_lake(lake, true, &sweep, &err), &err);
    assert_int_equal(sweep.missing, 0);
}

static void a_part_is_visible_with_its_receipt_and_its_second_coming_is_not_stored(void **state)
{
    (void)state;
    Error err = {0};
    Fixture fixture;
    PartResult result;
    BUF_AUTO Buf piece = buf_init(QUARANTINE_PIECE_MAX);
    open_fixture(&fixture, new_folder());
    support_ok(commit(&fixture, 1, "/a", &result, &err), &err);
    assert_int_equal(result.kept, RECORDS);
    assert_int_equal(result.files, 2);
    assert_int_equal(result.signals, 3);
    assert_int_equal(result.commit_seq, 1);
    support_ok(commit(&fixture, 2, "/b", &result, &err), &err);
    assert_int_equal(result.duplicate, RECORDS);
    assert_int_equal(result.signals, 0);
    assert_int_equal(result.files, 0);
    assert_int_equal(ask(fixture.lake, "SELECT count(*) FROM parts"), 2);
    support_ok(quarantine_read(fixture.lake, 2, &piece, &err), &err);
    assert_true(str_equal(buf_str(&piece), STR("bad")));
    assert_false(quarantine_read(fixture.lake, 99, &piece, &err));
    check_invariants(fixture.lake);
    close_fixture(&fixture);
}

static void other_content_of_the_same_event_is_kept_as_a_conflict(void **state)
{
    (void)state;
    Error err = {0};
    Fixture fixture;
    PartResult result;
    open_fixture(&fixture, new_folder());
    support_ok(commit(&fixture, 1, "/a", &result, &err), &err);
    for (int i = 0; i < 5; i++)
        batch->content_hash[i]++;
    support_ok(commit(&fixture, 2, "/b", &result, &err), &err);
    for (int i = 0; i < 5; i++)
        batch->content_hash[i]--;
    assert_int_equal(result.kept, 5);
    assert_int_equal(result.conflicting, 5);
    assert_int_equal(ask(fixture.lake, "SELECT conflicting FROM objects WHERE id = 2"), 5);
    check_invariants(fixture.lake);
    close_fixture(&fixture);
}

/* Records that filters drop are not stored, and are known when they come again. */
static void dropped_records_are_counted_and_come_in_once(void **state)
{
    (void)state;
    Error err = {0};
    Fixture fixture;
    PartResult result;
    open_fixture(&fixture, new_folder());
    for (int i = 10; i < 30; i++)
        marks[i] = (DropMark){.filter = i < 25 ? 1 : 3, .dropped = true};
    marks[0] = marks[40] = (DropMark){.filter = 2};
    support_ok(commit(&fixture, 1, "/a", &result, &err), &err);
    assert_int_equal(result.kept, RECORDS - 20);
    assert_int_equal(result.dropped, 20);
    assert_int_equal(ask(fixture.lake, "SELECT dropped FROM objects"), 20);
    assert_int_equal(ask(fixture.lake, "SELECT dropped FROM drops WHERE filter = 21"), 15);
    assert_int_equal(ask(fixture.lake, "SELECT spared FROM drops WHERE filter = 22"), 2);
    assert_int_equal(ask(fixture.lake, "SELECT dropped + spared FROM drops WHERE filter = 23"), 5);
    assert_int_equal(ask(fixture.lake, "SELECT first_us <= last_us FROM drops WHERE filter = 21"),
                     1);
    support_ok(commit(&fixture, 2, "/b", &result, &err), &err);
    assert_int_equal(result.duplicate, RECORDS);
    assert_int_equal(result.dropped, 0);
    memset(marks, 0, sizeof marks); /* another set of filters */
    support_ok(commit(&fixture, 3, "/c", &result, &err), &err);
    assert_int_equal(result.duplicate, RECORDS);
    assert_int_equal(ask(fixture.lake, "SELECT count(*) FROM drops"), 3);
    check_invariants(fixture.lake);
    close_fixture(&fixture);
}

/* Signals of dropped records count: rules have seen them. */
static void all_of_a_part_may_be_dropped(void **state)
{
    (void)state;
    Error err = {0};
    Fixture fixture;
    PartResult result;
    open_fixture(&fixture, new_folder());
    for (int i = 0; i < RECORDS; i++)
        marks[i] = (DropMark){.filter = 1, .dropped = true};
    support_ok(commit(&fixture, 1, "/a", &result, &err), &err);
    memset(marks, 0, sizeof marks);
    assert_int_equal(result.dropped, RECORDS);
    assert_int_equal(result.files, 0);
    assert_int_equal(result.signals, 3);
    assert_int_equal(ask(fixture.lake, "SELECT count(*) FROM parts"), 0);
    assert_int_equal(ask(fixture.lake, "SELECT sum(entries) FROM runs"), RECORDS);
    assert_int_equal(ask(fixture.lake, "SELECT count(*) FROM signals"), 3);
    close_fixture(&fixture);
}

/* Each durable step fails in turn; afterwards the part is wholly in or not at all, and a second
 * try brings each record in once. */
static void a_failed_step_leaves_all_or_nothing(void **state)
{
    (void)state;
    Error err = {0};
    Fixture fixture;
    PartResult result;
    open_fixture(&fixture, new_folder());
    fault_arm(FAULT_DURABLE, 0);
    support_ok(commit(&fixture, 1, "/a", &result, &err), &err);
    uint64_t steps = fault_count(FAULT_DURABLE);
    close_fixture(&fixture);
    assert_true(steps > 20);
    for (uint64_t step = 1; step <= steps; step++) {
        const char *folder = new_folder();
        open_fixture(&fixture, folder);
        fault_arm(FAULT_DURABLE, step);
        bool ok = commit(&fixture, 1, "/a", &result, &err);
        fault_arm(FAULT_DURABLE, 0);
        if (ok)
            fail_msg("step %d failed unnoticed", (int)step);
        close_fixture(&fixture);
        open_fixture(&fixture, folder);
        check_invariants(fixture.lake);
        int64_t rows = ask(fixture.lake, "SELECT coalesce(sum(rows), 0) FROM parts");
        assert_true(rows == 0 || rows == RECORDS);
        support_ok(commit(&fixture, 2, "/a", &result, &err), &err);
        assert_int_equal(ask(fixture.lake, "SELECT sum(rows) FROM parts"), RECORDS);
        check_invariants(fixture.lake);
        close_fixture(&fixture);
        support_ok(file_remove_tree(folder, &err), &err);
    }
}

/* Every allocation fails in turn: an error, no crash, no leak (the sanitizer looks), and the lake
 * stays whole. */
static void a_failed_allocation_is_an_error(void **state)
{
    (void)state;
    Error err = {0};
    Fixture fixture;
    PartResult result;
    const char *folder = new_folder();
    open_fixture(&fixture, folder);
    fault_arm(FAULT_ALLOC, 0);
    support_ok(commit(&fixture, 1, "/a", &result, &err), &err);
    uint64_t steps = fault_count(FAULT_ALLOC);
    for (uint64_t step = 1; step <= steps; step++) {
        error_clear(&err);
        fault_arm(FAULT_ALLOC, step);
        bool ok = commit(&fixture, (int64_t)step + 1, "/b", &result, &err);
        fault_arm(FAULT_ALLOC, 0);
        assert_true(ok || err.kind == ERROR_LIMIT);
    }
    check_invariants(fixture.lake);
    close_fixture(&fixture);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_part_is_visible_with_its_receipt_and_its_second_coming_is_not_stored),
        cmocka_unit_test(other_content_of_the_same_event_is_kept_as_a_conflict),
        cmocka_unit_test(dropped_records_are_counted_and_come_in_once),
        cmocka_unit_test(all_of_a_part_may_be_dropped),
        cmocka_unit_test(a_failed_step_leaves_all_or_nothing),
        cmocka_unit_test(a_failed_allocation_is_an_error),
    };
    return cmocka_run_group_tests(tests, begin, end);
}
