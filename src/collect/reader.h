/* reader.h - the bytes of listed objects, one object after the other, from wherever they lie.
 *
 * object_list -> [reader] -> decode
 *
 * Local files are read when they are asked for, and carried bytes are at hand. Objects of S3 are
 * asked for ahead, in the order of the list: as many at a time as a line has requests in flight,
 * and no more bytes than READER_AHEAD_BYTES and one object, so that memory stays bounded whatever
 * the bucket holds.
 *
 * A reader belongs to one thread; list and Aws are shared.
 */
#ifndef COLLECT_READER_H
#define COLLECT_READER_H

#include <stdatomic.h>

#include "cloud/aws.h"
#include "collect/object_list.h"

enum {
    READER_AHEAD_BYTES = 64 << 20,
    READER_OBJECT_BYTES_MAX = 1 << 30 /* of a stored object; more is refused */
};

typedef struct Reader Reader;

/* What was read. Texts live until the next call. */
typedef struct ReaderObject {
    const ObjectRef *listed;
    Str path; /* the absolute path, or s3://BUCKET/KEY; a NUL behind it */
    Str bytes;
    char etag[OBJECT_ETAG_BYTES]; /* of what was read */
    int64_t modified_us;
    const char *refusal; /* as in ObjectCarried */
} ReaderObject;

/* What became of the next object. */
typedef enum {
    READER_READ,
    READER_UNREADABLE, /* this one cannot be read; the next one may be */
    READER_STOPPED,    /* somebody asked for the end; it was not read */
    READER_FAILED      /* nothing can be read any more */
} ReaderResult;

/* A reader of objects of *list*; *aws* may be NULL when none is of S3. *stopping*, which may be
 * NULL, ends a wait for the network when it becomes true. NULL with *err*. */
Reader *reader_new(const ObjectList *list, Aws *aws, const atomic_bool *stopping, Error *err)
    __attribute__((warn_unused_result));
void reader_free(Reader *reader);

/* Objects [first, end) are next. What was asked for ahead and not read is given up. */
void reader_begin(Reader *reader, size_t first, size_t end);

/* Whether one is left. */
bool reader_has_next(const Reader *reader);

/* Reads the next one into *ret*, whose path and listed are filled however it ends. *err* says why
 * when it is unreadable or failed. */
ReaderResult reader_next(Reader *reader, ReaderObject *ret, Error *err)
    __attribute__((warn_unused_result));

/* Metadata of the object of S3 that was read last, x-amz-meta-NAME; no ptr when it has none, as
 * objects of elsewhere. */
Str reader_metadata(const Reader *reader, Str name);

#endif
