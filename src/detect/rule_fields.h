/* rule_fields.h - which fields of an event a rule looks at, and in which line it says so. */
#ifndef DETECT_RULE_FIELDS_H
#define DETECT_RULE_FIELDS_H

#include "detect/rule.h"

/* *field* is a path as the rule writes it, without modifiers. */
typedef void (*RuleFieldTake)(void *context, const Rule *rule, Str field, uint32_t line);

/* Calls *take* for each place in which *rule*, of a finished set, names a field whose presence it
 * wants: not where it asks for null, or that the field is not there. */
void rule_fields_each(const Rule *rule, RuleFieldTake take, void *context);

#endif
