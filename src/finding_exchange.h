/* finding_exchange.h - how findings come from other products and go to Security Hub, shortly, for
 * `spoor status`: `spoor findings polls` and `pushes` say more. */
#ifndef FINDING_EXCHANGE_H
#define FINDING_EXCHANGE_H

#include "lake/lake.h"

/* Prints a line, or an element of a JSON array, for each source that the configuration of a service
 * names (findings.from). Nothing when there is none. */
bool finding_exchange_polls(Lake *lake, bool json, Error *err) __attribute__((warn_unused_result));

/* Prints how many findings Security Hub took, wait for it, and were given up; as JSON an object, or
 * null when none was to go there. */
bool finding_exchange_pushes(Lake *lake, bool json, Error *err) __attribute__((warn_unused_result));

#endif
