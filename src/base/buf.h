/* buf.h - bytes that grow, under a required ceiling.
 *
 * A Buf is a plain struct on the owner's stack or inside its object. Zero is a valid empty Buf
 * only after buf_init gave it a ceiling. Not thread safe.
 */
#ifndef BASE_BUF_H
#define BASE_BUF_H

#include <stdint.h>
#include <string.h>

#include "base/error.h"
#include "base/str.h"

typedef struct Buf {
    char *ptr;
    size_t len;
    size_t cap;
    size_t max; /* ceiling of len, in bytes */
} Buf;

/* An empty Buf that may grow to *bytes_max* bytes; nothing is allocated yet. */
static inline Buf buf_init(size_t bytes_max)
{
    return (Buf){.max = bytes_max};
}

/* Frees the bytes; the Buf is empty and usable again. */
void buf_free(Buf *buf);
#define BUF_AUTO __attribute__((cleanup(buf_free)))

/* Makes room for *more* bytes behind len without changing len. ERROR_LIMIT at the ceiling. */
bool buf_grow(Buf *buf, size_t more, Error *err) __attribute__((warn_unused_result));

/* As buf_grow; the usual case, room enough, costs one comparison. */
static inline bool buf_reserve(Buf *buf, size_t more, Error *err)
{
    return buf->cap - buf->len >= more || buf_grow(buf, more, err);
}

/* Appends *len* bytes. */
static inline bool buf_append(Buf *buf, const void *bytes, size_t len, Error *err)
{
    if (!buf_reserve(buf, len, err))
        return false;
    if (len)
        memcpy(buf->ptr + buf->len, bytes, len);
    buf->len += len;
    return true;
}

/* Appends a text. */
static inline bool buf_append_str(Buf *buf, Str text, Error *err)
{
    return buf_append(buf, text.ptr, text.len, err);
}

/* Appends one byte. */
static inline bool buf_append_byte(Buf *buf, unsigned char byte, Error *err)
{
    return buf_append(buf, &byte, 1, err);
}

/* Appends a formatted text. */
bool buf_printf(Buf *buf, Error *err, const char *format, ...)
    __attribute__((format(printf, 3, 4), warn_unused_result));

/* The text with a NUL behind it (not counted in len), for other libraries; NULL with *err*. */
const char *buf_text(Buf *buf, Error *err) __attribute__((warn_unused_result));

/* The bytes as a borrowed Str, valid until the Buf changes. */
static inline Str buf_str(const Buf *buf)
{
    return (Str){buf->ptr ? buf->ptr : "", buf->len};
}

#endif
