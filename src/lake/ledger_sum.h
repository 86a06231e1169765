/* ledger_sum.h - what rows add up to, in whatever order they come: the sum modulo 2^256 of a keyed
 * hash of each (docs/formats/ledger.md).
 *
 * A row's hash is SHA-256 of a key that follows from the lake's secret, the row's content hash
 * (decode/row_hash.h) with its sample_factor, object_id and record_index; `derived` and commit_seq
 * are no part of it.
 */
#ifndef LAKE_LEDGER_SUM_H
#define LAKE_LEDGER_SUM_H

#include "base/engine.h"
#include "decode/batch.h"
#include "lake/lake.h"

enum { LEDGER_SUM_BYTES = 32, LEDGER_SUM_KEY_BYTES = 20 };

/* A number of 256 bits: words[0] is the lowest. */
typedef struct LedgerSum {
    uint64_t words[4];
} LedgerSum;

/* Sums rows of batches that have content hashes. Constant once made. */
typedef struct LedgerSummer {
    uint8_t key[LEDGER_SUM_KEY_BYTES];
    bool pair_works;
} LedgerSummer;

/* The summer of a lake. */
LedgerSummer ledger_sum_new(const Lake *lake);

/* Adds the *count* rows in *order* to *sum*. */
void ledger_sum_rows(const LedgerSummer *self, const Batch *batch, const uint32_t *order,
                     uint32_t count, LedgerSum *sum);

/* *sum* + *more*, and minus. */
void ledger_sum_add(LedgerSum *sum, const LedgerSum *more);
void ledger_sum_subtract(LedgerSum *sum, const LedgerSum *less);

/* Whether they are the same number. */
bool ledger_sum_equal(const LedgerSum *a, const LedgerSum *b);

/* As 32 bytes, the highest first, and back. */
void ledger_sum_write(const LedgerSum *sum, uint8_t ret[LEDGER_SUM_BYTES]);
LedgerSum ledger_sum_read(const uint8_t bytes[LEDGER_SUM_BYTES]);

/* Reads the data file at *path* again: its sum and the number of its rows. */
bool ledger_sum_file(const Lake *lake, Engine *engine, const char *path, LedgerSum *ret,
                     uint64_t *ret_rows, Error *err) __attribute__((warn_unused_result));

#endif
