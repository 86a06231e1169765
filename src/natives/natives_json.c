/* Functions over JSON texts ("athena", section 3). What is no JSON gives NULL, but to json_parse.
 */
#include <stdlib.h>
#include <string.h>

#include "base/json.h"
#include "natives/json_path.h"
#include "natives/natives_row.h"

enum { ARENA_BYTES_MAX = 256 << 20 };

static bool is_nested(Str value)
{
    return value.len && (value.ptr[0] == '{' || value.ptr[0] == '[');
}

static bool is_string(Str value)
{
    return value.len && value.ptr[0] == '"';
}

static bool is_null(Str value)
{
    return str_equal(value, STR("null"));
}

/* The value at the path of the second argument; *ret* has no bytes when there is none. */
static bool find(NativesRow *row, Str *ret)
{
    JsonPath path;
    *ret = (Str){"", 0};
    if (!json_path_read(row->arguments[1].text, &path, row->err))
        return false;
    if (json_path_find(row->arguments[0].text, &path, ret) != JSON_PATH_FOUND)
        *ret = (Str){"", 0};
    return true;
}

/* athena_json_extract(json, path) */
static bool extract(NativesRow *row)
{
    Str value;
    if (!find(row, &value))
        return false;
    return value.len ? json_path_compact(value, row->out, row->err) : natives_row_null(row);
}

static bool put_scalar(NativesRow *row, Str value)
{
    return is_string(value) ? json_path_unquote(value, row->out, row->err)
                            : buf_append_str(row->out, value, row->err);
}

/* athena_json_scalar(json, path) */
static bool scalar(NativesRow *row)
{
    Str value;
    if (!find(row, &value))
        return false;
    if (!value.len || is_nested(value) || is_null(value))
        return natives_row_null(row);
    return put_scalar(row, value);
}

/* athena_json_exists(json, path) */
static bool exists(NativesRow *row)
{
    Str value;
    bool ok = find(row, &value);
    row->result.integer = value.len > 0;
    return ok;
}

static int64_t count_parts(Str value)
{
    Str name, part;
    int64_t count = 0;
    for (size_t at = 0; json_path_next(value, &at, &name, &part);)
        count++;
    return count;
}

/* athena_json_size(json, path) */
static bool size(NativesRow *row)
{
    Str value;
    if (!find(row, &value))
        return false;
    row->result.integer = count_parts(value);
    return value.len > 0 || natives_row_null(row);
}

/* The first argument when it is an array; else *ret* has no bytes. */
static Str whole_array(const NativesRow *row)
{
    Str value;
    bool found = json_path_whole(row->arguments[0].text, &value) == JSON_PATH_FOUND;
    return found && value.ptr[0] == '[' ? value : (Str){"", 0};
}

/* athena_json_length(json) */
static bool length(NativesRow *row)
{
    Str array = whole_array(row);
    row->result.integer = count_parts(array);
    return array.len > 0 || natives_row_null(row);
}

/* athena_json_get(json, index), from 0, or from -1 for the last */
static bool get(NativesRow *row)
{
    Str array = whole_array(row), name, part;
    int64_t index = row->arguments[1].integer;
    if (index < 0)
        index += count_parts(array);
    for (size_t at = 0; index >= 0 && json_path_next(array, &at, &name, &part); index--)
        if (index == 0)
            return json_path_compact(part, row->out, row->err);
    return natives_row_null(row);
}

static bool is_number(Str value)
{
    return value.len && ((value.ptr[0] >= '0' && value.ptr[0] <= '9') || value.ptr[0] == '-');
}

static bool is_whole_number(Str value)
{
    return is_number(value) && !memchr(value.ptr, '.', value.len) &&
           !memchr(value.ptr, 'e', value.len) && !memchr(value.ptr, 'E', value.len);
}

static double number_of(Str value)
{
    char text[64];
    size_t len = value.len < sizeof text ? value.len : sizeof text - 1;
    memcpy(text, value.ptr, len);
    text[len] = '\0';
    return strtod(text, NULL);
}

/* True when *part* is what *wanted* says; whole numbers and others are never the same. */
static bool is_wanted(NativesRow *row, Str part, Str kind, Str wanted)
{
    bool number = is_number(part);
    row->out->len = 0;
    switch (kind.ptr[0]) {
    case 't':
        return is_string(part) && json_path_unquote(part, row->out, row->err) &&
               str_equal(buf_str(row->out), wanted);
    case 'd':
        return number && !is_whole_number(part) && number_of(part) == number_of(wanted);
    default:
        return (kind.ptr[0] == 'i') == number && str_equal(part, wanted);
    }
}

