/* alarm_rule.h - the rule of a composite alarm: states of other alarms, joined by words.
 *
 *   rule = or;  or = and { "OR" and };  and = not { "AND" not };  not = [ "NOT" ] atom
 *   atom = "(" or ")" | "TRUE" | "FALSE" | state "(" name ")"
 *        | "AT_LEAST" "(" count "," [ "NOT" ] state "," "(" name { "," name } ")" ")"
 *
 * "CloudWatch alarm evaluation and CIS monitoring controls", section 5. A name is an alarm's name
 * or ARN; quoted it may hold anything, with \" for a quote. A rule lives in the arena it was read
 * into.
 */
#ifndef WATCH_ALARM_RULE_H
#define WATCH_ALARM_RULE_H

#include "base/arena.h"
#include "watch/alarm_state.h"

enum { ALARM_RULE_BYTES_MAX = 10240, ALARM_RULE_NAMES_MAX = 100 };

typedef struct AlarmRule AlarmRule;

/* Reads *text*; NULL with *err*: ERROR_INPUT says at which character what was expected. */
AlarmRule *alarm_rule_read(Str text, Arena *arena, Error *err) __attribute__((warn_unused_result));

/* The alarms that it names, each once. */
size_t alarm_rule_count(const AlarmRule *rule);
Str alarm_rule_name(const AlarmRule *rule, size_t index);

/* Whether it is true when the alarm of each index has the state in *states*. */
bool alarm_rule_holds(const AlarmRule *rule, const AlarmState *states);

#endif
