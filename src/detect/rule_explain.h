/* rule_explain.h - why a rule matches an event or not: each search and item with what it saw. */
#ifndef DETECT_RULE_EXPLAIN_H
#define DETECT_RULE_EXPLAIN_H

#include "detect/ruleset.h"

/* Appends lines for people about *rule*, a detection, and the event in *document*:
 *
 *     no   selection
 *            yes  eventSource: iam.amazonaws.com   (seen "iam.amazonaws.com")
 *            no   eventName: CreateUser, DeleteUser   (seen "ListUsers")
 *     condition: selection
 *     the rule does not match
 *
 * False with *err*: memory. */
bool rule_explain(const Rule *rule, Document *document, Buf *out, Error *err)
    __attribute__((warn_unused_result));

#endif
