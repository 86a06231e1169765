#define _GNU_SOURCE /* memmem */
#include "support/written.h"

#include <string.h>

enum { BYTES_MAX = 64 << 20 };

Buf written;

int written_begin(void **state)
{
    (void)state;
    written = buf_init(BYTES_MAX);
    return 0;
}

int written_end(void **state)
{
    (void)state;
    buf_free(&written);
    return 0;
}

static const char *find(const char *words, size_t from)
{
    return memmem(written.ptr + from, written.len - from, words, strlen(words));
}

unsigned written_count(const char *words)
{
    unsigned count = 0;
    for (const char *at = find(words, 0); at; count++)
        at = find(words, (size_t)(at - written.ptr) + strlen(words));
    return count;
}

size_t written_at(const char *words)
{
    const char *at = find(words, 0);
    return at ? (size_t)(at - written.ptr) : written.len;
}
