#include "query/prune.h"

#include <stdio.h>
#include <string.h>

#include "lake/parquet_footer.h"
#include "support/support.h"

enum { ARENA_BYTES = 8 << 20, SCANS = 2 };

static Arena *arena;

static int begin(void **state)
{
    Error err = {0};
    (void)state;
    arena = arena_new(ARENA_BYTES, &err);
    support_ok(arena != NULL, &err);
    return 0;
}

static int end(void **state)
{
    (void)state;
    arena_free(arena);
    return 0;
}

/* A plan with one scan whose filter is *filter*. */
static void read_filter(const char *filter, PruneScan scans[SCANS])
{
    Error err = {0};
    char plan[2048];
    snprintf(plan, sizeof plan,
             "[{\"name\":\"PROJECTION\",\"children\":[{\"name\":\"READ_PARQUET\",\"children\":[],"
             "\"extra_info\":{\"Projections\":\"s1_eventid\",\"Filters\":[\"%s\"]}}],"
             "\"extra_info\":{}}]",
             filter);
    const char *copy = arena_text(arena, str_of(plan), &err);
    support_ok(copy && prune_read(str_of(copy), SCANS, arena, scans, &err), &err);
}

static void filters_are_understood_or_left_alone(void **state)
{
    static const struct {
        const char *filter, *terms;
    } CASES[] = {
        {"s1_eventsource='iam.amazonaws.com'", "eventsource = 'iam.amazonaws.com'"},
        {"s1_eventtime>='2024-01-02 03:04:05'::TIMESTAMP AND "
         "s1_eventtime<'2024-01-03 00:00:00.5'::TIMESTAMP",
         "eventtime >= '2024-01-02 03:04:05' and eventtime < '2024-01-03 00:00:00.5'"},
        {"s1_useridentity.type='Root'", "useridentity.type = 'Root'"},
        {"optional: s1_awsregion IN ('a', 'b')", "awsregion in ('a', 'b')"},
        {"optional: s1_eventsource='a' OR s1_eventsource='b'", "eventsource in ('a', 'b')"},
        {"s1_eventname='it''s AND s1_eventname=''x'", "eventname = 'it's AND s1_eventname='x'"},
        {"s1_eventname>='Put' AND s1_eventname<'Puu'", "eventname >= 'Put' and eventname < 'Puu'"},
        {"s1_eventsource='a' OR s1_eventname='b'", ""},
        {"s1_eventsource='a' AND s1_eventname='b' OR s1_eventid='c'", ""},
        {"(s1_errorcode IS NOT NULL)", "errorcode is not null"},
        {"(s1_errorcode IS NOT NULL) AND s1_eventname='a'",
         "errorcode is not null and eventname = 'a'"},
        {"(struct_extract(struct_extract(s1_useridentity, 'sessioncontext'), 'assumedroot') IS NOT "
         "NULL) AND (struct_extract(s1_derived, 'country') IS NOT NULL)",
         "useridentity.sessioncontext.assumedroot is not null and derived.country is not null"},
        {"(struct_extract(s1_derived, 'threat_lists') IS NOT NULL)",
         "derived.threat_lists.element is not null"},
        {"(s1_resources IS NOT NULL)", ""},
        {"(s1_useridentity IS NOT NULL)", ""},
        {"(s1_nothing IS NOT NULL)", ""},
        {"(s1_errorcode IS NULL)", ""},
        {"(s1_errorcode IS NOT NULL) OR s1_eventname='a'", ""},
        {"((s1_errorcode IS NOT NULL) OR s1_eventname='a')", ""},
        {"s1_readonly=true", ""},
        {"s1_eventtime>='2024-01-02'", ""},
        {"s1_eventname='open", ""},
        {"s1_nothing='x'", ""},
        {"(strftime(s1_eventtime, '%Y') >= '2024')", ""},
        {"s1_eventname='a' AND (contains(s1_eventid, ' OR s1_eventname=''b'))", "eventname = 'a'"},
        {"s1_commit_seq>5", "commit_seq > 5"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++) {
        Error err = {0};
        PruneScan scans[SCANS];
        BUF_AUTO Buf words = buf_init(4096);
        read_filter(CASES[i].filter, scans);
        support_ok(prune_write(&scans[0], &words, &err) && buf_text(&words, &err), &err);
        if (strcmp(words.ptr, CASES[i].terms) != 0)
            fail_msg("%s\n  gave '%s'", CASES[i].filter, words.ptr);
        assert_int_equal(scans[0].count, 1);
        assert_int_equal(scans[1].count, 0);
    }
}

static bool keeps(const PruneScan *scan, int64_t from, int64_t to)
{
    Error err = {0};
    bool keep = false;
    const PruneFile file = {.time_min = from, .time_max = to};
    support_ok(prune_keeps(scan, &file, &keep, &err), &err);
    return keep;
}

static void files_outside_of_the_time_are_left_closed(void **state)
{
    static const struct {
        const char *filter;
        bool before, within, behind;
    } CASES[] = {
        {"s1_eventtime>='1970-01-01 00:00:10'::TIMESTAMP", false, true, true},
        {"s1_eventtime>'1970-01-01 00:00:10'::TIMESTAMP", false, true, true},
        {"s1_eventtime<'1970-01-01 00:00:10'::TIMESTAMP", true, true, false},
        {"s1_eventtime<='1970-01-01 00:00:10'::TIMESTAMP", true, true, false},
        {"s1_eventtime='1970-01-01 00:00:10'::TIMESTAMP", false, true, false},
    };
    (void)state;
    for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++) {
        PruneScan scans[SCANS];
        read_filter(CASES[i].filter, scans);
        assert_int_equal(keeps(&scans[0], 0, 9000000), CASES[i].before);
        assert_int_equal(keeps(&scans[0], 9000000, 11000000), CASES[i].within);
        assert_int_equal(keeps(&scans[0], 11000000, 12000000), CASES[i].behind);
    }
}

