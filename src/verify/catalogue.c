#include "verify/catalogue.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

enum { TEXTS_BYTES_MAX = 64 << 20 };

struct Catalogue {
    CatalogueChoice choice;
    Chain *chains;
    size_t chain_count, chain_cap;
    ChainHome *homes;
    size_t home_count, home_cap;
    size_t last_chain, last_home; /* of the digest before: most often the same again */
    Arena *texts;
};

Catalogue *catalogue_new(const CatalogueChoice *choice, Error *err)
{
    Catalogue *self = mem_calloc(1, sizeof *self, err);
    if (!self)
        return NULL;
    self->choice = *choice;
    self->texts = arena_new(TEXTS_BYTES_MAX, err);
    if (self->texts)
        return self;
    catalogue_free(self);
    return NULL;
}

void catalogue_free(Catalogue *self)
{
    if (!self)
        return;
    for (size_t i = 0; i < self->chain_count; i++)
        mem_free(self->chains[i].places);
    mem_free(self->chains);
    mem_free(self->homes);
    arena_free(self->texts);
    mem_free(self);
}

/* A copy of *text* that lives as long as the catalogue. */
static bool keep(Catalogue *self, Str text, Str *ret, Error *err)
{
    char *copy = arena_text(self->texts, text, err);
    *ret = (Str){copy, text.len};
    return copy != NULL;
}

static bool is_home(const ChainHome *home, Str bucket, const DigestName *name)
{
    return str_equal(home->bucket, bucket) && str_equal(home->prefix, name->prefix) &&
           str_equal(home->organization, name->organization);
}

/* The number of a home, found or added; SIZE_MAX with *err*. */
static size_t home_of(Catalogue *self, Str bucket, const DigestName *name, Error *err)
{
    if (self->last_home < self->home_count && is_home(&self->homes[self->last_home], bucket, name))
        return self->last_home;
    for (size_t i = 0; i < self->home_count; i++)
        if (is_home(&self->homes[i], bucket, name))
            return self->last_home = i;
    ChainHome *homes =
        mem_grow(self->homes, self->home_count + 1, &self->home_cap, sizeof *homes, err);
    if (!homes)
        return SIZE_MAX;
    self->homes = homes;
    ChainHome *home = &homes[self->home_count];
    if (!keep(self, bucket, &home->bucket, err) || !keep(self, name->prefix, &home->prefix, err) ||
        !keep(self, name->organization, &home->organization, err))
        return SIZE_MAX;
    return self->last_home = self->home_count++;
}

static int compare_names(const Chain *chain, const DigestName *name)
{
    int order = str_compare(chain->account, name->account);
    if (!order)
        order = str_compare(chain->region, name->region);
    if (!order)
        order = str_compare(chain->trail, name->trail);
    return order ? order : str_compare(chain->home_region, name->home_region);
}

/* Adds a chain before the one at *at*, so that they stay in order. */
static bool add_chain(Catalogue *self, size_t at, const DigestName *name, Error *err)
{
    Chain chain = {0};
    Chain *chains =
        mem_grow(self->chains, self->chain_count + 1, &self->chain_cap, sizeof *chains, err);
    if (!chains)
        return false;
    self->chains = chains;
    if (!keep(self, name->account, &chain.account, err) ||
        !keep(self, name->region, &chain.region, err) ||
        !keep(self, name->trail, &chain.trail, err) ||
        !keep(self, name->home_region, &chain.home_region, err))
        return false;
    memmove(&chains[at + 1], &chains[at], (self->chain_count - at) * sizeof *chains);
    chains[at] = chain;
    self->chain_count++;
    return true;
}

/* The chain of *name*, found or added; NULL with *err*. */
static Chain *chain_of(Catalogue *self, const DigestName *name, Error *err)
{
    size_t low = 0, high = self->chain_count;
    if (self->last_chain < high && compare_names(&self->chains[self->last_chain], name) == 0)
        return &self->chains[self->last_chain];
    while (low < high) {
        size_t middle = (low + high) / 2;
        if (compare_names(&self->chains[middle], name) < 0)
            low = middle + 1;
        else
            high = middle;
    }
    bool found = low < self->chain_count && compare_names(&self->chains[low], name) == 0;
    if (!found && !add_chain(self, low, name, err))
        return NULL;
    self->last_chain = low;
    return &self->chains[low];
}

