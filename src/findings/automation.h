/* automation.h - rules for findings: which of them become suppressed, graver, somebody's, archived.
 *
 * files of findings.rules -> [automation] -> finding_workflow
 *
 * As Security Hub's automation rules ("Security Hub", sections 3.1 and 5): criteria on a finding's
 * ASFF, in the order of `order`, each seeing what those before made of it, until one that is
 * terminal. A field's positive criteria are joined by OR, its negative ones by AND, fields by AND.
 * Applied in the transaction that makes or updates a finding: a suppressed one is told to nobody.
 *
 * A rule is a YAML document:
 *   name, description, order (1 to 1000), enabled, terminal, until (a time; it holds up to then)
 *   criteria: {FIELD: criterion or list of them}; a criterion is a text (equal to it) or {value,
 *     comparison}, {gte, lte, gt, lt, eq}, {start, end}, {within_days}, {older_than_days}, {cidr},
 *     {key, value, comparison}
 *   actions: workflow, severity, confidence, note, assignee, record_state, user_fields
 *
 * An Automation belongs to one thread at a time.
 */
#ifndef FINDINGS_AUTOMATION_H
#define FINDINGS_AUTOMATION_H

#include "base/json.h"
#include "base/yaml.h"
#include "findings/finding.h"

typedef struct Automation Automation;

enum { AUTOMATION_RULES_MAX = 1000, AUTOMATION_CRITERIA_MAX = 64 };

/* What one criterion asks. */
typedef enum {
    CRITERION_EQUALS,
    CRITERION_PREFIX,
    CRITERION_CONTAINS,
    CRITERION_NOT_EQUALS,
    CRITERION_PREFIX_NOT_EQUALS,
    CRITERION_NOT_CONTAINS,
    CRITERION_NUMBER,
    CRITERION_TIME,
    CRITERION_CIDR,
} CriterionKind;

typedef struct Criterion {
    uint32_t field; /* of the table of fields */
    CriterionKind kind;
    Str value, key;           /* key: of maps */
    double least, most;       /* of numbers */
    bool above, below;        /* the bounds themselves are outside */
    int64_t start_us, end_us; /* of times */
    int64_t within_us;        /* before now; 0: not asked */
    int64_t older_us;
} Criterion;

typedef struct Criteria {
    const Criterion *list; /* those of a field stand together */
    size_t count;
} Criteria;

/* A rule as its file says it. */
typedef struct AutomationRule {
    Str name, description, file;
    uint32_t line;
    int order;
    bool enabled, terminal;
    int64_t until_us; /* INT64_MAX: for ever */
    Criteria criteria;
    Str workflow, note, assignee, record_state, user_fields; /* without ptr: not set */
    int severity, confidence;                                /* -1: not set */
} AutomationRule;

/* Reads criteria out of a map of YAML, into *arena*. ERROR_INPUT names file, line and culprit. */
bool automation_read_criteria(const Yaml *map, const char *file, Arena *arena, Criteria *ret,
                              Error *err) __attribute__((warn_unused_result));

/* Whether a finding's ASFF meets all criteria; *now_us* is what days are counted from. */
bool automation_matches(const Criteria *criteria, const Json *finding, int64_t now_us);

/* The place in ASFF of a field ("SeverityLabel": "Severity.Label"); NULL when there is none of that
 * name. */
const char *automation_path(Str field);

/* Reads the files of *path* (a file, or the *.yml and *.yaml at or below a folder); "", and what is
 * not there, give no rules. *tell* (may be NULL) is told when files that changed cannot be read:
 * those from before stay in force. NULL with *err*; the caller frees. */
Automation *automation_open(const char *path, void (*tell)(const char *why), Error *err)
    __attribute__((warn_unused_result));
void automation_free(Automation *self);

/* Reads the files again when they changed. */
void automation_refresh(Automation *self);

/* The rules by order and name. */
size_t automation_count(const Automation *self);
const AutomationRule *automation_rule(const Automation *self, size_t index);

/* Whether a rule holds at *now_us*: it is enabled, and its time is not over. */
bool automation_holds(const AutomationRule *rule, int64_t now_us);

/* Applies all rules to the finding *id*, in the caller's transaction; what changes is kept in its
 * history, under the rule's name. */
bool automation_apply(Automation *self, Db *db, Str id, Error *err)
    __attribute__((warn_unused_result));

/* The same to all findings that commit *seq* made or updated, after files that came, went or were
 * written were read again. */
bool automation_apply_commit(Automation *self, Db *db, int64_t seq, Error *err)
    __attribute__((warn_unused_result));

#endif
