/* Days of a lake to which filters are applied: what goes, what changes, and what is said of it. */
#include "support/support.h"

#include <stdio.h>

#include "base/arena.h"
#include "base/fault.h"
#include "decode/rebuild.h"
#include "lake/drops.h"
#include "lake/hold.h"
#include "lake/part.h"
#include "lake/reapply.h"
#include "support/new_lake.h"
#include "support/sample.h"
#include "verify/ledger_check.h"

enum { RECORDS = 300, PARTS = 3, ROWS_MAX = 1000, FACTOR = 3 };

static const char FILTERS[] = "name: third\ndrop: '{ $.eventName = \"a\" }'\n---\nname: hide\n"
                              "redact: {paths: userAgent, with: mask}\n";

/* What is done in place of filters: of records 0, 3, 6... the first goes, the second stands for
 * more, once. */
typedef struct Fake {
    Batch *batch;
    uint32_t from[ROWS_MAX];
    uint8_t touched[ROWS_MAX];
    uint16_t dropped_by[ROWS_MAX];
    uint64_t changed[ROWS_MAX];
    int begun, told;
} Fake;

static Lake *lake;
static ClaimTable *claims;
static Engine *engine;
static FilterSet *set;
static int64_t ids[2];
static Fake fake;

static bool begin_day(void *context, int32_t day, Error *err)
{
    (void)context;
    (void)day;
    (void)err;
    fake.begun++;
    return true;
}

static void keep_row(const Batch *read, uint32_t row, uint32_t at)
{
    bool samples = read->record_index[row] % 3 == 1 && !read->sample_factor[row];
    fake.from[at] = row;
    fake.touched[at] = samples;
    fake.changed[at] = samples; /* by "hide", the first bit of the plan */
}

static bool run_rows(void *context, const Batch *read, ReapplyRows *ret, Error *err)
{
    Fake *self = context;
    Arena *arena = arena_new(64 << 20, err);
    BUF_AUTO Buf json = buf_init(256 << 20);
    uint32_t kept = 0;
    for (uint32_t row = 0; row < read->rows; row++) {
        self->dropped_by[row] = read->record_index[row] % 3 == 0;
        if (self->dropped_by[row])
            continue;
        keep_row(read, row, kept++);
        assert_true(rebuild_record(read, row, arena, &json, err) &&
                    buf_append_byte(&json, '\n', err));
    }
    arena_free(arena);
    batch_free(self->batch);
    self->batch = sample_batch_keyed(buf_str(&json), lake->secret, 1);
    assert_int_equal(self->batch->rows, kept);
    for (uint32_t at = 0; at < kept; at++) {
        uint32_t row = self->from[at];
        self->batch->object_id[at] = read->object_id[row];
        self->batch->record_index[at] = read->record_index[row];
        self->batch->sample_factor[at] = self->touched[at] ? FACTOR : read->sample_factor[row];
        assert_int_equal(self->batch->content_hash[at], read->content_hash[row]);
    }
    *ret =
        (ReapplyRows){self->batch, self->from, self->touched, self->changed, self->dropped_by, 0};
    return true;
}

static bool tell(void *context, const ReapplyDay *day, Error *err)
{
    (void)err;
    ((Fake *)context)->told++;
    assert_true(day->tally->filters[0].dropped == day->tally->dropped || day->held);
    return true;
}

static void add_part(PartStore *store, int number)
{
    Error err = {0};
    PartResult result;
    BUF_AUTO Buf json = buf_init(64 << 20);
    QuarantineSet none = quarantine_new();
    sample_records(&json, RECORDS);
    Batch *batch = sample_batch_keyed(buf_str(&json), lake->secret, number + 1);
    for (uint32_t i = 0; i < batch->rows; i++)
        batch->identity_hash[i] += (uint64_t)number * 1000003;
    char key[16];
    snprintf(key, sizeof key, "/k%d", number);
    Receipt receipt = {.object_id = number + 1,
                       .source = STR("file"),
                       .key = str_of(key),
                       .read = RECORDS,
                       .row_end = RECORDS};
    PartInput input = {
        .batch = batch, .receipts = &receipt, .receipt_count = 1, .quarantine = &none};
    support_ok(part_commit(store, &input, &result, &err), &err);
    batch_free(batch);
}

static int begin(void **state)
{
    (void)state;
    Error err = {0};
    EngineOptions options = {.memory_bytes = 1u << 30, .threads = 1};
    lake = new_lake();
    claims = claim_table_new(lake, &err);
    engine = engine_open(&options, &err);
    set = filter_set_new(&err);
    support_ok(claims && engine && set && filter_set_add_text(set, str_of(FILTERS), "f", &err) &&
                   filter_set_finish(set, &err) && drops_register(lake, set, ids, &err),
               &err);
    PartStore *store = part_store_new(lake, claims, &err);
    for (int i = 0; i < PARTS; i++)
        add_part(store, i);
    part_store_free(store);
    fake = (Fake){.batch = NULL};
    return 0;
}

static int end(void **state)
{
    (void)state;
    batch_free(fake.batch);
    filter_set_free(set);
    engine_close(engine);
    claim_table_free(claims);
    lake_close(lake);
    support_folder_end();
    return 0;
}

static bool reapply(bool dry_run, ReapplyReport *report, Error *err)
{
    const ReapplyFilters filters = {set, ids, begin_day, run_rows, &fake};
    const ReapplyOptions options = {.lake = lake,
                                    .claims = dry_run ? NULL : claims,
                                    .engine = engine,
                                    .filters = &filters,
                                    .since_us = INT64_MIN,
                                    .until_us = INT64_MAX,
                                    .tell = tell,
                                    .context = &fake};
    return reapply_days(&options, report, err);
}

