#define _GNU_SOURCE /* memmem */
#include "cloud/xml.h"

enum { ENTITY_BYTES_MAX = 12, CODE_POINT_MAX = 0x10ffff };

typedef enum {
    MARK_NONE,  /* no markup is left */
    MARK_CUT,   /* it has no end */
    MARK_OTHER, /* a comment, a declaration, CDATA */
    MARK_BEGIN,
    MARK_END,
    MARK_EMPTY
} MarkKind;

/* A piece of markup: its bytes in the text and, of a tag, its name without a prefix. */
typedef struct Mark {
    MarkKind kind;
    size_t from, to;
    Str name;
} Mark;

/* What is no tag; the longest beginnings first. */
static const struct {
    const char *begin, *end;
} OTHERS[] = {{"<!--", "-->"}, {"<![CDATA[", "]]>"}, {"<?", "?>"}, {"<!", ">"}};

static size_t find_text(Str text, Str part, size_t from)
{
    const char *at =
        from < text.len ? memmem(text.ptr + from, text.len - from, part.ptr, part.len) : NULL;
    return at ? (size_t)(at - text.ptr) : text.len;
}

/* The '>' that ends a tag, which is none within a quoted attribute. */
static size_t find_tag_end(Str text, size_t from)
{
    char quote = 0;
    for (; from < text.len; from++) {
        char c = text.ptr[from];
        if (quote)
            quote = c == quote ? 0 : quote;
        else if (c == '"' || c == '\'')
            quote = c;
        else if (c == '>')
            break;
    }
    return from;
}

static Str tag_name(Str tag)
{
    size_t end = 0;
    while (end < tag.len && !strchr(" \t\r\n/", tag.ptr[end]))
        end++;
    Str name = str_slice(tag, 0, end);
    size_t colon = str_find_byte(name, ':', 0);
    return colon < name.len ? str_slice(name, colon + 1, name.len) : name;
}

static Mark read_tag(Str text, size_t from)
{
    size_t end = find_tag_end(text, from);
    Mark mark = {.kind = MARK_CUT, .from = from, .to = text.len};
    if (end == text.len)
        return mark;
    Str tag = str_slice(text, from + 1, end);
    mark.to = end + 1;
    mark.kind = MARK_BEGIN;
    if (str_starts(tag, STR("/"))) {
        mark.kind = MARK_END;
        tag = str_slice(tag, 1, tag.len);
    } else if (str_ends(tag, STR("/"))) {
        mark.kind = MARK_EMPTY;
    }
    mark.name = tag_name(tag);
    return mark;
}

static Mark next_mark(Str text, size_t from)
{
    Mark mark = {.kind = MARK_NONE, .from = str_find_byte(text, '<', from), .to = text.len};
    if (mark.from == text.len)
        return mark;
    Str rest = str_slice(text, mark.from, text.len);
    for (size_t i = 0; i < sizeof OTHERS / sizeof *OTHERS; i++) {
        Str begin = str_of(OTHERS[i].begin), end = str_of(OTHERS[i].end);
        if (!str_starts(rest, begin))
            continue;
        size_t at = find_text(text, end, mark.from + begin.len);
        mark.kind = at < text.len ? MARK_OTHER : MARK_CUT;
        mark.to = at < text.len ? at + end.len : at;
        return mark;
    }
    return read_tag(text, mark.from);
}

/* The end tag of an element whose content begins at *from*; MARK_CUT when it has not come. */
static Mark find_end(Str text, Str name, size_t from)
{
    size_t depth = 1;
    for (;;) {
        Mark mark = next_mark(text, from);
        if (mark.kind == MARK_NONE || mark.kind == MARK_CUT)
            return (Mark){.kind = MARK_CUT};
        from = mark.to;
        if (mark.kind == MARK_OTHER || !str_equal(mark.name, name))
            continue;
        depth += mark.kind == MARK_BEGIN;
        depth -= mark.kind == MARK_END;
        if (depth == 0)
            return mark;
    }
}

bool xml_next(Str *rest, Str name, Str *ret_inside)
{
    Str text = *rest;
    Mark mark = {.to = 0};
    do {
        mark = next_mark(text, mark.to);
        if (mark.kind == MARK_NONE || mark.kind == MARK_CUT) {
            *rest = str_slice(text, mark.from, text.len);
            return false;
        }
    } while ((mark.kind != MARK_BEGIN && mark.kind != MARK_EMPTY) || !str_equal(mark.name, name));
    Mark end = mark;
    if (mark.kind == MARK_BEGIN)
        end = find_end(text, name, mark.to);
    if (end.kind == MARK_CUT) {
        *rest = str_slice(text, mark.from, text.len);
        return false;
    }
    *ret_inside = mark.kind == MARK_EMPTY ? (Str){"", 0} : str_slice(text, mark.to, end.from);
    *rest = str_slice(text, end.to, text.len);
    return true;
}

