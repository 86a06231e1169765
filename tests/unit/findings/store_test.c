#include "support/support.h"

#include <stdio.h>

#include "findings/store.h"
#include "lake/lake.h"
#include "lake/signals.h"

#define HOUR_US (INT64_C(3600) * 1000000)

static int end(void **state)
{
    (void)state;
    support_folder_end();
    return 0;
}

/* A lake whose state knows two versions of a rule, 1 and 2, and another rule, 3. */
static Lake *new_lake(void)
{
    static int number;
    char folder[256];
    int64_t ids[3];
    Error err = {0};
    const SignalRule rules[] = {{STR("r1"), STR("v1"), STR("One"), STR("high"), STR("{\"v\":1}")},
                                {STR("r1"), STR("v2"), STR("One"), STR("high"), STR("{\"v\":2}")},
                                {STR("r2"), STR("v1"), STR("Two"), STR("low"), STR("{}")}};
    snprintf(folder, sizeof folder, "%s/lake%d", support_folder(), number++);
    Lake *lake = lake_open(folder, LAKE_CREATE, &err);
    support_ok(lake && signals_register(lake, rules, 3, ids, &err), &err);
    assert_int_equal(ids[2], 3);
    return lake;
}

/* A signal of *rule* at *hour*; the events are numbered by their hour. */
static void add(Lake *lake, int64_t rule, int hour, const char *principal, int64_t seq)
{
    static int64_t signals;
    char event[32];
    Error err = {0};
    snprintf(event, sizeof event, "event-%d", hour);
    const FindingSignal signal = {.rule = rule,
                                  .time_us = hour * HOUR_US,
                                  .event_id = str_of(event),
                                  .account = STR("111122223333"),
                                  .principal = str_of(principal),
                                  .object_id = 1,
                                  .record_index = hour,
                                  .signal = ++signals,
                                  .commit_seq = seq};
    support_ok(finding_add(lake->db, &signal, &err), &err);
}

/* What finding_each tells, as "rule principal first-last xCOUNT" parted by "; ". */
static bool note(void *context, const Finding *finding, Error *err)
{
    return buf_printf(context, err, "%.*s %.*s %d-%d x%d; ", STR_ARG(finding->rule_title),
                      STR_ARG(finding->principal), (int)(finding->first_us / HOUR_US),
                      (int)(finding->last_us / HOUR_US), (int)finding->count);
}

static void assert_findings(Lake *lake, const FindingQuery *query, const char *expected)
{
    Error err = {0};
    BUF_AUTO Buf text = buf_init(1 << 16);
    support_ok(finding_each(lake->db, query, note, &text, &err) && buf_text(&text, &err), &err);
    assert_string_equal(text.ptr ? text.ptr : "", expected);
}

static const FindingQuery ALL = {.until_us = INT64_MAX, .rule = {"", 0}, .principal = {"", 0}};

static int64_t ask(Lake *lake, const char *sql)
{
    Error err = {0};
    int64_t number;
    support_ok(db_get_int(lake->db, sql, -1, &number, &err), &err);
    return number;
}

static void signals_less_than_a_day_apart_are_one_finding(void **state)
{
    (void)state;
    LAKE_AUTO Lake *lake = new_lake();
    add(lake, 1, 100, "ann", 1);
    add(lake, 1, 110, "ann", 1);
    add(lake, 2, 134, "ann", 2); /* a day later to the hour, by another version */
    add(lake, 1, 159, "ann", 2); /* an hour more than a day */
    add(lake, 3, 159, "ann", 2);
    add(lake, 1, 110, "bob", 3);
    assert_findings(lake, &ALL,
                    "One ann 159-159 x1; One ann 100-134 x3; One bob 110-110 x1; "
                    "Two ann 159-159 x1; ");
}

