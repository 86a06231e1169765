#include "decode/repair.h"

#include "base/json.h"
#include "decode/record.h"
#include "decode/slot.h"
#include "decode/text.h"

enum { MARKS_BYTES_MAX = 4096, MARK_NAME_MAX = 128 };

typedef enum {
    MARK_UTF8,
    MARK_SURROGATE,
    MARK_ESCAPE,
    MARK_CONTROL,
    MARK_LITERAL,
    MARK_SYNTAX,
    MARK_CUT,
} Mark;

static const char *const MARK_NAMES[] = {"utf8",    "surrogate", "escape", "control",
                                         "literal", "syntax",    "cut"};

typedef struct Repair {
    const char *at, *end;
    Buf *text;
    Buf *altered;
    size_t member_from, member_len; /* name of the top-level member under repair, in text */
    unsigned marked;                /* marks this member has already */
    unsigned depth;
    bool cut; /* long members are cut */
    Error *err;
} Repair;

static bool is_space(char c)
{
    return c == ' ' || c == '\n' || c == '\r' || c == '\t';
}

static bool ends_scalar(char c)
{
    return is_space(c) || c == ',' || c == ':' || c == '}' || c == ']' || c == '{' || c == '[' ||
           c == '"';
}

/* Behind the string whose first quote is at *at*. */
static const char *skip_string(const char *at, const char *end)
{
    for (at++; at < end && *at != '"'; at++)
        if (*at == '\\' && at + 1 < end)
            at++;
    return at < end ? at + 1 : NULL;
}

const char *repair_skip(const char *at, const char *end)
{
    size_t depth = 0;
    while (at < end) {
        char c = *at;
        if (c == '"') {
            at = skip_string(at, end);
            if (!at)
                return NULL;
        } else if (c == '{' || c == '[') {
            depth++;
            at++;
        } else if ((c == '}' || c == ']') && depth) {
            depth--;
            at++;
        } else if (depth) {
            at++;
            continue;
        } else {
            const char *from = at;
            while (at < end && !ends_scalar(*at))
                at++;
            return at > from ? at : at + 1;
        }
        if (!depth)
            return at;
    }
    return NULL;
}

/* Notes that *what* was done to the current member, once. */
static bool mark(Repair *repair, Mark what)
{
    if (repair->marked & (1u << what))
        return true;
    repair->marked |= 1u << what;
    BUF_AUTO Buf entry = buf_init(MARKS_BYTES_MAX), plain = buf_init(MARKS_BYTES_MAX);
    Str name = {repair->text->ptr + repair->member_from,
                repair->member_len < MARK_NAME_MAX ? repair->member_len : MARK_NAME_MAX};
    if (!buf_printf(&plain, repair->err, "%s:", MARK_NAMES[what]) ||
        !buf_append_str(&plain, name, repair->err) ||
        !json_append_string(&entry, buf_str(&plain), repair->err))
        return false;
    Buf *altered = repair->altered;
    for (size_t i = 0; i + entry.len <= altered->len; i++)
        if (memcmp(altered->ptr + i, entry.ptr, entry.len) == 0)
            return true;
    if (altered->len + entry.len + 1 > MARKS_BYTES_MAX)
        return true;
    return (!altered->len || buf_append_byte(altered, ',', repair->err)) &&
           buf_append_str(altered, buf_str(&entry), repair->err);
}

static bool put(Repair *repair, const char *bytes, size_t len)
{
    return buf_append(repair->text, bytes, len, repair->err);
}

static bool put_str(Repair *repair, Str text)
{
    return put(repair, text.ptr, text.len);
}

static void skip_spaces(Repair *repair)
{
    while (repair->at < repair->end && is_space(*repair->at))
        repair->at++;
}

static bool repair_escape(Repair *repair)
{
    uint32_t code;
    unsigned len = text_escape(repair->at, repair->end, &code);
    if (!len) { /* the backslash stands for itself */
        repair->at++;
        return mark(repair, MARK_ESCAPE) && put_str(repair, STR("\\\\"));
    }
    const char *from = repair->at;
    repair->at += len;
    if (code >= 0xd800 && code <= 0xdfff)
        return mark(repair, MARK_SURROGATE) && put_str(repair, STR("\\ufffd"));
    return put(repair, from, len);
}

