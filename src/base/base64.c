#include "base/base64.h"

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

/* The six bits of a letter; -1 for anything else. */
static int bits_of(char letter)
{
    if (letter >= 'A' && letter <= 'Z')
        return letter - 'A';
    if (letter >= 'a' && letter <= 'z')
        return letter - 'a' + 26;
    if (letter >= '0' && letter <= '9')
        return letter - '0' + 52;
    return letter == '+' ? 62 : letter == '/' ? 63 : -1;
}

static size_t padding_of(Str text)
{
    if (text.len < 4 || text.ptr[text.len - 1] != '=')
        return 0;
    return text.ptr[text.len - 2] == '=' ? 2 : 1;
}

bool base64_decode(Buf *out, Str text, Error *err)
{
    size_t letters = text.len - padding_of(text);
    uint32_t bits = 0;
    if (text.len % 4 != 0)
        return error_set(err, ERROR_INPUT, "base64 of %zu letters, no multiple of four", text.len);
    for (size_t i = 0; i < letters; i++) {
        int six = bits_of(text.ptr[i]);
        if (six < 0)
            return error_set(err, ERROR_INPUT, "no base64 at byte %zu", i);
        bits = bits << 6 | (uint32_t)six;
        if (i % 4 && !buf_append_byte(out, (unsigned char)(bits >> (6 - 2 * (i % 4))), err))
            return false;
    }
    if (letters % 4 && bits & (letters % 4 == 2 ? 15u : 3u))
        return error_set(err, ERROR_INPUT, "base64 with bits left over at byte %zu", letters - 1);
    return true;
}
