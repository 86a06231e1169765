#include "base/gunzip.h"

#include <libdeflate.h>

enum { HEAD_BYTES = 18, ROOM_FIRST = 64 << 10 };

bool gunzip_is_packed(Str bytes)
{
    return str_starts(bytes, STR("\x1f\x8b"));
}

/* The size that the last four bytes claim: a hint, since it is modulo 2^32 and may be a lie. */
static size_t claimed(Str packed, size_t max)
{
    size_t size = 0;
    for (size_t i = 1; packed.len >= HEAD_BYTES && i <= 4; i++)
        size = size << 8 | (unsigned char)packed.ptr[packed.len - i];
    return size < ROOM_FIRST ? ROOM_FIRST : size < max ? size : max;
}

static bool inflate_into(struct libdeflate_decompressor *decompressor, Str packed, Buf *ret,
                         Error *err)
{
    size_t most = ret->max - ret->len;
    for (size_t room = claimed(packed, most);; room = room < most / 2 ? 2 * room : most) {
        size_t used = 0, written = 0;
        if (room > most)
            room = most;
        if (!buf_reserve(ret, room, err))
            return false;
        enum libdeflate_result result = libdeflate_gzip_decompress_ex(
            decompressor, packed.ptr, packed.len, ret->ptr + ret->len, room, &used, &written);
        if (result == LIBDEFLATE_SUCCESS && used == packed.len) {
            ret->len += written;
            return true;
        }
        if (result != LIBDEFLATE_INSUFFICIENT_SPACE)
            return error_set(err, ERROR_INPUT, "broken gzip%s",
                             result == LIBDEFLATE_SUCCESS ? ": bytes behind its end" : "");
        if (room == most)
            return error_set(err, ERROR_LIMIT, "gzip of more than %zu bytes", most);
    }
}

bool gunzip(Str packed, Buf *ret, Error *err)
{
    struct libdeflate_decompressor *decompressor = libdeflate_alloc_decompressor();
    if (!decompressor)
        return error_set(err, ERROR_LIMIT, "out of memory");
    bool ok = inflate_into(decompressor, packed, ret, err);
    libdeflate_free_decompressor(decompressor);
    return ok;
}
