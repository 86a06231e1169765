#include "base/config_document.h"

#include <string.h>

enum { MARK = 1 };

/* The offset of character *index* of *text*, at most its length. */
static size_t offset_of(Str text, size_t index)
{
    size_t at = str_starts(text, STR("\xef\xbb\xbf")) ? 3 : 0;
    for (; at < text.len && index > 0; index--) {
        at++;
        while (at < text.len && ((unsigned char)text.ptr[at] & 0xc0) == 0x80)
            at++;
    }
    return at;
}

/* *text* with each byte *from* as *to*. */
static bool put_replaced(Buf *out, Str text, char from, char to, Error *err)
{
    size_t at = out->len;
    if (!buf_append_str(out, text, err))
        return false;
    for (; at < out->len; at++)
        if (out->ptr[at] == from)
            out->ptr[at] = to;
    return true;
}

bool config_document_write(Buf *out, Str source, const ConfigDocumentPlace *place, Error *err)
{
    if (str_starts(source, STR("\xff\xfe")) || str_starts(source, STR("\xfe\xff")))
        return error_set(err, ERROR_USAGE, "a mapping here takes a file of UTF-8, not UTF-16");
    Str text = str_slice(source, offset_of(source, place->from), offset_of(source, place->to));
    return buf_printf(out, err, "%c%zu %zu ", MARK, place->line, place->column) &&
           put_replaced(out, str_trim(text), '\n', MARK, err);
}

bool config_document_is(Str item)
{
    return item.len > 0 && item.ptr[0] == MARK;
}

/* Takes a number and the space behind it off the front of *rest*. */
static size_t take_number(Str *rest)
{
    uint64_t number = 0;
    size_t end = str_find_byte(*rest, ' ', 0);
    (void)str_to_u64(str_slice(*rest, 0, end), &number);
    *rest = str_slice(*rest, end + 1, rest->len);
    return (size_t)number;
}

static bool put_bytes(Buf *out, char byte, size_t count, Error *err)
{
    if (!count)
        return true;
    if (!buf_reserve(out, count, err))
        return false;
    memset(out->ptr + out->len, byte, count);
    out->len += count;
    return true;
}

bool config_document_read(Str item, Buf *out, Error *err)
{
    Str rest = str_slice(item, 1, item.len);
    size_t lines = take_number(&rest), columns = take_number(&rest);
    return put_bytes(out, '\n', lines, err) && put_bytes(out, ' ', columns, err) &&
           put_replaced(out, rest, MARK, '\n', err);
}
