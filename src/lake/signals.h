/* signals.h - matches of rules on records, kept in the state with the commit of their records.
 *
 * detect -> [signals] -> (query reads them as the table `signals`)
 *
 * A worker collects hits as it decodes; the part's transaction stores those whose record was kept:
 * a duplicate raises no signal, so each is told once however often its record comes (architecture,
 * section 5). A rule is known by its id and its version, a hash of its text; both stay when the
 * rule changes, so that a signal says which form of it matched.
 */
#ifndef LAKE_SIGNALS_H
#define LAKE_SIGNALS_H

#include "base/buf.h"
#include "decode/batch.h"
#include "lake/lake.h"

typedef struct SignalRule {
    Str rule_id, version, title, level;
    Str body; /* the rule as JSON */
} SignalRule;

/* One match: the record's row of the batch, and the rule's id in the state. */
typedef struct SignalHit {
    uint32_t row;
    bool finding; /* a person should see it */
    int64_t rule;
} SignalHit;

/* Those of a part, in the order of rows. */
typedef struct SignalHits {
    const SignalHit *hits;
    size_t count;
} SignalHits;

/* Makes the rules known to the state, in a transaction of its own; *ret_ids* has room for *count*
 * ids. The lake is a writer's. */
bool signals_register(Lake *lake, const SignalRule *rules, size_t count, int64_t *ret_ids,
                      Error *err) __attribute__((warn_unused_result));

/* Inserts, inside the caller's transaction, the hits whose row has no VERDICT_DUPLICATE in
 * *verdicts* (claim.h; one per row), and adds to findings (findings/finding.h) those that are some.
 */
bool signals_insert(const SignalHits *signals, const Batch *batch, const uint8_t *verdicts,
                    Lake *lake, int64_t seq, Error *err) __attribute__((warn_unused_result));

#endif
