/* match_pattern.h - what match tries events with: a CloudWatch or EventBridge pattern, or Sigma
 * rules. */
#ifndef MATCH_PATTERN_H
#define MATCH_PATTERN_H

#include "base/command.h"
#include "detect/rule.h"

typedef struct MatchPattern MatchPattern;

/* Of --cloudwatch, --eventbridge or --sigma, of which one is given. NULL with *err*: ERROR_USAGE
 * when it is wrong. */
MatchPattern *match_pattern_new(const CommandLine *line, Error *err)
    __attribute__((warn_unused_result));
void match_pattern_free(MatchPattern *pattern);

typedef struct MatchEvent {
    Str text;
    const Json *json; /* NULL: it is none */
    Arena *arena;     /* of what it needs */
} MatchEvent;

/* Whether the event matches. *values* then gets a JSON object: the values that were looked at, as
 * texts. */
bool match_pattern_try(MatchPattern *pattern, const MatchEvent *event, Buf *values,
                       bool *ret_matches, Error *err) __attribute__((warn_unused_result));

/* The rules (const Rule * each) that the last event matched; none without --sigma. */
const Buf *match_pattern_rules(const MatchPattern *pattern);

#endif
