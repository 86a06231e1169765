/* file_move.h - gives a file another name. */
#ifndef BASE_FILE_MOVE_H
#define BASE_FILE_MOVE_H

#include <stdbool.h>

#include "base/error.h"

/* Renames *from* to *to*, which must not exist, within one file system. Counts as a durable step;
 * the entry becomes durable by file_sync_folder. */
bool file_move(const char *from, const char *to, Error *err) __attribute__((warn_unused_result));

#endif
