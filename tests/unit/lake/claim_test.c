#include "support/support.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>

#include "lake/claim.h"
#include "lake/commit.h"

static Lake *lake;
static ClaimTable *table;

static int begin(void **state)
{
    (void)state;
    Error err = {0};
    char path[256];
    snprintf(path, sizeof path, "%s/lake", support_folder());
    lake = lake_open(path, LAKE_CREATE, &err);
    support_ok(lake != NULL, &err);
    table = claim_table_new(lake, &err);
    support_ok(table != NULL, &err);
    return 0;
}

static int end(void **state)
{
    (void)state;
    claim_table_free(table);
    lake_close(lake);
    support_folder_end();
    return 0;
}

/* A part of the test: its rows and verdicts for one day. */
typedef struct TestPart {
    FingerprintRow rows[4];
    uint8_t verdicts[4];
    ClaimDay day;
} TestPart;

static void fill(TestPart *part, int32_t day, const uint64_t *identities, size_t count)
{
    for (size_t i = 0; i < count; i++)
        part->rows[i] = (FingerprintRow){{identities[i], 1}, (uint32_t)i};
    part->day =
        (ClaimDay){.day = day, .rows = part->rows, .verdicts = part->verdicts, .count = count};
}

static Claim *take(TestPart *part)
{
    Error err = {0};
    Claim *claim = claim_take(table, &part->day, 1, &err);
    support_ok(claim != NULL, &err);
    return claim;
}

/* Writes the part's run and commits it as part.c does. */
static void commit(Claim *claim, const TestPart *part, const char *name)
{
    Error err = {0};
    char path[LAYOUT_PATH_BYTES];
    FingerprintWriter writer = fingerprint_writer(8);
    for (size_t i = 0; i < part->day.count; i++)
        if (part->verdicts[i] != VERDICT_DUPLICATE)
            support_ok(fingerprint_write(&writer, part->rows[i].print, &err), &err);
    ClaimRun run = {
        .day = part->day.day, .offset = FINGERPRINT_HEADER_BYTES, .entries = writer.entries};
    snprintf(run.path, sizeof run.path, "%s", name);
    support_ok(layout_path(path, &err, lake->folder, "%s", name), &err);
    support_ok(fingerprint_write_file(&writer, path, &err), &err);
    buf_free(&writer.bytes);
    CommitPlan plan = {.kind = "ingest", .runs = &run, .run_count = 1};
    assert_true(claim_await_turn(claim));
    support_ok(commit_run(lake, claim, &plan, &err), &err);
    claim_end(claim, true);
}

static void what_was_committed_is_a_duplicate_also_after_reopening(void **state)
{
    (void)state;
    Error err = {0};
    TestPart one, two;
    fill(&one, 10, (uint64_t[]){5, 6}, 2);
    fill(&two, 10, (uint64_t[]){6, 7}, 2);
    Claim *claim = take(&one);
    assert_int_equal(claim_seq(claim), 1);
    assert_int_equal(one.verdicts[0] + one.verdicts[1], 2 * VERDICT_NEW);
    commit(claim, &one, "fingerprints/one.run");
    claim_table_free(table);
    table = claim_table_new(lake, &err);
    support_ok(table != NULL, &err);
    claim = take(&two);
    assert_int_equal(claim_seq(claim), 2);
    assert_int_equal(two.verdicts[0], VERDICT_DUPLICATE);
    assert_int_equal(two.verdicts[1], VERDICT_NEW);
    claim_end(claim, false);
    fill(&two, 11, (uint64_t[]){6}, 1);
    claim = take(&two);
    assert_int_equal(two.verdicts[0], VERDICT_NEW);
    claim_end(claim, false);
}

static void the_earlier_claim_wins_and_the_later_redoes_when_it_fails(void **state)
{
    (void)state;
    TestPart one, two;
    fill(&one, 20, (uint64_t[]){1, 2}, 2);
    fill(&two, 20, (uint64_t[]){2, 3}, 2);
    Claim *first = take(&one);
    Claim *second = take(&two);
    assert_int_equal(two.verdicts[0], VERDICT_DUPLICATE);
    assert_int_equal(two.verdicts[1], VERDICT_NEW);
    claim_end(first, false);
    assert_false(claim_await_turn(second));
    claim_end(second, false);
    second = take(&two);
    assert_int_equal(two.verdicts[0], VERDICT_NEW);
    assert_true(claim_await_turn(second));
    commit(second, &two, "fingerprints/two.run");
    first = take(&one);
    assert_int_equal(one.verdicts[0], VERDICT_NEW);
    assert_int_equal(one.verdicts[1], VERDICT_DUPLICATE);
    claim_end(first, false);
}

