/* rule_cases.h - what comes of rule files, as one line, for cases in plain text.
 *
 * A case of text_cases.h whose text is YAML. Its verdict says with "!! " which errors are told,
 * "code line: text" each; with "-> " which warnings, "line: text" each; with "=> " which rules
 * there are, "title line" each. Several are parted by "; ". A first line "# strict" or "# titles"
 * sets that option.
 */
#ifndef TESTS_SUPPORT_RULE_CASES_H
#define TESTS_SUPPORT_RULE_CASES_H

#include "detect/ruleset.h"

/* Loads and finishes *text*, with the options of its first line; the caller frees the set. */
RuleSet *rule_cases_load(Str text);

/* As TextCaseRun. */
void rule_cases_run(Str text, char verdict, Buf *out);

/* The only rule of *set*; the test fails when there is another number of them. */
const Rule *rule_cases_only(const RuleSet *set);

/* Whether *rule* matches the event, JSON. */
bool rule_cases_match(const Rule *rule, const char *event);

#endif
