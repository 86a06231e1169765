/* receipt.h - the proof that an object is in: one row of the state's table `objects`.
 *
 * For every object: read = kept + duplicate + dropped + the records quarantined instead of stored;
 * conflicting ones are among the kept. A newer copy of the same object (other etag) gets a new
 * receipt and the older one is marked superseded. Used by the thread that has the turn
 * (claim.h), or by a writer that is alone.
 */
#ifndef LAKE_RECEIPT_H
#define LAKE_RECEIPT_H

#include "base/hash.h"
#include "base/str.h"
#include "lake/lake.h"

/* What an object turned out to be, as the column `kind` says it. */
typedef enum { OBJECT_TRAIL, OBJECT_DIGEST, OBJECT_EMPTY, OBJECT_UNKNOWN, OBJECT_KINDS } ObjectKind;

/* What became of it, as the column `state` says it. */
typedef enum {
    OBJECT_INGESTED,    /* all of it is in */
    OBJECT_INCOMPLETE,  /* broken: its whole records are in, the rest is quarantined */
    OBJECT_QUARANTINED, /* nothing of it could be read */
    OBJECT_STATES,
} ObjectState;

typedef struct Receipt {
    int64_t object_id;
    Str source; /* "file" */
    Str key;    /* the absolute path */
    char etag[64];
    uint64_t bytes; /* as stored */
    int64_t modified_us;
    ObjectKind kind;
    ObjectState state;
    char reason[200]; /* why it is not wholly in; "" otherwise */
    uint64_t inflated_bytes;
    uint8_t sha256[HASH_SHA256_BYTES]; /* of the inflated bytes */
    unsigned warnings;
    uint64_t read;        /* records found */
    uint64_t kept;        /* stored by this commit */
    uint64_t duplicate;   /* already in, not stored again */
    uint64_t conflicting; /* stored although the same event is in with other content */
    uint64_t quarantined; /* set apart instead of stored */
    uint32_t row_first;   /* its rows in the batch: [row_first, row_end) */
    uint32_t row_end;
} Receipt;

/* What `objects` knows of an object before it is read. */
typedef enum { RECEIPT_NONE, RECEIPT_SAME, RECEIPT_CHANGED } ReceiptMatch;

/* Words of the columns `kind` and `state`. */
const char *receipt_kind_name(ObjectKind kind);
const char *receipt_state_name(ObjectState state);

/* Whether (source, key) is in, with this etag or with another. */
bool receipt_find(Lake *lake, Str source, Str key, Str etag, ReceiptMatch *ret, Error *err)
    __attribute__((warn_unused_result));

/* The first object id that was never used. */
bool receipt_next_id(Lake *lake, int64_t *ret, Error *err) __attribute__((warn_unused_result));

/* Inserts the receipt inside the caller's transaction, marking an older one superseded. */
bool receipt_insert(Lake *lake, const Receipt *receipt, int64_t commit_seq, int64_t now_us,
                    Error *err) __attribute__((warn_unused_result));

#endif
