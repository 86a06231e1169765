/* CAST of JSON to arrays, maps and rows: the JSON is brought into the shape that the engine's own
 * cast reads.
 *
 * A shape is the type in one text: s a text, n a number, b a truth value, j JSON, * anything else;
 * [x] an array; {kv} a map; (5:names...) a row, each field with the length and bytes of its name
 * and its shape, a '?' before the length of one without a name.
 */
#include <string.h>

#include "base/json.h"
#include "natives/json_path.h"
#include "natives/natives_row.h"

enum { ARENA_BYTES_MAX = 256 << 20 };

typedef struct Cast {
    NativesRow *row;
    Str shape;
    size_t at;
} Cast;

static bool put(Cast *cast, const Json *value);

static bool append(Cast *cast, const char *text)
{
    return buf_append_str(cast->row->out, str_of(text), cast->row->err);
}

static bool refuse(Cast *cast, const Json *value, const char *type)
{
    static const char *const KINDS[] = {
        [JSON_NULL] = "null",     [JSON_FALSE] = "boolean", [JSON_TRUE] = "boolean",
        [JSON_NUMBER] = "number", [JSON_STRING] = "string", [JSON_ARRAY] = "array",
        [JSON_OBJECT] = "object"};
    Str raw = str_slice(value->raw, 0, str_utf8_prefix(value->raw, 100));
    return natives_row_fail(cast->row, "Cannot cast a JSON %s to %s: %.*s", KINDS[value->type],
                            type, STR_ARG(raw));
}

static bool is_nested(const Json *value)
{
    return value->type == JSON_ARRAY || value->type == JSON_OBJECT;
}

static bool put_text(Cast *cast, const Json *value)
{
    if (is_nested(value))
        return refuse(cast, value, "varchar");
    Str text = value->type == JSON_STRING ? value->text : value->raw;
    return json_append_string(cast->row->out, text, cast->row->err);
}

static bool put_number(Cast *cast, const Json *value)
{
    if (is_nested(value))
        return refuse(cast, value, "a number");
    if (value->type == JSON_TRUE || value->type == JSON_FALSE)
        return append(cast, value->type == JSON_TRUE ? "1" : "0");
    return buf_append_str(cast->row->out, value->raw, cast->row->err);
}

static bool is_zero(Str number)
{
    size_t at = 0;
    while (at < number.len && memchr("-0.", number.ptr[at], 3))
        at++;
    return at == number.len || number.ptr[at] == 'e' || number.ptr[at] == 'E';
}

static bool put_boolean(Cast *cast, const Json *value)
{
    static const char *const YES[] = {"true", "t", "1"}, *const NO[] = {"false", "f", "0"};
    if (value->type == JSON_NUMBER)
        return append(cast, is_zero(value->text) ? "false" : "true");
    Str text = value->type == JSON_STRING ? value->text : value->raw;
    for (size_t i = 0; !is_nested(value) && i < 3; i++)
        if (str_equal_nocase(text, str_of(YES[i])) || str_equal_nocase(text, str_of(NO[i])))
            return append(cast, str_equal_nocase(text, str_of(YES[i])) ? "true" : "false");
    return refuse(cast, value, "boolean");
}

/* Steps over the name of a row's field; *ret_named is false for one without. */
static Str take_name(Cast *cast, bool *ret_named)
{
    size_t colon = str_find_byte(cast->shape, ':', cast->at);
    uint64_t len = 0;
    *ret_named = cast->shape.ptr[cast->at] != '?';
    if (!str_to_u64(str_slice(cast->shape, cast->at + !*ret_named, colon), &len))
        len = 0;
    cast->at = colon + 1 + len;
    return str_slice(cast->shape, colon + 1, cast->at);
}

static char take(Cast *cast)
{
    return cast->at < cast->shape.len ? cast->shape.ptr[cast->at++] : '*';
}

static bool is_at(const Cast *cast, char byte)
{
    return cast->at >= cast->shape.len || cast->shape.ptr[cast->at] == byte;
}

/* Steps over a shape that no value takes. */
static void skip(Cast *cast)
{
    bool named;
    char kind = take(cast);
    char end = kind == '[' ? ']' : kind == '{' ? '}' : ')';
    if (!strchr("[{(", kind))
        return;
    while (!is_at(cast, end)) {
        if (kind == '(')
            take_name(cast, &named);
        skip(cast);
    }
    cast->at++;
}

