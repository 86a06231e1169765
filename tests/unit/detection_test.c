/* Rules tried by a part worker: what a part does when it holds too many matches. */
#include "support/support.h"

#include <stdio.h>

#include "base/config.h"
#include "base/file.h"
#include "detection.h"
#include "pipeline.h"
#include "support/new_lake.h"

enum { RECORDS = 250, HITS_MAX = 40, AGENTS = 5 };

static const char RULES[] =
    "title: Any\nid: 5d1b8f5e-0c5f-4f0e-8f5a-0f2f2f0e8a01\nlogsource: {product: aws, service: "
    "cloudtrail}\ndetection: {s: {eventName: N}, condition: s}\nlevel: low\n---\n"
    "title: Step\nname: step\nlogsource: {product: aws, service: cloudtrail}\n"
    "detection: {s: {eventName: N}, condition: s}\nlevel: informational\n---\n"
    "title: Many\nlevel: high\ncorrelation: {type: event_count, rules: [step], group-by: "
    "[userAgent], timespan: 1h, condition: {gte: 2}}\n";

static int end(void **state)
{
    (void)state;
    support_folder_end();
    return 0;
}

/* A log of RECORDS events, each with a text of *pad_bytes* that correlations look at, *agents*
 * different ones. */
static ObjectList *write_log(int pad_bytes, int agents)
{
    Error err = {0};
    BUF_AUTO Buf text = buf_init(64 << 20);
    bool ok = buf_printf(&text, &err, "{\"Records\":[");
    for (int i = 0; ok && i < RECORDS; i++)
        ok = buf_printf(&text, &err,
                        "%s{\"eventTime\":\"2026-11-02T10:00:00Z\",\"eventID\":\"e%d\","
                        "\"eventName\":\"N\",\"eventSource\":\"s\",\"userAgent\":\"%0*d\"}",
                        i ? "," : "", i, pad_bytes, i % agents);
    ok = ok && buf_printf(&text, &err, "]}");
    char path[1024];
    snprintf(path, sizeof path, "%s/log-%d.json", support_folder(), pad_bytes);
    ok = ok && file_replace(path, buf_str(&text), &err);
    ObjectList *list = object_list_new(&err);
    support_ok(ok && list && object_list_add(list, path, text.len, 0, &err), &err);
    return list;
}

/* What an ingest of the test is told, and what it tells of correlations. */
typedef struct Run {
    int pad_bytes;
    size_t hits_max;     /* 0: as always */
    int64_t evaluate_us; /* 0: at the end alone */
    int agents;          /* 0: another one in each record */
    WatchReport watched;
} Run;

static void run(Lake *lake, Run *wanted, IngestReport *ret)
{
    Error err = {0};
    RuleSet *set = ruleset_new(NULL, &err);
    support_ok(set && ruleset_add_text(set, STR(RULES), "r.yml", &err) && ruleset_finish(set, &err),
               &err);
    Config *config = config_new(&err);
    Derive *derive = config ? derive_open(config, &err) : NULL;
    Tried *tried =
        derive ? tried_new(&(TriedPieces){.rules = set, .derive = derive}, false, &err) : NULL;
    support_ok(tried && tried_tie(tried, lake, &err), &err);
    assert_int_equal(detection_count(set), 2);
    if (wanted->hits_max)
        detection_rules_limit(tried_detection(tried), wanted->hits_max);
    TriedHolder *holder = tried_holder_new(tried, lake, &err);
    support_ok(holder != NULL, &err);
    ObjectList *list = write_log(wanted->pad_bytes, wanted->agents ? wanted->agents : RECORDS);
    const IngestOptions options = {.lake = lake,
                                   .listed = list,
                                   .tried = holder,
                                   .jobs = 1,
                                   .part_rows = 100000,
                                   .publish_us = INT64_MAX,
                                   .evaluate_us =
                                       wanted->evaluate_us ? wanted->evaluate_us : INT64_MAX};
    support_ok(pipeline_ingest(&options, ret, &err), &err);
    wanted->watched = tried_holder_report(holder);
    object_list_free(list);
    tried_holder_free(holder);
    derive_release(derive);
    config_free(config);
    ruleset_free(set);
}

