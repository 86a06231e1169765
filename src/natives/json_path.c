#include "natives/json_path.h"

#include <string.h>

#include "base/json.h"

/* A JSON text being read. */
typedef struct Scan {
    const char *at, *end;
} Scan;

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static void skip_space(Scan *scan)
{
    while (scan->at < scan->end &&
           (*scan->at == ' ' || *scan->at == '\n' || *scan->at == '\r' || *scan->at == '\t'))
        scan->at++;
}

static bool take(Scan *scan, char c)
{
    skip_space(scan);
    if (scan->at == scan->end || *scan->at != c)
        return false;
    scan->at++;
    return true;
}

static int hex_digit(char c)
{
    if (is_digit(c))
        return c - '0';
    c = (char)(c | 0x20);
    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* Four hexadecimal digits; -1 when there are none. */
static int32_t hex_unit(const char *at, const char *end)
{
    int32_t unit = 0;
    if (end - at < 4)
        return -1;
    for (int i = 0; i < 4; i++) {
        int digit = hex_digit(at[i]);
        if (digit < 0)
            return -1;
        unit = unit * 16 + digit;
    }
    return unit;
}

/* What follows a backslash. */
static bool skip_escape(Scan *scan)
{
    if (scan->at == scan->end)
        return false;
    char c = *scan->at++;
    if (c != 'u')
        return memchr("\"\\/bfnrt", c, 8) != NULL;
    bool ok = hex_unit(scan->at, scan->end) >= 0;
    scan->at += ok ? 4 : 0;
    return ok;
}

static const uint64_t EACH = UINT64_C(0x0101010101010101); /* a byte in each of eight */

/* The bytes of *word* that are below *limit*, as their highest bits: 0 when there are none, else
 * the lowest is right and those above it may not be. */
static uint64_t below(uint64_t word, uint64_t limit)
{
    return (word - EACH * limit) & ~word & EACH << 7;
}

/* Moves to the first byte of a string that means something, eight at a time. */
static void skip_plain(Scan *scan)
{
    while (scan->end - scan->at >= 8) {
        uint64_t word;
        memcpy(&word, scan->at, sizeof word);
        if (below(word, 0x20) | below(word ^ EACH * '"', 1) | below(word ^ EACH * '\\', 1))
            return;
        scan->at += 8;
    }
}

/* A string whose opening quote is taken. */
static bool skip_string(Scan *scan)
{
    skip_plain(scan);
    while (scan->at < scan->end) {
        char c = *scan->at++;
        if (c == '"')
            return true;
        if ((unsigned char)c < 0x20 || (c == '\\' && !skip_escape(scan)))
            return false;
    }
    return false;
}

static size_t skip_digits(Scan *scan)
{
    const char *from = scan->at;
    while (scan->at < scan->end && is_digit(*scan->at))
        scan->at++;
    return (size_t)(scan->at - from);
}

static bool skip_number(Scan *scan)
{
    if (*scan->at == '-')
        scan->at++;
    bool zero = scan->at < scan->end && *scan->at == '0';
    size_t digits = skip_digits(scan);
    if (digits == 0 || (zero && digits > 1))
        return false;
    if (scan->at < scan->end && *scan->at == '.') {
        scan->at++;
        if (!skip_digits(scan))
            return false;
    }
    if (scan->at < scan->end && (*scan->at | 0x20) == 'e') {
        scan->at++;
        if (scan->at < scan->end && (*scan->at == '+' || *scan->at == '-'))
            scan->at++;
        return skip_digits(scan) > 0;
    }
    return true;
}

static bool skip_scalar(Scan *scan)
{
    static const Str WORDS[] = {{"true", 4}, {"false", 5}, {"null", 4}};
    Str rest = {scan->at, (size_t)(scan->end - scan->at)};
    if (take(scan, '"'))
        return skip_string(scan);
    for (size_t i = 0; i < sizeof WORDS / sizeof *WORDS; i++)
        if (str_starts(rest, WORDS[i])) {
            scan->at += WORDS[i].len;
            return true;
        }
    return rest.len && skip_number(scan);
}

/* A member's name and its colon. */
static bool skip_name(Scan *scan)
{
    return take(scan, '"') && skip_string(scan) && take(scan, ':');
}

/* Ends all values that end here: "]}" and so on. True when another member or element follows. */
static bool close_values(Scan *scan, const char *open, int *depth, bool *ok)
{
    while (*depth > 0) {
        bool object = open[*depth - 1] == '{';
        if (take(scan, ',')) {
            *ok = !object || skip_name(scan);
            return *ok;
        }
        *ok = take(scan, object ? '}' : ']');
        if (!*ok)
            return false;
        --*depth;
    }
    return false;
}

/* Takes a scalar, an empty array or object, or the beginning of one with what stands before its
 * first value; *ret_entered says the last. */
static bool open_value(Scan *scan, char *open, int *depth, bool *ret_entered)
{
    *ret_entered = false;
    skip_space(scan);
    if (scan->at == scan->end)
        return false;
    char c = *scan->at;
    if (c != '{' && c != '[')
        return skip_scalar(scan);
    scan->at++;
    if (take(scan, c == '{' ? '}' : ']'))
        return true;
    if (*depth == JSON_PATH_DEPTH_MAX || (c == '{' && !skip_name(scan)))
        return false;
    open[(*depth)++] = c;
    *ret_entered = true;
    return true;
}

/* One whole value. */
static bool skip_value(Scan *scan)
{
    char open[JSON_PATH_DEPTH_MAX];
    int depth = 0;
    bool ok = true, entered;
    do
        ok = open_value(scan, open, &depth, &entered);
    while (ok && (entered || close_values(scan, open, &depth, &ok)));
    return ok;
}

/* Paths. */

static bool no_path(Str path, Error *err)
{
    return error_set(err, ERROR_USAGE, "'%.*s' is no JSON path: it is like $.name[0][\"a name\"]",
                     STR_ARG(str_slice(path, 0, 100)));
}

/* Copies a step's name behind those before it; a backslash of a quoted one protects what follows.
 */
static bool add_step(JsonPath *path, Str name, bool quoted, size_t *used, Error *err)
{
    char *copy = path->names + *used;
    uint64_t index = 0;
    size_t len = 0;
    if (path->count == JSON_PATH_STEPS_MAX || *used + name.len > sizeof path->names)
        return error_set(err, ERROR_LIMIT, "a JSON path has at most %d steps and %d bytes",
                         JSON_PATH_STEPS_MAX, JSON_PATH_BYTES_MAX);
    for (size_t i = 0; i < name.len; i++) {
        i += quoted && name.ptr[i] == '\\' && i + 1 < name.len;
        copy[len++] = name.ptr[i];
    }
    *used += len;
    JsonPathStep *step = &path->steps[path->count++];
    step->name = (Str){copy, len};
    step->index = str_to_u64(step->name, &index) && index <= INT32_MAX ? (int64_t)index : -1;
    return true;
}

/* The end of a name without quotes. */
static size_t bare_end(Str text, size_t from)
{
    while (from < text.len && !memchr(".[]\"'*?(),", text.ptr[from], 10))
        from++;
    return from;
}

/* The quote that closes the one at *at*. */
static size_t quote_end(Str text, size_t at)
{
    size_t end = at + 1;
    while (end < text.len && text.ptr[end] != text.ptr[at])
        end += text.ptr[end] == '\\' ? 2 : 1;
    return end;
}

/* One step from *at* on, which is moved behind it. */
static bool read_step(Str text, size_t *at, JsonPath *path, size_t *used, Error *err)
{
    bool bracket = text.ptr[*at] == '[';
    size_t from = *at + 1;
    if (!bracket && text.ptr[*at] != '.')
        return no_path(text, err);
    bool quoted = from < text.len && (text.ptr[from] == '"' || (bracket && text.ptr[from] == '\''));
    size_t end = quoted ? quote_end(text, from) : bare_end(text, from);
    size_t next = end + quoted;
    Str name = str_slice(text, from + quoted, end);
    bool closed = !bracket || (next < text.len && text.ptr[next] == ']');
    if (!closed || end + quoted > text.len || (!quoted && !name.len))
        return no_path(text, err);
    *at = next + bracket;
    return add_step(path, name, quoted, used, err);
}

bool json_path_read(Str text, JsonPath *ret, Error *err)
{
    static const Str MODES[] = {{"lax ", 4}, {"strict ", 7}};
    size_t used = 0;
    for (size_t i = 0; i < sizeof MODES / sizeof *MODES; i++)
        if (str_starts(text, MODES[i]))
            text = str_trim(str_slice(text, MODES[i].len, text.len));
    ret->count = 0;
    if (!text.len || text.ptr[0] != '$')
        return error_set(err, ERROR_USAGE, "a JSON path begins with $: '%.*s'",
                         STR_ARG(str_slice(text, 0, 100)));
    for (size_t at = 1; at < text.len;)
        if (!read_step(text, &at, ret, &used, err))
            return false;
    return true;
}

static bool name_is(Str quoted, Str name)
{
    Str plain = str_slice(quoted, 1, quoted.len - 1);
    if (!memchr(plain.ptr, '\\', plain.len))
        return str_equal(plain, name);
    Error ignored = {0};
    BUF_AUTO Buf text = buf_init(JSON_PATH_BYTES_MAX);
    return json_path_unquote(quoted, &text, &ignored) && str_equal(buf_str(&text), name);
}

/* Moves behind a member's name and its colon, or stays before an element. False when it is broken.
 */
static bool enter_part(Scan *scan, bool object, Str *ret_name)
{
    skip_space(scan);
    const char *from = scan->at;
    if (object && !(take(scan, '"') && skip_string(scan)))
        return false;
    *ret_name = (Str){from, (size_t)(scan->at - from)};
    return !object || take(scan, ':');
}

/* Moves from the beginning of an object or array to the value of the step; ABSENT when there is
 * none. */
static JsonPathOutcome enter(Scan *scan, const JsonPathStep *step)
{
    bool object = take(scan, '{');
    if (!object && !take(scan, '['))
        return JSON_PATH_ABSENT;
    char close = object ? '}' : ']';
    if (take(scan, close))
        return JSON_PATH_ABSENT;
    for (int64_t i = 0;; i++) {
        Str name;
        if (!enter_part(scan, object, &name))
            return JSON_PATH_BROKEN;
        if (object ? name_is(name, step->name) : i == step->index)
            return JSON_PATH_FOUND;
        if (!skip_value(scan))
            return JSON_PATH_BROKEN;
        if (!take(scan, ','))
            return take(scan, close) ? JSON_PATH_ABSENT : JSON_PATH_BROKEN;
    }
}

JsonPathOutcome json_path_find(Str json, const JsonPath *path, Str *ret)
{
    Scan scan = {json.ptr, json.ptr + json.len};
    for (uint32_t i = 0; i < path->count; i++) {
        JsonPathOutcome outcome = enter(&scan, &path->steps[i]);
        if (outcome != JSON_PATH_FOUND)
            return outcome;
    }
    skip_space(&scan);
    ret->ptr = scan.at;
    if (!skip_value(&scan))
        return JSON_PATH_BROKEN;
    ret->len = (size_t)(scan.at - ret->ptr);
    return JSON_PATH_FOUND;
}

JsonPathOutcome json_path_whole(Str json, Str *ret)
{
    Scan scan = {json.ptr, json.ptr + json.len};
    skip_space(&scan);
    ret->ptr = scan.at;
    if (!skip_value(&scan))
        return JSON_PATH_BROKEN;
    ret->len = (size_t)(scan.at - ret->ptr);
    skip_space(&scan);
    return scan.at == scan.end ? JSON_PATH_FOUND : JSON_PATH_BROKEN;
}

bool json_path_next(Str container, size_t *at, Str *ret_name, Str *ret)
{
    bool object = container.len && container.ptr[0] == '{';
    if (!container.len || (!object && container.ptr[0] != '['))
        return false;
    Scan scan = {container.ptr + *at, container.ptr + container.len};
    if (*at == 0 ? scan.at++, take(&scan, object ? '}' : ']') : !take(&scan, ','))
        return false;
    skip_space(&scan);
    ret_name->ptr = scan.at;
    if (object && !(take(&scan, '"') && skip_string(&scan)))
        return false;
    ret_name->len = (size_t)(scan.at - ret_name->ptr);
    if (object && !take(&scan, ':'))
        return false;
    skip_space(&scan);
    ret->ptr = scan.at;
    if (!skip_value(&scan))
        return false;
    ret->len = (size_t)(scan.at - ret->ptr);
    *at = (size_t)(scan.at - container.ptr);
    return true;
}

/* Texts. */

/* Appends a character; a half of a surrogate pair, which is none, as U+FFFD. */
static bool put_character(uint32_t code, Buf *out, Error *err)
{
    char bytes[4];
    size_t len = 0;
    if (code >= 0xd800 && code < 0xe000)
        code = 0xfffd;
    if (code < 0x80)
        return buf_append_byte(out, (unsigned char)code, err);
    if (code < 0x800) {
        bytes[len++] = (char)(0xc0 | code >> 6);
    } else if (code < 0x10000) {
        bytes[len++] = (char)(0xe0 | code >> 12);
        bytes[len++] = (char)(0x80 | (code >> 6 & 0x3f));
    } else {
        bytes[len++] = (char)(0xf0 | code >> 18);
        bytes[len++] = (char)(0x80 | (code >> 12 & 0x3f));
        bytes[len++] = (char)(0x80 | (code >> 6 & 0x3f));
    }
    bytes[len++] = (char)(0x80 | (code & 0x3f));
    return buf_append(out, bytes, len, err);
}

/* \u and four digits, or two of them that make a pair; *at* stands behind the u and is moved. */
static bool put_unit(const char **at, const char *end, Buf *out, Error *err)
{
    uint32_t code = (uint32_t)hex_unit(*at, end);
    *at += 4;
    if (code >= 0xd800 && code < 0xdc00 && end - *at >= 6 && (*at)[0] == '\\' && (*at)[1] == 'u') {
        int32_t low = hex_unit(*at + 2, end);
        if (low >= 0xdc00 && low < 0xe000) {
            code = 0x10000 + ((code - 0xd800) << 10) + ((uint32_t)low - 0xdc00);
            *at += 6;
        }
    }
    return put_character(code, out, err);
}

bool json_path_unquote(Str quoted, Buf *out, Error *err)
{
    static const char ESCAPES[] = "bfnrt", MEANINGS[] = "\b\f\n\r\t";
    const char *at = quoted.ptr + 1, *end = quoted.ptr + quoted.len - 1;
    bool ok = true;
    while (ok && at < end) {
        const char *escape = memchr(at, '\\', (size_t)(end - at));
        const char *until = escape ? escape : end;
        ok = buf_append(out, at, (size_t)(until - at), err);
        if (!ok || !escape)
            break;
        char c = escape[1];
        at = escape + 2;
        const char *known = memchr(ESCAPES, c, sizeof ESCAPES - 1);
        if (c == 'u')
            ok = put_unit(&at, end, out, err);
        else
            ok = buf_append_byte(out, (unsigned char)(known ? MEANINGS[known - ESCAPES] : c), err);
    }
    return ok;
}

/* A string with its quotes, its escapes made anew. */
static bool put_string(Str quoted, Buf *out, Error *err)
{
    if (!memchr(quoted.ptr, '\\', quoted.len))
        return buf_append_str(out, quoted, err);
    BUF_AUTO Buf text = buf_init(out->max);
    return json_path_unquote(quoted, &text, err) && json_append_string(out, buf_str(&text), err);
}

bool json_path_compact(Str json, Buf *out, Error *err)
{
    Scan scan = {json.ptr, json.ptr + json.len};
    bool ok = true;
    while (ok) {
        skip_space(&scan);
        if (scan.at == scan.end)
            break;
        const char *from = scan.at++;
        if (*from == '"') {
            (void)skip_string(&scan);
            ok = put_string((Str){from, (size_t)(scan.at - from)}, out, err);
        } else {
            ok = buf_append_byte(out, (unsigned char)*from, err);
        }
    }
    return ok;
}
