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
#include "decode/object.h"
#include "lake/lake.h"

/* What became of it, as the column `state` says it. */
typedef enum {
    RECEIPT_INGESTED,    /* all of it is in */
    RECEIPT_INCOMPLETE,  /* broken: its whole records are in, the rest is quarantined */
    RECEIPT_QUARANTINED, /* nothing of it could be read */
    RECEIPT_PARTIAL,     /* so large that it takes several commits, and more are to come */
    RECEIPT_STATES,
} ReceiptState;

typedef struct Receipt {
    int64_t object_id;
    Str source; /* "file" */
    Str key;    /* the absolute path */
    char etag[64];
    uint64_t bytes; /* as stored */
    int64_t modified_us;
    ObjectKind kind;
    ReceiptState state;
    char reason[200]; /* why it is not wholly in; "" otherwise */
    uint64_t inflated_bytes;
    uint8_t sha256[HASH_SHA256_BYTES]; /* of the inflated bytes */
    unsigned warnings;
    uint64_t read;        /* records found */
    uint64_t kept;        /* stored */
    uint64_t duplicate;   /* already in, not stored again */
    uint64_t dropped;     /* not stored, as filters say (drops.h) */
    uint64_t conflicting; /* stored although the same event is in with other content */
    uint64_t quarantined; /* set apart instead of stored */
    uint32_t row_first;   /* its rows in the batch: [row_first, row_end) */
    uint32_t row_end;
} Receipt;

/* What reading the object came to. */
void receipt_fill(Receipt *receipt, const ObjectReport *report);

/* What `objects` knows of an object before it is read. */
typedef enum { RECEIPT_MISSING, RECEIPT_SAME, RECEIPT_CHANGED } ReceiptMatch;

/* Words of the columns `kind` and `state`. */
const char *receipt_kind_name(ObjectKind kind);
const char *receipt_state_name(ReceiptState state);

/* Whether (source, key) is in, with this etag or with another. */
bool receipt_find(Lake *lake, Str source, Str key, Str etag, ReceiptMatch *ret, Error *err)
    __attribute__((warn_unused_result));

/* The first object id that was never used. */
bool receipt_next_id(Lake *lake, int64_t *ret, Error *err) __attribute__((warn_unused_result));

/* Inserts the receipt inside the caller's transaction, marking an older one superseded; a receipt
 * with the same object id (RECEIPT_PARTIAL before) is replaced. A partial one never matches in
 * receipt_find as RECEIPT_SAME, nor does a digest that the state does not hold (digest_set.h): it
 * was read before digests were kept, or the state was rebuilt. */
bool receipt_insert(Lake *lake, const Receipt *receipt, int64_t commit_seq, int64_t now_us,
                    Error *err) __attribute__((warn_unused_result));

#endif
