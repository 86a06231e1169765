/* export_folder.h - a new folder of files, and what each of them is.
 *
 * texts -> [export_folder] -> files, manifest.json
 *
 * The manifest is written last: a folder without one is not whole. Names are the caller's, without
 * anything that a log said unchecked (export_event.h). Used by one thread.
 */
#ifndef EXPORT_EXPORT_FOLDER_H
#define EXPORT_EXPORT_FOLDER_H

#include <stdint.h>

#include "base/error.h"
#include "base/str.h"

typedef struct ExportFolder ExportFolder;

/* What was asked for; texts are borrowed. */
typedef struct ExportAsked {
    const char *format;
    Str condition;              /* empty: all events */
    int64_t since_us, until_us; /* as the command line limits them */
} ExportAsked;

typedef struct ExportCount {
    uint64_t events, files, bytes;
} ExportCount;

/* Makes the folder *path*, or takes it when it is empty. ERROR_USAGE when something is in it; the
 * caller frees. */
ExportFolder *export_folder_new(const char *path, Error *err) __attribute__((warn_unused_result));
/* Removes the folder again when it was made and is empty. NULL is fine. */
void export_folder_free(ExportFolder *folder);

/* Writes a file with *events* events; folders in its *name* are made. A name that is there is
 * ERROR_SYSTEM. */
bool export_folder_put(ExportFolder *folder, Str name, Str bytes, uint64_t events, Error *err)
    __attribute__((warn_unused_result));

/* The same of a file that somebody else wrote there. */
bool export_folder_add(ExportFolder *folder, Str name, uint64_t events, Error *err)
    __attribute__((warn_unused_result));

/* The path of *name* in the folder; the caller frees with mem_free. */
char *export_folder_path(const ExportFolder *folder, Str name, Error *err)
    __attribute__((warn_unused_result));

/* What is in it so far, without the manifest. */
ExportCount export_folder_count(const ExportFolder *folder);

/* Writes manifest.json: what was asked, and name, events, bytes and SHA-256 of each file. */
bool export_folder_end(ExportFolder *folder, const ExportAsked *asked, Error *err)
    __attribute__((warn_unused_result));

#endif
