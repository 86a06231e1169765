/* detection.h - rules tried on records as they are ingested: what a part worker keeps of it.
 *
 * decode -> derive -> detect -> [detection] -> lake (signals.h). DetectionRules is made once for
 * each set that an ingest tries (tried.h) and shared; each worker owns a Detection. Rules that only
 * correlations name are tried, too: their signals are packed and not shown (lake/signal_pack.h).
 */
#ifndef DETECTION_H
#define DETECTION_H

#include "derive/derive.h"
#include "detect/ruleset.h"
#include "lake/signals.h"
#include "redact/redaction.h"

typedef struct DetectionRules DetectionRules;
typedef struct Detection Detection;

/* What rules are tried with; all borrowed for the life of the rules. */
typedef struct DetectionParts {
    const RuleSet *set; /* finished */
    Derive *derive;
    const RedactPlan *plan; /* hides in what correlations look at; NULL: nothing */
} DetectionParts;

/* The detections of a set, made known to the state of *lake*, a writer's. NULL with *err*. */
DetectionRules *detection_rules_new(Lake *lake, const DetectionParts *parts, Error *err)
    __attribute__((warn_unused_result));
void detection_rules_free(DetectionRules *rules);

/* The rules' rows in the state, by their index in the set; 0: not tried. They live as long as
 * *rules*. */
const int64_t *detection_rules_ids(const DetectionRules *rules);

/* Lets a part end when it holds *hits_max* matches instead of about a million. Before any Detection
 * is made. */
void detection_rules_limit(DetectionRules *rules, size_t hits_max);

/* Whether ingest tries *rule*. */
bool detection_tries(const Rule *rule);

/* How many are tried, of a set that is finished. */
size_t detection_count(const RuleSet *set);

/* Adds what a worker counted since it made *detection*; by one thread at a time, once. */
void detection_rules_add(DetectionRules *rules, const Detection *detection);

/* Says on standard error which rules matched more than one record in DETECTION_OFTEN of those that
 * they were tried on, when there are enough to say so; those that only correlations name if
 * *silent*. */
void detection_rules_tell(const DetectionRules *rules, bool silent);

enum { DETECTION_OFTEN = 20 };

/* NULL with *err*. */
Detection *detection_new(const DetectionRules *rules, Error *err)
    __attribute__((warn_unused_result));
void detection_free(Detection *detection);

/* Tries the rules on the record that became *row*; false with *err*: memory. */
bool detection_take(Detection *detection, const RecordView *view, uint32_t row, Error *err)
    __attribute__((warn_unused_result));

/* Adds a match of *rule*, of the state's `rules`, with *row*: what is found otherwise than by a
 * rule of the set. */
bool detection_add(Detection *detection, int64_t rule, uint32_t row, Error *err)
    __attribute__((warn_unused_result));

/* What was found since the last reset. */
SignalHits detection_hits(const Detection *detection);
void detection_reset(Detection *detection);

/* So many hits are held that the part should end. */
bool detection_is_full(const Detection *detection);

#endif
