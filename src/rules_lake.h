/* rules_lake.h - `spoor rules check --lake`: fields that no event of a lake carries. */
#ifndef RULES_LAKE_H
#define RULES_LAKE_H

#include "base/command.h"
#include "detect/ruleset.h"

/* Warns on standard error, with file and line, of each field that a rule for CloudTrail asks for
 * and no event of the lake carries, and says on standard output how many events it looked at.
 * Members of `derived` are never told of: they are made, not carried. *ret_warnings* counts. */
bool rules_lake_check(const CommandLine *line, const RuleSet *set, size_t *ret_warnings, Error *err)
    __attribute__((warn_unused_result));

#endif
