#include "base/mem.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/fault.h"

enum { GROWN_MIN = 16 }; /* elements of an array that grows for the first time */

static void *checked(void *memory, size_t size, Error *err)
{
    if (!memory)
        error_set(err, ERROR_LIMIT, "out of memory: wanted %zu bytes more", size);
    return memory;
}

void *mem_alloc(size_t size, Error *err)
{
    return checked(fault_due(FAULT_ALLOC) ? NULL : malloc(size ? size : 1), size, err);
}

void *mem_calloc(size_t count, size_t size, Error *err)
{
    if (size && count > SIZE_MAX / size)
        return checked(NULL, SIZE_MAX, err);
    size_t total = count * size;
    return checked(fault_due(FAULT_ALLOC) ? NULL : calloc(1, total ? total : 1), total, err);
}

void *mem_realloc(void *old, size_t size, Error *err)
{
    return checked(fault_due(FAULT_ALLOC) ? NULL : realloc(old, size ? size : 1), size, err);
}

void *mem_grow(void *array, size_t count, size_t *cap, size_t size, Error *err)
{
    size_t more = *cap ? *cap : GROWN_MIN;
    if (count <= *cap)
        return array;
    while (more < count && more <= SIZE_MAX / 2 / size)
        more *= 2;
    if (more < count)
        return checked(NULL, SIZE_MAX, err);
    void *grown = mem_realloc(array, more * size, err);
    if (grown)
        *cap = more;
    return grown;
}

void *mem_aligned(size_t align, size_t size, Error *err)
{
    void *memory = NULL;
    if (fault_due(FAULT_ALLOC) || posix_memalign(&memory, align, size ? size : 1) != 0)
        memory = NULL;
    return checked(memory, size, err);
}

char *mem_text(const char *text, size_t len, Error *err)
{
    char *copy = mem_alloc(len + 1, err);
    if (!copy)
        return NULL;
    if (len)
        memcpy(copy, text, len);
    copy[len] = '\0';
    return copy;
}

void mem_free(const void *memory)
{
    union {
        const void *given;
        void *freed;
    } pointer = {memory}; /* arrays of const text are freed here too */
    free(pointer.freed);
}

void mem_free_ref(void *pointer_to_pointer)
{
    void *memory;
    memcpy(&memory, pointer_to_pointer, sizeof memory);
    free(memory);
}
