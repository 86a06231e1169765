#include "detect/rule_sql_regex.h"

#include <string.h>

enum { PATTERN_BYTES_MAX = 1 << 18 };

typedef struct Reading {
    Str text;
    size_t at;
    bool in_class;
    bool counts; /* how many bytes a character has may matter */
    unsigned flags;
    Buf *out;
    Error *err;
} Reading;

static char peek(const Reading *in, size_t ahead)
{
    return in->at + ahead < in->text.len ? in->text.ptr[in->at + ahead] : '\0';
}

/* Takes *count* bytes and writes *as* for them. */
static bool put(Reading *in, size_t count, const char *as)
{
    in->at += count;
    return buf_append_str(in->out, str_of(as), in->err);
}

static bool copy(Reading *in, size_t count)
{
    Str taken = str_slice(in->text, in->at, in->at + count);
    in->at += count;
    return buf_append_str(in->out, taken, in->err);
}

/* Of what stands for any byte, another number of characters may stand there. */
static void note_any(Reading *in, size_t count)
{
    char next = peek(in, count);
    in->counts = in->counts || (next != '*' && next != '+');
}

static bool is_punctuation(char c)
{
    return c > ' ' && c < 0x7f && c != '_' && !(c >= '0' && c <= '9') &&
           !((c | 0x20) >= 'a' && (c | 0x20) <= 'z');
}

static bool read_escape(Reading *in)
{
    char c = peek(in, 1);
    if (c == 's')
        return put(in, 2, in->in_class ? "\\x09-\\x0D " : "[\\x09-\\x0D ]");
    if (c && !in->in_class && strchr("SDW", c)) {
        note_any(in, 2);
        return c == 'S' ? put(in, 2, "[^\\x09-\\x0D ]") : copy(in, 2);
    }
    bool same = c && strchr(in->in_class ? "dwtnr" : "dwtnrb", c);
    return (same || is_punctuation(c)) && copy(in, 2);
}

/* "[^...]" as a whole; nested brackets, && and names of classes are read otherwise elsewhere. */
static bool read_class(Reading *in)
{
    bool negated = peek(in, 1) == '^';
    bool ok = peek(in, negated ? 2 : 1) != ']' && copy(in, negated ? 2 : 1);
    in->in_class = true;
    while (ok && peek(in, 0) && peek(in, 0) != ']') {
        char c = peek(in, 0);
        ok = c != '[' && !(c == '&' && peek(in, 1) == '&') &&
             (c == '\\' ? read_escape(in) : copy(in, 1));
    }
    in->in_class = false;
    if (negated)
        note_any(in, 1);
    return ok && peek(in, 0) == ']' && copy(in, 1);
}

/* Only at an end: a line break may follow. */
static bool read_dollar(Reading *in)
{
    char next = peek(in, 1);
    if (in->flags & REGEX_LINES)
        return copy(in, 1);
    return (next == '\0' || next == ')' || next == '|') && put(in, 1, "\\n?\\z");
}

static bool read_any(Reading *in)
{
    note_any(in, 1);
    return in->flags & REGEX_DOT_ALL ? copy(in, 1) : put(in, 1, "[^\\n]");
}

static bool read_group(Reading *in)
{
    Str rest = str_slice(in->text, in->at, in->text.len);
    if (peek(in, 1) != '?')
        return copy(in, 1);
    if (str_starts(rest, STR("(?i)")) && !in->at) {
        in->flags |= REGEX_IGNORE_CASE;
        return put(in, 4, "");
    }
    return str_starts(rest, STR("(?:")) && copy(in, 3);
}

static bool read_one(Reading *in)
{
    unsigned char c = (unsigned char)peek(in, 0);
    switch (c) {
    case '\\':
        return read_escape(in);
    case '[':
        return read_class(in);
    case '$':
        return read_dollar(in);
    case '.':
        return read_any(in);
    case '(':
        return read_group(in);
    default:
        return c >= ' ' && c < 0x7f && c != '#' && copy(in, 1);
    }
}

SqlCond rule_sql_regex(SqlWriter *writer, const Regex *regex, Str value)
{
    BUF_AUTO Buf out = buf_init(PATTERN_BYTES_MAX);
    Reading in = {
        .text = regex_pattern(regex), .flags = regex_flags(regex), .out = &out, .err = writer->err};
    bool ok = true;
    while (ok && in.at < in.text.len)
        ok = read_one(&in);
    if (!ok)
        return rule_sql_cond_constant(true, false);
    Str pattern =
        rule_sql_cond_format(writer, "%s%s%s%.*s", in.flags & REGEX_IGNORE_CASE ? "(?i)" : "",
                             in.flags & REGEX_LINES ? "(?m)" : "",
                             in.flags & REGEX_DOT_ALL ? "(?s)" : "", STR_ARG(buf_str(&out)));
    Str quoted = rule_sql_cond_quote(writer, pattern);
    return rule_sql_cond_text(
        rule_sql_cond_format(writer,
                             in.counts ? "(regexp_like(%.*s, %.*s) OR regexp_like(%.*s, "
                                         "'[^\\x00-\\x7F]'))"
                                       : "regexp_like(%.*s, %.*s)",
                             STR_ARG(value), STR_ARG(quoted), STR_ARG(value)),
        false);
}
