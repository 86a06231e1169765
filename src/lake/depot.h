/* depot.h - a place outside of the lake where things are kept byte for byte: a folder, or a bucket
 * of S3 below a prefix (keep.originals, ledger.head).
 *
 * Names are paths without a first slash. Nothing that is kept is ever overwritten. A Depot is
 * shared by all threads; what a thread puts there goes through a DepotWriter of its own and is
 * durable when depot_sync has returned. Errors begin with the setting that named the place.
 */
#ifndef LAKE_DEPOT_H
#define LAKE_DEPOT_H

#include "cloud/aws.h"

typedef struct Depot Depot;
typedef struct DepotWriter DepotWriter;

typedef struct DepotOptions {
    const char *place;   /* a folder, or s3://BUCKET/PREFIX */
    const char *setting; /* "keep.originals"; constant */
    int64_t lock_days;   /* S3 Object Lock for so long; 0: none, or the bucket's own */
    Aws *aws;            /* borrowed; asked for what lies in S3 */
    bool writes;         /* makes a folder that is not there */
} DepotOptions;

/* Whether *place* is in S3. */
bool depot_is_remote(const char *place);

/* Opens it, asking nobody yet; the caller frees. ERROR_USAGE when days are given that a folder
 * cannot lock, or the place names no bucket. NULL with *err*. */
Depot *depot_open(const DepotOptions *options, Error *err) __attribute__((warn_unused_result));
void depot_free(Depot *depot);

/* The place: an absolute folder, or as it was named. Lives as long as the depot. */
const char *depot_place(const Depot *depot);

/* Bytes of a name at most. */
size_t depot_name_max(const Depot *depot);

/* Whether something may lie where something else needs a folder: names "a" and "a/b" clash. */
bool depot_names_clash(const Depot *depot);

/* A thread's writer; the caller frees, which gives up what is not durable yet. NULL with *err*. */
DepotWriter *depot_writer_open(Depot *depot, Error *err) __attribute__((warn_unused_result));
void depot_writer_free(DepotWriter *writer);

/* The depot that it writes. */
Depot *depot_writer_depot(const DepotWriter *writer);

/* Keeps *bytes*, which are copied where that takes time, as names[0]; when other bytes lie there,
 * as names[1]; nothing is done where the same bytes lie. Errors of earlier ones may be told here.
 */
bool depot_put(DepotWriter *writer, const Str names[2], Str bytes, Error *err)
    __attribute__((warn_unused_result));

/* Makes durable what was put since the last time. */
bool depot_sync(DepotWriter *writer, Error *err) __attribute__((warn_unused_result));

/* Reads what lies at *name* into *ret* (emptied first); *ret_found* false when nothing does. */
bool depot_get(Depot *depot, Str name, Buf *ret, bool *ret_found, Error *err)
    __attribute__((warn_unused_result));

/* One thing that lies there; in a bucket with versions each of them is one, also one that a delete
 * marker hides. */
typedef struct DepotEntry {
    Str name;
    Str version; /* of S3; empty in a folder */
    uint64_t bytes;
} DepotEntry;

typedef bool (*DepotVisit)(void *context, const DepotEntry *entry, Error *err);

/* Calls *visit* with each thing whose name begins with *below*, which is empty or ends with a
 * slash. Texts live during the call. */
bool depot_list(Depot *depot, Str below, DepotVisit visit, void *context, Error *err)
    __attribute__((warn_unused_result));

/* What became of an entry that is to go. */
typedef enum {
    DEPOT_GONE,    /* it is removed, or, in a dry run, would be */
    DEPOT_MISSING, /* it was not there any more */
    DEPOT_LOCKED,  /* Object Lock keeps it: it stays */
} DepotRemoval;

/* Removes *count* entries, filling as many of *ret*; with *dry_run* says only what would be. */
bool depot_remove(Depot *depot, const DepotEntry *entries, size_t count, bool dry_run,
                  DepotRemoval *ret, Error *err) __attribute__((warn_unused_result));

#endif
