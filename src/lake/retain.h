/* retain.h - deletes records that were kept long enough, but for those that a legal hold names.
 *
 * docs/keep.md. Day by day: files of which all records go are dropped, others are written anew
 * without them (day_writer.h). Each day is one commit and one signed entry of the ledger, which
 * says what went; that the rest is untouched is checked by the ledger's sums before it commits.
 * Records are gone for readers then; their bytes go when no snapshot needs the old files
 * (expire.h).
 */
#ifndef LAKE_RETAIN_H
#define LAKE_RETAIN_H

#include "base/engine.h"
#include "lake/claim.h"
#include "lake/retain_policy.h"

typedef struct RetainOptions {
    Lake *lake;
    ClaimTable *claims; /* NULL: nothing is deleted, only told (a dry run) */
    Engine *engine;     /* not locked */
    const RetainPolicy *policy;
    int32_t today; /* days since 1970 */
    /* Called for each day and account of which records go or are held. */
    bool (*tell)(void *context, int32_t day, Str account, uint64_t go, uint64_t held, Error *err);
    void *context;
} RetainOptions;

typedef struct RetainReport {
    uint64_t days;    /* of which records go */
    uint64_t go;      /* records */
    uint64_t held;    /* records whose time is over, but for a hold */
    uint64_t dropped; /* files that cease to be live */
    uint64_t written; /* files that take their place */
} RetainReport;

/* Deletes, or tells, what is due in the table `cloudtrail`. ERROR_INPUT when a file does not hold
 * the rows that were written, by the ledger's sums: its day is left as it is. */
bool retain_events(const RetainOptions *options, RetainReport *ret, Error *err)
    __attribute__((warn_unused_result));

#endif
