/* arena.h - memory by lifetime: many small allocations, freed together.
 *
 * One arena per lifetime (process, run, batch, request), passed as a parameter, with a ceiling.
 * Not thread safe: one thread at a time. Under AddressSanitizer, what was reset is poisoned.
 */
#ifndef BASE_ARENA_H
#define BASE_ARENA_H

#include <stddef.h>

#include "base/error.h"
#include "base/str.h"

typedef struct Arena Arena;

/* An arena that may hold *bytes_max* bytes; the caller frees with arena_free. */
Arena *arena_new(size_t bytes_max, Error *err) __attribute__((warn_unused_result));

/* Frees the arena and all it gave out; NULL is fine. */
void arena_free(Arena *arena);

/* *size* bytes aligned to 16, uninitialised, alive until reset or free. NULL with *err* filled
 * when the ceiling is reached (ERROR_LIMIT). */
void *arena_alloc(Arena *arena, size_t size, Error *err) __attribute__((warn_unused_result));

/* As arena_alloc, zeroed. */
void *arena_calloc(Arena *arena, size_t count, size_t size, Error *err)
    __attribute__((warn_unused_result));

/* A NUL-terminated copy of *text* in the arena; NULL with *err* filled. */
char *arena_text(Arena *arena, Str text, Error *err) __attribute__((warn_unused_result));

/* Forgets all allocations and keeps the largest block for the next round. */
void arena_reset(Arena *arena);

/* As arena_reset, and what was given out is overwritten: it held secrets. */
void arena_wipe(Arena *arena);

/* Bytes given out since the last reset. */
size_t arena_used(const Arena *arena);

#endif
