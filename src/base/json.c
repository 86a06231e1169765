#include "base/json.h"

#include <stdlib.h>

const JsonLimits JSON_LIMITS_DEFAULT = {.depth_max = 64, .duplicates_allowed = false};

enum { FEW_MEMBERS = 12 };

typedef struct Reader {
    const char *start, *at, *end;
    const JsonLimits *limits;
    unsigned depth;
    Arena *arena;
    Error *err;
} Reader;

static bool refuse(const Reader *reader, const char *expected)
{
    if (reader->at >= reader->end)
        return error_set(reader->err, ERROR_INPUT, "JSON ends at byte %zu, expected %s",
                         (size_t)(reader->at - reader->start), expected);
    return error_set(reader->err, ERROR_INPUT, "JSON at byte %zu: expected %s, found '%c'",
                     (size_t)(reader->at - reader->start), expected, *reader->at);
}

static void skip_space(Reader *reader)
{
    while (reader->at < reader->end && (*reader->at == ' ' || *reader->at == '\n' ||
                                        *reader->at == '\r' || *reader->at == '\t'))
        reader->at++;
}

static bool is_digit(const Reader *reader)
{
    return reader->at < reader->end && *reader->at >= '0' && *reader->at <= '9';
}

static bool is_byte(const Reader *reader, char a, char b)
{
    return reader->at < reader->end && (*reader->at == a || *reader->at == b);
}

static bool read_digits(Reader *reader)
{
    if (!is_digit(reader))
        return refuse(reader, "a digit");
    while (is_digit(reader))
        reader->at++;
    return true;
}

static bool read_number(Reader *reader, Json *value)
{
    const char *from = reader->at;
    if (is_byte(reader, '-', '-'))
        reader->at++;
    if (is_byte(reader, '0', '0'))
        reader->at++;
    else if (!read_digits(reader))
        return false;
    if (is_byte(reader, '.', '.')) {
        reader->at++;
        if (!read_digits(reader))
            return false;
    }
    if (is_byte(reader, 'e', 'E')) {
        reader->at++;
        if (is_byte(reader, '+', '-'))
            reader->at++;
        if (!read_digits(reader))
            return false;
    }
    value->type = JSON_NUMBER;
    value->text = (Str){from, (size_t)(reader->at - from)};
    return true;
}

/* Rules out overlong forms, surrogates and what lies beyond U+10FFFF (RFC 3629, section 4). */
static bool second_byte_fits(const unsigned char *p)
{
    switch (p[0]) {
    case 0xe0:
        return p[1] >= 0xa0;
    case 0xed:
        return p[1] <= 0x9f;
    case 0xf0:
        return p[1] >= 0x90;
    case 0xf4:
        return p[1] <= 0x8f;
    default:
        return true;
    }
}

unsigned json_utf8_length(const char *at, const char *end)
{
    const unsigned char *p = (const unsigned char *)at;
    if (at >= end)
        return 0;
    if (p[0] < 0x80)
        return 1;
    unsigned len = p[0] < 0xe0 ? 2 : p[0] < 0xf0 ? 3 : 4;
    if (p[0] < 0xc2 || p[0] > 0xf4 || (size_t)(end - at) < len)
        return 0;
    for (unsigned i = 1; i < len; i++)
        if ((p[i] & 0xc0) != 0x80)
            return 0;
    return second_byte_fits(p) ? len : 0;
}

/* Four hexadecimal digits at *at*, or -1. */
static int32_t hex4(const char *at, const char *end)
{
    int32_t value = 0;
    if (end - at < 4)
        return -1;
    for (int i = 0; i < 4; i++) {
        char c = at[i];
        int digit = c >= '0' && c <= '9'   ? c - '0'
                    : c >= 'a' && c <= 'f' ? c - 'a' + 10
                    : c >= 'A' && c <= 'F' ? c - 'A' + 10
                                           : -1;
        if (digit < 0)
            return -1;
        value = value * 16 + digit;
    }
    return value;
}