static const struct {
    const char *name;
    char byte;
} ENTITIES[] = {{"lt", '<'}, {"gt", '>'}, {"amp", '&'}, {"quot", '"'}, {"apos", '\''}};

static bool append_code_point(uint32_t code, Buf *ret, Error *err)
{
    unsigned char bytes[4];
    size_t len = code < 0x80 ? 1 : code < 0x800 ? 2 : code < 0x10000 ? 3 : 4;
    static const unsigned char FIRST[] = {0, 0, 0xc0, 0xe0, 0xf0};
    for (size_t i = len - 1; i > 0; i--, code >>= 6)
        bytes[i] = (unsigned char)(0x80 | (code & 0x3f));
    bytes[0] = (unsigned char)(FIRST[len] | code);
    return buf_append(ret, bytes, len, err);
}

/* The number in "#65" or "#x41"; 0 when it is no character. */
static uint32_t read_code_point(Str digits)
{
    uint32_t base = 10, code = 0;
    if (str_starts(digits, STR("x"))) {
        base = 16;
        digits = str_slice(digits, 1, digits.len);
    }
    for (size_t i = 0; i < digits.len; i++) {
        unsigned char c = (unsigned char)str_lower(digits.ptr[i]);
        uint32_t digit = 16;
        if (c >= '0' && c <= '9')
            digit = c - (uint32_t)'0';
        else if (c >= 'a' && c <= 'f')
            digit = c - (uint32_t)'a' + 10;
        if (digit >= base)
            return 0;
        code = code * base + digit;
        if (code > CODE_POINT_MAX)
            return 0;
    }
    return code >= 0xd800 && code <= 0xdfff ? 0 : code;
}

/* Appends the character of the entity at the front of *text*; *ret_len* is its length there. */
static bool decode_entity(Str text, Buf *ret, size_t *ret_len, Error *err)
{
    size_t end = str_find_byte(str_slice(text, 0, ENTITY_BYTES_MAX), ';', 0);
    Str name = str_slice(text, 1, end);
    *ret_len = end + 1;
    if (end < text.len && end < ENTITY_BYTES_MAX) {
        for (size_t i = 0; i < sizeof ENTITIES / sizeof *ENTITIES; i++)
            if (str_equal(name, str_of(ENTITIES[i].name)))
                return buf_append_byte(ret, (unsigned char)ENTITIES[i].byte, err);
        uint32_t code =
            str_starts(name, STR("#")) ? read_code_point(str_slice(name, 1, name.len)) : 0;
        if (code)
            return append_code_point(code, ret, err);
    }
    return error_set(err, ERROR_INPUT, "an XML text holds an entity that is none");
}

/* Appends what markup in a text says: of CDATA its bytes, of a comment nothing. */
static bool decode_mark(Str text, Buf *ret, size_t *ret_len, Error *err)
{
    const Str cdata = STR("<![CDATA[");
    Mark mark = next_mark(text, 0);
    *ret_len = mark.to;
    if (mark.kind != MARK_OTHER)
        return error_set(err, ERROR_INPUT, "an XML text holds an element");
    return !str_starts(text, cdata) ||
           buf_append_str(ret, str_slice(text, cdata.len, mark.to - 3), err);
}

static bool decode_all(Str inside, Buf *ret, Error *err)
{
    while (inside.len) {
        size_t plain = 0;
        while (plain < inside.len && inside.ptr[plain] != '<' && inside.ptr[plain] != '&')
            plain++;
        if (!buf_append_str(ret, str_slice(inside, 0, plain), err))
            return false;
        inside = str_slice(inside, plain, inside.len);
        size_t len = 0;
        if (inside.len && !(inside.ptr[0] == '<' ? decode_mark(inside, ret, &len, err)
                                                 : decode_entity(inside, ret, &len, err)))
            return false;
        inside = str_slice(inside, len, inside.len);
    }
    return true;
}

bool xml_decode(Str inside, Buf *ret, Error *err)
{
    size_t before = ret->len;
    bool ok = decode_all(inside, ret, err);
    if (!ok)
        ret->len = before;
    return ok;
}

bool xml_value(Str text, Str name, Buf *ret, Error *err)
{
    Str inside;
    if (!xml_next(&text, name, &inside))
        return error_set(err, ERROR_INPUT, "an XML answer has no <%.*s>", STR_ARG(name));
    return xml_decode(inside, ret, err) || error_context(err, "<%.*s>", STR_ARG(name));
}
