#include "lake/delivery_lag.h"

#include <stdio.h>

#include "base/timestamp.h"
#include "lake/claim.h"
#include "lake/state.h"
#include "support/sample.h"
#include "support/support.h"

#define SECOND_US INT64_C(1000000)

static void ranges_grow_by_quarters(void **state)
{
    (void)state;
    assert_int_equal(delivery_lag_range(-5), 0);
    assert_int_equal(delivery_lag_range(0), 0);
    assert_int_equal(delivery_lag_range(INT64_MAX), DELIVERY_LAG_RANGES - 1);
    for (int64_t lag_s = 1; lag_s < 5000000; lag_s += 1 + lag_s / 50) {
        int range = delivery_lag_range(lag_s * SECOND_US);
        assert_true(range >= delivery_lag_range((lag_s - 1) * SECOND_US));
        assert_true(range < DELIVERY_LAG_RANGES - 1);
    }
}

static Db *open_state(char path[300])
{
    Error err = {0};
    snprintf(path, 300, "%s/state.db", support_folder());
    Db *db = state_open(path, DB_CREATE, &err);
    support_ok(db != NULL, &err);
    return db;
}

static int64_t ask(Db *db, const char *sql)
{
    Error err = {0};
    int64_t ret;
    support_ok(db_get_int(db, sql, -1, &ret, &err), &err);
    return ret;
}

/* 1,000 records of one source, *late* of them an hour late, the others five minutes. */
static void add(Db *db, Str source, int64_t day, uint64_t late)
{
    Error err = {0};
    static DeliveryLag lag;
    lag = (DeliveryLag){.count = 1, .series = {{.source = source, .day = day}}};
    lag.series[0].counts[delivery_lag_range(300 * SECOND_US)] = 1000 - late;
    lag.series[0].counts[delivery_lag_range(3600 * SECOND_US)] = late;
    support_ok(delivery_lag_insert(&lag, db, &err), &err);
}

static void what_is_waited_for_is_the_slowest_sources_99th_percentile(void **state)
{
    (void)state;
    char path[300];
    Error err = {0};
    int64_t settle_us;
    Db *db = open_state(path);
    support_ok(delivery_lag_settle(db, &settle_us, &err), &err);
    assert_true(settle_us == DELIVERY_LAG_SETTLE_US_MIN); /* nothing is known */
    add(db, STR("s3://quick"), 100, 9);
    support_ok(delivery_lag_settle(db, &settle_us, &err), &err);
    assert_true(settle_us == DELIVERY_LAG_SETTLE_US_MIN); /* minutes are within it */
    add(db, STR("s3://slow"), 100, 11);
    support_ok(delivery_lag_settle(db, &settle_us, &err), &err);
    assert_true(settle_us >= 3600 * SECOND_US && settle_us <= 3600 * SECOND_US * 5 / 4);
    int64_t half = ask(db, "SELECT median_s FROM delivery_quantiles WHERE source = 's3://slow'");
    assert_true(half >= 300 && half <= 375);
    add(db, STR("s3://slow"), 107, 0); /* a week later it is quick */
    support_ok(delivery_lag_settle(db, &settle_us, &err), &err);
    assert_true(settle_us == DELIVERY_LAG_SETTLE_US_MIN);
    assert_int_equal(ask(db, "SELECT count(DISTINCT day) FROM delivery_lags"), 2);
    add(db, STR("s3://slow"), 100 + DELIVERY_LAG_DAYS_KEPT + 1, 0);
    assert_int_equal(
        ask(db, "SELECT count(*) FROM delivery_lags WHERE source = 's3://slow' AND day = 100"), 0);
    db_close(db);
    support_folder_end();
}

static void records_count_once_by_the_name_of_their_log(void **state)
{
    (void)state;
    enum { RECORDS = 100 };
    static DeliveryLag lag;
    static uint8_t verdicts[RECORDS];
    BUF_AUTO Buf json = buf_init(8 << 20);
    int64_t delivered_us;
    sample_records(&json, RECORDS);
    Batch *batch = sample_batch(buf_str(&json));
    assert_true(timestamp_parse(STR("2026-11-02T10:05:00Z"), &delivered_us));
    for (uint32_t row = 0; row < RECORDS; row++)
        batch->event_time[row] = delivered_us - 240 * SECOND_US;
    verdicts[3] = VERDICT_DUPLICATE;
    const Receipt receipts[] = {
        {.source = STR("s3"),
         .key = STR("s3://logs/AWSLogs/111122223333/CloudTrail/eu-west-1/2026/11/02/"
                    "111122223333_CloudTrail_eu-west-1_20261102T1005Z_abcdefghijklmnop.json.gz"),
         .row_first = 0,
         .row_end = 60},
        {.source = STR("file"), .key = STR("/tmp/unnamed.json"), .row_first = 60, .row_end = 100}};
    delivery_lag_count(receipts, 2, batch, verdicts, &lag);
    assert_int_equal(lag.count, 1);
    assert_true(str_equal(lag.series[0].source, STR("s3://logs")));
    assert_int_equal(lag.series[0].counts[delivery_lag_range(300 * SECOND_US)], 59);
    batch_free(batch);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(ranges_grow_by_quarters),
        cmocka_unit_test(what_is_waited_for_is_the_slowest_sources_99th_percentile),
        cmocka_unit_test(records_count_once_by_the_name_of_their_log),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
