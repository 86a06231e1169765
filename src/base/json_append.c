/* Trees and texts of base/json as JSON text. */
#include <stdio.h>

#include "base/json.h"

static bool append_escaped(Buf *buf, unsigned char byte, Error *err)
{
    static const char NAMES[] = "btn?fr";
    char text[8] = {'\\', (char)byte, 0};
    size_t len = 2;
    if (byte >= 8 && byte <= 13 && byte != 11)
        text[1] = NAMES[byte - 8];
    else if (byte != '"' && byte != '\\')
        len = (size_t)snprintf(text, sizeof text, "\\u%04x", byte);
    return buf_append(buf, text, len, err);
}

static bool needs_html_escape(const char *at, unsigned len)
{
    bool separator = len == 3 && memcmp(at, "\xe2\x80", 2) == 0 &&
                     ((unsigned char)at[2] == 0xa8 || (unsigned char)at[2] == 0xa9);
    return separator || *at == '<' || *at == '>' || *at == '&';
}

static bool append_special(Buf *buf, const char *at, unsigned len, Error *err)
{
    if (len == 0)
        return buf_append(buf, "\xef\xbf\xbd", 3, err);
    if (len == 3)
        return buf_append(buf, (unsigned char)at[2] == 0xa8 ? "\\u2028" : "\\u2029", 6, err);
    return append_escaped(buf, (unsigned char)*at, err);
}

static bool append_quoted(Buf *buf, Str text, bool html, Error *err)
{
    const char *at = text.ptr, *end = text.ptr + text.len, *from = at;
    if (!buf_append_byte(buf, '"', err))
        return false;
    while (at < end) {
        unsigned len = json_utf8_length(at, end);
        bool plain = len && (unsigned char)*at >= 0x20 && *at != '"' && *at != '\\' &&
                     !(html && needs_html_escape(at, len));
        if (!plain) {
            if (!buf_append(buf, from, (size_t)(at - from), err) ||
                !append_special(buf, at, len, err))
                return false;
            from = at + (len ? len : 1);
        }
        at += len ? len : 1;
    }
    return buf_append(buf, from, (size_t)(at - from), err) && buf_append_byte(buf, '"', err);
}

bool json_append_string(Buf *buf, Str text, Error *err)
{
    return append_quoted(buf, text, false, err);
}

bool json_append_html_safe(Buf *buf, Str text, Error *err)
{
    return append_quoted(buf, text, true, err);
}

static bool append_children(Buf *buf, const Json *parent, Error *err)
{
    bool object = parent->type == JSON_OBJECT, first = true;
    if (!buf_append_byte(buf, object ? '{' : '[', err))
        return false;
    for (const Json *child = parent->first; child; child = child->next) {
        if (child->shadowed)
            continue;
        if (!first && !buf_append_byte(buf, ',', err))
            return false;
        first = false;
        if (object &&
            (!json_append_string(buf, child->name, err) || !buf_append_byte(buf, ':', err)))
            return false;
        if (!json_append(buf, child, err))
            return false;
    }
    return buf_append_byte(buf, object ? '}' : ']', err);
}

bool json_append(Buf *buf, const Json *value, Error *err)
{
    static const Str WORDS[] = {{"null", 4}, {"false", 5}, {"true", 4}};
    switch (value->type) {
    case JSON_NULL:
    case JSON_FALSE:
    case JSON_TRUE:
        return buf_append_str(buf, WORDS[value->type], err);
    case JSON_NUMBER:
        return buf_append_str(buf, value->text, err);
    case JSON_STRING:
        return json_append_string(buf, value->text, err);
    case JSON_ARRAY:
    case JSON_OBJECT:
        return append_children(buf, value, err);
    }
    return false;
}
