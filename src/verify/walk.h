/* walk.h - follows the digests of a chain from the newest to the oldest. Internal to verify. */
#ifndef VERIFY_WALK_H
#define VERIFY_WALK_H

#include "verify/window.h"

/* What a walk needs besides its chain. */
typedef struct WalkTools {
    const VerifyOptions *options;
    const Catalogue *catalogue;
    Coverage *coverage;
    Window *window;
    VerifyReport *report;
} WalkTools;

/* Walks all of *chain*: its digests, then its backfill digests, each from every home that no link
 * led to. */
bool walk_chain(const WalkTools *tools, Chain *chain, Error *err)
    __attribute__((warn_unused_result));

#endif
