#include "base/cell.h"

#include <string.h>

/* The code point of the valid sequence at *at*; *ret_bytes* is its length. */
static uint32_t code_point(const char *at, size_t *ret_bytes)
{
    const unsigned char *c = (const unsigned char *)at;
    if (c[0] < 0x80) {
        *ret_bytes = 1;
        return c[0];
    }
    if (c[0] < 0xe0) {
        *ret_bytes = 2;
        return (c[0] & 0x1fu) << 6 | (c[1] & 0x3fu);
    }
    if (c[0] < 0xf0) {
        *ret_bytes = 3;
        return (c[0] & 0xfu) << 12 | (c[1] & 0x3fu) << 6 | (c[2] & 0x3fu);
    }
    *ret_bytes = 4;
    return (c[0] & 7u) << 18 | (c[1] & 0x3fu) << 12 | (c[2] & 0x3fu) << 6 | (c[3] & 0x3fu);
}

/* C1 controls, and what hides text or turns its direction. */
static bool is_treacherous(uint32_t point)
{
    return (point >= 0x80 && point < 0xa0) || (point >= 0x200b && point <= 0x200f) ||
           (point >= 0x2028 && point <= 0x202e) || (point >= 0x2066 && point <= 0x2069) ||
           point == 0xfeff || point == 0x61c || (point >= 0xe0000 && point <= 0xe007f);
}

bool cell_visible(Str text, Buf *out, Error *err)
{
    for (size_t i = 0, bytes; i < text.len; i += bytes) {
        uint32_t point = code_point(text.ptr + i, &bytes);
        /* U+2400 to U+2421 picture U+0000 to U+0020 and U+007F. */
        const unsigned char picture[] = {0xe2, 0x90, (unsigned char)(0x80 + (point & 0x3f))};
        bool ok = point < 0x20            ? buf_append(out, picture, sizeof picture, err)
                  : point == 0x7f         ? buf_append(out, "\xe2\x90\xa1", 3, err)
                  : is_treacherous(point) ? buf_append(out, "\xef\xbf\xbd", 3, err)
                                          : buf_append(out, text.ptr + i, bytes, err);
        if (!ok)
            return false;
    }
    return true;
}

/* A spreadsheet would take the cell for a formula. */
static bool is_formula(Str cell, bool is_number)
{
    return !is_number && cell.len && memchr("=+-@\t\r", cell.ptr[0], 6);
}

static bool needs_quotes(Str cell)
{
    static const bool QUOTED[256] = {[','] = true, ['"'] = true, ['\n'] = true, ['\r'] = true};
    bool found = false;
    for (size_t i = 0; i < cell.len; i++)
        found |= QUOTED[(unsigned char)cell.ptr[i]];
    return found;
}

bool cell_csv(Str cell, bool is_number, Buf *out, Error *err)
{
    bool formula = is_formula(cell, is_number);
    if (!formula && !needs_quotes(cell))
        return buf_append_str(out, cell, err);
    bool ok = buf_append(out, "\"'", formula ? 2 : 1, err);
    for (size_t i = 0; ok && i < cell.len; i++)
        ok = (cell.ptr[i] != '"' || buf_append_byte(out, '"', err)) &&
             buf_append_byte(out, (unsigned char)cell.ptr[i], err);
    return ok && buf_append_byte(out, '"', err);
}

bool cell_markdown(Str cell, Buf *out, Error *err)
{
    size_t from = out->len;
    if (!cell_visible(cell, out, err))
        return false;
    for (size_t i = from; i < out->len; i++) {
        if (!memchr("\\`*_[]<>|&~#", out->ptr[i], 12))
            continue;
        if (!buf_reserve(out, 1, err))
            return false;
        memmove(out->ptr + i + 1, out->ptr + i, out->len - i);
        out->ptr[i++] = '\\';
        out->len++;
    }
    return true;
}

static size_t point_width(uint32_t point)
{
    static const struct {
        uint32_t from, end;
        size_t width;
    } RANGES[] = {
        {0x300, 0x370, 0},     {0xfe00, 0xfe10, 0},   {0x1100, 0x1160, 2}, {0x2e80, 0xa4d0, 2},
        {0xac00, 0xd7a4, 2},   {0xf900, 0xfb00, 2},   {0xfe30, 0xfe70, 2}, {0xff00, 0xff61, 2},
        {0x1f300, 0x1fb00, 2}, {0x20000, 0x40000, 2},
    };
    for (size_t i = 0; i < sizeof RANGES / sizeof *RANGES; i++)
        if (point >= RANGES[i].from && point < RANGES[i].end)
            return RANGES[i].width;
    return 1;
}

bool cell_html(Str text, Buf *out, Error *err)
{
    static const struct {
        char byte;
        const char *entity;
    } ENTITIES[] = {{'<', "&lt;"}, {'>', "&gt;"}, {'&', "&amp;"}, {'"', "&quot;"}, {'\'', "&#39;"}};
    bool ok = true;
    for (size_t i = 0; ok && i < text.len; i++) {
        const char *entity = NULL;
        for (size_t e = 0; !entity && e < sizeof ENTITIES / sizeof *ENTITIES; e++)
            if (ENTITIES[e].byte == text.ptr[i])
                entity = ENTITIES[e].entity;
        ok = entity ? buf_append_str(out, str_of(entity), err)
                    : buf_append_byte(out, (unsigned char)text.ptr[i], err);
    }
    return ok;
}

size_t cell_width(Str text)
{
    size_t width = 0;
    for (size_t i = 0, bytes; i < text.len; i += bytes)
        width += point_width(code_point(text.ptr + i, &bytes));
    return width;
}

Str cell_cut(Str text, size_t width)
{
    size_t used = 0;
    for (size_t i = 0, bytes; i < text.len; i += bytes) {
        used += point_width(code_point(text.ptr + i, &bytes));
        if (used > width)
            return str_slice(text, 0, i);
    }
    return text;
}
