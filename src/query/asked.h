/* asked.h - texts that were asked of a lake's files, kept between runs.
 *
 * Which calls ten million events name takes a tenth of a second to ask, and the answer is the same
 * until the files are others. It is kept in the lake's tmp/asked/ with a number that stands for the
 * files it is of: what does not fit them, or is damaged, is not found. Nothing depends on it but
 * time, and it goes when the bytes of files do (lake/expire.h). Used by one thread.
 */
#ifndef QUERY_ASKED_H
#define QUERY_ASKED_H

#include "base/arena.h"
#include "base/buf.h"
#include "lake/lake.h"

/* What is kept under a name, "eventname". */
typedef struct Asked {
    Lake *lake;
    Str name;       /* of lower-case letters, digits, dots and underscores */
    uint64_t files; /* asked_files of those that were asked */
} Asked;

/* A number that stands for the live data files. */
bool asked_files(Lake *lake, uint64_t *ret, Error *err) __attribute__((warn_unused_result));

/* Appends the texts (Str each, in *texts*) to *ret_list*; *ret_found* says whether there were some
 * of these files, *ret_many* whether they were too many to be kept. */
bool asked_read(const Asked *asked, Arena *texts, Buf *ret_list, bool *ret_many, bool *ret_found,
                Error *err) __attribute__((warn_unused_result));

/* Keeps *count* texts, or that they are *many*. Where that is not possible, nothing is kept. */
void asked_write(const Asked *asked, const Str *list, size_t count, bool many);

#endif
