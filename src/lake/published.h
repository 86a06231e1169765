/* published.h - reads back what is published of a table: the files of its current snapshot.
 *
 * For rebuilding a lost state (docs/formats/rebuild.md). The pointer comes from the catalog, or
 * from the version hint when the catalog is lost. Only what we wrote is understood. Used by the
 * writer.
 */
#ifndef LAKE_PUBLISHED_H
#define LAKE_PUBLISHED_H

#include "lake/iceberg.h"
#include "lake/lake.h"

typedef struct Published {
    int64_t commit_seq; /* of the current snapshot; -1: nothing is published, or not readable */
    Str *files;         /* paths below the lake, sorted; in the arena */
    size_t file_count;
} Published;

/* Reads the current snapshot of *table* in the lake at *lake->folder* (its state is not used).
 * What is missing or damaged gives commit_seq -1 and *ret_trouble* (in the arena; NULL when nothing
 * was ever published). False for other failures. */
bool published_read(Lake *lake, const IcebergTable *table, Arena *arena, Published *ret,
                    const char **ret_trouble, Error *err) __attribute__((warn_unused_result));

/* Whether the snapshot lists the file *path* (below the lake). */
bool published_has(const Published *published, Str path);

#endif
