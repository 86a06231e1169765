/* sigma_parts.h - the bodies of filters and correlations. Internal to sigma*.c and ruleset*.c. */
#ifndef DETECT_SIGMA_PARTS_H
#define DETECT_SIGMA_PARTS_H

#include "detect/correlation.h"
#include "detect/sigma.h"

/* A filter: a condition that rules must meet besides their own ("sigma", section 10). */
typedef struct Filter {
    RuleTexts rules; /* ids and names; none: any rule */
    const Expr *expr;
} Filter;

/* The member `filter` of a document; NULL when it is wrong. */
Filter *sigma_read_filter(RuleReading *reading, const Yaml *document);

/* The member `correlation`; its rules are found by ruleset_finish. NULL when it is wrong. */
Correlation *sigma_read_correlation(RuleReading *reading, const Yaml *document, Rule *rule);

/* An extended condition over the names in *to*'s rules, each used; NULL when it is wrong. */
const Named *sigma_read_named(RuleReading *reading, const Yaml *node, Correlation *to);

/* The names in an extended condition, in the order they appear first. */
bool sigma_read_names(RuleReading *reading, const Yaml *node, RuleTexts *ret);

#endif
