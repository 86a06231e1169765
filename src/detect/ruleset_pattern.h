/* ruleset_pattern.h - filter patterns of CloudWatch, and event patterns of EventBridge, as rules of
 * a set, so that the matcher tries them as it tries rules. */
#ifndef DETECT_RULESET_PATTERN_H
#define DETECT_RULESET_PATTERN_H

#include "detect/ruleset.h"

/* Adds the JSON filter pattern *pattern* as a rule with that *title*, before the set is finished;
 * its index is the number of rules before it. The rule also asks that something stands at each of
 * *needs*, which are selectors. ERROR_INPUT says what is wrong with it
 * ("CloudWatch Logs filter patterns", A4 and A6: a pattern for JSON events). */
bool ruleset_pattern_add(RuleSet *set, Str title, Str pattern, const RuleTexts *needs, Error *err)
    __attribute__((warn_unused_result));

/* The same for a pattern of EventBridge, which may name members of its envelope
 * (eventbridge_record.h). */
bool ruleset_pattern_add_event(RuleSet *set, Str title, Str pattern, Error *err)
    __attribute__((warn_unused_result));

/* The path that the selector *text* ("$.requestParameters.size") names, in *arena*. NULL with
 * *err*, ERROR_INPUT when it is none. */
const FieldPath *ruleset_pattern_selector(Str text, Arena *arena, Error *err)
    __attribute__((warn_unused_result));

#endif
