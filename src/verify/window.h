/* window.h - some digests of a chain, read side by side, and what happened to them in order.
 * Internal to verify.
 *
 * walk.c loads a window, takes its steps over it, and flushes it: the logs of its valid digests are
 * hashed by all threads, and then the steps are told as events.
 */
#ifndef VERIFY_WINDOW_H
#define VERIFY_WINDOW_H

#include "verify/coverage.h"
#include "verify/file_check.h"
#include "verify/verify.h"

enum { WINDOW_DIGESTS = 128 };

/* One digest of the window. */
typedef struct WindowSlot {
    Buf bucket, key;
    bool backfill;
    DigestCheck check;
    size_t first_log; /* of the window's logs, once they are checked */
} WindowSlot;

typedef struct Window Window;

/* An empty one, whose threads wait; it borrows what it is given. NULL with *err*; the caller frees.
 */
Window *window_new(const VerifyOptions *options, Coverage *coverage, VerifyReport *report,
                   Error *err) __attribute__((warn_unused_result));
void window_free(Window *window);

/* Empties it and reads *count* digests of *chain*, from the place at *at* downwards. */
bool window_load(Window *window, const Catalogue *catalogue, const Chain *chain, size_t at,
                 size_t count, Error *err) __attribute__((warn_unused_result));

/* Empties it and reads one digest that is not listed. */
bool window_load_one(Window *window, Str bucket, Str key, bool backfill, Error *err)
    __attribute__((warn_unused_result));

/* The slot of a digest, or NULL. */
WindowSlot *window_find(Window *window, Str bucket, Str key);

/* Notes what is to be told: of *slot* (VERIFY_DIGEST with its logs, VERIFY_REMARK) or of none. */
bool window_note(Window *window, const VerifyEvent *event, const WindowSlot *slot, Error *err)
    __attribute__((warn_unused_result));

/* Checks the logs of what was noted, tells all and counts it. */
bool window_flush(Window *window, Error *err) __attribute__((warn_unused_result));

#endif
