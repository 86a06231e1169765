/* rule.h - a rule as it was loaded: its words, what it asks for, and what was wrong with it. */
#ifndef DETECT_RULE_H
#define DETECT_RULE_H

#include "base/yaml.h"
#include "detect/expr.h"

typedef enum { RULE_DETECTION, RULE_CORRELATION, RULE_FILTER, RULE_SQL } RuleKind;

enum { RULE_KINDS = RULE_SQL + 1 };

typedef enum {
    LEVEL_NONE, /* the rule says none */
    LEVEL_INFORMATIONAL,
    LEVEL_LOW,
    LEVEL_MEDIUM,
    LEVEL_HIGH,
    LEVEL_CRITICAL,
} RuleLevel;

/* Sigma's logsource; an attribute that is not set is empty ("sigma", section 2.1). */
typedef struct RuleSource {
    Str category, product, service;
} RuleSource;

typedef struct RuleTexts {
    const Str *list;
    uint32_t count;
} RuleTexts;

typedef struct Rule {
    RuleKind kind;
    uint32_t index; /* in its set */
    Str file;
    uint32_t line;     /* of the document, from 1 */
    uint32_t document; /* its number in the file, from 1 */
    Str title, id, name, status, description, author, date, modified;
    RuleLevel level;
    RuleTexts tags, fields, false_positives, references;
    RuleSource source;
    bool applies;     /* its logsource covers CloudTrail's */
    const Expr *expr; /* of a detection: its conditions joined by OR, with the filters */
    const Yaml *tree; /* the document as merged; custom attributes are found here */
    struct Correlation *correlation; /* of a correlation */
    struct Filter *filter;           /* of a filter */
    struct SqlRule *sql;             /* of a question in SQL (sql_rule.h) */
    bool correlated;                 /* a correlation names it */
    bool dry_run;                    /* it is counted what it finds, and nobody is told */
    bool silent; /* it tells nothing by itself: only correlations want it, or it is retired */
} Rule;

/* Something wrong: an error rejects the rule, a warning does not. */
typedef struct RuleProblem {
    bool error;
    const char *code; /* R01 to R30 of "sigma", section 14; S for queries; W for warnings */
    Str file;
    uint32_t line;
    Str title; /* of the rule, as far as it is known */
    Str text;  /* one line */
} RuleProblem;

/* "high"; "none" for LEVEL_NONE. Never NULL. */
const char *rule_level_name(RuleLevel level);

/* The level of that name, without regard to case; false when there is none. */
bool rule_level_read(Str name, RuleLevel *ret);

/* Whether its status is deprecated or unsupported ("sigma", section 14): it tells nothing by itself
 * unless that is asked for. */
bool rule_is_retired(const Rule *rule);

/* Whether every attribute that *cover* sets is the same in *source*, without regard to case. */
bool rule_covers(const RuleSource *cover, const RuleSource *source);

#endif
