/* retain_signals.h - retention of what rules found: signals, and findings.
 *
 * Signals of correlations lie in packs (signal_pack.h): a pack goes when all of it is due, none of
 * it is held, and no correlation is to be evaluated over it any more. What a held record is
 * evidence of stays: what tells the account, time and principal of a hold, or does not tell them,
 * and what is of a record that the lake has and a hold names (retain_held.h). Used by a writer that
 * is alone, or for a dry run by a reader.
 */
#ifndef LAKE_RETAIN_SIGNALS_H
#define LAKE_RETAIN_SIGNALS_H

#include "base/engine.h"
#include "lake/retain_side.h"

typedef struct RetainFound {
    Lake *lake;
    Engine *engine; /* not locked */
    const RetainPolicy *policy;
    int32_t today; /* days since 1970 */
    bool dry_run;
} RetainFound;

/* Deletes signals that are due, by their event's time, or with *dry_run* tells it. They leave the
 * findings that list them. */
bool retain_signals(const RetainFound *found, RetainSide *ret, Error *err)
    __attribute__((warn_unused_result));

/* The same of findings, by the time of their last event, with the events that they list. */
bool retain_findings(const RetainFound *found, RetainSide *ret, Error *err)
    __attribute__((warn_unused_result));

#endif
