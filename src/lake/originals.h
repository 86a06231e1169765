/* originals.h - every ingested object byte for byte, in a folder of their own (keep.originals).
 *
 * The object KEY of SOURCE lies at SOURCE/KEY below the folder, without the scheme or the first
 * slash of KEY: s3/BUCKET/AWSLogs/..., file/copies/BUCKET/AWSLogs/.... Nothing is overwritten: an
 * object that has other bytes than those before it gets a name of its own, KEY~ETAG, by a hash of
 * its etag; one whose key is no path lies at SOURCE/.odd/HASH, by the key's SHA-256.
 */
#ifndef LAKE_ORIGINALS_H
#define LAKE_ORIGINALS_H

#include "base/buf.h"
#include "lake/layout.h"

/* One worker's. */
typedef struct Originals {
    const char *folder;           /* absolute; "": nothing is kept. Borrowed */
    char made[LAYOUT_PATH_BYTES]; /* the folder that was made last */
    bool dirty;                   /* something is not durable yet */
} Originals;

/* Which object; texts are borrowed. */
typedef struct OriginalName {
    Str source, key;
    Str etag;
} OriginalName;

/* Keeps *bytes*, unless they are there already. Does nothing without a folder. */
bool originals_put(Originals *self, const OriginalName *name, Str bytes, Error *err)
    __attribute__((warn_unused_result));

/* Makes durable what was kept since the last time. */
bool originals_sync(Originals *self, Error *err) __attribute__((warn_unused_result));

/* Reads what was kept of an object below *folder* into *ret* (emptied first); *ret_found* false
 * when nothing was. */
bool originals_find(const char *folder, const OriginalName *name, Buf *ret, bool *ret_found,
                    Error *err) __attribute__((warn_unused_result));

/* Removes what was kept of an object; *ret_bytes* is what that frees. With *dry_run* it is only
 * counted. */
bool originals_remove(const char *folder, const OriginalName *name, bool dry_run,
                      uint64_t *ret_bytes, Error *err) __attribute__((warn_unused_result));

#endif
