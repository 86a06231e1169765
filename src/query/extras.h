/* extras.h - whether `extra` of some event of a lake says something of what a rule reads.
 *
 * Asked of the few values that the column has instead of all events, where they are few; the values
 * are kept between runs (values.h). Used by one thread.
 */
#ifndef QUERY_EXTRAS_H
#define QUERY_EXTRAS_H

#include "query/values.h"

/* False in *ret* when no value of `extra` fulfils *touches*, a condition on the column alone
 * (RuleSql). True when one does, and when that would take as long as to ask the events. */
bool extras_may_touch(Session *session, Lake *lake, Values *values, Str touches, bool *ret,
                      Error *err) __attribute__((warn_unused_result));

#endif
