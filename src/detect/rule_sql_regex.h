/* rule_sql_regex.h - regular expressions of rules for regexp_like. Internal to rule_sql. */
#ifndef DETECT_RULE_SQL_REGEX_H
#define DETECT_RULE_SQL_REGEX_H

#include "detect/rule_sql_cond.h"

/* A condition that is true of each text in which *regex* is found; never exact, since engines
 * differ and a rule's expression may give up. TRUE for what another engine may read otherwise. */
SqlCond rule_sql_regex(SqlWriter *writer, const Regex *regex, Str value);

#endif
