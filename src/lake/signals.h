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

#include "base/arena.h"
#include "base/buf.h"
#include "decode/batch.h"
#include "lake/lake.h"

struct Rule;

typedef struct SignalRule {
    Str rule_id, version, title, level;
    Str body; /* the rule as JSON */
} SignalRule;

/* One match: the record's row of the batch, and the rule's id in the state. */
typedef struct SignalHit {
    uint32_t row;
    uint32_t rule;
    uint32_t values; /* code of what correlations look at, in SignalHits.values; 0: nothing */
    bool finding;    /* a person should see it */
    bool shown;      /* a row of the table: the rule tells what it finds */
    bool packed;     /* correlations look at it (signal_pack.h) */
} SignalHit;

/* Those of a part, in the order of rows. */
typedef struct SignalHits {
    const SignalHit *hits;
    size_t count;
    const BatchColumn *values;   /* JSON objects: path -> canonical text; NULL: no hit has any */
    const struct Derive *derive; /* knows which threat lists hold an address; NULL: none does */
} SignalHits;

/* Those that correlations look at, as one blob; empty: there are none. */
typedef struct SignalPack {
    Buf blob;
    size_t count;
    int64_t time_min, time_max;
} SignalPack;

/* What the state keeps of *rule*, its texts in *arena*. Its version is a hash of what it says, so
 * that a changed rule is another one. */
bool signals_describe(const struct Rule *rule, Arena *arena, SignalRule *ret, Error *err)
    __attribute__((warn_unused_result));

/* Makes the rules known to the state, in a transaction of its own; *ret_ids* has room for *count*
 * ids. The lake is a writer's. */
bool signals_register(Lake *lake, const SignalRule *rules, size_t count, int64_t *ret_ids,
                      Error *err) __attribute__((warn_unused_result));

/* Makes one known, in the caller's transaction. */
bool signals_register_rule(Db *db, const SignalRule *rule, int64_t *ret_id, Error *err)
    __attribute__((warn_unused_result));

/* Inserts a part's pack inside the caller's transaction. */
bool signals_insert_pack(const SignalPack *pack, Lake *lake, int64_t seq, Error *err)
    __attribute__((warn_unused_result));

/* Inserts, inside the caller's transaction, the hits that are shown and whose row has no
 * VERDICT_DUPLICATE in *verdicts* (claim.h; one per row), and adds to findings
 * (findings/finding.h) those that are some. */
bool signals_insert(const SignalHits *signals, const Batch *batch, const uint8_t *verdicts,
                    Lake *lake, int64_t seq, Error *err) __attribute__((warn_unused_result));

#endif
