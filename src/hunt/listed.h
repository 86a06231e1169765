/* listed.h - which threat lists hold the addresses of matches. */
#ifndef HUNT_LISTED_H
#define HUNT_LISTED_H

#include "hunt/hunt.h"

/* Fills threat_lists of *count* matches from their addresses; equal texts lie in *texts* once as
 * long as the same address follows. False with *err*: memory. */
bool listed_fill(HuntMatch *matches, size_t count, const Derive *derive, Arena *texts, Error *err)
    __attribute__((warn_unused_result));

#endif
