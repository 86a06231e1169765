/* lineage_forward.h - what a session did, and the sessions that it opened in turn.
 *
 * lineage_read -> [lineage_forward] -> lineage_tree. One thread.
 */
#ifndef LINEAGE_FORWARD_H
#define LINEAGE_FORWARD_H

#include "lineage/lineage_tree.h"

/* Counts what was done with the key of *number* (without one: by its principal), adds the sessions
 * that it opened, at most *max* each, and goes on with those, *depth* steps far. What is left out
 * is noted. */
bool lineage_forward_follow(const LineageReader *reader, LineageTree *tree, uint32_t number,
                            unsigned depth, unsigned max, Error *err)
    __attribute__((warn_unused_result));

#endif
