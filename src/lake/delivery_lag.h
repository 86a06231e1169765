/* delivery_lag.h - how long after an event its log object is delivered, by source and day of
 * delivery: counts of ranges, kept with the commit of the records.
 *
 * collect (object names) + decode -> [delivery_lag] -> watch: until when what was found may change
 *
 * Only logs whose name says when they were delivered count, each record of them once. The name says
 * the minute, and its end is taken. Ranges are quarters of a doubling of seconds, so that a
 * quantile is at most a quarter too high, and never too low. A worker counts before it has the
 * turn; the part's transaction adds.
 */
#ifndef LAKE_DELIVERY_LAG_H
#define LAKE_DELIVERY_LAG_H

#include "decode/batch.h"
#include "lake/receipt.h"

enum {
    DELIVERY_LAG_RANGES = 104,    /* to half a year; what is longer is the last one */
    DELIVERY_LAG_SERIES_MAX = 32, /* of a part; further ones are not counted */
    DELIVERY_LAG_DAYS_KEPT = 35,
};

/* What events of the last days are known to be waited for at least. */
#define DELIVERY_LAG_SETTLE_US_MIN (INT64_C(15) * 60 * 1000000)

typedef struct DeliveryLagSeries {
    Str source; /* a bucket ("s3://name"), else the kind of source; borrowed from the receipt */
    int64_t day;
    uint64_t counts[DELIVERY_LAG_RANGES];
} DeliveryLagSeries;

typedef struct DeliveryLag {
    DeliveryLagSeries series[DELIVERY_LAG_SERIES_MAX];
    size_t count;
} DeliveryLag;

/* Counts the rows of *batch* that are no duplicates by *verdicts* (claim.h; one per row). */
void delivery_lag_count(const Receipt *receipts, size_t count, const Batch *batch,
                        const uint8_t *verdicts, DeliveryLag *ret);

/* Adds them inside the caller's transaction, and forgets what is older than
 * DELIVERY_LAG_DAYS_KEPT. */
bool delivery_lag_insert(const DeliveryLag *lag, Db *db, Error *err)
    __attribute__((warn_unused_result));

/* The range of a lag in microseconds; below 0 counts as 0. */
int delivery_lag_range(int64_t lag_us);

/* Until how long behind an event others of its time may come: the longest of the sources' 99th
 * percentiles (the state's view delivery_quantiles), at least DELIVERY_LAG_SETTLE_US_MIN. */
bool delivery_lag_settle(Db *db, int64_t *ret_us, Error *err) __attribute__((warn_unused_result));

#endif
