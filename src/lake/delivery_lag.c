#include "lake/delivery_lag.h"

#include "collect/object_name.h"
#include "lake/claim.h"

static const int64_t MINUTE_US = INT64_C(60000000);
static const int64_t SECOND_US = 1000000;
static const int64_t DAY_US = INT64_C(86400000000);

int delivery_lag_range(int64_t lag_us)
{
    uint64_t seconds = lag_us > 0 ? (uint64_t)(lag_us / SECOND_US) : 0, number = seconds + 1;
    int doubling = 63 - __builtin_clzll(number);
    int quarter = (int)(((number << 2) >> doubling) & 3);
    int range = 4 * doubling + quarter;
    return range < DELIVERY_LAG_RANGES ? range : DELIVERY_LAG_RANGES - 1;
}

/* "s3://bucket" of a key there, else the kind. */
static Str source_of(const Receipt *receipt)
{
    Str key = receipt->key;
    if (!str_starts(key, STR("s3://")))
        return receipt->source;
    return str_slice(key, 0, str_find_byte(key, '/', 5));
}

static DeliveryLagSeries *series_of(DeliveryLag *lag, const Receipt *receipt, int64_t day)
{
    Str source = source_of(receipt);
    for (size_t i = lag->count; i-- > 0;)
        if (lag->series[i].day == day && str_equal(lag->series[i].source, source))
            return &lag->series[i];
    if (lag->count == DELIVERY_LAG_SERIES_MAX)
        return NULL;
    lag->series[lag->count] = (DeliveryLagSeries){.source = source, .day = day};
    return &lag->series[lag->count++];
}

void delivery_lag_count(const Receipt *receipts, size_t count, const Batch *batch,
                        const uint8_t *verdicts, DeliveryLag *ret)
{
    LogName name;
    ret->count = 0;
    for (size_t i = 0; i < count; i++) {
        const Receipt *receipt = &receipts[i];
        if (receipt->row_first >= receipt->row_end || !object_name_log(receipt->key, &name))
            continue;
        int64_t delivered_us = name.delivered_us + MINUTE_US;
        DeliveryLagSeries *series = series_of(ret, receipt, delivered_us / DAY_US);
        for (uint32_t row = receipt->row_first; series && row < receipt->row_end; row++)
            if (verdicts[row] != VERDICT_DUPLICATE)
                series->counts[delivery_lag_range(delivered_us - batch->event_time[row])]++;
    }
}

static bool insert_series(const DeliveryLagSeries *series, Db *db, Error *err)
{
    bool ok = true;
    for (int range = 0; ok && range < DELIVERY_LAG_RANGES; range++) {
        if (!series->counts[range])
            continue;
        DbStatement *insert = db_statement(
            db,
            "INSERT INTO delivery_lags (source, day, lag_range, records) VALUES (?1, ?2, ?3, ?4)"
            " ON CONFLICT (source, day, lag_range) DO UPDATE SET records = records + ?4",
            err);
        if (!insert)
            return false;
        db_bind_text(insert, 1, series->source);
        db_bind_int(insert, 2, series->day);
        db_bind_int(insert, 3, range);
        db_bind_int(insert, 4, (int64_t)series->counts[range]);
        ok = db_run(insert, err);
    }
    return ok;
}

static bool forget_old(const DeliveryLagSeries *series, Db *db, Error *err)
{
    DbStatement *forget =
        db_statement(db,
                     "DELETE FROM delivery_lags WHERE source = ?1 AND day < (SELECT max(day) FROM"
                     " delivery_lags WHERE source = ?1) - ?2",
                     err);
    if (!forget)
        return false;
    db_bind_text(forget, 1, series->source);
    db_bind_int(forget, 2, DELIVERY_LAG_DAYS_KEPT);
    return db_run(forget, err);
}

bool delivery_lag_insert(const DeliveryLag *lag, Db *db, Error *err)
{
    bool ok = true;
    for (size_t i = 0; ok && i < lag->count; i++)
        ok = insert_series(&lag->series[i], db, err) && forget_old(&lag->series[i], db, err);
    return ok;
}

bool delivery_lag_settle(Db *db, int64_t *ret_us, Error *err)
{
    int64_t longest_s;
    if (!db_get_int(db, "SELECT max(p99_s) FROM delivery_quantiles", 0, &longest_s, err))
        return false;
    bool usual = longest_s * SECOND_US <= DELIVERY_LAG_SETTLE_US_MIN;
    *ret_us = usual ? DELIVERY_LAG_SETTLE_US_MIN : longest_s * SECOND_US;
    return true;
}
