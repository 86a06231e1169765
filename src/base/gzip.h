/* gzip.h - gzip of whole texts, one member each. */
#ifndef BASE_GZIP_H
#define BASE_GZIP_H

#include "base/buf.h"

/* Scratch of a compressor; one thread owns it. */
typedef struct Gzip Gzip;

/* *level* is 1 (fast) to 12 (small). ERROR_LIMIT; the caller frees. */
Gzip *gzip_new(int level, Error *err) __attribute__((warn_unused_result));
void gzip_free(Gzip *gzip);

/* Packs *text*; *ret* lives until the next call. ERROR_LIMIT when memory ends. */
bool gzip_pack(Gzip *gzip, Str text, Str *ret, Error *err) __attribute__((warn_unused_result));

#endif
