/* values.h - all values that columns of text have in a lake, when they are not many, nor long.
 *
 * A regular expression that a rule asks of ten million rows is asked of the few hundred values that
 * they have (detect/rule_sql.h). Used by one thread.
 */
#ifndef QUERY_VALUES_H
#define QUERY_VALUES_H

#include "decode/field.h"
#include "query/session.h"

typedef struct Values Values;

/* For questions to *session*, which it borrows as *lake*. With a lake, of all whose events
 * *session* tells, values are kept between runs (asked.h). NULL with *err*. */
Values *values_new(Session *session, Lake *lake, Error *err) __attribute__((warn_unused_result));
void values_free(Values *values);

/* A RuleSqlValues; *context* is a Values. Asks for the values of a column once. */
bool values_of(void *context, FieldNode node, const Str **ret_values, size_t *ret_count, Error *err)
    __attribute__((warn_unused_result));

#endif
