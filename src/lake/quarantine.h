/* quarantine.h - bytes that could not be stored, or not whole, kept aside with their reason.
 *
 * A part collects its pieces in a QuarantineSet, each compressed on its own (zstd), and its commit
 * writes them as one file of the lake's folder `quarantine`, named by rows of the state's table.
 * A piece is kept up to QUARANTINE_PIECE_MAX bytes; `bytes` says how long it was.
 */
#ifndef LAKE_QUARANTINE_H
#define LAKE_QUARANTINE_H

#include "base/buf.h"
#include "lake/lake.h"

enum { QUARANTINE_PIECE_MAX = 8 << 20, QUARANTINE_SET_MAX = 64 << 20 };

typedef struct QuarantinePiece {
    int64_t object_id;
    int64_t record_index; /* -1 when it is no single record */
    uint64_t offset;      /* where it begins in the object's inflated bytes */
    uint64_t bytes;       /* its whole length */
    bool stored;          /* the record is in the lake too, altered */
    char reason[200];
    uint64_t path_offset; /* filled by quarantine_add: its frame in the set's file */
    uint64_t path_bytes;
} QuarantinePiece;

typedef struct QuarantineSet {
    Buf pieces; /* QuarantinePiece each */
    Buf frames; /* the file's bytes */
} QuarantineSet;

/* An empty set; the owner ends it with quarantine_free. */
QuarantineSet quarantine_new(void);
void quarantine_free(QuarantineSet *set);
void quarantine_reset(QuarantineSet *set);
size_t quarantine_count(const QuarantineSet *set);

/* It holds so much that the part should end. */
bool quarantine_is_full(const QuarantineSet *set);

/* Adds a piece with its *raw* bytes. ERROR_LIMIT when the set is full: the part must end. */
bool quarantine_add(QuarantineSet *set, const QuarantinePiece *piece, Str raw, Error *err)
    __attribute__((warn_unused_result));

/* Writes the set's file, named by *seq* and *uuid*; *ret_path* is relative to the lake. An empty
 * set writes nothing and gives "". */
bool quarantine_write(const QuarantineSet *set, const Lake *lake, int64_t seq, const char *uuid,
                      char ret_path[1024], Error *err) __attribute__((warn_unused_result));

/* Inserts the set's rows inside the caller's transaction. */
bool quarantine_insert(const QuarantineSet *set, Lake *lake, const char *path, int64_t seq,
                       Error *err) __attribute__((warn_unused_result));

/* Reads the raw bytes of the piece with this id (row of the table) into *ret*. */
bool quarantine_read(Lake *lake, int64_t id, Buf *ret, Error *err)
    __attribute__((warn_unused_result));

#endif
