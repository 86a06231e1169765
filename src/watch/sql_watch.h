/* sql_watch.h - rules with a query while a lake is written: asked about the hours that have news,
 * as often as they want to, within their budget.
 *
 * lake (fresh_hours of commits) -> [sql_watch] -> findings
 *
 * A pass goes through the rule's windows of event time that got events behind the last pass, or
 * have such within the rule's margin, in order, and asks about one at a time. What a window gave
 * and how far the pass is are one transaction, so a process that is killed asks about one window
 * again at most, and finds the same findings. A question that fails, or is over its budget, is told
 * and asked again after a while that doubles each time, up to a day.
 *
 * Invariants
 *   1. A rule that is new counts from the commit at which it came; one that changed goes on.
 *   2. Rows of one group that lie less than FINDING_GAP_US apart are one finding.
 *   3. Nothing is taken back.
 *   4. What is found does not depend on how events came, but for windows that were asked about
 * before all of theirs had come.
 *
 * Used by one thread; its connection to the state is its own.
 */
#ifndef WATCH_SQL_WATCH_H
#define WATCH_SQL_WATCH_H

#include <stdatomic.h>

#include "base/config.h"
#include "detect/ruleset.h"
#include "findings/automation.h"

typedef struct SqlWatch SqlWatch;

enum { SQL_WATCH_RUNS_KEPT = 100 };

typedef struct SqlWatchOptions {
    const char *folder;  /* of the lake */
    const char *program; /* that answers queries; NULL: this one */
    const Config *config;
    Automation *automation;      /* rules for findings; NULL: none */
    const atomic_bool *stopping; /* true ends a question; NULL: never */
    bool hurry;                  /* news is asked about at once, whatever `every` says */
} SqlWatchOptions;

/* Opens the state of the lake, which exists; *options* is copied, what it points at is borrowed.
 * No rules yet. NULL with *err*; the caller frees. */
SqlWatch *sql_watch_open(const SqlWatchOptions *options, Error *err)
    __attribute__((warn_unused_result));
void sql_watch_free(SqlWatch *watch);

/* Watches the rules with a query of *set*, finished, instead of those from before; it is borrowed
 * until the next call. Those that the state knows and the set does not have are forgotten. */
bool sql_watch_take(SqlWatch *watch, const RuleSet *set, Error *err)
    __attribute__((warn_unused_result));

/* How many are watched. */
size_t sql_watch_count(const SqlWatch *watch);

/* Asks about one window for one rule that is due; *ret_more*: another may be. What a question fails
 * at is kept in the state and told in the log; false with *err* when the state fails. */
bool sql_watch_step(SqlWatch *watch, bool *ret_more, Error *err)
    __attribute__((warn_unused_result));

#endif