static char *put_utf8(char *to, uint32_t code)
{
    if (code < 0x80) {
        *to++ = (char)code;
    } else if (code < 0x800) {
        *to++ = (char)(0xc0 | code >> 6);
        *to++ = (char)(0x80 | (code & 0x3f));
    } else if (code < 0x10000) {
        *to++ = (char)(0xe0 | code >> 12);
        *to++ = (char)(0x80 | (code >> 6 & 0x3f));
        *to++ = (char)(0x80 | (code & 0x3f));
    } else {
        *to++ = (char)(0xf0 | code >> 18);
        *to++ = (char)(0x80 | (code >> 12 & 0x3f));
        *to++ = (char)(0x80 | (code >> 6 & 0x3f));
        *to++ = (char)(0x80 | (code & 0x3f));
    }
    return to;
}

/* Reads what follows "\u"; moves reader->at behind it. */
static bool read_unicode_escape(Reader *reader, char **to)
{
    int32_t high = hex4(reader->at, reader->end);
    if (high < 0)
        return refuse(reader, "four hexadecimal digits");
    uint32_t code = (uint32_t)high;
    if (code >= 0xdc00 && code <= 0xdfff)
        return refuse(reader, "no low surrogate without a high one");
    reader->at += 4;
    if (code >= 0xd800 && code <= 0xdbff) {
        bool escape =
            reader->end - reader->at >= 6 && reader->at[0] == '\\' && reader->at[1] == 'u';
        int32_t low = escape ? hex4(reader->at + 2, reader->end) : -1;
        if (low < 0xdc00 || low > 0xdfff)
            return refuse(reader, "a low surrogate");
        code = 0x10000 + ((code - 0xd800) << 10) + ((uint32_t)low - 0xdc00);
        reader->at += 6;
    }
    *to = put_utf8(*to, code);
    return true;
}

static bool read_escape(Reader *reader, char **to)
{
    static const char NAMES[] = "\"\\/bfnrt";
    static const char BYTES[] = "\"\\/\b\f\n\r\t";
    reader->at++;
    if (reader->at >= reader->end)
        return refuse(reader, "an escape");
    if (*reader->at == 'u') {
        reader->at++;
        return read_unicode_escape(reader, to);
    }
    const char *name = *reader->at ? strchr(NAMES, *reader->at) : NULL;
    if (!name)
        return refuse(reader, "an escape");
    *(*to)++ = BYTES[name - NAMES];
    reader->at++;
    return true;
}

/* True when a byte of *word* ends a run of plain text: a quote, a backslash, a control character or
 * one beyond ASCII. May be true without need, never false. */
static bool has_special(uint64_t word)
{
    const uint64_t ones = 0x0101010101010101u, tops = 0x8080808080808080u;
    uint64_t quote = word ^ ones * '"', slash = word ^ ones * '\\';
    uint64_t hit = (quote - ones) | (slash - ones) | (word - ones * 0x20) | word;
    return hit & tops;
}

static const char *skip_plain(const char *at, const char *end)
{
    for (uint64_t word; end - at >= 8; at += 8) {
        memcpy(&word, at, sizeof word);
        if (has_special(word))
            break;
    }
    return at;
}

/* Moves to the closing quote; says whether escapes were passed. */
static bool check_string(Reader *reader, bool *ret_escaped)
{
    *ret_escaped = false;
    reader->at = skip_plain(reader->at, reader->end);
    while (reader->at < reader->end && *reader->at != '"') {
        unsigned char byte = (unsigned char)*reader->at;
        if (byte == '\\') {
            *ret_escaped = true;
            reader->at += reader->at + 1 < reader->end ? 2 : 1;
        } else if (byte < 0x20) {
            return refuse(reader, "no control character in a string");
        } else {
            unsigned len = json_utf8_length(reader->at, reader->end);
            if (!len)
                return refuse(reader, "UTF-8");
            reader->at += len;
        }
    }
    return reader->at < reader->end || refuse(reader, "a closing quote");
}

static bool read_string(Reader *reader, Str *ret)
{
    bool escaped;
    const char *from = ++reader->at;
    if (!check_string(reader, &escaped))
        return false;
    const char *close = reader->at++;
    *ret = (Str){from, (size_t)(close - from)};
    if (!escaped)
        return true;
    char *text = arena_alloc(reader->arena, ret->len, reader->err);
    if (!text)
        return false;
    Reader inner = *reader;
    char *to = text;
    inner.at = from;
    inner.end = close;
    while (inner.at < inner.end) {
        if (*inner.at != '\\')
            *to++ = *inner.at++;
        else if (!read_escape(&inner, &to))
            return false;
    }
    *ret = (Str){text, (size_t)(to - text)};
    return true;
}

