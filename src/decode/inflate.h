/* inflate.h - the bytes of an object as plain text, whole or in windows.
 *
 * Plain bytes are passed on; gzip is inflated: whole by libdeflate while it fits the window, else
 * by zlib, window by window. zlib also takes what is truncated or broken, as far as it goes.
 *
 * Invariants
 *   1. The sizes that gzip claims are hints; memory grows with what was really inflated.
 *   2. A window is followed by RECORD_PADDING zero bytes.
 *   3. Never more than window_max bytes are held, and between objects at most
 *      INFLATE_KEPT_BYTES_MAX.
 *
 * One thread owns an Inflate.
 */
#ifndef DECODE_INFLATE_H
#define DECODE_INFLATE_H

#include "base/error.h"
#include "base/str.h"

typedef struct InflateLimits {
    size_t window_max;    /* bytes of a window */
    uint64_t total_max;   /* bytes of all windows; more is refused */
    unsigned ratio_max;   /* of inflated to stored bytes, when more than ratio_floor */
    uint64_t ratio_floor; /* bytes */
} InflateLimits;

enum { INFLATE_KEPT_BYTES_MAX = 16 << 20 };

typedef struct Inflate Inflate;

/* An inflater; the caller frees. NULL with *err* filled. */
Inflate *inflate_new(const InflateLimits *limits, Error *err) __attribute__((warn_unused_result));
void inflate_free(Inflate *self);

/* Begins with *bytes*, borrowed until the next start. */
void inflate_start(Inflate *self, Str bytes);

/* The next window: the last *keep* bytes of the one before, and what follows them. *ret_fresh*:
 * how many bytes at the end are new; none at the end of all, or when *keep* fills the window.
 * *ret_last*: nothing follows. False with *err* when memory runs out. */
bool inflate_next(Inflate *self, size_t keep, Str *ret_window, size_t *ret_fresh, bool *ret_last,
                  Error *err) __attribute__((warn_unused_result));

/* Bytes of memory that the window has, without its padding. */
size_t inflate_room(const Inflate *self);

/* Swaps the window's memory with *buffer* (of *cap* bytes without its padding; NULL and 0 for
 * none), so that the last window's text stays where it is while the next object is inflated. */
void inflate_exchange(Inflate *self, char **buffer, size_t *cap);

/* What was met so far. */
typedef struct InflateReport {
    unsigned flags;      /* OBJECT_ flags of object.h */
    uint64_t inflated;   /* bytes given out */
    unsigned members;    /* gzip members begun; 0 for plain bytes */
    uint64_t padding;    /* zeros behind the last member, which are part of nothing */
    Str rest;            /* stored bytes not used: garbage, or from the break on */
    const char *problem; /* what is wrong with the rest, NULL when nothing is */
} InflateReport;
InflateReport inflate_report(const Inflate *self);

#endif
