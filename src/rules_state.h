/* rules_state.h - `spoor rules list --lake`: how rules that need memory or are tried out stand in a
 * lake. */
#ifndef RULES_STATE_H
#define RULES_STATE_H

#include "base/command.h"
#include "detect/ruleset.h"

/* Prints of each rule with a query when it was asked last, what that cost, and what it waits for;
 * and of each rule that is tried out what it would have found. False with *err*. */
bool rules_state_print(const CommandLine *line, const RuleSet *set, Error *err)
    __attribute__((warn_unused_result));

#endif