static bool read_word(Reader *reader, Json *value, Str word, JsonType type)
{
    Str left = {reader->at, (size_t)(reader->end - reader->at)};
    if (!str_starts(left, word))
        return refuse(reader, "a value");
    reader->at += word.len;
    value->type = type;
    return true;
}

static bool read_value(Reader *reader, Json *value);

static Json *add_child(Reader *reader, Json *parent, Json ***tail)
{
    Json *child = arena_calloc(reader->arena, 1, sizeof *child, reader->err);
    if (child) {
        **tail = child;
        *tail = &child->next;
        parent->count++;
    }
    return child;
}

static int compare_names(const void *left, const void *right)
{
    const Json *const *a = left, *const *b = right;
    int order = str_compare((*a)->name, (*b)->name);
    return order ? order : ((*a)->raw.ptr > (*b)->raw.ptr) - ((*a)->raw.ptr < (*b)->raw.ptr);
}

static bool note_duplicate(Reader *reader, Json *member)
{
    member->shadowed = true;
    return reader->limits->duplicates_allowed ||
           error_set(reader->err, ERROR_INPUT, "JSON has two members '%.*s'",
                     (int)(member->name.len < 64 ? member->name.len : 64), member->name.ptr);
}

static bool find_few_duplicates(Reader *reader, Json *object)
{
    for (Json *member = object->first; member; member = member->next)
        for (Json *later = member->next; later; later = later->next)
            if (member->name.len == later->name.len && str_equal(member->name, later->name)) {
                if (!note_duplicate(reader, member))
                    return false;
                break;
            }
    return true;
}

/* Marks members whose name comes again; sorts, so that no object costs quadratic time. */
static bool find_duplicates(Reader *reader, Json *object)
{
    if (object->count <= FEW_MEMBERS)
        return find_few_duplicates(reader, object);
    Json **members = arena_alloc(reader->arena, object->count * sizeof *members, reader->err);
    if (!members)
        return false;
    size_t count = 0;
    for (Json *member = object->first; member; member = member->next)
        members[count++] = member;
    qsort(members, count, sizeof(Json *), compare_names);
    for (size_t i = 0; i + 1 < count; i++)
        if (str_equal(members[i]->name, members[i + 1]->name) &&
            !note_duplicate(reader, members[i]))
            return false;
    return true;
}

static bool read_member_name(Reader *reader, Json *child)
{
    Str name;
    if (!is_byte(reader, '"', '"'))
        return refuse(reader, "a member's name");
    if (!read_string(reader, &name))
        return false;
    skip_space(reader);
    if (!is_byte(reader, ':', ':'))
        return refuse(reader, "':'");
    reader->at++;
    child->name = name;
    return true;
}

static bool read_children(Reader *reader, Json *parent, char close)
{
    Json **tail = &parent->first;
    skip_space(reader);
    if (is_byte(reader, close, close)) {
        reader->at++;
        return true;
    }
    for (;;) {
        Json *child = add_child(reader, parent, &tail);
        if (!child)
            return false;
        skip_space(reader);
        if (close == '}' && !read_member_name(reader, child))
            return false;
        if (!read_value(reader, child))
            return false;
        skip_space(reader);
        if (is_byte(reader, close, close)) {
            reader->at++;
            return close != '}' || find_duplicates(reader, parent);
        }
        if (!is_byte(reader, ',', ','))
            return refuse(reader, close == '}' ? "',' or '}'" : "',' or ']'");
        reader->at++;
    }
}

static bool read_nested(Reader *reader, Json *value)
{
    char open = *reader->at;
    if (reader->depth >= reader->limits->depth_max || reader->depth >= JSON_DEPTH_MAX)
        return error_set(reader->err, ERROR_LIMIT, "JSON at byte %zu: nested deeper than %u levels",
                         (size_t)(reader->at - reader->start), reader->limits->depth_max);
    reader->depth++;
    reader->at++;
    value->type = open == '{' ? JSON_OBJECT : JSON_ARRAY;
    bool ok = read_children(reader, value, open == '{' ? '}' : ']');
    reader->depth--;
    return ok;
}

