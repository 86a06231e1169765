/* catalogue.h - the digest files that a store lists, by chain.
 *
 * A chain is what one run of the AWS CLI looks at: one account, region and trail. Its digests may
 * lie in several homes (bucket, prefix, organization), since a trail may move. 16 bytes a digest:
 * a key is made again from its parts.
 */
#ifndef VERIFY_CATALOGUE_H
#define VERIFY_CATALOGUE_H

#include "base/arena.h"
#include "collect/object_name.h"

/* Where digests of a chain lie. Texts belong to the catalogue. */
typedef struct ChainHome {
    Str bucket;
    Str prefix;
    Str organization;
} ChainHome;

/* A digest file that was listed. */
typedef struct DigestPlace {
    int64_t end_us;
    uint32_t home; /* of the catalogue's homes */
    bool backfill;
    bool seen; /* a walk came by */
} DigestPlace;

typedef struct Chain {
    Str account, region, trail, home_region;
    DigestPlace *places; /* by home, backfill, end */
    size_t count, cap;
} Chain;

/* Which digests are listed. Empty texts choose all. */
typedef struct CatalogueChoice {
    Str account, region, trail;
    int64_t since_us, until_us; /* of the digests' ends, both within */
} CatalogueChoice;

typedef struct Catalogue Catalogue;

/* An empty one; texts of *choice* must outlive it. NULL with *err*; the caller frees. */
Catalogue *catalogue_new(const CatalogueChoice *choice, Error *err)
    __attribute__((warn_unused_result));
void catalogue_free(Catalogue *self);

/* Adds *key* when it is a digest file's and chosen; anything else is passed over. A StoreVisit. */
bool catalogue_visit(void *self, Str bucket, Str key, Error *err)
    __attribute__((warn_unused_result));

/* Brings chains and places into their order; once, behind the last visit. */
void catalogue_sort(Catalogue *self);

/* The chains, in the order of account, region and trail. */
size_t catalogue_chains(const Catalogue *self);
Chain *catalogue_chain(const Catalogue *self, size_t index);

/* The homes, in the order in which they were met. */
size_t catalogue_homes(const Catalogue *self);
const ChainHome *catalogue_home(const Catalogue *self, uint32_t index);

/* The key of a digest of *chain* into *ret* (emptied first). */
bool catalogue_key(const Catalogue *self, const Chain *chain, const DigestPlace *place, Buf *ret,
                   Error *err) __attribute__((warn_unused_result));

/* The places of *chain* with this home and kind: where they begin, and how many. */
size_t catalogue_range(const Chain *chain, uint32_t home, bool backfill, size_t *ret_count);

/* The place of *chain* that bucket and key name, or NULL. */
DigestPlace *catalogue_find(const Catalogue *self, const Chain *chain, Str bucket, Str key);

#endif
