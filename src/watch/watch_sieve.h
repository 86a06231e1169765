/* watch_sieve.h - which signals can make a correlation true, before the engine sees any. Internal
 * to watch/.
 *
 * Most groups are far below every bound: a principal of a thousand calls a day is no burst of a
 * minute. Time is cut into cells of a correlation's timespan; what a window holds lies in two
 * neighbouring cells, so that a group whose neighbouring cells together stay below the bound is
 * true at no time in them. Signals that matter to no correlation are not loaded at all.
 *
 * Sieved are event_count, value_count and value_sum with a bound that needs many, and temporal
 * correlations without a condition, also of such counts with the same groups. The others keep all
 * signals of their rules. Counts may be too high (cells share counters), never too low: nothing
 * that is true is lost, and what is left between is false as before, so that episodes begin and end
 * where they did. Different values are told apart by 64-bit keyed hashes.
 *
 * Used by one thread: watch_sieve_note for every signal, watch_sieve_settle, then watch_sieve_keeps
 * for every signal, and watch_sieve_conclude.
 */
#ifndef WATCH_WATCH_SIEVE_H
#define WATCH_WATCH_SIEVE_H

#include "base/json.h"
#include "detect/correlation_sql.h"

typedef struct WatchSieve WatchSieve;

/* What a group_by of a pack is to the rules that raised it; zero at first, memory of a pack. */
typedef struct WatchGroup {
    const Json *values;              /* path -> text */
    struct WatchGroupHashes *hashes; /* of each rule that raised it, as far as asked */
} WatchGroup;

/* A sieve for the correlations of *set* whose index *watched* is true for, as fine as about
 * *signals* signals need. NULL with *err*; the caller frees. */
WatchSieve *watch_sieve_new(const RuleSet *set, const bool *watched, uint64_t signals, Error *err)
    __attribute__((warn_unused_result));
void watch_sieve_free(WatchSieve *sieve);

/* A signal of the detection *rule*. */
typedef struct WatchSignal {
    uint32_t rule;
    int64_t time_us;
    WatchGroup *group;
} WatchSignal;

/* Counts a signal; *arena* holds what is kept in its group. */
bool watch_sieve_note(WatchSieve *sieve, const WatchSignal *signal, Arena *arena, Error *err)
    __attribute__((warn_unused_result));

/* Behind the last signal that is noted, before the first that is asked for. */
void watch_sieve_settle(WatchSieve *sieve);

/* Whether a signal that was noted matters to a correlation. */
bool watch_sieve_keeps(WatchSieve *sieve, const WatchSignal *signal, Arena *arena, bool *ret,
                       Error *err) __attribute__((warn_unused_result));

/* Behind the last signal that was asked for: of the correlations to which one matters, those that
 * count hits, values or rules alone are possible if a window of one of their groups, which cells
 * only bound, holds as much as they need. False with *err*: memory. */
bool watch_sieve_conclude(WatchSieve *sieve, Error *err) __attribute__((warn_unused_result));

/* Whether the correlation with this index may be true; after watch_sieve_conclude. */
bool watch_sieve_possible(const WatchSieve *sieve, uint32_t correlation);

#endif