static void a_loser_commits_after_its_winner(void **state)
{
    (void)state;
    TestPart one, two;
    fill(&one, 30, (uint64_t[]){1}, 1);
    fill(&two, 30, (uint64_t[]){1, 2}, 2);
    Claim *first = take(&one);
    Claim *second = take(&two);
    commit(first, &one, "fingerprints/three.run");
    assert_true(claim_await_turn(second));
    commit(second, &two, "fingerprints/four.run");
    ClaimRun runs[4];
    assert_int_equal(claim_runs(table, 30, runs, 4), 2);
    assert_int_equal(runs[0].entries, 1);
    assert_int_equal(runs[1].entries, 1);
    assert_int_equal(claim_runs(table, 99, runs, 4), 0);
}

static void runs_can_be_replaced(void **state)
{
    (void)state;
    Error err = {0};
    ClaimRun runs[4];
    assert_int_equal(claim_runs(table, 30, runs, 4), 2);
    int64_t removed[] = {runs[0].id, runs[1].id};
    ClaimRun merged = runs[1];
    Claim *claim = claim_take(table, NULL, 0, &err);
    support_ok(claim != NULL, &err);
    CommitPlan plan = {.kind = "runs",
                       .runs = &merged,
                       .run_count = 1,
                       .removed_runs = removed,
                       .removed_run_count = 2};
    assert_true(claim_await_turn(claim));
    support_ok(commit_run(lake, claim, &plan, &err), &err);
    claim_end(claim, true);
    assert_int_equal(claim_runs(table, 30, runs, 4), 1);
    assert_true(runs[0].id == merged.id);
    assert_string_equal(runs[0].path, merged.path);
}

static void a_missing_run_is_an_error_and_leaves_no_claim(void **state)
{
    (void)state;
    Error err = {0};
    TestPart one;
    char path[LAYOUT_PATH_BYTES];
    support_ok(layout_path(path, &err, lake->folder, "fingerprints/two.run"), &err);
    support_ok(file_remove(path, &err), &err);
    fill(&one, 20, (uint64_t[]){1}, 1);
    assert_null(claim_take(table, &one.day, 1, &err));
    assert_int_equal(err.kind, ERROR_ACCESS);
    fill(&one, 21, (uint64_t[]){1}, 1);
    Claim *claim = take(&one);
    assert_true(claim_await_turn(claim));
    claim_end(claim, false);
}

static atomic_bool looked;

static void *look(void *context)
{
    Error err = {0};
    Claim *turn;
    if (!claim_lake_turn(lake, &turn, &err) || !turn)
        return context;
    atomic_store(&looked, true);
    claim_end(turn, false);
    return NULL;
}

static void who_claims_nothing_waits_for_the_turn_when_others_share_the_state(void **state)
{
    (void)state;
    Error err = {0};
    TestPart one;
    Claim *turn;
    pthread_t thread;
    void *failed;
    fill(&one, 40, (uint64_t[]){1}, 1);
    Claim *claim = take(&one);
    assert_true(claim_await_turn(claim));
    assert_int_equal(pthread_create(&thread, NULL, look, &one), 0);
    assert_false(atomic_load(&looked));
    claim_end(claim, false);
    pthread_join(thread, &failed);
    assert_true(!failed && atomic_load(&looked));
    claim_table_free(table);
    support_ok(claim_lake_turn(lake, &turn, &err), &err);
    assert_null(turn); /* nobody shares it */
    table = claim_table_new(lake, &err);
    support_ok(table != NULL, &err);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_was_committed_is_a_duplicate_also_after_reopening),
        cmocka_unit_test(the_earlier_claim_wins_and_the_later_redoes_when_it_fails),
        cmocka_unit_test(a_loser_commits_after_its_winner),
        cmocka_unit_test(runs_can_be_replaced),
        cmocka_unit_test(who_claims_nothing_waits_for_the_turn_when_others_share_the_state),
        cmocka_unit_test(a_missing_run_is_an_error_and_leaves_no_claim),
    };
    return cmocka_run_group_tests(tests, begin, end);
}
