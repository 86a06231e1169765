/* lake.h - an open lake: its folder, its state, its secret, and the writer's lock.
 *
 * One process writes a lake at a time; readers never wait. A Lake is used by one thread, but for
 * what claim.h and commit.h allow.
 */
#ifndef LAKE_LAKE_H
#define LAKE_LAKE_H

#include <stdint.h>

#include "base/db.h"
#include "base/error.h"
#include "base/hash.h"
#include "lake/depot.h"

typedef enum {
    LAKE_READ,   /* the state read-only, no lock */
    LAKE_WRITE,  /* takes the lock; the lake must exist */
    LAKE_CREATE, /* takes the lock; makes the lake when there is none */
} LakeMode;

typedef struct Lake {
    char *folder; /* absolute, without links */
    Db *db;
    int lock_fd; /* -1 for readers */
    char uuid[37];
    uint8_t secret[HASH_SECRET_BYTES]; /* keys the fingerprints */
    int64_t opened_at_us;
    struct Ledger *ledger;         /* of a writer; NULL for readers */
    struct ClaimTable *claims;     /* of those that share the state (claim.h); NULL: one has it */
    struct LedgerHeads *heads;     /* where the ledger's head is told; NULL: nowhere */
    struct Automation *automation; /* rules for findings, of a writer; NULL: none */
    Aws *aws;                      /* for what is kept in S3; NULL: nothing is */
    Depot *originals;              /* where originals are kept (originals.h); NULL: nowhere */
} Lake;

/* Opens the lake at *folder*. ERROR_ACCESS when there is none (and how to make one) or the folder
 * lies on a network file system; ERROR_BUSY when another process writes it. NULL with *err*. */
Lake *lake_open(const char *folder, LakeMode mode, Error *err) __attribute__((warn_unused_result));

/* As lake_open for a writer, but waits up to *wait_us* for the other writer to end; *waiting* (may
 * be NULL) is called once with the other's name when it has to. */
Lake *lake_open_waiting(const char *folder, LakeMode mode, int64_t wait_us,
                        void (*waiting)(const char *holder), Error *err)
    __attribute__((warn_unused_result));

/* Takes the lock of the lake at *folder*, whose state may be lost, and opens a new, empty one
 * beside it ("state.db.rebuild"; one that was left there is removed). UUID and secret are those of
 * the old state where it can be read. For rebuild.h alone. */
Lake *lake_open_beside(const char *folder, Error *err) __attribute__((warn_unused_result));

/* Puts the state that lake_open_beside opened in place: the old one is kept under the name
 * *ret_aside* (below the lake; "" when there was none). When it fails, the same call on a lake that
 * was opened anew does the rest. */
bool lake_put_in_place(Lake *lake, char ret_aside[64], Error *err)
    __attribute__((warn_unused_result));

/* Gives the lake who asks S3 for what it keeps outside; freed with it. */
void lake_use_aws(Lake *lake, Aws *aws);

/* Names the place where originals are kept, and makes a folder for a writer; "": none. A bucket
 * needs lake_use_aws before; *lock_days* as in DepotOptions. */
bool lake_keep_originals(Lake *lake, const char *place, int64_t lock_days, Error *err)
    __attribute__((warn_unused_result));

/* Closes, gives the lock back and frees; NULL is fine. */
void lake_close(Lake *lake);
void lake_close_ref(Lake **lake);
#define LAKE_AUTO __attribute__((cleanup(lake_close_ref)))

#endif
