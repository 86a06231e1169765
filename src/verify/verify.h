/* verify.h - are the logs whole, and is none changed? The digest chains of a store are followed.
 *
 * Store, public keys -> [verify] -> events
 *
 * Follows "CloudTrail digest files and validation", section 6, so that verdicts and counts are the
 * AWS CLI's; what it does not look at is remarked beside them and changes neither.
 *
 * Invariants
 *   1. Events come in the order in which the CLI writes them: a digest, its logs, the digest
 * before.
 *   2. Memory is bounded by a window of digests, 16 bytes a listed digest and some 20 a log.
 *
 * Digests and logs are read by the threads of one pool; events come from the calling thread.
 */
#ifndef VERIFY_VERIFY_H
#define VERIFY_VERIFY_H

#include "verify/catalogue.h"
#include "verify/public_keys.h"
#include "verify/store.h"
#include "verify/verdict.h"

typedef enum {
    VERIFY_CHAIN,  /* the events of *chain* follow */
    VERIFY_DIGEST, /* a digest file has this verdict */
    VERIFY_LOG,    /* a log file */
    VERIFY_GAP,    /* a starting digest: nothing links [from, to] of the chain */
    VERIFY_REMARK,
} VerifyEventKind;

/* Texts live during the call. */
typedef struct VerifyEvent {
    VerifyEventKind kind;
    Verdict verdict;
    Remark remark;
    bool backfill;
    const Chain *chain; /* NULL for remarks on logs */
    Str bucket, key;    /* of the file; empty when it is about none */
    const char *detail; /* for people; may be empty */
    int64_t from_us, to_us;
} VerifyEvent;

typedef struct VerifyCount {
    uint64_t valid, invalid;
} VerifyCount;

typedef struct VerifyReport {
    uint64_t chains;
    VerifyCount digests, backfill_digests, logs;
    uint64_t logs_noted; /* of the valid logs, those whose bytes are not to be had any more */
    uint64_t gaps;
    uint64_t remarks[REMARK_COUNT];
    int64_t found_from_us,
        found_to_us; /* of valid digests, cut to what was asked; none: from > to */
} VerifyReport;

typedef struct VerifyOptions {
    const Store *store;
    const PublicKeys *keys;
    Str account, region, trail; /* empty: all */
    int64_t since_us, until_us;
    int jobs;
    bool (*event)(void *context, const VerifyEvent *event, Error *err);
    void *context;
} VerifyOptions;

/* Of each kind of remark on log files, so many are events; the report counts all. */
enum { VERIFY_REMARKS_TOLD_MAX = 100 };

/* Verifies. False with *err* when the store cannot be listed, an event's function said so, or
 * memory ran out; bad files are no failure. */
bool verify_run(const VerifyOptions *options, VerifyReport *ret, Error *err)
    __attribute__((warn_unused_result));

#endif
