/* rules_queries.h - rules with a query, tried by their author: on the samples that they carry, and
 * on the events of a lake. */
#ifndef RULES_QUERIES_H
#define RULES_QUERIES_H

#include "base/command.h"
#include "hunt/samples.h"

/* Tries the samples of the rules with a query of *set*, finished: the events of each are made a
 * lake of their own, and the question is about the window that holds the last of them. Adds to
 * *ret*; as samples_run otherwise. */
bool rules_queries_test(const CommandLine *line, const RuleSet *set, SamplesTell tell,
                        SamplesReport *ret, Error *err) __attribute__((warn_unused_result));

/* Asks *rule* about each window of the lake that has events, and says what it would have found. */
bool rules_queries_backtest(const CommandLine *line, const Rule *rule, Error *err)
    __attribute__((warn_unused_result));

#endif
