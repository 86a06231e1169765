#include "search/search_lex.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

enum { MESSAGE_BYTES = 400 };

static bool is_blank(char c)
{
    return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

bool search_lex_fail(SearchReading *in, size_t from, size_t to, const char *format, ...)
{
    char message[MESSAGE_BYTES];
    va_list list;
    if (in->err->kind != ERROR_NONE)
        return false;
    va_start(list, format);
    vsnprintf(message, sizeof message, format, list);
    va_end(list);
    to = to < in->text.len ? to : in->text.len;
    from = from < to ? from : to;
    *in->culprit = (Place){(uint32_t)from, (uint32_t)to};
    return place_error(in->text, *in->culprit, in->err, "%s", message);
}

void search_lex_space(SearchReading *in)
{
    while (in->at < in->text.len && is_blank(in->text.ptr[in->at]))
        in->at++;
}

bool search_lex_end(const SearchReading *in)
{
    return in->at >= in->text.len;
}

char search_lex_peek(const SearchReading *in, size_t ahead)
{
    return in->at + ahead < in->text.len ? in->text.ptr[in->at + ahead] : '\0';
}

bool search_lex_take(SearchReading *in, const char *word)
{
    Str wanted = str_of(word);
    if (!str_starts(str_slice(in->text, in->at, in->text.len), wanted))
        return false;
    in->at += wanted.len;
    return true;
}

bool search_lex_word(SearchReading *in, const char *word)
{
    Str wanted = str_of(word);
    Str here = str_slice(in->text, in->at, in->at + wanted.len);
    char behind = search_lex_peek(in, wanted.len);
    bool ended = in->at + wanted.len >= in->text.len || is_blank(behind) || behind == '(' ||
                 behind == ')' || behind == '"' || behind == '}';
    if (!ended || !str_equal_nocase(here, wanted))
        return false;
    in->at += wanted.len;
    return true;
}

static const char *what_is(char c)
{
    return c == '~' ? "fuzzy terms and proximity (~)" : "boosts (^)";
}

static bool refuse(SearchReading *in, size_t at)
{
    return search_lex_fail(in, at, at + 1,
                           "%s are not supported; a backslash before it makes it part of the term",
                           what_is(in->text.ptr[at]));
}

bool search_lex_refuse_suffix(SearchReading *in)
{
    char c = search_lex_peek(in, 0);
    return (c != '~' && c != '^') || refuse(in, in->at);
}

bool search_lex_term(SearchReading *in, bool name, Str *ret_raw)
{
    size_t from = in->at;
    const char *stops = name ? "()\"{}[]:<>" : "()\"{}[]";
    for (; in->at < in->text.len; in->at++) {
        char c = in->text.ptr[in->at];
        if (c == '~' || c == '^')
            return refuse(in, in->at);
        if (c == '\\') {
            if (in->at + 1 == in->text.len)
                return search_lex_fail(in, in->at, in->at + 1, "nothing follows the backslash");
            in->at++;
        } else if (is_blank(c) || (c && strchr(stops, c))) {
            break;
        }
    }
    *ret_raw = str_slice(in->text, from, in->at);
    return ret_raw->len || search_lex_fail(in, in->at, in->at + 1, "a term is expected here");
}

bool search_lex_quoted(SearchReading *in, char quote, Str *ret_raw)
{
    size_t from = ++in->at;
    while (in->at < in->text.len && in->text.ptr[in->at] != quote)
        in->at += in->text.ptr[in->at] == '\\' ? 2 : 1;
    if (in->at >= in->text.len)
        return search_lex_fail(in, from - 1, in->text.len, "the closing %c is missing", quote);
    *ret_raw = str_slice(in->text, from, in->at++);
    return true;
}

bool search_lex_plain(SearchReading *in, Str raw, Str *ret)
{
    char *copy = arena_alloc(in->arena, raw.len + 1, in->err);
    size_t len = 0;
    for (size_t i = 0; copy && i < raw.len; i++) {
        if (raw.ptr[i] == '\\' && i + 1 < raw.len)
            i++;
        copy[len++] = raw.ptr[i];
    }
    *ret = (Str){copy, len};
    return copy != NULL;
}

bool search_lex_has_wildcard(Str raw)
{
    for (size_t i = 0; i < raw.len; i++) {
        if (raw.ptr[i] == '\\')
            i++;
        else if (raw.ptr[i] == '*' || raw.ptr[i] == '?')
            return true;
    }
    return false;
}