static int64_t ask(const char *sql)
{
    return new_lake_ask(lake, sql);
}

#define LIVE "FROM parts WHERE removed_seq IS NULL"

static void note_finding(void *context, LedgerFinding finding, const char *detail)
{
    (void)context;
    fail_msg("the ledger's check: %s %s", ledger_check_name(finding), detail);
}

static LedgerReport check_ledger(void)
{
    Error err = {0};
    LedgerReport report;
    const LedgerCheck check = {.lake = lake, .engine = engine, .finding = note_finding};
    support_ok(ledger_check_run(&check, &report, &err), &err);
    assert_true(ledger_check_is_clean(&report));
    return report;
}

static void what_goes_and_changes_is_counted_summed_and_said(void **state)
{
    (void)state;
    Error err = {0};
    ReapplyReport would, report;
    int64_t rows = ask("SELECT sum(rows) " LIVE), kept = ask("SELECT sum(kept) FROM objects");
    support_ok(reapply(true, &would, &err), &err);
    assert_int_equal(ask("SELECT sum(rows) " LIVE), rows);
    assert_true(would.days == 2 && would.changing == 2 && would.rows == (uint64_t)rows);
    assert_true(would.dropped == RECORDS / 3 * PARTS && would.changed == RECORDS / 3 * PARTS);
    support_ok(reapply(false, &report, &err), &err);
    assert_true(report.dropped == would.dropped && report.changed == would.changed);
    assert_true(report.removed == 2 * PARTS && report.written == 2);
    assert_int_equal(ask("SELECT sum(rows) " LIVE), rows - (int64_t)report.dropped);
    assert_int_equal(ask("SELECT sum(kept) FROM objects"), kept - (int64_t)report.dropped);
    assert_int_equal(ask("SELECT sum(kept + dropped) FROM objects"), kept);
    assert_int_equal(ask("SELECT sum(d.dropped) FROM drops d JOIN filters f ON f.id = d.filter"
                         " WHERE f.name = 'third'"),
                     (int64_t)report.dropped);
    assert_int_equal(ask("SELECT sum(redacted) FROM drops"), (int64_t)report.changed);
    LedgerReport ledger = check_ledger();
    assert_true(ledger.reapplies == 2 && ledger.reapplied_away == report.dropped &&
                ledger.reapplied == report.changed);
    support_ok(reapply(false, &report, &err), &err); /* nothing is left to do */
    assert_true(report.changing == 0 && report.removed == 0 && report.written == 0);
    assert_int_equal(ask("SELECT sum(dropped) FROM objects"), RECORDS / 3 * PARTS);
}

static void a_day_on_hold_stays(void **state)
{
    (void)state;
    Error err = {0};
    ReapplyReport report;
    int64_t day = ask("SELECT min(day) FROM parts");
    const Hold hold = {.case_name = STR("C-1"),
                       .since_us = day * INT64_C(86400000000),
                       .until_us = (day + 1) * INT64_C(86400000000)};
    support_ok(hold_add(lake, &hold, &err), &err);
    int64_t held = ask("SELECT sum(rows) " LIVE " AND day = (SELECT min(day) FROM parts)");
    support_ok(reapply(false, &report, &err), &err);
    assert_true(report.held == 1 && report.changing == 1);
    assert_int_equal(ask("SELECT sum(rows) " LIVE " AND day = (SELECT min(day) FROM parts)"), held);
    assert_int_equal(ask("SELECT day FROM held_days"), day);
    check_ledger();
}

static void rows_that_are_not_those_of_the_ledger_stay(void **state)
{
    (void)state;
    Error err = {0};
    ReapplyReport report;
    int64_t rows = ask("SELECT sum(rows) " LIVE);
    support_ok(db_exec(lake->db, "UPDATE parts SET sum = zeroblob(32)", &err), &err);
    assert_false(reapply(false, &report, &err));
    assert_int_equal(err.kind, ERROR_INPUT);
    assert_int_equal(ask("SELECT sum(rows) " LIVE), rows);
    assert_int_equal(ask("SELECT sum(dropped) FROM objects"), 0);
}

static void after_any_failed_step_a_day_is_old_or_new(void **state)
{
    (void)state;
    ReapplyReport report;
    int64_t rows = ask("SELECT sum(rows) " LIVE);
    for (uint64_t step = 1;; step += 2) {
        Error err = {0};
        fault_arm(FAULT_DURABLE, step);
        bool ok = reapply(false, &report, &err);
        fault_arm(FAULT_DURABLE, 0);
        int64_t gone = rows - ask("SELECT sum(rows) " LIVE);
        assert_int_equal(gone, ask("SELECT sum(dropped) FROM objects"));
        check_ledger();
        if (ok)
            break;
        assert_true(err.kind != ERROR_NONE);
    }
    assert_int_equal(ask("SELECT sum(dropped) FROM objects"), RECORDS / 3 * PARTS);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(what_goes_and_changes_is_counted_summed_and_said, begin,
                                        end),
        cmocka_unit_test_setup_teardown(a_day_on_hold_stays, begin, end),
        cmocka_unit_test_setup_teardown(rows_that_are_not_those_of_the_ledger_stay, begin, end),
        cmocka_unit_test_setup_teardown(after_any_failed_step_a_day_is_old_or_new, begin, end),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
