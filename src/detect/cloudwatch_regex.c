/* Regular expressions between percent signs: the subset that the service takes, and no more
 * ("CloudWatch Logs filter patterns", A3). They are written anew for detect/regex: \s is narrower
 * there, and {,n} is none. */
#include <string.h>

#include "detect/cloudwatch_reading.h"

enum { PATTERN_BYTES_MAX = 1 << 14 };

static bool is_hex(char c)
{
    return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'F') || (c >= 'a' && c <= 'f');
}

static bool is_literal(char c)
{
    return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') ||
           (c && strchr(":_#=@/;,- ", c));
}

static char peek(const CloudWatchReading *reading, size_t ahead)
{
    size_t at = reading->at + ahead;
    return at < reading->text.len ? reading->text.ptr[at] : '\0';
}

/* Copies *count* characters. */
static bool copy(CloudWatchReading *reading, Buf *out, size_t count)
{
    bool ok = buf_append_str(out, str_slice(reading->text, reading->at, reading->at + count),
                             reading->err);
    reading->at += count;
    return ok;
}

static bool take_escape(CloudWatchReading *reading, Buf *out, bool in_class)
{
    char c = peek(reading, 1);
    if (c == 's' || (c == 'S' && !in_class)) {
        reading->at += 2;
        return buf_append_str(out,
                              in_class   ? STR(" \\t\\n")
                              : c == 's' ? STR("[ \\t\\n]")
                                         : STR("[^ \\t\\n]"),
                              reading->err);
    }
    if (c == 'x' && is_hex(peek(reading, 2)) && is_hex(peek(reading, 3)))
        return copy(reading, out, 4);
    if (c && strchr("dDSwW^$?[]{}|\\*+.-%/()", c))
        return copy(reading, out, 2);
    return cloudwatch_lex_fail(reading, "one of \\d \\D \\s \\S \\w \\W \\xHH, or an operator "
                                        "behind a backslash, in the regular expression");
}

/* "[a-z]", "[^...]" */
static bool take_class(CloudWatchReading *reading, Buf *out)
{
    bool ok = copy(reading, out, peek(reading, 1) == '^' ? 2 : 1);
    bool empty = true;
    for (char c; ok && (c = peek(reading, 0)) != ']'; empty = false) {
        if (c == '\\')
            ok = take_escape(reading, out, true);
        else if (is_literal(c) || (c && strchr("^$?{}|*+.", c)))
            ok = copy(reading, out, 1);
        else
            return cloudwatch_lex_fail(reading, "a character of a class, or ]");
    }
    if (ok && empty)
        return cloudwatch_lex_fail(reading, "a character of a class");
    return ok && copy(reading, out, 1);
}

/* {m}, {m,}, {,n}, {m,n} */
static bool take_bounds(CloudWatchReading *reading, Buf *out)
{
    size_t at = 1, digits = 0;
    bool comma = false;
    for (; (peek(reading, at) >= '0' && peek(reading, at) <= '9') ||
           (peek(reading, at) == ',' && !comma);
         at++) {
        comma |= peek(reading, at) == ',';
        digits += peek(reading, at) != ',';
    }
    if (!digits || peek(reading, at) != '}')
        return cloudwatch_lex_fail(reading, "{m}, {m,}, {,n} or {m,n}");
    if (peek(reading, 1) != ',')
        return copy(reading, out, at + 1);
    reading->at++;
    return buf_append_str(out, STR("{0"), reading->err) && copy(reading, out, at);
}

static bool take_piece(CloudWatchReading *reading, Buf *out)
{
    char c = peek(reading, 0);
    if (c == '\\')
        return take_escape(reading, out, false);
    if (c == '[')
        return take_class(reading, out);
    if (c == '{')
        return take_bounds(reading, out);
    if (is_literal(c) || (c && strchr("^$?|*+.", c)))
        return copy(reading, out, 1);
    if (cloudwatch_lex_end(reading))
        return cloudwatch_lex_fail(reading, "a closing %");
    return cloudwatch_lex_fail(reading, "a character that regular expressions may hold: letters, "
                                        "digits, : _ # = @ / ; , - ^ $ ? [ ] { } | \\ * + .");
}

static Test *compile(CloudWatchReading *reading, Str pattern, size_t from)
{
    Error why = {0};
    Test *test = cloudwatch_lex_test(reading, TEST_REGEX);
    Regex *regex = test ? regex_new(pattern, 0, &why) : NULL;
    if (!test)
        return NULL;
    if (!regex) {
        error_set(reading->err, why.kind,
                  "filter pattern, the regular expression at character "
                  "%zu: %s",
                  from, why.text);
        return NULL;
    }
    test->regex = regex;
    if (buf_append(reading->regexes, &regex, sizeof regex, reading->err))
        return test;
    regex_free(regex);
    return NULL;
}

Test *cloudwatch_regex_read(CloudWatchReading *reading)
{
    BUF_AUTO Buf pattern = buf_init(PATTERN_BYTES_MAX);
    size_t from = reading->at;
    if (reading->regex_count++ == CLOUDWATCH_REGEX_MAX && reading->depth) {
        cloudwatch_lex_fail(reading, "at most two regular expressions in one pattern");
        return NULL;
    }
    reading->at++;
    if (peek(reading, 0) == '%') {
        cloudwatch_lex_fail(reading, "a regular expression");
        return NULL;
    }
    while (peek(reading, 0) != '%')
        if (!take_piece(reading, &pattern))
            return NULL;
    reading->at++;
    return compile(reading, buf_str(&pattern), from + 1);
}