static bool repair_byte(Repair *repair)
{
    unsigned len = json_utf8_length(repair->at, repair->end);
    unsigned char byte = (unsigned char)*repair->at;
    if (!len) {
        repair->at++;
        return mark(repair, MARK_UTF8) && put_str(repair, STR("\xef\xbf\xbd"));
    }
    repair->at += len;
    if (byte >= 0x20)
        return put(repair, repair->at - len, len);
    return mark(repair, MARK_CONTROL) && buf_printf(repair->text, repair->err, "\\u%04x", byte);
}

/* A string from its first quote; one without an end goes to the end of all. */
static bool repair_string(Repair *repair)
{
    repair->at++;
    if (!put_str(repair, STR("\"")))
        return false;
    while (repair->at < repair->end && *repair->at != '"') {
        bool ok = *repair->at == '\\' ? repair_escape(repair) : repair_byte(repair);
        if (!ok)
            return false;
    }
    if (repair->at < repair->end)
        repair->at++;
    else if (!mark(repair, MARK_SYNTAX))
        return false;
    return put_str(repair, STR("\""));
}

/* Puts "[cut: N bytes]" in place of the value that begins at the cursor. */
static bool cut_value(Repair *repair)
{
    const char *from = repair->at, *to = repair_skip(from, repair->end);
    repair->at = to ? to : repair->end;
    return mark(repair, MARK_CUT) && buf_printf(repair->text, repair->err, "\"[cut: %zu bytes]\"",
                                                (size_t)(repair->at - from));
}

/* Behind the digits at *at*; *ret_some* says whether there were any. */
static size_t skip_digits(Str token, size_t at, bool *ret_some)
{
    size_t from = at;
    while (at < token.len && token.ptr[at] >= '0' && token.ptr[at] <= '9')
        at++;
    *ret_some = at > from;
    return at;
}

static bool has_byte(Str token, size_t at, char a, char b)
{
    return at < token.len && (token.ptr[at] == a || token.ptr[at] == b);
}

/* True for a number by the grammar of RFC 8259, section 6. */
static bool strict_number(Str token)
{
    bool whole, fraction = true, exponent = true;
    size_t from = has_byte(token, 0, '-', '-');
    size_t at = skip_digits(token, from, &whole);
    bool zero_led = at > from + 1 && token.ptr[from] == '0';
    if (has_byte(token, at, '.', '.'))
        at = skip_digits(token, at + 1, &fraction);
    if (has_byte(token, at, 'e', 'E')) {
        at++;
        at = skip_digits(token, at + has_byte(token, at, '+', '-'), &exponent);
    }
    return whole && !zero_led && fraction && exponent && at == token.len;
}

static bool strict_scalar(Str token)
{
    return str_equal(token, STR("null")) || str_equal(token, STR("true")) ||
           str_equal(token, STR("false")) || strict_number(token);
}

/* A number or word; what is neither becomes a string. */
static bool repair_scalar(Repair *repair)
{
    const char *from = repair->at;
    while (repair->at < repair->end && !ends_scalar(*repair->at))
        repair->at++;
    Str token = {from, (size_t)(repair->at - from)};
    if (token.len && strict_scalar(token))
        return put_str(repair, token);
    if (!mark(repair, token.len ? MARK_LITERAL : MARK_SYNTAX))
        return false;
    return token.len ? json_append_string(repair->text, token, repair->err)
                     : put_str(repair, STR("null"));
}

static bool repair_value(Repair *repair);

/* A member's name and colon; something else in its place becomes a name. */
static bool repair_name(Repair *repair)
{
    size_t from = repair->text->len;
    if (*repair->at == '"') {
        if (!repair_string(repair))
            return false;
    } else {
        const char *start = repair->at;
        while (repair->at < repair->end && !ends_scalar(*repair->at))
            repair->at++;
        if (repair->at == start)
            repair->at++;
        Str token = {start, (size_t)(repair->at - start)};
        if (!mark(repair, MARK_SYNTAX) || !json_append_string(repair->text, token, repair->err))
            return false;
    }
    if (repair->depth == 1) {
        repair->member_from = from + 1;
        repair->member_len = repair->text->len - from - 2;
        repair->marked = 0;
    }
    skip_spaces(repair);
    if (repair->at < repair->end && *repair->at == ':')
        repair->at++;
    else if (!mark(repair, MARK_SYNTAX))
        return false;
    return put_str(repair, STR(":"));
}

