/* security_hub.h - findings given to Security Hub (API Reference, "BatchImportFindings").
 *
 * aws, request -> [security_hub] -> notify. Any thread; each call has a line of its own.
 */
#ifndef CLOUD_SECURITY_HUB_H
#define CLOUD_SECURITY_HUB_H

#include "cloud/aws.h"

enum {
    SECURITY_HUB_BATCH_MAX = 100,
    SECURITY_HUB_BATCH_BYTES_MAX = 6 << 20, /* "Security Hub", section 3 */
};

/* Told of each finding that was not taken: its Id, the error's code and words. */
typedef void (*SecurityHubRefused)(void *context, Str id, Str code, Str message);

typedef struct SecurityHubBatch {
    Str region;   /* that is asked */
    Str findings; /* a JSON array in ASFF */
    int64_t timeout_us;
    SecurityHubRefused refused;
    void *context;
} SecurityHubBatch;

/* Gives it the findings, at most so many and so many bytes, and waits for the answer, timeout_us at
 * most. True when it was answered: all are taken of which *refused* was not told. False with *err*:
 * ERROR_ACCESS names the permission when it is denied, and says so when Security Hub is not on
 * there; ERROR_BUSY: another try may succeed. Some may be taken then, too. */
bool security_hub_import(Aws *aws, const SecurityHubBatch *batch, Error *err)
    __attribute__((warn_unused_result));

#endif
