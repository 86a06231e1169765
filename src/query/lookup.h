/* lookup.h - whether a data file can hold what a scan looks up, from the file's bloom filters.
 *
 * prune (bounds in the state) -> [lookup] -> engine. Ids lie between the bounds of every file;
 * their filters tell the few that have one. Threads: one per scan under way.
 */
#ifndef QUERY_LOOKUP_H
#define QUERY_LOOKUP_H

#include "query/prune.h"

typedef struct Lookup {
    const PruneScan *scan;
    bool off; /* nothing is looked up, or it lies in most files */
    uint32_t asked, refused;
} Lookup;

/* A lookup of *scan*, which it borrows. */
Lookup lookup_begin(const PruneScan *scan);

/* False when the file at *path*, of *bytes* bytes, has no row for which the filters of an
 * occurrence of the scan are true. Files that cannot be read are kept. */
bool lookup_keeps(Lookup *lookup, const char *path, uint64_t bytes);

#endif
