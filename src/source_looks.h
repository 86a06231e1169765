/* source_looks.h - what ingest saw when it looked at its sources last, kept in the lake.
 *
 * sources, receipts -> [source_looks] -> the state's meta, rows "source:ROOT" -> status --sources
 *
 * A root is what the keys of a source's objects begin with. Counts are those of the last run, under
 * --follow of the last round, and are written after each wave. Belongs to the thread that asks for
 * objects.
 */
#ifndef SOURCE_LOOKS_H
#define SOURCE_LOOKS_H

#include "collect/object_list.h"
#include "lake/lake.h"
#include "sources.h"

typedef struct SourceLooks SourceLooks;

/* For the sources of *list*, which is borrowed. NULL with *err*; the caller frees. */
SourceLooks *source_looks_new(Lake *lake, const SourceList *list, Error *err)
    __attribute__((warn_unused_result));
void source_looks_free(SourceLooks *looks);

/* Counts what of *list*, which was ingested, is not in, and writes the counts. */
bool source_looks_settle(SourceLooks *looks, const Sources *sources, const ObjectList *list,
                         Error *err) __attribute__((warn_unused_result));

/* Counts *list*, which is to be ingested; when *sources* began another round, counts begin anew. */
bool source_looks_note(SourceLooks *looks, const Sources *sources, const ObjectList *list,
                       Error *err) __attribute__((warn_unused_result));

/* Prints what is known of all sources of the lake, as JSON or as a table. */
bool source_looks_print(Lake *lake, bool json, Error *err) __attribute__((warn_unused_result));

#endif