static void questions_are_answered(void **state)
{
    (void)state;
    LAKE_AUTO Lake *lake = new_lake();
    add(lake, 1, 100, "ann", 1);
    add(lake, 3, 159, "ann", 1);
    add(lake, 1, 110, "bob", 1);
    FindingQuery query = ALL;
    query.level_min = 4;
    assert_findings(lake, &query, "One bob 110-110 x1; One ann 100-100 x1; ");
    query.principal = STR("nn");
    assert_findings(lake, &query, "One ann 100-100 x1; ");
    query = ALL;
    query.rule = STR("r2");
    assert_findings(lake, &query, "Two ann 159-159 x1; ");
    query = ALL;
    query.since_us = 110 * HOUR_US;
    query.until_us = 159 * HOUR_US;
    assert_findings(lake, &query, "One bob 110-110 x1; ");
}

/* A late signal between two episodes: one finding, known by both ids, every event once. */
static void a_late_signal_joins_two_findings(void **state)
{
    (void)state;
    Error err = {0};
    LAKE_AUTO Lake *lake = new_lake();
    Arena *arena = arena_new(1 << 20, &err);
    Finding early, late, joined;
    add(lake, 1, 140, "ann", 1);
    add(lake, 1, 141, "ann", 1);
    add(lake, 1, 100, "ann", 2);
    support_ok(
        db_exec(lake->db, "CREATE TEMP TABLE ids AS SELECT id, first_us FROM findings", &err),
        &err);
    assert_findings(lake, &ALL, "One ann 140-141 x2; One ann 100-100 x1; ");
    add(lake, 1, 120, "ann", 3);
    assert_findings(lake, &ALL, "One ann 100-141 x4; ");
    assert_int_equal(ask(lake, "SELECT count(*) FROM finding_events e JOIN findings f ON f.id = "
                               "e.finding WHERE f.superseded_by IS NULL"),
                     4);
    assert_int_equal(ask(lake, "SELECT count(*) FROM finding_events"), 4);
    /* The one that was opened first stays; both names lead to it. */
    assert_int_equal(ask(lake,
                         "SELECT ids.first_us / 3600000000 FROM ids JOIN findings f USING (id) "
                         "WHERE f.superseded_by IS NULL"),
                     140);
    BUF_AUTO Buf ids = buf_init(1 << 12);
    DbStatement *select = db_statement(lake->db, "SELECT id FROM ids ORDER BY first_us", &err);
    bool row;
    while (select && db_next(select, &row, &err) && row)
        support_ok(buf_append_str(&ids, db_text(select, 0), &err), &err);
    support_ok(finding_get(lake->db, str_slice(buf_str(&ids), 0, 32), arena, &early, &err), &err);
    support_ok(finding_get(lake->db, str_slice(buf_str(&ids), 32, 44), arena, &late, &err), &err);
    support_ok(finding_get(lake->db, early.id, arena, &joined, &err), &err);
    assert_true(str_equal(early.id, late.id) && str_equal(early.id, joined.id));
    assert_true(str_equal(joined.rule_text, STR("{\"v\":1}")));
    assert_int_equal(joined.count, 4);
    assert_false(finding_get(lake->db, STR("xyz"), arena, &joined, &err));
    assert_int_equal(err.kind, ERROR_USAGE);
    arena_free(arena);
}

static bool count_event(void *context, const FindingEvent *event, Error *err)
{
    (void)event;
    (void)err;
    ++*(int *)context;
    return true;
}

static void more_events_than_are_kept_are_counted(void **state)
{
    (void)state;
    Error err = {0};
    LAKE_AUTO Lake *lake = new_lake();
    for (int i = 0; i < FINDING_EVENTS_MAX + 50; i++)
        add(lake, 1, 100 + i, "ann", 1);
    assert_int_equal(ask(lake, "SELECT count FROM findings"), FINDING_EVENTS_MAX + 50);
    assert_int_equal(ask(lake, "SELECT count(*) FROM finding_events"), FINDING_EVENTS_MAX);
    int events = 0; /* none of these signals is in the table of signals */
    support_ok(finding_events(lake->db, STR("x"), count_event, &events, &err), &err);
    assert_int_equal(events, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(signals_less_than_a_day_apart_are_one_finding),
        cmocka_unit_test(questions_are_answered),
        cmocka_unit_test(a_late_signal_joins_two_findings),
        cmocka_unit_test(more_events_than_are_kept_are_counted),
    };
    return cmocka_run_group_tests(tests, NULL, end);
}
