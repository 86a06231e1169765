#include "base/arena.h"

#include <stdint.h>
#include <string.h>

#include "base/mem.h"

#if defined(__SANITIZE_ADDRESS__)
#include <sanitizer/asan_interface.h>
#define POISON(p, n)   ASAN_POISON_MEMORY_REGION(p, n)
#define UNPOISON(p, n) ASAN_UNPOISON_MEMORY_REGION(p, n)
#else
#define POISON(p, n)   ((void)(p), (void)(n))
#define UNPOISON(p, n) ((void)(p), (void)(n))
#endif

enum { ALIGN = 16, BLOCK_MIN = 16 * 1024 };

/* Blocks form a list, the current one first; each is a header and its bytes. */
typedef struct Block {
    struct Block *next;
    size_t size;
    size_t used;
    size_t padding; /* keeps the bytes behind the header aligned to 16 */
} Block;

struct Arena {
    Block *blocks;
    size_t bytes_max;
    size_t bytes_held; /* sizes of all blocks */
    size_t bytes_used; /* given out since the last reset */
};

static unsigned char *block_bytes(Block *block)
{
    return (unsigned char *)(block + 1);
}

Arena *arena_new(size_t bytes_max, Error *err)
{
    Arena *arena = mem_calloc(1, sizeof *arena, err);
    if (arena)
        arena->bytes_max = bytes_max;
    return arena;
}

static void free_blocks(Block *block)
{
    while (block) {
        Block *next = block->next;
        UNPOISON(block_bytes(block), block->size);
        mem_free(block);
        block = next;
    }
}

void arena_free(Arena *arena)
{
    if (!arena)
        return;
    free_blocks(arena->blocks);
    mem_free(arena);
}

static Block *add_block(Arena *arena, size_t size, Error *err)
{
    size_t want = arena->blocks ? arena->blocks->size * 2 : BLOCK_MIN;
    size_t left = arena->bytes_max - arena->bytes_held;
    if (want < size)
        want = size;
    if (want > left)
        want = left;
    if (want < size) {
        error_set(err, ERROR_LIMIT, "an arena of %zu bytes is full: wanted %zu more",
                  arena->bytes_max, size);
        return NULL;
    }
    Block *block = mem_alloc(sizeof *block + want, err);
    if (!block)
        return NULL;
    *block = (Block){.next = arena->blocks, .size = want};
    POISON(block_bytes(block), want);
    arena->blocks = block;
    arena->bytes_held += want;
    return block;
}

void *arena_alloc(Arena *arena, size_t size, Error *err)
{
    if (size > SIZE_MAX / 2) {
        error_set(err, ERROR_LIMIT, "an arena was asked for %zu bytes", size);
        return NULL;
    }
    size_t rounded = (size + ALIGN - 1) & ~(size_t)(ALIGN - 1);
    Block *block = arena->blocks;
    if (!block || block->size - block->used < rounded) {
        block = add_block(arena, rounded, err);
        if (!block)
            return NULL;
    }
    unsigned char *at = block_bytes(block) + block->used;
    block->used += rounded;
    arena->bytes_used += rounded;
    UNPOISON(at, size);
    return at;
}

void *arena_calloc(Arena *arena, size_t count, size_t size, Error *err)
{
    if (size && count > SIZE_MAX / 4 / size) {
        error_set(err, ERROR_LIMIT, "an arena was asked for %zu x %zu bytes", count, size);
        return NULL;
    }
    void *memory = arena_alloc(arena, count * size, err);
    if (memory)
        memset(memory, 0, count * size);
    return memory;
}

char *arena_text(Arena *arena, Str text, Error *err)
{
    char *copy = arena_alloc(arena, text.len + 1, err);
    if (!copy)
        return NULL;
    if (text.len)
        memcpy(copy, text.ptr, text.len);
    copy[text.len] = '\0';
    return copy;
}

void arena_reset(Arena *arena)
{
    Block *kept = NULL;
    for (Block *block = arena->blocks; block; block = block->next)
        if (!kept || block->size > kept->size)
            kept = block;
    for (Block *block = arena->blocks, *next; block; block = next) {
        next = block->next;
        UNPOISON(block_bytes(block), block->size);
        if (block != kept)
            mem_free(block);
    }
    arena->blocks = kept;
    arena->bytes_used = 0;
    arena->bytes_held = kept ? kept->size : 0;
    if (kept) {
        kept->next = NULL;
        kept->used = 0;
        POISON(block_bytes(kept), kept->size);
    }
}

void arena_wipe(Arena *arena)
{
    for (Block *block = arena->blocks; block; block = block->next) {
        UNPOISON(block_bytes(block), block->size);
        explicit_bzero(block_bytes(block), block->used);
    }
    arena_reset(arena);
}

size_t arena_used(const Arena *arena)
{
    return arena->bytes_used;
}