static bool keeps_commit(const char *filter, int64_t added_seq)
{
    Error err = {0};
    PruneScan scans[SCANS];
    bool keep = false;
    const PruneFile file = {.added_seq = added_seq};
    read_filter(filter, scans);
    support_ok(prune_keeps(&scans[0], &file, &keep, &err), &err);
    return keep;
}

static void files_of_earlier_commits_are_left_closed(void **state)
{
    (void)state;
    assert_false(keeps_commit("s1_commit_seq>7", 6));
    assert_false(keeps_commit("s1_commit_seq>7", 7));
    assert_true(keeps_commit("s1_commit_seq>7", 8));
    assert_false(keeps_commit("s1_commit_seq>7 AND s1_commit_seq<=9", 7));
    assert_true(keeps_commit("s1_commit_seq<7", 8));
    assert_true(keeps_commit("s1_commit_seq=7", 6));
    assert_true(keeps_commit("s1_commit_seq>99999999999999999999", 6));
}

static void the_edge_belongs_to_closed_ends_only(void **state)
{
    PruneScan scans[SCANS];
    (void)state;
    read_filter("s1_eventtime>'1970-01-01 00:00:10'::TIMESTAMP", scans);
    assert_false(keeps(&scans[0], 0, 10000000));
    read_filter("s1_eventtime>='1970-01-01 00:00:10'::TIMESTAMP", scans);
    assert_true(keeps(&scans[0], 0, 10000000));
    read_filter("s1_eventtime<'1970-01-01 00:00:10'::TIMESTAMP", scans);
    assert_false(keeps(&scans[0], 10000000, 20000000));
}

static void a_scan_that_the_plan_does_not_show_keeps_all(void **state)
{
    Error err = {0};
    PruneScan scans[SCANS];
    (void)state;
    support_ok(prune_read(STR("[{\"name\":\"COLUMN_DATA_SCAN\",\"children\":[]}]"), SCANS, arena,
                          scans, &err),
               &err);
    assert_true(keeps(&scans[0], 0, 1));
}

static void a_scan_read_twice_keeps_what_either_wants(void **state)
{
    Error err = {0};
    PruneScan scans[SCANS];
    Str plan = STR("[{\"name\":\"UNION\",\"children\":["
                   "{\"name\":\"READ_PARQUET\",\"children\":[],\"extra_info\":{\"Filters\":"
                   "\"s1_eventtime<'1970-01-01 00:00:10'::TIMESTAMP\"}},"
                   "{\"name\":\"READ_PARQUET\",\"children\":[],\"extra_info\":{\"Filters\":"
                   "\"s1_eventtime>'1970-01-01 00:00:20'::TIMESTAMP\"}}]}]");
    (void)state;
    support_ok(prune_read(plan, SCANS, arena, scans, &err), &err);
    assert_int_equal(scans[0].count, 2);
    assert_true(keeps(&scans[0], 0, 5000000));
    assert_true(keeps(&scans[0], 30000000, 40000000));
    assert_false(keeps(&scans[0], 12000000, 15000000));
}

static void a_scan_that_cannot_be_told_makes_all_keep_all(void **state)
{
    Error err = {0};
    PruneScan scans[SCANS];
    Str plan = STR("[{\"name\":\"READ_PARQUET\",\"children\":[],\"extra_info\":{}},"
                   "{\"name\":\"READ_PARQUET\",\"children\":[],\"extra_info\":{\"Filters\":"
                   "\"s1_eventtime<'1970-01-01 00:00:10'::TIMESTAMP\"}}]");
    (void)state;
    support_ok(prune_read(plan, SCANS, arena, scans, &err), &err);
    assert_true(keeps(&scans[0], 30000000, 40000000));
    assert_true(keeps(&scans[1], 30000000, 40000000));
}

static void what_is_no_plan_is_an_error(void **state)
{
    Error err = {0};
    PruneScan scans[SCANS];
    (void)state;
    assert_false(prune_read(STR("no json"), SCANS, arena, scans, &err));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(filters_are_understood_or_left_alone),
        cmocka_unit_test(files_outside_of_the_time_are_left_closed),
        cmocka_unit_test(files_of_earlier_commits_are_left_closed),
        cmocka_unit_test(the_edge_belongs_to_closed_ends_only),
        cmocka_unit_test(a_scan_that_the_plan_does_not_show_keeps_all),
        cmocka_unit_test(a_scan_read_twice_keeps_what_either_wants),
        cmocka_unit_test(a_scan_that_cannot_be_told_makes_all_keep_all),
        cmocka_unit_test(what_is_no_plan_is_an_error),
    };
    return cmocka_run_group_tests(tests, begin, end);
}
