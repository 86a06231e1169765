/* watch.h - correlations while records are ingested: SQL over the packed signals, now and then.
 *
 * lake (signal packs of commits) -> [watch] -> findings
 *
 * A correlation counts the signals of commits behind the one at which it was first seen in this
 * form; `spoor rules backtest` covers what lies before. It is evaluated over the time that new
 * signals touch, and its findings are stored in one transaction with how far it was evaluated: a
 * process that is killed in between leaves nothing, and the next evaluation makes up for it.
 *
 * A Watch is used by the thread that has the turn to commit (lake/claim.h), or a writer alone.
 */
#ifndef WATCH_WATCH_H
#define WATCH_WATCH_H

#include "detect/ruleset.h"
#include "lake/lake.h"

typedef struct Watch Watch;

enum { WATCH_EPISODES_MAX = 10000 }; /* of one correlation in one evaluation; more are counted */

typedef struct WatchReport {
    uint64_t correlations; /* that are watched */
    uint64_t news;         /* new or changed, in a lake that has records */
    uint64_t evaluations;  /* that had signals to look at */
    uint64_t episodes;     /* times that one was true, new ones and known ones */
    uint64_t untold;       /* of these, more than are kept */
    char untold_rule[120]; /* the title of one that had too many */
    double seconds;        /* spent */
} WatchReport;

/* Makes the correlations of *set* known to the state; those that the state knows and the set does
 * not have are forgotten, their findings stay. *ids* are the rows of the detections in the state,
 * by their index (0: not tried). All is borrowed for its life. NULL with *err*. */
Watch *watch_open(Lake *lake, const RuleSet *set, const int64_t *ids, Error *err)
    __attribute__((warn_unused_result));
void watch_free(Watch *watch);

/* Evaluates the correlations that got signals since they were last, and stores what came of it. */
bool watch_evaluate(Watch *watch, Error *err) __attribute__((warn_unused_result));

/* What it came to so far; lives as long as *watch*. */
const WatchReport *watch_report(const Watch *watch);

#endif
