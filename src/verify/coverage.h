/* coverage.h - which log files valid digests list, and which times they cover. Internal to verify.
 *
 * Logs are kept as 64-bit keyed hashes: with ten million of them, one in a million runs takes an
 * unlisted log for a listed one.
 */
#ifndef VERIFY_COVERAGE_H
#define VERIFY_COVERAGE_H

#include "collect/object_name.h"

typedef struct Coverage Coverage;

/* An empty one; the caller frees. NULL with *err*. */
Coverage *coverage_new(Error *err) __attribute__((warn_unused_result));
void coverage_free(Coverage *self);

/* A valid digest of an account and region covers [from, to]. */
bool coverage_add_digest(Coverage *self, Str account, Str region, const int64_t range_us[2],
                         Error *err) __attribute__((warn_unused_result));

/* A valid digest lists this log. */
bool coverage_add_log(Coverage *self, Str bucket, Str key, Error *err)
    __attribute__((warn_unused_result));

/* Whether a valid digest lists this log. */
bool coverage_has_log(const Coverage *self, Str bucket, Str key);

/* Whether digests of this account and region cover a log that was delivered then, with five minutes
 * around it, which is what a log's name rounds to. Call after the last digest. */
bool coverage_covers(Coverage *self, Str account, Str region, int64_t delivered_us);

/* A log of this account and region lies in the store. */
bool coverage_note_log(Coverage *self, Str bucket, Str key, const LogName *name, Error *err)
    __attribute__((warn_unused_result));

/* Whether valid digests list all logs that were noted. Call after the last digest. */
bool coverage_is_whole(const Coverage *self);

/* An account and region whose newest log is long after its newest digest's end. */
typedef struct CoverageOverdue {
    Str account, region;
    int64_t digest_us, log_us;
} CoverageOverdue;

/* The next one from *at*, which is advanced; false behind the last. */
bool coverage_overdue(const Coverage *self, size_t *at, CoverageOverdue *ret);

#endif
