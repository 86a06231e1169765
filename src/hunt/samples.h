/* samples.h - tries rules on the sample events that they carry.
 *
 * The custom attribute `samples` of a rule is a list of maps: name, match (true or false), and
 * event, or for a correlation events (content/rules/README.md).
 */
#ifndef HUNT_SAMPLES_H
#define HUNT_SAMPLES_H

#include "detect/ruleset.h"

/* What came of a sample that did not do what it says. *text* lives during the call. */
typedef void (*SamplesTell)(void *context, const Rule *rule, uint32_t line, const char *text);

typedef struct SamplesReport {
    size_t rules, samples, failed;
    size_t one_sided; /* rules that lack a sample that matches, or one that does not */
} SamplesReport;

/* Tries the samples of all rules of *set*, finished, or of *only* (may be NULL). False with *err*
 * when memory ran out or the engine failed. */
bool samples_run(const RuleSet *set, const Rule *only, SamplesTell tell, void *context,
                 SamplesReport *ret, Error *err) __attribute__((warn_unused_result));

#endif
