/* reading.h - the sources of an ingest, and the lake that knows what of them is in.
 *
 * sources -> [reading] -> ingest
 *
 * reading_next, reading_tick and reading_end are those of an IngestInput, with the Reading as its
 * context.
 */
#ifndef READING_H
#define READING_H

#include "ingest_report.h"
#include "lake/lake.h"
#include "sources.h"

typedef struct Reading Reading;

/* Opens the sources for *lake*, a writer's, which is borrowed; is_in and context of *options* are
 * filled here. NULL with *err*; the caller frees. */
Reading *reading_open(const CommandLine *line, Lake *lake, const SourcesOptions *options,
                      Error *err) __attribute__((warn_unused_result));
void reading_free(Reading *reading);

/* The list that reading_next fills, and the sources; they live as long as *reading*. */
ObjectList *reading_list(const Reading *reading);
const Sources *reading_sources(const Reading *reading);

/* The next objects; what came of those before is noted in the lake. A lake below a source is no
 * source of its own. */
bool reading_next(void *context, ObjectList *list, bool *ret_more, Error *err)
    __attribute__((warn_unused_result));
void reading_tick(void *context, const IngestReport *so_far, bool stopping);

/* Settles what is left, and fills what of the report is the sources'. */
bool reading_end(void *context, IngestReport *report, Error *err)
    __attribute__((warn_unused_result));

#endif
