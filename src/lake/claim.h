/* claim.h - which part may keep a record that several hold at the same moment.
 *
 * The only structure that part workers share besides the commit. A part claims its sorted
 * fingerprints before it writes; claims are numbered, and the number is the part's commit_seq:
 * claim order is commit order. Who loses to an earlier claim drops the record; if the earlier
 * part fails, the later one claims again.
 *
 * Life of a claim: claim_take -> (write files) -> claim_await_turn -> either the state's
 * transaction and claim_end(true), or claim_end(false), after which the part may take a new one.
 *
 * Invariants: 1. a claim's rows stay alive and unchanged until claim_end returned. 2. between a
 * true claim_await_turn and claim_end, no other thread uses the state database. 3. a fingerprint
 * is in a live run if and only if its record is in a live part, or its drop is counted in a
 * receipt. Thread safe.
 */
#ifndef LAKE_CLAIM_H
#define LAKE_CLAIM_H

#include "lake/fingerprint.h"
#include "lake/lake.h"

typedef struct ClaimTable ClaimTable;
typedef struct Claim Claim;

/* One day's records of a part, sorted; *verdicts* are filled by claim_take. Owned by the part. */
typedef struct ClaimDay {
    int32_t day;
    const FingerprintRow *rows;
    uint8_t *verdicts;
    size_t count;
    const FingerprintJudge *judge; /* of its rows; NULL: equal content alone makes duplicates */
} ClaimDay;

enum { CLAIM_PATH_BYTES = 128 };

/* A section of a run file that lists fingerprints of one day. */
typedef struct ClaimRun {
    int64_t id; /* row of the state's table `runs` */
    int32_t day;
    uint64_t offset;
    uint64_t entries;
    char path[CLAIM_PATH_BYTES]; /* relative to the lake */
} ClaimRun;

/* Loads the live runs of *lake* (a writer's), which must outlive the table and has one at a time.
 * NULL with *err*. */
ClaimTable *claim_table_new(Lake *lake, Error *err) __attribute__((warn_unused_result));
void claim_table_free(ClaimTable *table);

/* Claims all of *days* and fills their verdicts: against themselves, all live runs, and the claims
 * in flight. *days* is borrowed until claim_end. NULL with *err* when a run cannot be read. */
Claim *claim_take(ClaimTable *table, const ClaimDay *days, size_t day_count, Error *err)
    __attribute__((warn_unused_result));

/* The part's number in commit order. */
int64_t claim_seq(const Claim *claim);

/* Waits until all earlier claims have ended. False when one that this claim lost records to did
 * not commit: the verdicts are void, end it and claim again. True gives the turn. */
bool claim_await_turn(Claim *claim) __attribute__((warn_unused_result));

/* Waits for the turn of a thread that has nothing to claim: it may use the state of *lake* until
 * claim_end. *ret* is NULL when the lake has no table, so that nobody shares the state. */
bool claim_lake_turn(const Lake *lake, Claim **ret, Error *err) __attribute__((warn_unused_result));

/* Ends the claim. When it committed, the runs given by claim_add_run become live. Frees it. NULL
 * is fine. */
void claim_end(Claim *claim, bool committed);

/* Stages a run that becomes live with this claim's commit, or the removal of a live one.
 * ERROR_LIMIT when memory is out. */
bool claim_add_run(Claim *claim, const ClaimRun *run, Error *err)
    __attribute__((warn_unused_result));
bool claim_remove_run(Claim *claim, int64_t run_id, Error *err) __attribute__((warn_unused_result));

/* Live runs of *day*, copied into *ret* (at most *max*, oldest first); returns their number, which
 * may be greater than *max*. */
size_t claim_runs(ClaimTable *table, int32_t day, ClaimRun *ret, size_t max);

#endif
