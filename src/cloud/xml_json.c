#include "cloud/xml_json.h"

#include <string.h>

#include "cloud/xml.h"

enum { DEPTH_MAX = 16, NAME_BYTES = 64, TEXT_BYTES_MAX = 1 << 20 };

/* What is written, and how. */
typedef struct Writing {
    const XmlJsonName *names;
    JsonWriter *to;
    int depth;
} Writing;

static void write_members(Writing *writing, Str inside);

static const XmlJsonName *find_name(const Writing *writing, Str element)
{
    const XmlJsonName *name = writing->names;
    while (name->element && !str_equal(str_of(name->element), element))
        name++;
    return name;
}

static bool is_word(Str name)
{
    for (size_t i = 0; i < name.len; i++) {
        char lower = str_lower(name.ptr[i]);
        if ((lower < 'a' || lower > 'z') && (lower < '0' || lower > '9'))
            return false;
    }
    return name.len > 0 && name.len < NAME_BYTES;
}

static bool is_number(Str text)
{
    for (size_t i = 0; i < text.len; i++)
        if (text.ptr[i] < '0' || text.ptr[i] > '9')
            return false;
    return text.len > 0 && text.len < 18 && (text.len == 1 || text.ptr[0] != '0');
}

static void write_text(Writing *writing, const char *member, Str inside, XmlJsonKind kind)
{
    JsonWriter *to = writing->to;
    BUF_AUTO Buf text = buf_init(TEXT_BYTES_MAX);
    if (!to->ok || !(to->ok = xml_decode(inside, &text, to->err)))
        return;
    Str value = buf_str(&text);
    bool plain = str_equal(value, STR("true")) || str_equal(value, STR("false")) ||
                 (kind == XML_JSON_NUMBER && is_number(value));
    if (plain)
        json_write_value(to, member, value);
    else
        json_write_text(to, member, value);
}

static void write_value(Writing *writing, const char *member, Str inside, XmlJsonKind kind)
{
    Str rest = inside, name, child;
    if (!xml_child(&rest, &name, &child)) {
        write_text(writing, member, inside, kind);
        return;
    }
    json_write_open(writing->to, member, '{');
    write_members(writing, inside);
    json_write_close(writing->to, '}');
}

/* All elements *name* of *inside*, the first of which was just found. */
static void write_list(Writing *writing, const char *member, Str inside, Str name)
{
    Str rest = inside, found, child;
    json_write_open(writing->to, member, '[');
    while (xml_child(&rest, &found, &child))
        if (str_equal(found, name))
            write_value(writing, NULL, child, XML_JSON_ONE);
    json_write_close(writing->to, ']');
}

/* Whether an element *name* is among the first *count* ones of *inside*. */
static bool was_before(Str inside, Str name, size_t count)
{
    Str rest = inside, found, other;
    while (count-- > 0 && xml_child(&rest, &found, &other))
        if (str_equal(found, name))
            return true;
    return false;
}

static void write_member(Writing *writing, Str inside, Str name, Str child)
{
    const XmlJsonName *known = find_name(writing, name);
    char member[NAME_BYTES] = "";
    memcpy(member, name.ptr, name.len);
    if (!known->element)
        write_value(writing, member, child, XML_JSON_ONE);
    else if (known->kind == XML_JSON_LIST)
        write_list(writing, known->member, inside, name);
    else
        write_value(writing, known->member, child, known->kind);
}

static void write_members(Writing *writing, Str inside)
{
    Str rest = inside, name, child;
    if (++writing->depth <= DEPTH_MAX)
        for (size_t i = 0; xml_child(&rest, &name, &child); i++)
            if (is_word(name) && !was_before(inside, name, i))
                write_member(writing, inside, name, child);
    writing->depth--;
}

void xml_json(Str inside, const XmlJsonName *names, JsonWriter *to)
{
    Writing writing = {.names = names, .to = to};
    write_members(&writing, inside);
}