static bool repair_member_value(Repair *repair)
{
    skip_spaces(repair);
    if (repair->at >= repair->end || *repair->at == ',' || *repair->at == '}' || *repair->at == ']')
        return mark(repair, MARK_SYNTAX) && put_str(repair, STR("null"));
    if (repair->cut && repair->depth == 1) {
        const char *to = repair_skip(repair->at, repair->end);
        if (!to || to - repair->at > REPAIR_MEMBER_BYTES_MAX)
            return cut_value(repair);
    }
    return repair_value(repair);
}

/* Leaves out the member at the cursor when it is unknown and the record is too long already. */
static bool leave_out(Repair *repair, bool *ret_left_out)
{
    *ret_left_out = false;
    if (!repair->cut || repair->depth != 1 || repair->text->len < REPAIR_UNKNOWN_BYTES_MAX)
        return true;
    const char *behind = repair_skip(repair->at, repair->end);
    if (!behind || *repair->at != '"')
        return true;
    Str name = {repair->at + 1, (size_t)(behind - repair->at) - 2};
    if (slot_of_member(name) != SLOT_NONE)
        return true;
    *ret_left_out = true;
    repair->at = behind;
    skip_spaces(repair);
    if (repair->at < repair->end && *repair->at == ':')
        repair->at++;
    skip_spaces(repair);
    behind = repair_skip(repair->at, repair->end);
    repair->at = behind ? behind : repair->end;
    return mark(repair, MARK_CUT);
}

/* A member or element at the cursor, with a comma before it unless it is the first. */
static bool repair_child(Repair *repair, bool object, bool *first)
{
    bool left_out = false;
    if (object && !leave_out(repair, &left_out))
        return false;
    if (left_out)
        return true;
    if (!*first && !put_str(repair, STR(",")))
        return false;
    *first = false;
    return object ? repair_name(repair) && repair_member_value(repair) : repair_value(repair);
}

/* Children of an object or array up to its closing bracket, of whichever kind. */
static bool repair_children(Repair *repair, bool object)
{
    bool first = true;
    for (;;) {
        while (repair->at < repair->end && (is_space(*repair->at) || *repair->at == ','))
            repair->at++;
        if (repair->at >= repair->end)
            return mark(repair, MARK_SYNTAX);
        if (*repair->at == '}' || *repair->at == ']') {
            bool right = (*repair->at++ == '}') == object;
            return right || mark(repair, MARK_SYNTAX);
        }
        if (!repair_child(repair, object, &first))
            return false;
    }
}

static bool repair_nested(Repair *repair)
{
    bool object = *repair->at == '{';
    if (repair->depth >= RECORD_DEPTH_MAX)
        return cut_value(repair);
    repair->at++;
    repair->depth++;
    bool ok = put_str(repair, object ? STR("{") : STR("[")) && repair_children(repair, object) &&
              put_str(repair, object ? STR("}") : STR("]"));
    repair->depth--;
    return ok;
}

static bool repair_value(Repair *repair)
{
    skip_spaces(repair);
    if (repair->at >= repair->end)
        return mark(repair, MARK_SYNTAX) && put_str(repair, STR("null"));
    if (*repair->at == '{' || *repair->at == '[')
        return repair_nested(repair);
    if (*repair->at == '"')
        return repair_string(repair);
    if (*repair->at == ':') {
        repair->at++;
        return mark(repair, MARK_SYNTAX) && put_str(repair, STR("null"));
    }
    return repair_scalar(repair);
}

bool repair_record(Str raw, bool cut, Buf *text, Buf *altered, Error *err)
{
    Repair repair = {.at = raw.ptr,
                     .end = raw.ptr + raw.len,
                     .text = text,
                     .altered = altered,
                     .cut = cut,
                     .err = err};
    return repair_value(&repair);
}
