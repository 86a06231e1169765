/* settle.h - checks the signatures of the digests that a lake kept, each once: when its key and its
 * signature are known. */
#ifndef VERIFY_SETTLE_H
#define VERIFY_SETTLE_H

#include "lake/lake.h"

/* Checks all digests whose signature can be checked for the first time and notes in the state what
 * came of it, as a commit of the kind "verify". *ret_any*: there were such. The lake is a writer's
 * that is alone. */
bool settle_digests(Lake *lake, bool *ret_any, Error *err) __attribute__((warn_unused_result));

#endif
