/* rules_backtest.h - what rules do with a lake: spoor rules backtest, spoor rules explain --sql. */
#ifndef RULES_BACKTEST_H
#define RULES_BACKTEST_H

#include "base/command.h"
#include "detect/ruleset.h"

/* Says how often *rule*, a detection or correlation, would have fired over the lake's events.
 * False with *err*. */
bool rules_backtest(const CommandLine *line, const RuleSet *set, const Rule *rule, Error *err)
    __attribute__((warn_unused_result));

/* Prints *rule*, a detection, as a query to paste. False with *err*. */
bool rules_backtest_sql(const Rule *rule, Error *err) __attribute__((warn_unused_result));

#endif
