/* finding_beside.h - what is done for findings beside an ingest: joined, followed up.
 *
 * Used by one thread, with a connection to the state and a reader of its own.
 */
#ifndef FINDING_BESIDE_H
#define FINDING_BESIDE_H

#include "base/command.h"
#include "lake/lake.h"

typedef struct FindingBeside FindingBeside;

/* Opens what *line* configures, beside the lake whose folder is *folder*; nothing is read yet. NULL
 * with *err*; the caller frees. */
FindingBeside *finding_beside_open(const CommandLine *line, const char *folder, Error *err)
    __attribute__((warn_unused_result));
void finding_beside_free(FindingBeside *self);

/* A ScheduleJob's run. */
bool finding_beside_step(void *self, bool *ret_more, Error *err)
    __attribute__((warn_unused_result));

/* All that waits, at the end of an ingest. */
bool finding_beside_run(const CommandLine *line, const char *folder, Error *err)
    __attribute__((warn_unused_result));

#endif
