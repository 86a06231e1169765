/* finding_explain.h - imported findings are joined to the events of the lake that explain them, and
 * findings of level medium or higher to what else their principals did. */
#ifndef FINDING_EXPLAIN_H
#define FINDING_EXPLAIN_H

#include "base/config.h"
#include "lake/lake.h"

/* Works off what waits, at most a hundred of each kind; *ret_more* says that there is more. *db*
 * writes to the state; *reader* is the lake as it is read. A finding whose events are not in yet is
 * looked at again later, for two days. */
bool finding_explain_step(Db *db, Lake *reader, const Config *config, bool *ret_more, Error *err)
    __attribute__((warn_unused_result));

#endif
