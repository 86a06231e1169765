/* file_copy.h - copies files durably. */
#ifndef BASE_FILE_COPY_H
#define BASE_FILE_COPY_H

#include <stdbool.h>
#include <stdint.h>

#include "base/error.h"

/* Copies *from* to *to*, which must not exist, and makes it durable. *ret_bytes* (may be NULL) is
 * what was copied. */
bool file_copy(const char *from, const char *to, uint64_t *ret_bytes, Error *err)
    __attribute__((warn_unused_result));

#endif
