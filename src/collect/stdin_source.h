/* stdin_source.h - what comes on standard input, as objects carried in memory.
 *
 * (standard input) -> [stdin_source] -> object_list
 *
 * An object is called "-/HASH" by its bytes, so that the same bytes are in once. Text is cut
 * between top-level JSON values at line ends, so that memory stays bounded; gzip is one object.
 *
 * Belongs to one thread.
 */
#ifndef COLLECT_STDIN_SOURCE_H
#define COLLECT_STDIN_SOURCE_H

#include <stdatomic.h>

#include "collect/object_list.h"

enum {
    STDIN_BYTES = 64 << 20,     /* of an object, about */
    STDIN_BYTES_MAX = 256 << 20 /* of one that cannot be cut; more is refused */
};

typedef struct StdinSource StdinSource;

/* Reads descriptor *fd*. NULL with *err*; the caller frees, which closes nothing. */
StdinSource *stdin_source_open(int fd, Error *err) __attribute__((warn_unused_result));
void stdin_source_free(StdinSource *source);

/* Adds the next object to *list*, if there is one; *ret_more* tells whether others may follow. What
 * came is left out when *stopping* becomes true first. */
bool stdin_source_next(StdinSource *source, ObjectList *list, const atomic_bool *stopping,
                       bool *ret_more, Error *err) __attribute__((warn_unused_result));

#endif
