/* batch_state.h - what batch.c and batch_append.c keep behind a Batch. Internal to decode.
 *
 * Invariant: while `valid`, slot_code, slot_hash, present and content describe the row that was
 * appended last, so that a row costs only what differs from it.
 */
#ifndef DECODE_BATCH_STATE_H
#define DECODE_BATCH_STATE_H

#include "base/arena.h"
#include "decode/batch.h"
#include "decode/slot.h"

typedef struct BatchState {
    bool valid;
    uint64_t present;
    uint64_t content; /* sum over slots of their keyed value hashes */
    uint64_t slot_hash[SLOT_COUNT];
    uint64_t value_hash[SLOT_COUNT]; /* of the row under way, see look_ahead */
    uint32_t slot_code[SLOT_COUNT];
    uint32_t *codes[SLOT_COUNT]; /* per slot, the array of its column or group; NULL: none */
    const uint8_t *secret;
    uint64_t keys[FIELD_COUNT][2]; /* per node, made from the secret */
    Arena *arena;                  /* trees of odd parts */
    Buf scratch, more;             /* texts under construction */
    size_t row_bytes;              /* what one row takes */
} BatchState;

/* Multiplies to 128 bits and folds: mixes a value with a key. */
static inline uint64_t batch_mix(uint64_t a, uint64_t b)
{
    __extension__ typedef unsigned __int128 Wide;
    Wide product = (Wide)a * b;
    return (uint64_t)product ^ (uint64_t)(product >> 64);
}

#endif
