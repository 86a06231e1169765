#include "base/buf.h"

#include <stdarg.h>
#include <stdio.h>

#include "base/mem.h"

enum { CAP_MIN = 64 };

void buf_free(Buf *buf)
{
    mem_free(buf->ptr);
    *buf = buf_init(buf->max);
}

bool buf_grow(Buf *buf, size_t more, Error *err)
{
    if (more > buf->max - buf->len)
        return error_set(err, ERROR_LIMIT,
                         "a buffer is full: %zu bytes held, %zu more wanted, "
                         "at most %zu allowed",
                         buf->len, more, buf->max);
    size_t need = buf->len + more;
    size_t cap = buf->cap ? buf->cap : CAP_MIN;
    while (cap < need)
        cap += cap / 2 + CAP_MIN;
    if (cap > buf->max && need <= buf->max)
        cap = buf->max;
    char *grown = mem_realloc(buf->ptr, cap, err);
    if (!grown)
        return false;
    buf->ptr = grown;
    buf->cap = cap;
    return true;
}

bool buf_printf(Buf *buf, Error *err, const char *format, ...)
{
    va_list args;
    va_list again;
    size_t room = buf->cap - buf->len;
    va_start(args, format);
    va_copy(again, args);
    int length = vsnprintf(room ? buf->ptr + buf->len : NULL, room, format, args);
    va_end(args);
    bool ok = length >= 0;
    if (ok && (size_t)length >= room) {
        ok = buf_reserve(buf, (size_t)length + 1, err);
        if (ok)
            vsnprintf(buf->ptr + buf->len, (size_t)length + 1, format, again);
    }
    va_end(again);
    if (ok)
        buf->len += (size_t)length;
    return ok;
}

const char *buf_text(Buf *buf, Error *err)
{
    if (!buf_reserve(buf, 1, err))
        return NULL;
    buf->ptr[buf->len] = '\0';
    return buf->ptr;
}
