/* correlation.h - what a Sigma correlation asks of the signals of other rules.
 *
 * "sigma", section 11. Constant once its set is finished.
 */
#ifndef DETECT_CORRELATION_H
#define DETECT_CORRELATION_H

#include "detect/rule.h"

typedef enum {
    CORRELATION_EVENT_COUNT,
    CORRELATION_VALUE_COUNT,
    CORRELATION_TEMPORAL,
    CORRELATION_TEMPORAL_ORDERED,
    CORRELATION_ABSENCE, /* ours: the first rule without any of the others within the timespan */
    CORRELATION_VALUE_SUM,
    CORRELATION_VALUE_AVG,
    CORRELATION_VALUE_PERCENTILE,
    CORRELATION_VALUE_MEDIAN,
} CorrelationType;

typedef enum { BOUND_GT, BOUND_GTE, BOUND_LT, BOUND_LTE, BOUND_EQ, BOUND_NEQ } BoundOp;

enum { CORRELATION_BOUNDS_MAX = 6 };

typedef struct CorrelationBound {
    BoundOp op;
    double number;
} CorrelationBound;

/* A condition over names of rules: A and not B. */
typedef enum { NAMED_AND, NAMED_OR, NAMED_NOT, NAMED_RULE } NamedKind;

typedef struct Named {
    NamedKind kind;
    uint32_t rule; /* NAMED_RULE: index into Correlation.rules */
    struct Named *first, *next;
} Named;

/* An alias: for each rule of the correlation the path that stands for it. */
typedef struct CorrelationAlias {
    Str name;
    const Str *paths; /* by index of the rule */
} CorrelationAlias;

typedef struct Correlation {
    CorrelationType type;
    RuleTexts rules;        /* as written: ids, names */
    Rule **resolved;        /* the rules, found by ruleset_finish */
    RuleTexts group_by;     /* paths or aliases */
    RuleTexts value_fields; /* condition.field */
    CorrelationAlias *aliases;
    uint32_t alias_count;
    int64_t timespan_us;
    CorrelationBound bounds[CORRELATION_BOUNDS_MAX];
    uint32_t bound_count;
    double percentile;
    const Named *condition; /* of an extended temporal one; NULL: the bounds */
    bool generate;          /* its rules give signals of their own, too */
} Correlation;

/* The word of a type: "event_count". Never NULL. */
const char *correlation_type_name(CorrelationType type);

/* The path that stands for *name*, a group or value field, in signals of rule *index*. */
Str correlation_path(const Correlation *correlation, Str name, uint32_t index);

/* Whether signals can make *rule* true: all of its rules have some if it wants all, else one of
 * them. *counts* has the signals of each rule of the set, by its index. */
bool correlation_is_possible(const Rule *rule, const uint64_t *counts);

/* The longest time from an event to what it decides, inner correlations included. */
int64_t correlation_reach_us(const Rule *rule);

/* Whether it, or one below it, asks what did not happen. */
bool correlation_has_absence(const Rule *rule);

#endif
