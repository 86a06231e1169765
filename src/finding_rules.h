/* finding_rules.h - rules for findings by command: what they say, what they would touch, and one
 * more that suppresses. */
#ifndef FINDING_RULES_H
#define FINDING_RULES_H

#include "base/command.h"
#include "lake/lake.h"

/* spoor findings rules list | check | test; only test opens a lake, by itself. */
bool finding_rules(const CommandLine *line, Lake *none, Error *err)
    __attribute__((warn_unused_result));

/* spoor findings suppress: writes a rule into the folder findings.rules, and applies it to the
 * findings that are there. */
bool finding_rules_suppress(const CommandLine *line, Lake *lake, Error *err)
    __attribute__((warn_unused_result));

#endif
