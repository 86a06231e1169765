/* rebuild_job.h - a rebuild under way: what its steps share. Internal to rebuild*.c.
 *
 * rebuild_receipts (what is published of them) -> rebuild_files (which files there are, and which
 * of them count) -> rebuild_days (their rows' fingerprints) -> rebuild_objects (quarantined pieces,
 * and objects without receipt).
 */
#ifndef LAKE_REBUILD_JOB_H
#define LAKE_REBUILD_JOB_H

#include "base/arena.h"
#include "lake/published.h"
#include "lake/rebuild.h"

/* What is known of a data file. */
typedef enum {
    REBUILD_PUBLISHED, /* the published snapshot lists it: it counts */
    REBUILD_NEWER,     /* written behind that snapshot: its rows are compared */
    REBUILD_LEFT,      /* it does not count */
} RebuildFate;

/* A data file on disk. Texts live in the job's arena. */
typedef struct RebuildFile {
    Str path; /* below the lake */
    Str name; /* its last part, without ".parquet" */
    Str note; /* names of the files it was merged from */
    Str summary;
    int32_t day;
    int64_t seq; /* of the commit that it was written for */
    uint64_t rows;
    uint64_t bytes;
    int64_t time_min;
    int64_t time_max;
    int64_t modified_us;
    RebuildFate fate;
} RebuildFile;

typedef struct RebuildJob {
    Lake *lake; /* over the new state */
    Engine *engine;
    Arena *arena;
    RebuildReport *report;
    Published published; /* the table cloudtrail */
    Buf files;           /* RebuildFile each */
    int64_t seq;         /* of the rebuild's own commit: above all that files name */
} RebuildJob;

/* Lists the data files, reads the footers of those that may count, and decides by what is
 * published and by what merged files say. Sorts them by day, fate and commit; fills seq. */
bool rebuild_files(RebuildJob *job, Error *err) __attribute__((warn_unused_result));

/* Reads the footer of the data file *file->path* into *file*. */
bool rebuild_files_inspect(RebuildJob *job, RebuildFile *file, Error *err)
    __attribute__((warn_unused_result));

/* Reads the rows of all files that count, day by day: inserts parts, commits and fingerprint runs
 * into the new state. Rows that another file holds too are left out. */
bool rebuild_days(RebuildJob *job, Error *err) __attribute__((warn_unused_result));

/* Inserts the receipts that are published, and raises seq above theirs. What cannot be read is
 * noted in the report: those objects are then known by their rows alone. */
bool rebuild_receipts(RebuildJob *job, Error *err) __attribute__((warn_unused_result));

/* Inserts what is known of objects without receipt, and quarantined pieces; makes the receipts fit
 * the rows. */
bool rebuild_objects(RebuildJob *job, Error *err) __attribute__((warn_unused_result));

#endif
