/* file_private.h - a copy of a file in memory that nobody else can change. */
#ifndef BASE_FILE_PRIVATE_H
#define BASE_FILE_PRIVATE_H

#include "base/error.h"

enum { FILE_PRIVATE_PATH_BYTES = 40 };

/* Copies *path*; *ret_path* names the copy for libraries that open and map a file by its name, as
 * long as the returned descriptor is open, which the caller closes (file_private_close). A map of
 * it stays whole when the file is cut or written over, and after the descriptor is closed. -1 with
 * *err*: as file_read_at, or ERROR_LIMIT when memory ran out. */
int file_private_open(const char *path, char ret_path[FILE_PRIVATE_PATH_BYTES], Error *err)
    __attribute__((warn_unused_result));
void file_private_close(int fd);

#endif
