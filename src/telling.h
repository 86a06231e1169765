/* telling.h - notifications as configuration and command line say. */
#ifndef TELLING_H
#define TELLING_H

#include "base/command.h"
#include "lake/lake.h"
#include "notify/courier.h"

/* A courier and its targets, for one lake. */
typedef struct Telling Telling;

/* Opens both for *lake*, which is borrowed only during the call. *stopping* as in CourierOptions.
 * NULL with *err*; the caller frees. */
Telling *telling_open(const CommandLine *line, const Lake *lake, const atomic_bool *stopping,
                      Error *err) __attribute__((warn_unused_result));
void telling_free(Telling *telling);

/* They live as long as *telling*. */
Courier *telling_courier(Telling *telling);
const Targets *telling_targets(const Telling *telling);

#endif
