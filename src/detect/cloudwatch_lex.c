/* Texts, numbers and values of filter patterns, and what is said about wrong ones. */
#include <string.h>

#include "detect/cloudwatch_reading.h"

enum { FOUND_BYTES_MAX = 24 };

static bool is_blank(char c)
{
    return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

bool cloudwatch_lex_end(const CloudWatchReading *reading)
{
    return reading->at >= reading->text.len;
}

bool cloudwatch_lex_fail(const CloudWatchReading *reading, const char *expected)
{
    size_t end = reading->at + 1, place = 1;
    if (reading->err->kind != ERROR_NONE)
        return false;
    if (cloudwatch_lex_end(reading))
        return error_set(reading->err, ERROR_INPUT, "the filter pattern ends where %s is expected",
                         expected);
    while (end < reading->text.len && end - reading->at < FOUND_BYTES_MAX &&
           !is_blank(reading->text.ptr[end]))
        end++;
    for (size_t i = 0; i < reading->at; i++)
        place += ((unsigned char)reading->text.ptr[i] & 0xc0) != 0x80;
    return error_set(reading->err, ERROR_INPUT,
                     "filter pattern, character %zu: expected %s, found "
                     "'%.*s'",
                     place, expected, STR_ARG(str_slice(reading->text, reading->at, end)));
}

void cloudwatch_lex_space(CloudWatchReading *reading)
{
    while (!cloudwatch_lex_end(reading) && is_blank(reading->text.ptr[reading->at]))
        reading->at++;
}

bool cloudwatch_lex_take(CloudWatchReading *reading, Str word)
{
    if (!str_starts(str_slice(reading->text, reading->at, reading->text.len), word))
        return false;
    reading->at += word.len;
    return true;
}

static bool is_name(char c, const char *more)
{
    return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || c == '_' ||
           (c && strchr(more, c));
}

Str cloudwatch_lex_name(CloudWatchReading *reading, const char *more)
{
    size_t from = reading->at;
    while (!cloudwatch_lex_end(reading) && is_name(reading->text.ptr[reading->at], more))
        reading->at++;
    return str_slice(reading->text, from, reading->at);
}

bool cloudwatch_lex_quoted(CloudWatchReading *reading, Str *ret)
{
    Str text = reading->text;
    size_t close = ++reading->at, len = 0;
    while (close < text.len && text.ptr[close] != '"')
        close +=
            text.ptr[close] == '\\' && close + 1 < text.len && text.ptr[close + 1] == '"' ? 2 : 1;
    char *copy = arena_alloc(reading->arena, close - reading->at + 1, reading->err);
    if (!copy)
        return false;
    for (size_t i = reading->at; i < close; i++)
        if (text.ptr[i] != '\\' || i + 1 >= close || text.ptr[i + 1] != '"')
            copy[len++] = text.ptr[i];
    reading->at = close;
    *ret = (Str){copy, len};
    return cloudwatch_lex_take(reading, STR("\"")) || cloudwatch_lex_fail(reading, "a closing \"");
}

Test *cloudwatch_lex_test(CloudWatchReading *reading, TestKind kind)
{
    Test *test = arena_calloc(reading->arena, 1, sizeof *test, reading->err);
    if (test) {
        test->kind = kind;
        test->meaning = reading->meaning;
    }
    return test;
}

static bool put_text(GlobText *out, Str text, bool live, bool inside, Error *err)
{
    bool ok = !inside || glob_add(out, GLOB_ANY, 0, err);
    for (size_t i = 0; ok && i < text.len; i++)
        ok = glob_add(out, live && text.ptr[i] == '*' ? GLOB_ANY : GLOB_LITERAL, text.ptr[i], err);
    return ok && (!inside || glob_add(out, GLOB_ANY, 0, err));
}

Test *cloudwatch_lex_text(CloudWatchReading *reading, Str text, bool live, bool inside)
{
    GlobText pieces = glob_text();
    Test *test = cloudwatch_lex_test(reading, TEST_TEXT);
    Str *exact = test ? arena_alloc(reading->arena, sizeof *exact, reading->err) : NULL;
    const Glob **globs = exact ? arena_alloc(reading->arena, sizeof *globs, reading->err) : NULL;
    bool ok = globs && put_text(&pieces, text, live, inside, reading->err);
    const Glob *glob = ok ? glob_new(&pieces, false, reading->arena, reading->err) : NULL;
    glob_text_free(&pieces);
    if (!glob)
        return NULL;
    test->exact = exact;
    test->globs = globs;
    if (glob->shape == GLOB_EXACT)
        exact[test->exact_count++] = glob->literal;
    else
        globs[test->glob_count++] = glob;
    return test;
}

/* A text without quotes, up to a blank or one of *stops*. */
static bool take_bare(CloudWatchReading *reading, const char *stops, Str *ret)
{
    size_t from = reading->at;
    for (; !cloudwatch_lex_end(reading); reading->at++) {
        char c = reading->text.ptr[reading->at];
        if (is_blank(c) || (c && strchr(stops, c)))
            break;
        if ((unsigned char)c < ' ' || strchr("'\"%(){}[]<>!=$\\", c))
            return cloudwatch_lex_fail(reading, "a value (other characters than letters, digits "
                                                "and _ . : / - * need double quotes)");
    }
    *ret = str_slice(reading->text, from, reading->at);
    return ret->len || cloudwatch_lex_fail(reading, "a value");
}

static Test *read_number(CloudWatchReading *reading, const char *stops)
{
    Str text = STR("");
    double number;
    int64_t integer;
    bool whole;
    size_t from = reading->at;
    if (!cloudwatch_lex_end(reading) && strchr("\"%", reading->text.ptr[from]))
        return cloudwatch_lex_fail(reading, "a number without quotes"), NULL;
    if (!take_bare(reading, stops, &text))
        return NULL;
    if (!test_number_of(text, &number, &integer, &whole)) {
        reading->at = from;
        return cloudwatch_lex_fail(reading, "a number"), NULL;
    }
    Test *test = cloudwatch_lex_test(reading, TEST_ORDER);
    if (test)
        test->number = number;
    return test;
}

static Test *read_value(CloudWatchReading *reading, const char *stops)
{
    Str text = STR("");
    int64_t integer;
    bool whole;
    char first = cloudwatch_lex_end(reading) ? '\0' : reading->text.ptr[reading->at];
    if (first == '%')
        return cloudwatch_regex_read(reading);
    if (first == '"')
        return cloudwatch_lex_quoted(reading, &text)
                   ? cloudwatch_lex_text(reading, text, true, false)
                   : NULL;
    Test *test =
        take_bare(reading, stops, &text) ? cloudwatch_lex_text(reading, text, true, false) : NULL;
    if (test)
        test->numeric = test_number_of(text, &test->number, &integer, &whole);
    return test;
}

const Test *cloudwatch_lex_comparison(CloudWatchReading *reading, const char *stops)
{
    /* Longer ones first. */
    static const struct {
        Str text;
        bool negated;
        TestOrder order;
    } OPERATORS[] = {
        {{"!=", 2}, true, TEST_EQUAL},          {{"<=", 2}, false, TEST_LESS_EQUAL},
        {{">=", 2}, false, TEST_GREATER_EQUAL}, {{"=", 1}, false, TEST_EQUAL},
        {{"<", 1}, false, TEST_LESS},           {{">", 1}, false, TEST_GREATER},
    };
    size_t i = 0, count = sizeof OPERATORS / sizeof *OPERATORS;
    while (i < count && !cloudwatch_lex_take(reading, OPERATORS[i].text))
        i++;
    if (i == count) {
        cloudwatch_lex_fail(reading, reading->meaning == MEANING_JSON
                                         ? "one of = != < <= > >= IS NOT"
                                         : "one of = != < <= > >=");
        return NULL;
    }
    cloudwatch_lex_space(reading);
    bool equal = OPERATORS[i].order == TEST_EQUAL;
    Test *test = equal ? read_value(reading, stops) : read_number(reading, stops);
    if (test) {
        test->order = OPERATORS[i].order;
        test->negated = OPERATORS[i].negated;
    }
    return test;
}
