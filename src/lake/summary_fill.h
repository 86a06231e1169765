/* summary_fill.h - counts the records of data files from before they were counted when written. */
#ifndef LAKE_SUMMARY_FILL_H
#define LAKE_SUMMARY_FILL_H

#include <stdatomic.h>

#include "base/engine.h"
#include "lake/lake.h"

/* Writes a file of counted rows for each live data file that should have one and has none; *ret*
 * is how many. *lake* is a writer's, *engine* not locked. Where others share the state, it takes a
 * turn to list the files (claim.h) and none to count. Ends early when *stopping* (may be NULL)
 * becomes true, which is no failure; who asks for that interrupts the engine. Runs in the thread
 * that expires files, so none of them goes meanwhile. */
bool summary_fill(Lake *lake, Engine *engine, const atomic_bool *stopping, uint64_t *ret,
                  Error *err) __attribute__((warn_unused_result));

#endif
