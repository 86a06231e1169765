/* matcher.h - tries all rules on a record at the cost of the few that may match it.
 *
 * decode -> [matcher] -> signals
 *
 * Each rule has a guard: the members that most often refute it alone (eventSource with eventName,
 * else userAgent, errorCode, ...). For every distinct text of a guard the rules that it does not
 * refute are worked out once and kept; a record costs a look at each guard, and only what is left
 * open is tried ("hot-path", 8). One worker owns a Matcher; the rule set is shared.
 *
 * Invariants
 *   1. A rule matches here if and only if expr_holds says so of the event.
 *   2. What is kept of a guard is bounded; when it is full it starts afresh.
 */
#ifndef DETECT_MATCHER_H
#define DETECT_MATCHER_H

#include "detect/ruleset.h"

typedef struct Matcher Matcher;

/* A matcher for the detections of *set* that apply to CloudTrail, at *level_min* or above or
 * correlated. NULL with *err*. */
Matcher *matcher_new(const RuleSet *set, RuleLevel level_min, Error *err)
    __attribute__((warn_unused_result));

/* As matcher_new for those of its rules that *wanted* takes. */
Matcher *matcher_new_of(const RuleSet *set, bool (*wanted)(const Rule *rule), Error *err)
    __attribute__((warn_unused_result));
void matcher_free(Matcher *matcher);

/* The rules that match *view*, in the order of the set; the list lives until the next call. The
 * view must come from the parser of the one before (its `same` is used), or matcher_forget be
 * called in between. False with *err*: memory. */
bool matcher_run(Matcher *matcher, const RecordView *view, const Rule *const **ret_rules,
                 size_t *ret_count, Error *err) __attribute__((warn_unused_result));
void matcher_forget(Matcher *matcher);

/* The record that was tried last. */
Document *matcher_document(Matcher *matcher);

/* How the rules are guarded, for reports: rules per guard, and those that each record must try. */
typedef struct MatcherShape {
    size_t rules;   /* all */
    size_t named;   /* guarded by eventSource and eventName */
    size_t guarded; /* by another member */
    size_t open;    /* tried on every record */
} MatcherShape;
MatcherShape matcher_shape(const Matcher *matcher);

#endif
