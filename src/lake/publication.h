/* publication.h - a publication under way: the files of the next snapshot. Internal to publish.c.
 *
 * What changed since the last publication follows from the state alone: a part that was added
 * behind `since` and is live, or was live at `since` and is not any more.
 */
#ifndef LAKE_PUBLICATION_H
#define LAKE_PUBLICATION_H

#include "lake/iceberg.h"
#include "lake/lake.h"
#include "lake/manifest_list.h"

/* Files and rows that a snapshot adds, removes or holds. */
typedef struct PublicationCount {
    int64_t files;
    int64_t rows;
    int64_t bytes;
    int64_t days; /* different ones of those files */
} PublicationCount;

typedef struct Publication {
    Lake *lake;
    const IcebergTable *table;
    Arena *arena;
    Str location;  /* URI of the table's folder */
    int64_t since; /* commit_seq that is published; -1: nothing */
    int64_t until; /* commit_seq to publish */
    IcebergMeta meta;
    IcebergSnapshot next;
    char uuid[37];      /* of this attempt: part of all its files' names */
    unsigned manifests; /* written so far */
    Buf rows;           /* ManifestRow each: the manifests of the next snapshot */
} Publication;

/* The tables `cloudtrail` (its files are the state's `parts`) and `objects` (`object_files`). */
extern const IcebergTable PUBLICATION_CLOUDTRAIL;
extern const IcebergTable PUBLICATION_OBJECTS;

/* A query over the files of a table: the same text with `parts` and with `object_files`. */
typedef struct PublicationSql {
    const char *parts;
    const char *object_files;
} PublicationSql;

#define PUBLICATION_SQL(before, after)                                                             \
    {                                                                                              \
        before "parts" after, before "object_files" after                                          \
    }

/* The one of *sql* that asks for the publication's files, its ?1 and ?2 being `since` and `until`.
 * NULL with *err*. */
DbStatement *publication_select(const Publication *publication, const PublicationSql *sql,
                                Error *err) __attribute__((warn_unused_result));

/* Writes the manifests of the next snapshot and fills rows. ERROR_INPUT when what was published
 * before cannot be read or does not hold what it should. */
bool publication_manifests(Publication *publication, Error *err)
    __attribute__((warn_unused_result));

/* Writes a new file *name* into the table's metadata folder, durable but for the folder's entry.
 * *ret_uri* lives in the arena. */
bool publication_write(Publication *publication, const char *name, Str bytes, Str *ret_uri,
                       Error *err) __attribute__((warn_unused_result));

/* Reads the metadata file that *uri* names; its folder is the lake's own, wherever *uri* says.
 * ERROR_INPUT when it is missing. */
bool publication_read(const Publication *publication, Str uri, Buf *ret, Error *err)
    __attribute__((warn_unused_result));

#endif