static bool put_array(Cast *cast, const Json *value)
{
    size_t element_at = cast->at;
    if (value->type != JSON_ARRAY)
        return refuse(cast, value, "array");
    bool ok = append(cast, "[");
    for (const Json *element = value->first; ok && element; element = element->next) {
        cast->at = element_at;
        ok = (element == value->first || append(cast, ",")) && put(cast, element);
    }
    cast->at = element_at;
    skip(cast);
    cast->at++;
    return ok && append(cast, "]");
}

static bool put_map(Cast *cast, const Json *value)
{
    if (value->type != JSON_OBJECT)
        return refuse(cast, value, "map");
    skip(cast); /* of the key: an object's names are texts, which the engine casts */
    size_t value_at = cast->at;
    bool ok = append(cast, "{"), first = true;
    for (const Json *member = value->first; ok && member; member = member->next) {
        if (member->shadowed)
            continue;
        cast->at = value_at;
        ok = (first || append(cast, ",")) &&
             json_append_string(cast->row->out, member->name, cast->row->err) &&
             append(cast, ":") && put(cast, member);
        first = false;
    }
    cast->at = value_at;
    skip(cast);
    cast->at++;
    return ok && append(cast, "}");
}

/* The member of that name, whatever its case; two of them are an error. */
static bool find_member(Cast *cast, const Json *object, Str name, const Json **ret)
{
    *ret = NULL;
    for (const Json *member = object->first; member; member = member->next) {
        if (!str_equal_nocase(member->name, name))
            continue;
        if (*ret)
            return natives_row_fail(cast->row, "Duplicate field: %.*s",
                                    STR_ARG(str_slice(name, 0, 100)));
        *ret = member;
    }
    return true;
}

static bool put_field(Cast *cast, const Json *whole, const Json **element)
{
    bool named;
    Str name = take_name(cast, &named);
    const Json *value = *element;
    if (whole->type == JSON_OBJECT && !named)
        return natives_row_fail(cast->row, "Cannot cast a JSON object to a row without names: an "
                                           "array is needed");
    if (whole->type == JSON_OBJECT && !find_member(cast, whole, name, &value))
        return false;
    if (whole->type == JSON_ARRAY && !value)
        return refuse(cast, whole, "a row of more fields");
    *element = *element ? (*element)->next : NULL;
    if (!json_append_string(cast->row->out, name, cast->row->err) || !append(cast, ":"))
        return false;
    if (value)
        return put(cast, value);
    skip(cast);
    return append(cast, "null");
}

/* Fields are found by their names in an object, by their places in an array. */
static bool put_row(Cast *cast, const Json *value)
{
    if (!is_nested(value))
        return refuse(cast, value, "row");
    const Json *element = value->first;
    bool ok = append(cast, "{");
    for (bool first = true; ok && !is_at(cast, ')'); first = false)
        ok = (first || append(cast, ",")) && put_field(cast, value, &element);
    cast->at++;
    if (ok && value->type == JSON_ARRAY && element)
        return refuse(cast, value, "a row of fewer fields");
    return ok && append(cast, "}");
}

static bool put(Cast *cast, const Json *value)
{
    static const struct {
        char kind;
        bool (*put)(Cast *cast, const Json *value);
    } PUTS[] = {{'s', put_text},  {'n', put_number}, {'b', put_boolean},
                {'[', put_array}, {'{', put_map},    {'(', put_row}};
    char kind = take(cast);
    if (value->type == JSON_NULL && kind != 'j') {
        cast->at--;
        skip(cast);
        return append(cast, "null");
    }
    for (size_t i = 0; i < sizeof PUTS / sizeof *PUTS; i++)
        if (PUTS[i].kind == kind)
            return PUTS[i].put(cast, value);
    return json_path_compact(value->raw, cast->row->out, cast->row->err);
}

/* athena_json_shape(json, shape) */
static bool shape(NativesRow *row)
{
    const JsonLimits limits = {JSON_DEPTH_MAX, true};
    Cast cast = {.row = row, .shape = row->arguments[1].text};
    Str text = row->arguments[0].text;
    Error why = {0};
    Arena *arena = arena_new(ARENA_BYTES_MAX, row->err);
    if (!arena)
        return false;
    const Json *tree = json_read(text, &limits, arena, &why);
    bool ok = !tree                     ? natives_row_null(row)
              : tree->type == JSON_NULL ? natives_row_null(row)
                                        : put(&cast, tree);
    arena_free(arena);
    return ok;
}

const NativesFunction NATIVES_SHAPES[] = {
    {"athena_json_shape", {NATIVES_TEXT, NATIVES_TEXT}, NATIVES_JSON, shape, false},
    {NULL, {NATIVES_END}, NATIVES_END, NULL, false},
};
