#include "query/lookup.h"

#include "lake/parquet_bloom.h"

enum {
    TEXTS_MAX = 16, /* of one term: each is a read of its own */
    ASKED_MIN = 16, /* then a quarter must have been refused: to ask is a quarter of to open */
    REFUSED_PART = 4
};

static bool is_lookup(const PruneTerm *term)
{
    return term->op == PRUNE_EQUAL && term->count <= TEXTS_MAX &&
           FIELDS[term->node].flags & FIELD_BLOOM;
}

Lookup lookup_begin(const PruneScan *scan)
{
    Lookup lookup = {.scan = scan, .off = scan->count == 0};
    for (uint32_t i = 0; i < scan->count; i++) {
        const PruneConjunction *all = &scan->occurrences[i];
        bool looked_up = false;
        for (uint32_t t = 0; t < all->count; t++)
            looked_up |= is_lookup(&all->terms[t]);
        lookup.off |= !looked_up;
    }
    return lookup;
}

static bool conjunction_possible(const PruneConjunction *all, const char *path, uint64_t bytes)
{
    for (uint32_t t = 0; t < all->count; t++) {
        const PruneTerm *term = &all->terms[t];
        if (is_lookup(term) &&
            !parquet_bloom_may_hold(path, bytes, term->node, term->texts, term->count))
            return false;
    }
    return true;
}

bool lookup_keeps(Lookup *lookup, const char *path, uint64_t bytes)
{
    bool keep = false;
    if (lookup->off)
        return true;
    for (uint32_t i = 0; !keep && i < lookup->scan->count; i++)
        keep = conjunction_possible(&lookup->scan->occurrences[i], path, bytes);
    lookup->asked++;
    lookup->refused += !keep;
    lookup->off = lookup->asked >= ASKED_MIN && lookup->refused < lookup->asked / REFUSED_PART;
    return keep;
}
