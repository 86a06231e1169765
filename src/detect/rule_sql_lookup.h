/* rule_sql_lookup.h - what is asked of each value of a column beforehand: what lookups say of
 * addresses, regular expressions. Internal to rule_sql. */
#ifndef DETECT_RULE_SQL_LOOKUP_H
#define DETECT_RULE_SQL_LOOKUP_H

#include "detect/rule_sql_place.h"

/* A condition on *place*, a PLACE_LOOKUP: the item is asked beforehand of what the writer's lookups
 * say of each address, and the table for the addresses of which it holds. TRUE, not exact, when
 * they are not known or too many. */
SqlCond rule_sql_lookup(SqlWriter *writer, const Expr *item, const Place *place, bool negated);

/* The same for *place*, a PLACE_TEXT, of the values that its column has. False when they are not
 * known or too many. */
bool rule_sql_lookup_values(SqlWriter *writer, const Expr *item, const Place *place, bool negated,
                            SqlCond *ret);

#endif
