#include "beside.h"

#include <stdio.h>

#include "base/clock.h"
#include "base/log.h"
#include "verify/kept.h"
#include "verify/settle.h"

/* Who may not ask now may not a minute later either; a minute is between two calls. */
static const int64_t ASK_AGAIN_US = INT64_C(600000000);

static bool ask_keys(Beside *self, Error *err)
{
    Error untold = {0};
    if (!self->aws || clock_monotonic_us() < self->ask_us)
        return true;
    if (!kept_ask_keys(self->lake, self->aws, &untold, err))
        return false;
    if (untold.kind != ERROR_NONE) {
        log_tell(LOG_WARN, NULL, "signatures of digests are not checked yet: %s", untold.text);
        self->ask_us = clock_monotonic_us() + ASK_AGAIN_US;
    }
    return true;
}

bool beside_keep(Beside *self, bool *ret_any, Error *err)
{
    Error trouble = {0};
    *ret_any = false;
    bool ok = kept_refresh(self->lake, &trouble, err) && ask_keys(self, err) &&
              settle_digests(self->lake, ret_any, err);
    if (trouble.kind != ERROR_NONE)
        log_tell(LOG_WARN, NULL, "left out what lies beside digests: %s", trouble.text);
    return ok;
}
