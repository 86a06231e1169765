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
#include "ingest_report.h"
#include "lake/lake.h"
#include "merging.h"
#include "reload.h"
#include "tried.h"

typedef struct IngestOptions {
    Lake *lake;         /* opened for writing */
    ObjectList *listed; /* sorted; objects that are in already are removed from it */
    Aws *aws;           /* for objects of S3; NULL when there are none */
    /* Puts the next objects into *list*, sorted, in place of those before, and tells whether there
     * are more behind them; NULL: what is listed is all. */
    bool (*next)(void *context, ObjectList *list, bool *ret_more, Error *err);
    /* Called about every 200 ms by another thread, also while *next* runs, with what came of it so
     * far; NULL: nobody is. */
    void (*tick)(void *context, const IngestReport *so_far, bool stopping);
    /* Called by that thread on SIGHUP: whether all is to be opened anew, so that this run ends as
     * after an interrupt; NULL: never. */
    bool (*anew)(void *context);
    void *context;      /* of all three */
    TriedHolder *tried; /* rules and lookups for every record; NULL: none */
    Reload *reload;     /* puts others into *tried* when files change; NULL: nobody does */
    Merging *merging;   /* merges days beside it; NULL: nobody does */
    int jobs;
    uint32_t part_rows;
    /* Called with the turn to commit before a snapshot is published while others are at work; NULL:
     * nobody is. */
    bool (*before_publish)(void *context, Error *err);
    void *before_context;
    int64_t publish_us;      /* shortest time between two published snapshots */
    int64_t evaluate_us;     /* and between two evaluations of correlations */
    uint64_t free_bytes_min; /* stop when the disk has less left */
    bool show_progress;      /* a line on standard error that overwrites itself */
    bool again;              /* read objects again although their etag is the same */
} IngestOptions;

/* Ingests the objects. Ends cleanly after an interrupt: what was read is committed, the rest is
 * waiting. ERROR_SYSTEM and ERROR_LIMIT when the lake could not be written; *ret* is filled then
 * too. */
bool pipeline_ingest(const IngestOptions *options, IngestReport *ret, Error *err)
    __attribute__((warn_unused_result));

#endif
