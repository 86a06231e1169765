#include "lineage/lineage_put.h"

#include <inttypes.h>
#include <stdio.h>

#include "base/json.h"
#include "base/timestamp.h"

static void put_bytes(LineagePut *to, const void *bytes, size_t len)
{
    to->ok = to->ok && buf_append(to->out, bytes, len, to->err);
}

void lineage_put(LineagePut *to, const char *words)
{
    put_bytes(to, words, strlen(words));
}

static uint32_t code_point(const char *at, unsigned len)
{
    static const unsigned char FIRST[] = {0, 0x7f, 0x1f, 0x0f, 0x07};
    uint32_t code = (unsigned char)at[0] & FIRST[len];
    for (unsigned i = 1; i < len; i++)
        code = code << 6 | ((unsigned char)at[i] & 0x3f);
    return code;
}

/* Characters that move, hide or turn what stands beside them: [first, last]. */
static const uint32_t UNSEEN[][2] = {
    {0x00, 0x1f},     {0x7f, 0x9f},     {0xad, 0xad},     {0x61c, 0x61c},   {0x200b, 0x200f},
    {0x2028, 0x202e}, {0x2060, 0x206f}, {0xfeff, 0xfeff}, {0xfff9, 0xfffb}, {0xe0000, 0xe0fff},
};

static bool is_unseen(uint32_t code)
{
    for (size_t i = 0; i < sizeof UNSEEN / sizeof *UNSEEN; i++)
        if (code >= UNSEEN[i][0] && code <= UNSEEN[i][1])
            return true;
    return false;
}

void lineage_put_text(LineagePut *to, Str text)
{
    Str shown = str_slice(text, 0, str_utf8_prefix(text, LINEAGE_PUT_BYTES_MAX));
    const char *end = shown.ptr + shown.len;
    unsigned len;
    for (const char *at = shown.ptr; at < end; at += len) {
        char escape[16];
        unsigned valid = json_utf8_length(at, end);
        len = valid ? valid : 1;
        uint32_t code = valid ? code_point(at, valid) : (unsigned char)*at;
        if (valid && !is_unseen(code)) {
            put_bytes(to, at, len);
            continue;
        }
        snprintf(escape, sizeof escape, code < 0x80 || !valid ? "\\x{%02x}" : "\\u{%04x}", code);
        lineage_put(to, escape);
    }
    if (shown.len < text.len)
        lineage_put(to, "...");
}

void lineage_put_time(LineagePut *to, int64_t time_us)
{
    char text[TIMESTAMP_TEXT_BYTES];
    if (time_us == INT64_MIN || time_us == INT64_MAX) {
        lineage_put(to, "?");
        return;
    }
    timestamp_format(time_us / 1000000 * 1000000, text);
    text[10] = ' ';
    text[19] = '\0';
    lineage_put(to, text);
    lineage_put(to, " UTC");
}

void lineage_put_count(LineagePut *to, int64_t count)
{
    char digits[32];
    int len = snprintf(digits, sizeof digits, "%" PRId64, count);
    for (int i = 0; i < len; i++) {
        if (i && (len - i) % 3 == 0 && digits[i - 1] != '-')
            lineage_put(to, ",");
        put_bytes(to, &digits[i], 1);
    }
}

void lineage_put_counted(LineagePut *to, int64_t count, const char *one, const char *many)
{
    lineage_put_count(to, count);
    lineage_put(to, " ");
    lineage_put(to, count == 1 ? one : many);
}

void lineage_put_xml(LineagePut *to, Str text)
{
    static const char *const WORDS[128] = {
        ['<'] = "&lt;", ['>'] = "&gt;", ['&'] = "&amp;", ['"'] = "&quot;", ['\''] = "&#39;"};
    for (size_t i = 0; i < text.len; i++) {
        unsigned char byte = (unsigned char)text.ptr[i];
        if (byte < 128 && WORDS[byte])
            lineage_put(to, WORDS[byte]);
        else
            put_bytes(to, &text.ptr[i], 1);
    }
}

void lineage_put_dot(LineagePut *to, Str text, const char *line_end)
{
    lineage_put(to, "\"");
    for (size_t i = 0; i < text.len; i++) {
        if (text.ptr[i] == '\n')
            lineage_put(to, line_end);
        else if (text.ptr[i] == '"' || text.ptr[i] == '\\')
            put_bytes(to, text.ptr[i] == '"' ? "\\\"" : "\\\\", 2);
        else
            put_bytes(to, &text.ptr[i], 1);
    }
    lineage_put(to, "\"");
}
