#include "query/carried.h"

#include <stdio.h>

#include "lake/part.h"
#include "support/sample.h"
#include "support/support.h"

static const int64_t LONG_US = INT64_C(600000000);

static const char RECORDS[] =
    "{\"Records\":["
    "{\"eventTime\":\"2026-11-26T10:00:00Z\",\"eventSource\":\"a\",\"eventName\":\"A\","
    "\"eventID\":\"1\",\"userIdentity\":{\"type\":\"Role\",\"arn\":\"x\",\"new\":{\"deep\":1},"
    "\"sessionContext\":{\"webIdFederationData\":{\"attributes\":{\"sub\":\"s\"}}}},"
    "\"requestParameters\":{\"a\":{\"b.c\":[[{\"d\":null}]]},\"n\":1,\"quo\\\"te\":{\"e\":1}},"
    "\"responseElements\":null,\"resources\":[{\"ARN\":\"r\"}],\"fresh\":{\"x\":2},"
    "\"dotted.name\":3},"
    "{\"eventTime\":\"2026-11-27T10:00:00Z\",\"eventSource\":\"b\",\"eventName\":\"B\","
    "\"eventID\":\"2\",\"errorCode\":\"Denied\",\"readOnly\":true,"
    "\"additionalEventData\":{\"MFAUsed\":\"No\"},\"apiVersion\":7}]}";

static Lake *lake;
static Config *config;

static void fill_lake(void)
{
    Error err = {0};
    PartResult result;
    Batch *batch = sample_batch(str_of(RECORDS));
    ClaimTable *claims = claim_table_new(lake, &err);
    PartStore *store = part_store_new(lake, claims, &err);
    Receipt receipt = {
        .object_id = 1, .source = STR("file"), .key = STR("/k"), .read = 2, .row_end = 2};
    QuarantineSet pieces = quarantine_new();
    PartInput input = {
        .batch = batch, .receipts = &receipt, .receipt_count = 1, .quarantine = &pieces};
    support_ok(part_commit(store, &input, &result, &err), &err);
    quarantine_free(&pieces);
    part_store_free(store);
    claim_table_free(claims);
    batch_free(batch);
}

static int begin(void **state)
{
    (void)state;
    Error err = {0};
    char folder[256];
    snprintf(folder, sizeof folder, "%s/lake", support_folder());
    lake = lake_open(folder, LAKE_CREATE, &err);
    config = config_new(&err);
    support_ok(lake && config, &err);
    return 0;
}

static int end(void **state)
{
    (void)state;
    config_free(config);
    lake_close(lake);
    support_folder_end();
    return 0;
}

static Carried *look(const char *const *paths, size_t count, int64_t time_us, CarriedReport *ret)
{
    Error err = {0};
    Carried *carried = carried_new(&err);
    support_ok(carried != NULL, &err);
    for (size_t i = 0; i < count; i++)
        support_ok(carried_add(carried, str_of(paths[i]), &err), &err);
    support_ok(carried_look(carried, lake, config, time_us, ret, &err), &err);
    return carried;
}

static void an_empty_lake_carries_nothing(void **state)
{
    static const char *const PATHS[] = {"eventName", "requestParameters.a", ""};
    CarriedReport report;
    (void)state;
    Carried *carried = look(PATHS, 3, LONG_US, &report);
    assert_int_equal(report.events, 0);
    for (size_t i = 0; i < 3; i++)
        assert_false(carried_has(carried, str_of(PATHS[i])));
    carried_free(carried);
    carried_free(NULL);
}

static void fields_of_columns_and_of_json_are_found(void **state)
{
    static const char *const THERE[] = {"eventName",
                                        "errorCode",
                                        "readOnly",
                                        "userIdentity",
                                        "userIdentity.arn",
                                        "userIdentity.new.deep",
                                        "userIdentity.sessionContext.webIdFederationData",
                                        "userIdentity.sessionContext.webIdFederationData."
                                        "attributes.sub",
                                        "requestParameters",
                                        "requestParameters.a",
                                        "requestParameters.a.b.c.d",
                                        "requestParameters.quo\"te.e",
                                        "additionalEventData.MFAUsed",
                                        "resources.ARN",
                                        "fresh.x",
                                        "dotted.name",
                                        "apiVersion"};
    static const char *const GONE[] = {"eventname",
                                       "userIdentity.userName",
                                       "userIdentity.new.deeper",
                                       "userIdentity.arn.x",
                                       "requestParameters.b",
                                       "requestParameters.a.d",
                                       "requestParameters.n.x",
                                       "responseElements",
                                       "responseElements.x",
                                       "resources.accountId",
                                       "serviceEventDetails.x",
                                       "fresh.y",
                                       "never",
                                       ".",
                                       "requestParameters..a",
                                       "requestParameters."};
    enum { THERE_COUNT = sizeof THERE / sizeof *THERE, GONE_COUNT = sizeof GONE / sizeof *GONE };
    const char *all[THERE_COUNT + GONE_COUNT];
    CarriedReport report;
    (void)state;
    fill_lake();
    for (size_t i = 0; i < THERE_COUNT + GONE_COUNT; i++)
        all[i] = i < THERE_COUNT ? THERE[i] : GONE[i - THERE_COUNT];
    Carried *carried = look(all, THERE_COUNT + GONE_COUNT, LONG_US, &report);
    for (size_t i = 0; i < THERE_COUNT + GONE_COUNT; i++)
        if (carried_has(carried, str_of(all[i])) != (i < THERE_COUNT))
            fail_msg("%s is %s", all[i], i < THERE_COUNT ? "not found" : "found");
    assert_int_equal(report.events, 2);
    assert_int_equal(report.looked, 2);
    carried_free(carried);
}

static void time_ends_the_look(void **state)
{
    static const char *const PATHS[] = {"eventName", "requestParameters.never"};
    CarriedReport report;
    (void)state;
    Carried *carried = look(PATHS, 2, -1, &report);
    assert_int_equal(report.events, 2);
    assert_int_equal(report.looked, 0);
    assert_true(carried_has(carried, STR("eventName")));
    carried_free(carried);
}

static void many_fields_are_kept_apart(void **state)
{
    enum { MANY = 3000 };
    static char texts[MANY][64];
    const char *paths[MANY];
    CarriedReport report;
    (void)state;
    for (int i = 0; i < MANY; i++) {
        snprintf(texts[i], sizeof texts[i], "requestParameters.f%d.g%d", i, i);
        paths[i] = texts[i];
    }
    paths[MANY / 2] = "requestParameters.n";
    Carried *carried = look(paths, MANY, LONG_US, &report);
    for (int i = 0; i < MANY; i++)
        assert_int_equal(carried_has(carried, str_of(paths[i])), i == MANY / 2);
    carried_free(carried);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_empty_lake_carries_nothing),
        cmocka_unit_test(fields_of_columns_and_of_json_are_found),
        cmocka_unit_test(time_ends_the_look),
        cmocka_unit_test(many_fields_are_kept_apart),
    };
    return cmocka_run_group_tests(tests, begin, end);
}