static void assert_complete(Lake *lake, const IngestReport *report)
{
    assert_int_equal(report->records_kept, RECORDS);
    assert_int_equal(report->signals, RECORDS);
    assert_int_equal(report->signals_packed, RECORDS);
    assert_int_equal(report->ingested, 1);
    assert_int_equal(new_lake_ask(lake, "SELECT count(*) FROM objects WHERE state = 'ingested'"),
                     1);
    assert_int_equal(new_lake_ask(lake, "SELECT count(DISTINCT eventid) FROM signals"), RECORDS);
    assert_int_equal(new_lake_ask(lake, "SELECT sum(rows) FROM signal_packs"), RECORDS);
    assert_int_equal(new_lake_ask(lake, "SELECT sum(rows) FROM parts"), RECORDS);
}

static void a_part_with_too_many_matches_ends_within_its_object(void **state)
{
    (void)state;
    IngestReport report;
    LAKE_AUTO Lake *lake = new_lake();
    run(lake, &(Run){.pad_bytes = 1, .hits_max = HITS_MAX}, &report);
    assert_complete(lake, &report);
    /* two rules match each record: 20 records a part */
    assert_int_equal(report.parts, RECORDS / (HITS_MAX / 2) + 1);
    LAKE_AUTO Lake *other = new_lake();
    run(other, &(Run){.pad_bytes = 1}, &report);
    assert_complete(other, &report);
    assert_int_equal(report.parts, 1);
}

/* Texts that correlations look at are cut: the record's own stays whole. */
static void long_texts_are_told_apart_and_cut(void **state)
{
    (void)state;
    IngestReport report;
    LAKE_AUTO Lake *lake = new_lake();
    run(lake, &(Run){.pad_bytes = 50000}, &report);
    assert_complete(lake, &report);
    assert_in_range(new_lake_ask(lake, "SELECT sum(length(bytes)) FROM signal_packs"), 1000,
                    RECORDS * 200);
}

/* Correlations are asked while an ingest goes on, as often as they are due, and at its end. */
static void correlations_are_evaluated_as_often_as_they_are_due(void **state)
{
    (void)state;
    IngestReport report;
    Run often = {.pad_bytes = 2, .hits_max = HITS_MAX, .evaluate_us = 1, .agents = AGENTS};
    Run once = {.pad_bytes = 2, .hits_max = HITS_MAX, .agents = AGENTS};
    LAKE_AUTO Lake *lake = new_lake();
    run(lake, &often, &report);
    assert_complete(lake, &report);
    assert_in_range(often.watched.evaluations, 2, report.parts);
    LAKE_AUTO Lake *other = new_lake();
    run(other, &once, &report);
    assert_int_equal(once.watched.evaluations, 1);
    static const char *const ASKED[] = {
        "SELECT count(*) FROM findings WHERE group_by IS NOT NULL",
        "SELECT sum(count) FROM findings WHERE group_by IS NOT NULL",
        "SELECT sum(value) FROM findings WHERE group_by IS NOT NULL"};
    for (size_t i = 0; i < sizeof ASKED / sizeof *ASKED; i++)
        assert_int_equal(new_lake_ask(lake, ASKED[i]), new_lake_ask(other, ASKED[i]));
    assert_int_equal(new_lake_ask(lake, ASKED[0]), AGENTS);
    assert_int_equal(new_lake_ask(lake, ASKED[2]), RECORDS);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_part_with_too_many_matches_ends_within_its_object),
        cmocka_unit_test(correlations_are_evaluated_as_often_as_they_are_due),
        cmocka_unit_test(long_texts_are_told_apart_and_cut),
    };
    return cmocka_run_group_tests(tests, NULL, end);
}
