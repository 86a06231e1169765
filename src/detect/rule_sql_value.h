/* rule_sql_value.h - what a test asks of one text. Internal to rule_sql. */
#ifndef DETECT_RULE_SQL_VALUE_H
#define DETECT_RULE_SQL_VALUE_H

#include "detect/rule_sql_place.h"

/* Whether *value*, SQL of a text that is not NULL, passes. With *strong* the condition is true of
 * no text that does not pass, else of every one that does; an exact one is both. Not for tests of
 * presence. */
SqlCond rule_sql_value(SqlWriter *writer, const Test *test, Str value, bool strong);

/* Whether a number of JSON may pass: its text is then not what is written. */
bool rule_sql_value_is_numeric(const Test *test);

/* "value = 7" and the like. */
SqlCond rule_sql_value_order(SqlWriter *writer, const Test *test, Str value, bool exact);

#endif
