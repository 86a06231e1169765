/* finding_episode.h - findings of correlations: a group for which one was true for a while.
 *
 * watch -> [finding_episode] -> findings list|show, SQL
 *
 * An episode lasts from the event that made the test true to the last one at which it still was.
 * When the past is looked at again (late events, an episode that goes on), what overlaps a stored
 * one in time is that one: its id stays, its time and its events become more, and nothing is taken
 * back (architecture, D1). Several that turn out to be one become the one that was opened first.
 * Called inside the caller's transaction.
 */
#ifndef FINDINGS_FINDING_EPISODE_H
#define FINDINGS_FINDING_EPISODE_H

#include "findings/finding.h"

typedef struct FindingEpisode {
    Str rule_id;
    int64_t rule;              /* row of the state's `rules` */
    Str group_by;              /* JSON object: name -> text */
    Str event_id;              /* of the event that made it true */
    int64_t first_us, last_us; /* true from, and last */
    double value;              /* what was compared */
    bool lowest;               /* of two values the lower one tells more */
    int64_t gap_us;            /* what lies so near a stored one in time is that one */
    int64_t settles_us;        /* until then events of its time may come: it is provisional */
    int64_t commit_seq;
} FindingEpisode;

/* Stores an episode, or widens the finding that it is. *ret_id* is its id, *ret_hits* how many
 * events it has so far. */
bool finding_episode_add(Db *db, const FindingEpisode *episode, char ret_id[FINDING_ID_BYTES],
                         int64_t *ret_hits, Error *err) __attribute__((warn_unused_result));

/* Those that are provisional and have settled by *now_us* are so no more; *ret_any*: some were. In
 * the caller's transaction, or as one of its own. */
bool finding_episode_settle(Db *db, int64_t now_us, bool *ret_any, Error *err)
    __attribute__((warn_unused_result));

/* An event of an episode; texts without a value have no ptr. */
typedef struct FindingHit {
    int64_t rule, time_us, object_id, record_index;
    Str event_id, event_source, event_name, region, account, principal, address, error_code;
} FindingHit;

/* Adds an event to a finding; *ret_new* is false when it was there. */
bool finding_episode_hit(Db *db, Str id, const FindingHit *hit, bool *ret_new, Error *err)
    __attribute__((warn_unused_result));

/* After its events were added: counts them, takes account and principal that all share, and leaves
 * the job to look at what they touched (finding_jobs, 'resources'). */
bool finding_episode_end(Db *db, Str id, Error *err) __attribute__((warn_unused_result));

#endif