static bool is_chosen(const CatalogueChoice *choice, const DigestName *name)
{
    return (!choice->account.len || str_equal(choice->account, name->account)) &&
           (!choice->region.len || str_equal(choice->region, name->region)) &&
           (!choice->trail.len || str_equal(choice->trail, name->trail)) &&
           name->end_us >= choice->since_us && name->end_us <= choice->until_us;
}

bool catalogue_visit(void *context, Str bucket, Str key, Error *err)
{
    Catalogue *self = context;
    DigestName name;
    if (!object_name_digest(key, &name) || !is_chosen(&self->choice, &name))
        return true;
    size_t home = home_of(self, bucket, &name, err);
    Chain *chain = home == SIZE_MAX ? NULL : chain_of(self, &name, err);
    if (!chain)
        return false;
    DigestPlace *places =
        mem_grow(chain->places, chain->count + 1, &chain->cap, sizeof *places, err);
    if (!places)
        return false;
    chain->places = places;
    places[chain->count++] =
        (DigestPlace){.end_us = name.end_us, .home = (uint32_t)home, .backfill = name.backfill};
    return true;
}

static int compare_places(const void *a, const void *b)
{
    const DigestPlace *left = a, *right = b;
    if (left->home != right->home)
        return left->home < right->home ? -1 : 1;
    if (left->backfill != right->backfill)
        return left->backfill ? 1 : -1;
    return (left->end_us > right->end_us) - (left->end_us < right->end_us);
}

void catalogue_sort(Catalogue *self)
{
    for (size_t i = 0; i < self->chain_count; i++)
        qsort(self->chains[i].places, self->chains[i].count, sizeof(DigestPlace), compare_places);
}

size_t catalogue_chains(const Catalogue *self)
{
    return self->chain_count;
}

Chain *catalogue_chain(const Catalogue *self, size_t index)
{
    return &self->chains[index];
}

size_t catalogue_homes(const Catalogue *self)
{
    return self->home_count;
}

const ChainHome *catalogue_home(const Catalogue *self, uint32_t index)
{
    return &self->homes[index];
}

bool catalogue_key(const Catalogue *self, const Chain *chain, const DigestPlace *place, Buf *ret,
                   Error *err)
{
    const ChainHome *home = &self->homes[place->home];
    const DigestName name = {
        .prefix = home->prefix,
        .organization = home->organization,
        .account = chain->account,
        .region = chain->region,
        .trail = chain->trail,
        .home_region = chain->home_region,
        .end_us = place->end_us,
        .backfill = place->backfill,
    };
    ret->len = 0;
    return object_name_digest_key(&name, ret, err);
}

/* The first place of *chain* that is not before *wanted*. */
static size_t lower_bound(const Chain *chain, const DigestPlace *wanted)
{
    size_t low = 0, high = chain->count;
    while (low < high) {
        size_t middle = (low + high) / 2;
        if (compare_places(&chain->places[middle], wanted) < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

size_t catalogue_range(const Chain *chain, uint32_t home, bool backfill, size_t *ret_count)
{
    const DigestPlace from = {.end_us = INT64_MIN, .home = home, .backfill = backfill};
    const DigestPlace to = {.end_us = INT64_MAX, .home = home, .backfill = backfill};
    size_t start = lower_bound(chain, &from);
    *ret_count = lower_bound(chain, &to) - start;
    return start;
}

DigestPlace *catalogue_find(const Catalogue *self, const Chain *chain, Str bucket, Str key)
{
    DigestName name;
    if (!object_name_digest(key, &name) || compare_names(chain, &name) != 0)
        return NULL;
    for (uint32_t home = 0; home < self->home_count; home++) {
        const DigestPlace wanted = {.end_us = name.end_us, .home = home, .backfill = name.backfill};
        if (!is_home(&self->homes[home], bucket, &name))
            continue;
        size_t at = lower_bound(chain, &wanted);
        if (at < chain->count && compare_places(&chain->places[at], &wanted) == 0)
            return &chain->places[at];
    }
    return NULL;
}
