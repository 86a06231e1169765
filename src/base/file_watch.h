/* file_watch.h - tells what comes into folders, as the kernel says it (inotify).
 *
 * Invariant: a folder that appears below a watched one is watched before it is told, so that what
 * is in it then is found by looking, and what comes later is told.
 *
 * Belongs to one thread.
 */
#ifndef BASE_FILE_WATCH_H
#define BASE_FILE_WATCH_H

#include "base/error.h"

typedef struct FileWatch FileWatch;

/* Takes a path: of a file that was written and closed or moved in, or of a folder below which
 * anything may have come. */
typedef bool (*FileWatchTake)(void *context, const char *path, Error *err);

/* Watches nothing yet. NULL with *err*; the caller frees. */
FileWatch *file_watch_new(Error *err) __attribute__((warn_unused_result));
void file_watch_free(FileWatch *watch);

/* Watches *path*, a folder, and all folders below it; links are not followed. A file is not
 * watched. ERROR_LIMIT when the system allows no more watches: some may be there by then. Folders
 * that may not be looked into, or vanish, are passed over. */
bool file_watch_add(FileWatch *watch, const char *path, Error *err)
    __attribute__((warn_unused_result));

/* Waits up to *wait_ms* until there is something to take; whether there is. */
bool file_watch_wait(const FileWatch *watch, int wait_ms);

/* Hands on all that came, the same path perhaps more than once; when the kernel lost some, the
 * paths that were added. False when *take* says so, or with ERROR_SYSTEM or ERROR_LIMIT. */
bool file_watch_take(FileWatch *watch, FileWatchTake take, void *context, Error *err)
    __attribute__((warn_unused_result));

#endif