/* athena_json_contains(json, kind, value): kind is text, integer, double or boolean */
static bool contains(NativesRow *row)
{
    Str array = whole_array(row), name, part;
    for (size_t at = 0; !row->result.integer && json_path_next(array, &at, &name, &part);)
        row->result.integer = is_wanted(row, part, row->arguments[1].text, row->arguments[2].text);
    return array.len > 0 || natives_row_null(row);
}

/* athena_json_is_scalar(json) */
static bool is_scalar(NativesRow *row)
{
    Str value, json = row->arguments[0].text;
    if (json_path_whole(json, &value) != JSON_PATH_FOUND)
        return natives_row_fail(row, "Invalid JSON value: %.*s", STR_ARG(str_slice(json, 0, 100)));
    row->result.integer = !is_nested(value);
    return true;
}

static int by_name(const void *a, const void *b)
{
    const Json *const *left = a, *const *right = b;
    return str_compare((*left)->name, (*right)->name);
}

static bool put_sorted(const Json *value, Arena *arena, Buf *out, Error *err);

/* The members of an object in the order of their names; of several of one name the last. */
static bool put_object(const Json *object, Arena *arena, Buf *out, Error *err)
{
    const Json **members = arena_alloc(arena, (object->count + 1) * sizeof *members, err);
    size_t count = 0;
    if (!members)
        return false;
    for (const Json *member = object->first; member; member = member->next)
        if (!member->shadowed)
            members[count++] = member;
    qsort(members, count, sizeof *members, by_name);
    bool ok = buf_append_byte(out, '{', err);
    for (size_t i = 0; ok && i < count; i++)
        ok = (i == 0 || buf_append_byte(out, ',', err)) &&
             json_append_string(out, members[i]->name, err) && buf_append_byte(out, ':', err) &&
             put_sorted(members[i], arena, out, err);
    return ok && buf_append_byte(out, '}', err);
}

/* The tree as compact JSON; its depth is that of JSON_DEPTH_MAX. */
static bool put_sorted(const Json *value, Arena *arena, Buf *out, Error *err)
{
    if (value->type == JSON_OBJECT)
        return put_object(value, arena, out, err);
    if (value->type != JSON_ARRAY)
        return json_append(out, value, err);
    bool ok = buf_append_byte(out, '[', err);
    for (const Json *element = value->first; ok && element; element = element->next)
        ok = (element == value->first || buf_append_byte(out, ',', err)) &&
             put_sorted(element, arena, out, err);
    return ok && buf_append_byte(out, ']', err);
}

/* athena_json_parse(text) */
static bool parse(NativesRow *row)
{
    const JsonLimits limits = {JSON_DEPTH_MAX, true};
    Error why = {0};
    Str text = row->arguments[0].text;
    Arena *arena = arena_new(ARENA_BYTES_MAX, row->err);
    if (!arena)
        return false;
    const Json *tree = json_read(text, &limits, arena, &why);
    bool ok = tree ? put_sorted(tree, arena, row->out, row->err)
                   : natives_row_fail(row, "Cannot convert value to JSON: '%.*s' (%s)",
                                      STR_ARG(str_slice(text, 0, 100)), why.text);
    arena_free(arena);
    return ok;
}

static const char *kind_name(Str value)
{
    switch (value.ptr[0]) {
    case '{':
        return "object";
    case '[':
        return "array";
    case '"':
        return "string";
    case 't':
    case 'f':
        return "boolean";
    default:
        return "number";
    }
}

/* athena_json_text(json, type): a scalar as CAST reads it; the type is for the error */
static bool text_of(NativesRow *row)
{
    Str value;
    if (json_path_whole(row->arguments[0].text, &value) != JSON_PATH_FOUND || is_null(value))
        return natives_row_null(row);
    if (is_nested(value))
        return natives_row_fail(row, "Cannot cast a JSON %s to %.*s: json_format makes it a text",
                                kind_name(value), STR_ARG(row->arguments[1].text));
    return put_scalar(row, value);
}

