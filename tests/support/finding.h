/* finding.h - rules and matches that tests of findings share. */
#ifndef SUPPORT_FINDING_H
#define SUPPORT_FINDING_H

#include "hunt/gather.h"

/* Two rules: a detection with everything that a finding shows, and a correlation. The caller frees
 * the set. */
RuleSet *finding_rules(void);

/* A match of *rule* in the *second*th second of 2026-11-26, by alice. */
HuntMatch finding_match(const Rule *rule, int second);

/* A match without any text of a record. */
HuntMatch finding_bare(const Rule *rule);

/* A match whose record was written by an attacker. */
HuntMatch finding_hostile(const Rule *rule);

/* A finding as JSON. */
typedef bool (*FindingAppend)(const Story *finding, Buf *out, Error *err);

/* Gathers the matches, of which one finding comes, and compares what *append* writes with the JSON
 * of the file *expected* below tests; the program's version reads VERSION there. */
void finding_assert(const HuntMatch *matches, size_t count, FindingAppend append,
                    const char *expected);

/* Asserts four findings that *append* writes: of two matches, of a correlation, of a record that
 * lacks everything and of a hostile one; support/findings/NAME-*.json hold what is expected. */
void finding_assert_format(FindingAppend append, const char *name);

#endif
