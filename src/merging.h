/* merging.h - days of few files beside an ingest that has no end: merges what is due, one day after
 * the other, and deletes what no snapshot needs any more.
 *
 * On one thread of its own (watch/schedule.h), every lake.merge_s. The ingest goes on meanwhile:
 * only choosing and committing take the turn (lake/merge.h). What is being merged when the end is
 * asked for is given up, and is merged at the next start.
 */
#ifndef MERGING_H
#define MERGING_H

#include "base/command.h"
#include "ingest_report.h"
#include "lake/claim.h"

typedef struct Merging Merging;

/* What *line* and its configuration ask for, for *lake*, a writer's; both are borrowed. NULL with
 * *err*; the caller frees. */
Merging *merging_open(const CommandLine *line, Lake *lake, Error *err)
    __attribute__((warn_unused_result));
void merging_free(Merging *self);

/* Starts the thread, unless lake.merge_s is 0; *claims* are those of all writers of the lake until
 * merging_end. NULL is fine in all that follows: nothing is merged. */
bool merging_start(Merging *self, ClaimTable *claims, Error *err)
    __attribute__((warn_unused_result));

/* Asks for the end; any thread, returns at once. */
void merging_stop(Merging *self);

/* Asks for the end and waits for it, a second at most but for what the disk takes. */
void merging_end(Merging *self);

/* Writes what was merged since the start into *ret*. Any thread. */
void merging_note(Merging *self, IngestReport *ret);

#endif
