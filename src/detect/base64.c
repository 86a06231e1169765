#include "detect/base64.h"

static const char ALPHABET[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

bool base64_append(Buf *out, Str bytes, Error *err)
{
    const unsigned char *at = (const unsigned char *)bytes.ptr;
    bool ok = true;
    for (size_t i = 0; ok && i < bytes.len; i += 3) {
        size_t left = bytes.len - i;
        uint32_t three = (uint32_t)at[i] << 16 | (left > 1 ? (uint32_t)at[i + 1] << 8 : 0) |
                         (left > 2 ? at[i + 2] : 0u);
        char four[4] = {ALPHABET[three >> 18], ALPHABET[three >> 12 & 63],
                        left > 1 ? ALPHABET[three >> 6 & 63] : '=',
                        left > 2 ? ALPHABET[three & 63] : '='};
        ok = buf_append(out, four, 4, err);
    }
    return ok;
}
