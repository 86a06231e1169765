#include "base/yaml_write.h"

enum { PLAIN_BYTES_MAX = 200, INDENT_STEP = 2 };

static bool is_letter(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

/* Words that YAML 1.1 reads as booleans or null. */
static bool is_word(Str text)
{
    static const char *const WORDS[] = {"y",  "n",   "yes",  "no",  "true", "false",
                                        "on", "off", "null", "nan", "inf"};
    for (size_t i = 0; i < sizeof WORDS / sizeof *WORDS; i++)
        if (str_equal_nocase(text, str_of(WORDS[i])))
            return true;
    return false;
}

/* Letters, digits and a few marks; ": " and " #" would end a plain scalar. */
static bool is_plain(Str text)
{
    static const Str MARKS = {"_./@+=()-:;$*?, ", 16};
    bool ok = text.len > 0 && text.len <= PLAIN_BYTES_MAX && is_letter(text.ptr[0]) &&
              text.ptr[text.len - 1] != ' ' && text.ptr[text.len - 1] != ':';
    for (size_t i = 0; ok && i < text.len; i++) {
        char c = text.ptr[i];
        ok = is_letter(c) || (c >= '0' && c <= '9') || str_find_byte(MARKS, c, 0) < MARKS.len;
        ok = ok && !(c == ':' && text.ptr[i + 1] == ' ');
    }
    return ok && !is_word(text);
}

static bool is_printable(Str text)
{
    bool ok = true;
    for (size_t i = 0; ok && i < text.len; i++)
        ok = text.ptr[i] >= ' ' && text.ptr[i] <= '~';
    return ok;
}

static bool write_single(Buf *out, Str text, Error *err)
{
    bool ok = buf_append_byte(out, '\'', err);
    for (size_t i = 0; ok && i < text.len; i++)
        ok = (text.ptr[i] != '\'' || buf_append_byte(out, '\'', err)) &&
             buf_append_byte(out, (unsigned char)text.ptr[i], err);
    return ok && buf_append_byte(out, '\'', err);
}

/* The character of a valid UTF-8 sequence. */
static unsigned character_of(const char *at, unsigned len)
{
    static const unsigned char FIRST[] = {0, 0x7f, 0x1f, 0x0f, 0x07};
    unsigned character = (unsigned char)at[0] & FIRST[len];
    for (unsigned i = 1; i < len; i++)
        character = character << 6 | ((unsigned char)at[i] & 0x3f);
    return character;
}

/* What a YAML reader refuses, and what would not be seen or would break the line. */
static bool must_escape(unsigned character)
{
    static const struct {
        unsigned from, to;
    } RANGES[] = {{0, 0x1f},        {0x7f, 0x9f},     {0x200b, 0x200f}, {0x2028, 0x202e},
                  {0x2066, 0x2069}, {0xfeff, 0xfeff}, {0xfffe, 0xffff}};
    for (size_t i = 0; i < sizeof RANGES / sizeof *RANGES; i++)
        if (character >= RANGES[i].from && character <= RANGES[i].to)
            return true;
    return false;
}

static bool write_double(Buf *out, Str text, Error *err)
{
    const char *end = text.ptr + text.len;
    bool ok = buf_append_byte(out, '"', err);
    for (const char *at = text.ptr; ok && at < end;) {
        unsigned len = json_utf8_length(at, end);
        unsigned character = len ? character_of(at, len) : 0xfffd;
        if (character == '"' || character == '\\')
            ok = buf_printf(out, err, "\\%c", (char)character);
        else if (!len || must_escape(character))
            ok = buf_printf(out, err, "\\u%04x", character);
        else
            ok = buf_append(out, at, len, err);
        at += len ? len : 1;
    }
    return ok && buf_append_byte(out, '"', err);
}

bool yaml_write_text(Buf *out, Str text, Error *err)
{
    if (is_plain(text))
        return buf_append_str(out, text, err);
    return is_printable(text) ? write_single(out, text, err) : write_double(out, text, err);
}

static bool write_indent(Buf *out, unsigned indent, Error *err)
{
    return buf_printf(out, err, "%*s", (int)indent, "");
}

bool yaml_write_members(Buf *out, const Json *object, unsigned indent, Error *err)
{
    bool ok = true;
    for (const Json *member = object->first; ok && member; member = member->next) {
        if (member->shadowed)
            continue;
        if (member->name.len > YAML_NAME_BYTES_MAX)
            return error_set(err, ERROR_LIMIT, "a member's name has more than %d bytes",
                             YAML_NAME_BYTES_MAX);
        ok = write_indent(out, indent, err) && yaml_write_text(out, member->name, err) &&
             buf_append_byte(out, ':', err) &&
             yaml_write_value(out, member, indent + INDENT_STEP, err);
    }
    return ok;
}

static bool write_elements(Buf *out, const Json *array, unsigned indent, Error *err)
{
    bool ok = true;
    for (const Json *element = array->first; ok && element; element = element->next)
        ok = write_indent(out, indent, err) && buf_append_byte(out, '-', err) &&
             yaml_write_value(out, element, indent + INDENT_STEP, err);
    return ok;
}

bool yaml_write_value(Buf *out, const Json *value, unsigned indent, Error *err)
{
    bool object = value->type == JSON_OBJECT;
    if ((object || value->type == JSON_ARRAY) && value->first)
        return buf_append_byte(out, '\n', err) &&
               (object ? yaml_write_members : write_elements)(out, value, indent, err);
    bool ok = buf_append_byte(out, ' ', err) &&
              (value->type == JSON_STRING ? yaml_write_text(out, value->text, err)
                                          : json_append(out, value, err));
    return ok && buf_append_byte(out, '\n', err);
}
