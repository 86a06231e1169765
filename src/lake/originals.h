/* originals.h - every ingested object byte for byte, in a depot of their own (keep.originals).
 *
 * The object KEY of SOURCE lies at SOURCE/KEY in the depot, without the scheme or the first slash
 * of KEY: s3/BUCKET/AWSLogs/..., file/copies/BUCKET/AWSLogs/.... Nothing is overwritten: an
 * object that has other bytes than those before it gets a name of its own, KEY~ETAG, by a hash of
 * its etag; one whose key is no path lies at SOURCE/.odd/HASH, by the key's SHA-256.
 */
#ifndef LAKE_ORIGINALS_H
#define LAKE_ORIGINALS_H

#include "lake/depot.h"
#include "lake/layout.h"

/* Which object; texts are borrowed. */
typedef struct OriginalName {
    Str source, key;
    Str etag;
} OriginalName;

enum { ORIGINALS_PLACES = 4 };

/* Keeps *bytes*, unless they are there already; durable when depot_sync has returned. */
bool originals_put(DepotWriter *writer, const OriginalName *name, Str bytes, Error *err)
    __attribute__((warn_unused_result));

/* Reads what was kept of an object into *ret* (emptied first); *ret_found* false when nothing was.
 */
bool originals_find(Depot *depot, const OriginalName *name, Buf *ret, bool *ret_found, Error *err)
    __attribute__((warn_unused_result));

/* Under which names it may lie there, in the order in which they are tried: the name that is its
 * own, the plain one; the same two for a key that is no path. An empty one is none. */
bool originals_places(const Depot *depot, const OriginalName *name,
                      char ret[ORIGINALS_PLACES][LAYOUT_PATH_BYTES], Error *err)
    __attribute__((warn_unused_result));

#endif
