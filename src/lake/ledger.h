/* ledger.h - the lake's own chain: which rows each commit brought, signed.
 *
 * commit -> [ledger] -> (verify)
 *
 * docs/formats/ledger.md. An entry is a JSON text and its Ed25519 signature; it names the hash of
 * the entry before. It is inserted with the commit that it tells of, in one transaction, by the
 * thread that has the turn. The key lies in the lake's folder, ledger/key, for its owner alone.
 *
 * Invariants: 1. entries are numbered from 0 without gaps. 2. the parts that entries leave live are
 * the live parts of the state. 3. a merge's sums are those of what it removes.
 */
#ifndef LAKE_LEDGER_H
#define LAKE_LEDGER_H

#include "base/signing.h"
#include "lake/ledger_sum.h"

typedef struct Ledger Ledger;

/* Opens the ledger of a writer's lake into lake->ledger; makes the key when there is none, and the
 * first entry, of kind "start", with the parts that are live. A lake whose key is lost goes on with
 * a new one, which an entry of kind "key" says. ERROR_INPUT when ledger/key is not what it must be.
 */
bool ledger_open(Lake *lake, Error *err) __attribute__((warn_unused_result));

/* The same for a state that is made anew: no entry is written yet. */
bool ledger_open_key(Lake *lake, Error *err) __attribute__((warn_unused_result));

/* Ends it; NULL is fine. */
void ledger_close(Ledger *ledger);

/* UUID and secret of the lake as ledger/key has them: for a state that is lost. False when there is
 * no such file. */
bool ledger_read_identity(const char *folder, char ret_uuid[37],
                          uint8_t ret_secret[HASH_SECRET_BYTES]);

/* The pair that signs, and the lake's UUID, for a reader that signs documents. ERROR_ACCESS when
 * there is no key, or it cannot be read. The caller wipes it. */
bool ledger_read_pair(const char *folder, char ret_uuid[37], SigningPair *ret, Error *err)
    __attribute__((warn_unused_result));

/* A data file that became live. */
typedef struct LedgerPart {
    const char *path; /* below the lake */
    int32_t day;
    uint64_t rows;
    bool has_sum;
    LedgerSum sum;
} LedgerPart;

/* What an entry tells. */
typedef struct LedgerEntry {
    const char *kind;
    int64_t commit_seq; /* 0: of no commit */
    const LedgerPart *parts;
    size_t part_count;
    const int64_t *removed; /* ids of parts that ceased to be live */
    size_t removed_count;
    const char *why; /* one line for people; NULL: nothing */
    Str detail;      /* JSON, the member that is called like the kind; empty: none */
} LedgerEntry;

/* Appends an entry inside the caller's transaction. A lake without a ledger (in tests) takes none.
 */
bool ledger_append(Lake *lake, const LedgerEntry *entry, Error *err)
    __attribute__((warn_unused_result));

/* Appends an entry with all parts that are live, as "start" and "rebuild" have them; inside the
 * caller's transaction. */
bool ledger_append_all(Lake *lake, const char *kind, Error *err)
    __attribute__((warn_unused_result));

/* Whether parts ids[0 .. count) have sums, and these together. */
bool ledger_sum_of_parts(Lake *lake, const int64_t *ids, size_t count, bool *ret_known,
                         LedgerSum *ret, Error *err) __attribute__((warn_unused_result));

/* The newest entry's number and hash; false with *err* also when there is none. */
bool ledger_head(Lake *lake, int64_t *ret_n, uint8_t ret_hash[HASH_SHA256_BYTES], Error *err)
    __attribute__((warn_unused_result));

/* The hash of an entry: SHA-256 of body and signature. */
void ledger_hash(Str body, Str signature, uint8_t ret[HASH_SHA256_BYTES]);

/* The pair that signs; NULL for a reader. */
const SigningPair *ledger_pair(const Lake *lake);

#endif
