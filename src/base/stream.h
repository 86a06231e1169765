/* stream.h - reads from an open descriptor that has no size: a pipe, a terminal.
 *
 * Belongs to the thread that reads.
 */
#ifndef BASE_STREAM_H
#define BASE_STREAM_H

#include <stdatomic.h>

#include "base/buf.h"

/* Reads behind what *buf* holds until it holds *bytes*, the stream ends, which *ret_end* tells, or
 * *stopping* becomes true, which is seen within 200 ms; it may be NULL. ERROR_SYSTEM when it cannot
 * be read, ERROR_LIMIT when *buf* may not hold so much. */
bool stream_read(int fd, Buf *buf, size_t bytes, const atomic_bool *stopping, bool *ret_end,
                 Error *err) __attribute__((warn_unused_result));

#endif