/* athena_json_number(json, type): as athena_json_text; true is 1 and false 0 */
static bool number_text(NativesRow *row)
{
    Str value = str_trim(row->arguments[0].text);
    if (str_equal(value, STR("true")) || str_equal(value, STR("false")))
        return buf_append_byte(row->out, value.len == 4 ? '1' : '0', row->err);
    return text_of(row);
}

/* athena_json_boolean(json) */
static bool boolean_of(NativesRow *row)
{
    Str value;
    if (json_path_whole(row->arguments[0].text, &value) != JSON_PATH_FOUND || is_null(value))
        return natives_row_null(row);
    bool number = strcmp(kind_name(value), "number") == 0;
    if (!number && !put_scalar(row, value))
        return false;
    Str text = buf_str(row->out);
    bool yes = str_equal_nocase(text, STR("true")) || str_equal_nocase(text, STR("t")) ||
               str_equal(text, STR("1"));
    bool no = str_equal_nocase(text, STR("false")) || str_equal_nocase(text, STR("f")) ||
              str_equal(text, STR("0"));
    row->result.integer = number ? number_of(value) != 0 : yes;
    return number || yes || no ||
           natives_row_fail(row, "Cannot cast a JSON %s to boolean: %.*s", kind_name(value),
                            STR_ARG(str_slice(value, 0, 100)));
}

/* One member of a map of texts: a string as it is, null as that, anything else as its text. */
static bool put_member(NativesRow *row, bool first, Str name, Str value)
{
    BUF_AUTO Buf text = buf_init(NATIVES_TEXT_BYTES_MAX);
    return (first || buf_append_byte(row->out, ',', row->err)) &&
           buf_append_str(row->out, name, row->err) && buf_append_byte(row->out, ':', row->err) &&
           (is_null(value) || is_string(value)
                ? buf_append_str(row->out, value, row->err)
                : json_path_compact(value, &text, row->err) &&
                      json_append_string(row->out, buf_str(&text), row->err));
}

/* athena_json_texts(json): an object whose members are all texts; NULL for what is none */
static bool texts_of(NativesRow *row)
{
    Str object, name, value;
    bool first = true;
    if (json_path_whole(row->arguments[0].text, &object) != JSON_PATH_FOUND || object.ptr[0] != '{')
        return natives_row_null(row);
    if (!buf_append_byte(row->out, '{', row->err))
        return false;
    for (size_t at = 0; json_path_next(object, &at, &name, &value); first = false)
        if (!put_member(row, first, name, value))
            return false;
    return buf_append_byte(row->out, '}', row->err);
}

const NativesFunction NATIVES_JSON_TEXTS[] = {
    {"athena_json_texts", {NATIVES_TEXT}, NATIVES_JSON, texts_of, false},
    {"athena_json_extract", {NATIVES_TEXT, NATIVES_TEXT}, NATIVES_JSON, extract, false},
    {"athena_json_query", {NATIVES_TEXT, NATIVES_TEXT}, NATIVES_TEXT, extract, false},
    {"athena_json_scalar", {NATIVES_TEXT, NATIVES_TEXT}, NATIVES_TEXT, scalar, false},
    {"athena_json_exists", {NATIVES_TEXT, NATIVES_TEXT}, NATIVES_BOOLEAN, exists, false},
    {"athena_json_size", {NATIVES_TEXT, NATIVES_TEXT}, NATIVES_INTEGER, size, false},
    {"athena_json_length", {NATIVES_TEXT}, NATIVES_INTEGER, length, false},
    {"athena_json_get", {NATIVES_TEXT, NATIVES_INTEGER}, NATIVES_JSON, get, false},
    {"athena_json_contains",
     {NATIVES_TEXT, NATIVES_TEXT, NATIVES_TEXT},
     NATIVES_BOOLEAN,
     contains,
     false},
    {"athena_json_is_scalar", {NATIVES_TEXT}, NATIVES_BOOLEAN, is_scalar, false},
    {"athena_json_parse", {NATIVES_TEXT}, NATIVES_JSON, parse, false},
    {"athena_json_text", {NATIVES_TEXT, NATIVES_TEXT}, NATIVES_TEXT, text_of, false},
    {"athena_json_number", {NATIVES_TEXT, NATIVES_TEXT}, NATIVES_TEXT, number_text, false},
    {"athena_json_boolean", {NATIVES_TEXT}, NATIVES_BOOLEAN, boolean_of, false},
    {NULL, {NATIVES_END}, NATIVES_END, NULL, false},
};
