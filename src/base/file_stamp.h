/* file_stamp.h - how files look, as one number: a change is seen without reading them.
 *
 * Path, size, time of change, inode and device of each file go in, in the order of a walk. A file
 * that comes, goes or gets another name changes the number as one does that is written; a path that
 * cannot be looked at goes in as such. No shared state.
 */
#ifndef BASE_FILE_STAMP_H
#define BASE_FILE_STAMP_H

#include <stdbool.h>
#include <stdint.h>

#include "base/str.h"

/* Zero-initialised it is that of no file. */
typedef struct FileStamp {
    uint64_t files;
    uint64_t hash;
} FileStamp;

/* Adds a file, or those below a folder, whose path *wanted* takes; NULL takes all. */
void file_stamp_add(FileStamp *stamp, const char *path, bool (*wanted)(Str path));

/* Whether both are of files that look the same. */
bool file_stamp_equal(FileStamp a, FileStamp b);

#endif
