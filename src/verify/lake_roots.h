/* lake_roots.h - where buckets lie in the sources of a lake: which object of which bucket a path
 * is.
 *
 * A digest says which bucket and key it is. When its path ends with that key, what is before is the
 * bucket's place, and other buckets lie beside it (lake/digest_set.h has the same rule for the logs
 * that it lists). Immutable once read; texts live as long as the LakeRoots.
 */
#ifndef VERIFY_LAKE_ROOTS_H
#define VERIFY_LAKE_ROOTS_H

#include "base/buf.h"
#include "lake/lake.h"

/* A place of a bucket in a source. */
typedef struct LakeRoot {
    Str source; /* as the receipts have it */
    Str folder; /* without a slash at its end */
    Str bucket;
} LakeRoot;

typedef struct LakeRoots LakeRoots;

enum { LAKE_ROOTS_MAX = 10000 };

/* Reads the places of all digests that lie where they say. ERROR_LIMIT for more than
 * LAKE_ROOTS_MAX. NULL with *err*; the caller frees. */
LakeRoots *lake_roots_read(Lake *lake, Error *err) __attribute__((warn_unused_result));
void lake_roots_free(LakeRoots *roots);

/* How many there are, and one of them. */
size_t lake_roots_count(const LakeRoots *roots);
const LakeRoot *lake_roots_at(const LakeRoots *roots, size_t index);

/* The path that an object has if *root* is its bucket's place, or its bucket lies beside it: into
 * *ret* (emptied first). */
bool lake_roots_path(const LakeRoot *root, Str bucket, Str key, Buf *ret, Error *err)
    __attribute__((warn_unused_result));

/* An object of a bucket. Texts borrow from the path and the roots. */
typedef struct LakePlace {
    Str bucket;  /* empty: no digest tells */
    Str key;     /* the path itself, then */
    size_t root; /* its number; SIZE_MAX for none */
} LakePlace;

/* The bucket and key of the object at *path* of *source*. */
LakePlace lake_roots_place(const LakeRoots *roots, Str source, Str path);

#endif
