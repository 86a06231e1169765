/* day_filter.h - which days a scan can find rows in, from conditions on the columns of a day alone.
 *
 * scan's plan -> prune -> [day_filter] -> scan. "year = '2026' AND CAST(day AS integer) > 20" is
 * asked of the engine once for every day that has files, not once for every row. Threads: one per
 * session; memory is the caller's arena's.
 */
#ifndef QUERY_DAY_FILTER_H
#define QUERY_DAY_FILTER_H

#include "base/engine.h"

/* Appends to *conditions* (joined by AND) what in *expression*, of the engine's plan, reads columns
 * of a day of scan *scan* ("s1_year", "year") and no others. With *parts* each side of an AND is
 * looked at by itself; else the whole counts or nothing. Constant and unreadable parts are left
 * out. */
bool day_filter_add(Str expression, uint32_t scan, bool parts, Buf *conditions, Error *err)
    __attribute__((warn_unused_result));

/* Days since 1970 UTC, and whether each is wanted. */
typedef struct DayFilterDays {
    const int32_t *days;
    bool *wanted;
    size_t count;
} DayFilterDays;

/* Evaluates *conditions* for every day and sets wanted to false where they are not true. Where the
 * engine does not take them back all days stay wanted. */
bool day_filter_run(Engine *engine, Str conditions, uint32_t scan, const DayFilterDays *days,
                    Error *err) __attribute__((warn_unused_result));

/* Appends the conditions for people, "year = '2026'". */
bool day_filter_write(Str conditions, Buf *out, Error *err) __attribute__((warn_unused_result));

#endif
