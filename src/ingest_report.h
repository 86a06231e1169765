/* ingest_report.h - what came of an ingest, in numbers. */
#ifndef INGEST_REPORT_H
#define INGEST_REPORT_H

#include <stdbool.h>
#include <stdint.h>

/* The reconciliation. Objects: listed = ingested + already_in + quarantined + unreadable +
 * archived + waiting. Records: read = kept + duplicate + dropped + quarantined. */
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
    uint64_t records_dropped; /* by filters */
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
    uint64_t days_merged;  /* beside it (merging.h) */
    uint64_t files_merged; /* into fewer */
    double seconds;
    bool interrupted;
    char first_unreadable[200];
} IngestReport;

/* Adds what a part brought: objects, records, bytes, files. */
void ingest_report_add(IngestReport *sum, const IngestReport *more);

#endif
