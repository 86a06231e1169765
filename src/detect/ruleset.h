/* ruleset.h - the rules that are in force: loaded together, then immutable and shared.
 *
 * Files and folders of Sigma rules, and those that the program carries. A rule that cannot be read
 * is reported with file and line, the others go on ("sigma", section 14). One thread loads a set;
 * after ruleset_finish any number reads it.
 *
 * Invariants
 *   1. Each rule of the list is whole; a rejected one is a problem, not a rule.
 *   2. Ids and names are unique in a set.
 *   3. Filters are part of the expressions of the rules they name.
 */
#ifndef DETECT_RULESET_H
#define DETECT_RULESET_H

#include "base/file_stamp.h"
#include "detect/rule.h"

typedef struct RuleSet RuleSet;

typedef struct RuleSetOptions {
    bool strict;              /* what is only advised against is refused, too */
    bool titles;              /* correlations may name rules by title */
    bool retired;             /* rules of status deprecated or unsupported tell what they find */
    const Yaml *placeholders; /* a map: name -> list of values, for expand; NULL: none */
    bool only_queries;        /* other rules than those with a query are passed over */
    /* Whether a query can be understood and gives *columns* (query/query_check.h); NULL: it is
     * not looked at. */
    bool (*check)(Str sql, const Str *columns, size_t count, uint32_t *ret_line, Error *err);
} RuleSetOptions;

/* An empty set with one reference; *options* NULL for the usual ones. NULL with *err*. */
RuleSet *ruleset_new(const RuleSetOptions *options, Error *err) __attribute__((warn_unused_result));

/* One more reference, and one less; the last one frees. NULL is fine for both. */
RuleSet *ruleset_keep(RuleSet *set);
void ruleset_free(RuleSet *set);

/* Adds the rules of *text*, a stream of YAML documents that errors call *file*. False only when
 * memory runs out. */
bool ruleset_add_text(RuleSet *set, Str text, const char *file, Error *err)
    __attribute__((warn_unused_result));

/* Adds a file, or all *.yml and *.yaml below a folder. ERROR_USAGE when there is none. */
bool ruleset_add_path(RuleSet *set, const char *path, Error *err)
    __attribute__((warn_unused_result));

/* Adds to *stamp* how the files look that ruleset_add_path takes. */
void ruleset_stamp(const char *path, FileStamp *stamp);

/* Adds the rules that the program carries (content/rules). */
bool ruleset_add_content(RuleSet *set, Error *err) __attribute__((warn_unused_result));

/* Ties the rules together: filters, names, correlations. Called once, after all was added. A
 * correlation with which all would look at more than CORRELATION_PATHS_MAX fields is rejected. */
bool ruleset_finish(RuleSet *set, Error *err) __attribute__((warn_unused_result));

/* The rules in the order they were loaded. */
size_t ruleset_count(const RuleSet *set);
const Rule *ruleset_rule(const RuleSet *set, size_t index);

/* A number above those of all items of its detections (expr.h), which differ from each other. */
uint32_t ruleset_items(const RuleSet *set);

/* The rule of that id or name, else the first of that title or file name without its ending; NULL
 * when there is none. */
const Rule *ruleset_find(const RuleSet *set, Str name);

/* What was wrong, errors and warnings in the order they were met. */
size_t ruleset_problem_count(const RuleSet *set);
const RuleProblem *ruleset_problem(const RuleSet *set, size_t index);
size_t ruleset_error_count(const RuleSet *set);

#endif
