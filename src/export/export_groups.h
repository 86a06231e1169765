/* export_groups.h - records gathered until there is a file's worth of them.
 *
 * worker -> records -> [export_groups] -> export_folder
 *
 * Invariants
 *   1. Every record that was given is in one file, once export_groups_end has returned.
 *   2. Memory is bounded by EXPORT_HELD_MAX and the largest record, whatever the order.
 * Used by one thread.
 */
#ifndef EXPORT_EXPORT_GROUPS_H
#define EXPORT_EXPORT_GROUPS_H

#include "export/export_folder.h"
#include "export/export_format.h"

enum { EXPORT_HELD_MAX = 256 << 20 };

typedef struct ExportGroups ExportGroups;

/* *folder*, *format* and the texts of *how* are borrowed. NULL with *err*; the caller frees. */
ExportGroups *export_groups_new(ExportFolder *folder, const ExportFormat *format,
                                const ExportHow *how, Error *err)
    __attribute__((warn_unused_result));
void export_groups_free(ExportGroups *groups);

/* Takes bytes of records, a line each, cut anywhere. */
bool export_groups_take(ExportGroups *groups, Str bytes, Error *err)
    __attribute__((warn_unused_result));

/* Writes what is left. ERROR_INPUT when the last line is not whole. */
bool export_groups_end(ExportGroups *groups, Error *err) __attribute__((warn_unused_result));

#endif
