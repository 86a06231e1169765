/* rule_draft.h - the first draft of a Sigma rule, made from an event that it is to find.
 *
 * The rule asks for the event's eventSource, eventName and errorCode, and for what tells about the
 * call: a sign-in without a second factor, a policy of administrators, an address range that is
 * all. It carries the event as the sample that matches, and the same call with another outcome as
 * the one that does not. What a person must say is left to fill in, behind a comment.
 */
#ifndef DETECT_RULE_DRAFT_H
#define DETECT_RULE_DRAFT_H

#include "base/arena.h"
#include "base/buf.h"
#include "base/json.h"

typedef struct RuleDraft {
    Str title;
    const char *id;    /* a UUID */
    const char *date;  /* 2026-11-26 */
    const Json *event; /* an object */
} RuleDraft;

/* Appends the rule as YAML. ERROR_INPUT when the event lacks eventSource or eventName, ERROR_LIMIT
 * when it holds a name that YAML cannot take. */
bool rule_draft_write(const RuleDraft *draft, Arena *arena, Buf *out, Error *err)
    __attribute__((warn_unused_result));

/* An event to start from when there is none, as JSON text. */
Str rule_draft_example(void);

#endif
