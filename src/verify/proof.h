/* proof.h - what ties one row of the lake to a signature of AWS, checked anew.
 *
 * row -> object and record -> hash in a digest -> signature -> public key (docs/prove.md)
 *
 * Each step says by itself whether it holds, so that what is gone takes only its own step along.
 * Used by one thread.
 */
#ifndef VERIFY_PROOF_H
#define VERIFY_PROOF_H

#include "verify/delivered.h"
#include "verify/digest_signature.h"

typedef enum {
    PROOF_ROW,       /* the row is the record at its place in the log, which is read again */
    PROOF_LOG,       /* the log is the one that was ingested */
    PROOF_LISTED,    /* a digest lists it with the hash that it had when it was ingested */
    PROOF_SIGNATURE, /* that digest is signed */
    PROOF_KEY,       /* by a key whose name is its MD5, and that was valid then */
    PROOF_STEPS,
} ProofStep;

typedef enum { PROOF_HOLDS, PROOF_FAILS, PROOF_UNKNOWN } ProofAnswer;

enum { PROOF_REASON_BYTES = 320 };

typedef struct ProofResult {
    ProofAnswer answer;
    char reason[PROOF_REASON_BYTES]; /* why it fails, or cannot be told */
} ProofResult;

/* A row of the lake. */
typedef struct ProofRow {
    int64_t object_id;
    int32_t record_index;
    int64_t time_us;
    Str record;       /* the record that it stands for, JSON */
    bool redacted;    /* filters hid something in it */
    uint64_t content; /* then: the content hash that its record had */
} ProofRow;

/* All texts belong to the proof, but for those of *row* and of *first*. */
typedef struct Proof {
    ProofRow row;
    /* Of an event that came another way before its log did: the row as it came; *row* is the log's
     * record then. */
    bool came_first;
    ProofRow first;
    Str first_source, first_path;
    Delivered delivered;
    ProofResult results[PROOF_STEPS];
    /* the receipt */
    Str source, path, state, etag;
    bool superseded; /* another copy of the same path was ingested later */
    bool has_hash;
    uint8_t sha256[HASH_SHA256_BYTES]; /* when it was ingested */
    int64_t ingested_us;
    /* the log */
    Str bucket, key; /* empty bucket: no digest tells it */
    bool has_log;
    bool log_kept; /* it is what was kept of it (lake/originals.h) */
    Buf log;       /* else as it lies there now */
    /* the digest */
    bool has_digest;
    Buf digest_bucket, digest_key, digest; /* the file as it was kept */
    size_t position;                       /* in the digest's list */
    DigestCheck check;
    DigestSignature signature;
    Arena *texts;
} Proof;

/* What proofs need. */
typedef struct ProofTools {
    Lake *lake;
    StoreLake *kept;
    const PublicKeys *keys;
} ProofTools;

/* Proves *row*, whose text must outlive the proof. False with *err* when the state cannot be read
 * or memory ran out; the caller ends it with proof_free in any case. */
bool proof_make(const ProofTools *tools, const ProofRow *row, Proof *ret, Error *err)
    __attribute__((warn_unused_result));
void proof_free(Proof *proof);

/* The name of a step and of an answer in JSON, and what a step says when it holds. */
const char *proof_step_name(ProofStep step);
const char *proof_step_words(ProofStep step);
const char *proof_answer_name(ProofAnswer answer);

/* Whether all steps hold. */
bool proof_is_whole(const Proof *proof);

/* What all of it comes to, in one or two sentences. */
const char *proof_sum(const Proof *proof);

#endif
