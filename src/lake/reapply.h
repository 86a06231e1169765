/* reapply.h - applies filters to days that are in the lake already.
 *
 * docs/filters.md. Day by day: files with a row that filters drop or change are written anew
 * (day_writer.h), others stay as they are. Each day is one commit and one signed entry of the
 * ledger, which says how many rows went and changed, and by which filters; that the rest is
 * untouched is checked by the ledger's sums before it commits. Fingerprints stay: what was dropped
 * is a duplicate when it comes again. The rows' former bytes go with the old files, which nobody
 * else removes here (expire.h).
 *
 * A day of which a legal hold names a record is left as it is.
 */
#ifndef LAKE_REAPPLY_H
#define LAKE_REAPPLY_H

#include "base/engine.h"
#include "lake/claim.h"
#include "lake/reapply_tally.h"

/* What is done with rows: filters are not the lake's. */
typedef struct ReapplyFilters {
    const FilterSet *set;
    const int64_t *ids; /* in the state (drops_register); not looked at in a dry run */
    /* Called before the first rows of a day. */
    bool (*begin)(void *context, int32_t day, Error *err);
    /* What becomes of the rows of *read*; *ret* lives until the next call. Rows that stay keep
     * eventtime, eventsource, eventname, object_id and record_index. */
    bool (*run)(void *context, const Batch *read, ReapplyRows *ret, Error *err);
    void *context;
} ReapplyFilters;

/* A day with something to do, or with a hold. */
typedef struct ReapplyDay {
    int32_t day;
    const ReapplyTally *tally;
    const char *held; /* cases that hold records of it, ", " between them; NULL: none */
} ReapplyDay;

typedef struct ReapplyOptions {
    Lake *lake;
    ClaimTable *claims; /* NULL: nothing is changed, only told (a dry run) */
    Engine *engine;     /* not locked */
    const ReapplyFilters *filters;
    int64_t since_us, until_us; /* days that lie wholly or partly in [since, until) */
    /* Called for each day of which rows would go or change, or that a hold keeps, before it is
     * changed. */
    bool (*tell)(void *context, const ReapplyDay *day, Error *err);
    void *context;
} ReapplyOptions;

typedef struct ReapplyReport {
    uint64_t days, rows;       /* that were looked at */
    uint64_t changing;         /* days of which rows go or change */
    uint64_t dropped, changed; /* rows */
    uint64_t failed;           /* rows on which a function failed: they stay without it */
    uint64_t held;             /* days that a hold keeps as they are */
    uint64_t removed, written; /* files */
} ReapplyReport;

/* Does so, or tells it. The state's temporary table "held_days" (day) has the days that were left.
 * ERROR_INPUT when files do not hold the rows that were written, by the ledger's sums: their day is
 * left as it is. */
bool reapply_days(const ReapplyOptions *options, ReapplyReport *ret, Error *err)
    __attribute__((warn_unused_result));

#endif
