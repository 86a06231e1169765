/* pipeline.h - wires collect, decode and lake: part workers that share almost nothing.
 *
 * One worker reads, decodes and writes a group of objects of few days from start to end, on one
 * core; what is shared is the claim table, the commit's turn and a handful of counters. Memory is
 * that of one worker times the workers, whatever the source holds.
 */
#ifndef PIPELINE_H
#define PIPELINE_H

#include "cloud/aws.h"
#include "collect/object_list.h"
#include "lake/lake.h"
#include "reload.h"
#include "tried.h"

typedef struct IngestOptions {
    Lake *lake;         /* opened for writing */
    ObjectList *listed; /* sorted; objects that are in already are removed from it */
    Aws *aws;           /* for objects of S3; NULL when there are none */
    /* Puts the next objects into *list*, sorted, in place of those before, and tells whether there
     * are more behind them; NULL: what is listed is all. */
    bool (*next)(void *context, ObjectList *list, bool *ret_more, Error *err);
    /* Called about every 200 ms by another thread, also while *next* runs; NULL: nobody is. */
    void (*tick)(void *context, bool stopping);
    void *context;      /* of both */
    TriedHolder *tried; /* rules and lookups for every record; NULL: none */
    Reload *reload;     /* puts others into *tried* when files change; NULL: nobody does */
    int jobs;
    uint32_t part_rows;
    int64_t publish_us;      /* shortest time between two published snapshots */
    int64_t evaluate_us;     /* and between two evaluations of correlations */
    uint64_t free_bytes_min; /* stop when the disk has less left */
    bool show_progress;      /* a line on standard error that overwrites itself */
    bool again;              /* read objects again although their etag is the same */
} IngestOptions;

/* The reconciliation. Objects: listed = ingested + already_in + quarantined + unreadable +
 * archived + waiting. Records: read = kept + duplicate + quarantined. */
typedef struct IngestReport {
    uint64_t listed;
    uint64_t ingested; /* incomplete ones among them */
    uint64_t already_in;
    uint64_t quarantined;
    uint64_t unreadable;        /* not opened: permissions, vanished */
    uint64_t archived;          /* in a storage class that has to be restored first; the caller's */
    uint64_t messages_received; /* of queues; the caller's, as the three below */
    uint64_t messages_deleted;
    uint64_t messages_left;      /* still in the queue */
    uint64_t messages_set_aside; /* of those that were deleted */
    uint64_t waiting;            /* left for the next run, after an interrupt */
    uint64_t incomplete;
    uint64_t records_read;
    uint64_t records_kept;
    uint64_t records_duplicate;
    uint64_t records_conflicting;
    uint64_t records_quarantined;
    uint64_t pieces_quarantined;
    uint64_t signals;
    uint64_t signals_packed; /* of these and others, what correlations look at */
    uint64_t bytes;          /* as stored in the source */
    uint64_t inflated_bytes; /* of the log texts */
    uint64_t lake_bytes;     /* of the data files written */
    uint64_t files;
    uint64_t parts;
    double seconds;
    bool interrupted;
    char first_unreadable[200];
} IngestReport;

/* Ingests the objects. Ends cleanly after an interrupt: what was read is committed, the rest is
 * waiting. ERROR_SYSTEM and ERROR_LIMIT when the lake could not be written; *ret* is filled then
 * too. */
bool pipeline_ingest(const IngestOptions *options, IngestReport *ret, Error *err)
    __attribute__((warn_unused_result));

#endif
