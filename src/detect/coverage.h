/* coverage.h - which tactics and techniques of ATT&CK the rules of a set speak of, by their tags.
 */
#ifndef DETECT_COVERAGE_H
#define DETECT_COVERAGE_H

#include "detect/ruleset.h"

/* A technique under a tactic. */
typedef struct CoverageRow {
    Str tactic, technique; /* "persistence", "t1098.001"; empty: rules of the tactic without one */
    size_t rules;
    RuleLevel level; /* the highest */
} CoverageRow;

/* Appends the rows (CoverageRow) of the rules of *set* that apply, by tactic and technique. */
bool coverage_rows(const RuleSet *set, Buf *ret_rows, Error *err)
    __attribute__((warn_unused_result));

/* Appends the rows as a table for people. */
bool coverage_write_table(const RuleSet *set, Buf *out, Error *err)
    __attribute__((warn_unused_result));

/* Appends a layer for MITRE's ATT&CK Navigator (layer format 4.5): each technique scored with its
 * number of rules, their titles as comment. */
bool coverage_write_layer(const RuleSet *set, Buf *out, Error *err)
    __attribute__((warn_unused_result));

#endif
