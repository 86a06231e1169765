/* rule_sql_json.h - what a test asks of a JSON column. Internal to rule_sql.
 *
 * "sigma", section 13: a path goes through arrays and finds names with dots. SQL finds the value of
 * the plain way; where another way may lead to one, the condition is weak.
 */
#ifndef DETECT_RULE_SQL_JSON_H
#define DETECT_RULE_SQL_JSON_H

#include "detect/rule_sql_place.h"

/* Whether the values at *place*, which is JSON, pass, or with *negated* do not. */
SqlCond rule_sql_json(SqlWriter *writer, const Test *test, const Place *place, bool negated);

#endif
