/* mem.h - the one place that calls malloc; everything else allocates through it.
 *
 * Every function may be made to fail by base/fault. Thread safe.
 */
#ifndef BASE_MEM_H
#define BASE_MEM_H

#include <stddef.h>

#include "base/error.h"

/* *size* bytes, uninitialised, or NULL with *err* filled (ERROR_LIMIT: out of memory).
 * The caller frees with mem_free. Size 0 gives a pointer that may be freed. */
void *mem_alloc(size_t size, Error *err) __attribute__((warn_unused_result, malloc));

/* *count* x *size* zeroed bytes, or NULL with *err* filled; the product may not overflow. */
void *mem_calloc(size_t count, size_t size, Error *err) __attribute__((warn_unused_result));

/* *old* grown or shrunk to *size* bytes; on failure NULL, *err* filled, *old* untouched. */
void *mem_realloc(void *old, size_t size, Error *err) __attribute__((warn_unused_result));

/* *array* with room for *count* elements, at least one, of *size* bytes: itself while *cap* says
 * that it has, else grown to at least twice, and *cap* says how many. On failure NULL, *err*
 * filled, *array* and *cap* untouched. */
void *mem_grow(void *array, size_t count, size_t *cap, size_t size, Error *err)
    __attribute__((warn_unused_result));

/* *size* bytes aligned to *align* (a power of two), for SIMD buffers; freed with mem_free. */
void *mem_aligned(size_t align, size_t size, Error *err) __attribute__((warn_unused_result));

/* A copy of *len* bytes with a NUL behind them; the caller frees. NULL with *err* filled. */
char *mem_text(const char *text, size_t len, Error *err) __attribute__((warn_unused_result));

/* Frees what the functions above gave; NULL is fine. */
void mem_free(const void *memory);

/* Cleanup attribute for a pointer variable: `MEM_AUTO char *p = mem_alloc(...)`. */
void mem_free_ref(void *pointer_to_pointer);
#define MEM_AUTO __attribute__((cleanup(mem_free_ref)))

#endif
