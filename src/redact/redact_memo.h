/* redact_memo.h - what became of a column's values so far: by code and by the redactions in force.
 *
 * One thread owns a memo.
 */
#ifndef REDACT_REDACT_MEMO_H
#define REDACT_REDACT_MEMO_H

#include <stdint.h>

#include "base/error.h"

/* What became of a value: its new code, 0 when nothing is left, and who changed it. */
typedef struct RedactMemoEntry {
    uint64_t mask;
    uint64_t changed;
    uint32_t code; /* the old one; 0: a free entry */
    uint32_t next;
} RedactMemoEntry;

typedef struct RedactMemo {
    RedactMemoEntry *entries;
    uint32_t cap, count; /* cap: 0 or 2^n */
} RedactMemo;

/* Forgets all; keeps memory. */
void redact_memo_clear(RedactMemo *memo);
void redact_memo_free(RedactMemo *memo);

/* The entry of *code* (not 0) and *mask*, until the next call: an old one, or a new one with its
 * `code` set to 0, which the caller fills. NULL: memory. */
RedactMemoEntry *redact_memo_find(RedactMemo *memo, uint32_t code, uint64_t mask, Error *err)
    __attribute__((warn_unused_result));

#endif
