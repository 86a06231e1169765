/* file_map.h - a whole file as read-only memory. */
#ifndef BASE_FILE_MAP_H
#define BASE_FILE_MAP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"

typedef struct FileMap {
    const uint8_t *bytes; /* NULL for an empty file */
    size_t len;
} FileMap;

/* Maps *path*. The file must be one of ours, which nobody shortens: reading past the end of a
 * shortened file would end the process. The caller ends it with file_map_close. */
bool file_map_open(FileMap *ret, const char *path, Error *err) __attribute__((warn_unused_result));

/* Unmaps; a zeroed FileMap is fine. */
void file_map_close(FileMap *map);

#endif
