#include "base/hash_set.h"

#include "base/mem.h"

enum { SLOTS_MIN = 1024 };

bool hash_set_init(HashSet *set, Error *err)
{
    *set = (HashSet){.slot_count = SLOTS_MIN};
    set->slots = mem_calloc(SLOTS_MIN, sizeof *set->slots, err);
    return set->slots != NULL;
}

void hash_set_free(HashSet *set)
{
    mem_free(set->slots);
    *set = (HashSet){0};
}

/* Where *hash* is, or the free slot where it belongs. */
static size_t slot_of(const uint64_t *slots, size_t count, uint64_t hash)
{
    size_t at = hash & (count - 1);
    while (slots[at] && slots[at] != hash)
        at = (at + 1) & (count - 1);
    return at;
}

static bool grow(HashSet *set, Error *err)
{
    size_t count = set->slot_count * 2;
    uint64_t *slots = mem_calloc(count, sizeof *slots, err);
    if (!slots)
        return false;
    for (size_t i = 0; i < set->slot_count; i++)
        if (set->slots[i])
            slots[slot_of(slots, count, set->slots[i])] = set->slots[i];
    mem_free(set->slots);
    set->slots = slots;
    set->slot_count = count;
    return true;
}

bool hash_set_add(HashSet *set, uint64_t hash, bool *ret_new, Error *err)
{
    hash = hash ? hash : 1;
    if (set->count * 4 >= set->slot_count * 3 && !grow(set, err))
        return false;
    size_t at = slot_of(set->slots, set->slot_count, hash);
    bool fresh = !set->slots[at];
    set->slots[at] = hash;
    set->count += fresh;
    if (ret_new)
        *ret_new = fresh;
    return true;
}

bool hash_set_has(const HashSet *set, uint64_t hash)
{
    return set->slots[slot_of(set->slots, set->slot_count, hash ? hash : 1)] != 0;
}