static bool read_kind(Reader *reader, Json *value)
{
    if (reader->at >= reader->end)
        return refuse(reader, "a value");
    switch (*reader->at) {
    case '{':
    case '[':
        return read_nested(reader, value);
    case '"':
        value->type = JSON_STRING;
        return read_string(reader, &value->text);
    case 't':
        return read_word(reader, value, STR("true"), JSON_TRUE);
    case 'f':
        return read_word(reader, value, STR("false"), JSON_FALSE);
    case 'n':
        return read_word(reader, value, STR("null"), JSON_NULL);
    default:
        return is_byte(reader, '-', '-') || is_digit(reader) ? read_number(reader, value)
                                                             : refuse(reader, "a value");
    }
}

static bool read_value(Reader *reader, Json *value)
{
    skip_space(reader);
    const char *from = reader->at;
    if (!read_kind(reader, value))
        return false;
    value->raw = (Str){from, (size_t)(reader->at - from)};
    return true;
}

const Json *json_read(Str text, const JsonLimits *limits, Arena *arena, Error *err)
{
    Reader reader = {.start = text.ptr,
                     .at = text.ptr,
                     .end = text.ptr + text.len,
                     .limits = limits ? limits : &JSON_LIMITS_DEFAULT,
                     .arena = arena,
                     .err = err};
    Json *root = arena_calloc(arena, 1, sizeof *root, err);
    if (!root || !read_value(&reader, root))
        return NULL;
    skip_space(&reader);
    if (reader.at < reader.end) {
        refuse(&reader, "the end");
        return NULL;
    }
    return root;
}

const Json *json_member(const Json *object, Str name)
{
    if (!object || object->type != JSON_OBJECT)
        return NULL;
    for (const Json *member = object->first; member; member = member->next)
        if (!member->shadowed && str_equal(member->name, name))
            return member;
    return NULL;
}

const Json *json_path(const Json *object, Str path)
{
    while (object && path.len) {
        size_t dot = str_find_byte(path, '.', 0);
        object = json_member(object, str_slice(path, 0, dot));
        path = str_slice(path, dot < path.len ? dot + 1 : dot, path.len);
    }
    return object;
}

static uint32_t live_members(const Json *object)
{
    uint32_t count = 0;
    for (const Json *member = object->first; member; member = member->next)
        count += !member->shadowed;
    return count;
}

static bool equal_objects(const Json *a, const Json *b)
{
    if (live_members(a) != live_members(b))
        return false;
    const Json *guess = b->first;
    for (const Json *member = a->first; member; member = member->next) {
        if (member->shadowed)
            continue;
        while (guess && guess->shadowed)
            guess = guess->next;
        bool in_order = guess && str_equal(guess->name, member->name);
        const Json *other = in_order ? guess : json_member(b, member->name);
        if (!other || !json_equal(member, other))
            return false;
        guess = other->next;
    }
    return true;
}

bool json_equal(const Json *a, const Json *b)
{
    if (a->type != b->type)
        return false;
    if (a->type == JSON_OBJECT)
        return equal_objects(a, b);
    if (a->type != JSON_ARRAY)
        return str_equal(a->text, b->text);
    if (a->count != b->count)
        return false;
    for (a = a->first, b = b->first; a; a = a->next, b = b->next)
        if (!json_equal(a, b))
            return false;
    return true;
}

Str json_text(const Json *value, Str fallback)
{
    return value && value->type == JSON_STRING ? value->text : fallback;
}

bool json_int(const Json *value, int64_t *ret)
{
    if (!value || value->type != JSON_NUMBER)
        return false;
    bool negative = value->text.ptr[0] == '-';
    uint64_t size;
    if (!str_to_u64(str_slice(value->text, negative, value->text.len), &size))
        return false;
    if (size > (uint64_t)INT64_MAX + negative)
        return false;
    *ret = negative ? (int64_t)(0 - size) : (int64_t)size;
    return true;
}
