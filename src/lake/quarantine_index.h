/* quarantine_index.h - what a quarantine file holds, written behind its pieces.
 *
 * The state's rows of the pieces, once more, so that a lost state can be made anew from the file
 * (docs/formats/quarantine-file.md). The index is a skippable frame of zstd: the file stays a
 * series of frames that any zstd reads. No shared state.
 */
#ifndef LAKE_QUARANTINE_INDEX_H
#define LAKE_QUARANTINE_INDEX_H

#include "lake/quarantine.h"

/* Appends the index of *set* to *out*. */
bool quarantine_index_append(const QuarantineSet *set, Buf *out, Error *err)
    __attribute__((warn_unused_result));

/* Reads the pieces that the index at the end of a file's *bytes* lists into *ret* (its frames stay
 * empty). ERROR_INPUT when there is none, or it does not fit the file. */
bool quarantine_index_read(Str bytes, QuarantineSet *ret, Error *err)
    __attribute__((warn_unused_result));

#endif
