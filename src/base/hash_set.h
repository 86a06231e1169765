/* hash_set.h - a set of 64-bit hashes, 8 to 16 bytes each, that grows.
 *
 * For things that are told apart by their keyed hashes (hash.h) where a wrong answer once in a
 * million runs does no harm. Zero is taken for one. One thread at a time.
 */
#ifndef BASE_HASH_SET_H
#define BASE_HASH_SET_H

#include <stdint.h>

#include "base/error.h"

typedef struct HashSet {
    uint64_t *slots; /* a power of two of them; 0: free */
    size_t slot_count;
    size_t count;
} HashSet;

/* Makes an empty set; the caller ends it with hash_set_free. */
bool hash_set_init(HashSet *set, Error *err) __attribute__((warn_unused_result));

/* Frees what hash_set_init made; a zeroed set is fine. */
void hash_set_free(HashSet *set);

/* Adds *hash*; *ret_new*, unless NULL, says whether it was not there. */
bool hash_set_add(HashSet *set, uint64_t hash, bool *ret_new, Error *err)
    __attribute__((warn_unused_result));

/* Whether *hash* was added. */
bool hash_set_has(const HashSet *set, uint64_t hash);

#endif
