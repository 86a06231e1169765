#include "search/search_value.h"

#include <stdlib.h>
#include <string.h>

#include "base/engine.h"
#include "base/timestamp.h"
#include "detect/network.h"
#include "detect/regex.h"
#include "detect/test.h"
#include "natives/regexp.h"

enum { PATTERN_BYTES_MAX = 1 << 20, DATE_BYTES = 10 };

/* What is no letter or digit, as holds_words has it. */
#define NO_WORD "[^a-zA-Z0-9\\x{80}-\\x{10FFFF}]"

/* A piece of a pattern: a byte, or '*' or '?' that is one. */
static bool next_piece(Str pattern, size_t *at, char *ret, bool *ret_wild)
{
    if (*at >= pattern.len)
        return false;
    char c = pattern.ptr[*at];
    *ret_wild = c == '*' || c == '?';
    if (c == '\\' && *at + 1 < pattern.len)
        c = pattern.ptr[++*at];
    *ret = c;
    ++*at;
    return true;
}

static bool write_like(Str value, Str pattern, Buf *sql, Error *err)
{
    BUF_AUTO Buf like = buf_init(PATTERN_BYTES_MAX);
    bool wild, ok = true;
    char c;
    for (size_t at = 0; ok && next_piece(pattern, &at, &c, &wild);) {
        if (!wild && (c == '%' || c == '_' || c == '\\'))
            ok = buf_append_byte(&like, '\\', err);
        ok = ok && buf_append_byte(&like, (unsigned char)(!wild ? c : c == '*' ? '%' : '_'), err);
    }
    return ok && buf_append_str(sql, value, err) && buf_append_str(sql, STR(" LIKE "), err) &&
           engine_quote(sql, buf_str(&like), err) && buf_append_str(sql, STR(" ESCAPE '\\'"), err);
}

static bool write_regex(Str value, Str pattern, Buf *sql, Error *err)
{
    BUF_AUTO Buf whole = buf_init(PATTERN_BYTES_MAX);
    return buf_printf(&whole, err, "(?s)^(?:") && buf_append_str(&whole, pattern, err) &&
           buf_append_str(&whole, STR(")$"), err) &&
           buf_printf(sql, err, "regexp_like(%.*s, ", STR_ARG(value)) &&
           engine_quote(sql, buf_str(&whole), err) && buf_append_byte(sql, ')', err);
}

static bool is_number(Str text)
{
    double number;
    int64_t integer;
    bool whole;
    return test_number_of(text, &number, &integer, &whole);
}

bool search_value_is_address(Str text)
{
    Network network;
    Error ignored = {0};
    bool ok = str_find_byte(text, '/', 0) == text.len && network_read(text, &network, &ignored);
    error_clear(&ignored);
    return ok;
}

static bool all_bounds(const SearchTest *test, bool (*is)(Str))
{
    return (!test->low.there || is(test->low.text)) && (!test->high.there || is(test->high.text));
}

/* "value >= 'text'", each side by the format. */
static bool write_bound(const SearchBound *bound, char relation, Str value, Str behind, Buf *sql,
                        Error *err)
{
    return buf_append_str(sql, value, err) &&
           buf_printf(sql, err, " %c%s ", relation, bound->included ? "=" : "") &&
           buf_append_str(sql, behind, err) && engine_quote(sql, bound->text, err);
}

/* Both ends of a range of *side*, constants of which begin with *type*. */
static bool write_bounds(const SearchTest *test, Str side, Str type, Buf *sql, Error *err)
{
    const SearchBound *low = &test->low, *high = &test->high;
    if (!low->there)
        return write_bound(high, '<', side, type, sql, err);
    if (!high->there)
        return write_bound(low, '>', side, type, sql, err);
    return buf_append_byte(sql, '(', err) && write_bound(low, '>', side, type, sql, err) &&
           buf_append_str(sql, STR(" AND "), err) && write_bound(high, '<', side, type, sql, err) &&
           buf_append_byte(sql, ')', err);
}

/* Numbers are compared with numbers, addresses with addresses, other texts byte by byte. */
static bool write_range(const SearchTest *test, Str value, Buf *sql, Error *err)
{
    BUF_AUTO Buf typed = buf_init(PATTERN_BYTES_MAX);
    Str type = all_bounds(test, is_number)                 ? STR("DOUBLE ")
               : all_bounds(test, search_value_is_address) ? STR("IPADDRESS ")
                                                           : STR("");
    if (!test->low.there && !test->high.there)
        return buf_printf(sql, err, "%.*s IS NOT NULL", STR_ARG(value));
    bool ok = type.len ? buf_printf(&typed, err, "TRY_CAST(%.*s AS %.*s)", STR_ARG(value),
                                    STR_ARG(str_trim(type)))
                       : buf_append_str(&typed, value, err);
    return ok && write_bounds(test, buf_str(&typed), type, sql, err);
}

static bool write_equal(Str value, Str text, Buf *sql, Error *err)
{
    return buf_append_str(sql, value, err) && buf_append_str(sql, STR(" = "), err) &&
           engine_quote(sql, text, err);
}

static bool write_network(Str value, Str text, Buf *sql, Error *err)
{
    return buf_append_byte(sql, '(', err) && write_equal(value, text, sql, err) &&
           buf_append_str(sql, STR(" OR contains("), err) && engine_quote(sql, text, err) &&
           buf_printf(sql, err, ", TRY_CAST(%.*s AS IPADDRESS)))", STR_ARG(value));
}

bool search_value_write(const SearchTest *test, Str value, Buf *sql, Error *err)
{
    switch (test->kind) {
    case SEARCH_EQUAL:
        return write_equal(value, test->text, sql, err);
    case SEARCH_GLOB:
        return write_like(value, test->text, sql, err);
    case SEARCH_REGEX:
        return write_regex(value, test->text, sql, err);
    case SEARCH_RANGE:
        return write_range(test, value, sql, err);
    case SEARCH_NETWORK:
        return write_network(value, test->text, sql, err);
    default:
        return buf_printf(sql, err, "%.*s IS NOT NULL", STR_ARG(value));
    }
}

bool search_value_boolean(const SearchTest *test, Str value, Buf *sql, Error *err)
{
    BUF_AUTO Buf text = buf_init(PATTERN_BYTES_MAX);
    bool yes = str_equal(test->text, STR("true")), no = str_equal(test->text, STR("false"));
    if (test->kind == SEARCH_EXISTS)
        return buf_printf(sql, err, "%.*s IS NOT NULL", STR_ARG(value));
    if (test->kind == SEARCH_EQUAL && (yes || no))
        return buf_printf(sql, err, "%s%.*s", yes ? "" : "NOT ", STR_ARG(value));
    return buf_printf(&text, err, "CAST(%.*s AS VARCHAR)", STR_ARG(value)) &&
           search_value_write(test, buf_str(&text), sql, err);
}

/* When the text begins, and when what it names is over. */
static bool read_time(Str text, int64_t *ret_from, int64_t *ret_end, Error *err)
{
    Error why = {0};
    char quoted[PLACE_QUOTE_BYTES];
    bool day = text.len == DATE_BYTES && text.ptr[4] == '-';
    if (timestamp_parse_operator(text, ret_from, &why)) {
        *ret_end = *ret_from + (day ? TIMESTAMP_DAY_US : 1);
        return true;
    }
    error_clear(&why);
    return error_set(err, ERROR_INPUT,
                     "eventTime is compared with times, as 2024-01-31 or \"2024-01-31T10:00:00Z\", "
                     "not with '%s'",
                     (place_quote(text, quoted), quoted));
}

static bool write_moment(Str value, const char *relation, int64_t time_us, Buf *sql, Error *err)
{
    char text[TIMESTAMP_TEXT_BYTES];
    timestamp_format(time_us, text);
    return buf_printf(sql, err, "%.*s %s TIMESTAMP '%.10s %.*s'", STR_ARG(value), relation, text,
                      (int)strlen(text) - 12, text + 11);
}

static bool write_since(const SearchBound *low, Str value, Buf *sql, Error *err)
{
    int64_t from = 0, end = 0;
    return read_time(low->text, &from, &end, err) &&
           write_moment(value, ">=", low->included ? from : end, sql, err);
}

static bool write_until(const SearchBound *high, Str value, Buf *sql, Error *err)
{
    int64_t from = 0, end = 0;
    return read_time(high->text, &from, &end, err) &&
           write_moment(value, "<", high->included ? end : from, sql, err);
}

static bool write_times(const SearchTest *test, Str value, Buf *sql, Error *err)
{
    SearchBound low = test->low, high = test->high;
    if (test->kind == SEARCH_EQUAL)
        low = high = (SearchBound){true, true, test->text};
    if (!low.there)
        return high.there ? write_until(&high, value, sql, err)
                          : buf_printf(sql, err, "%.*s IS NOT NULL", STR_ARG(value));
    if (!high.there)
        return write_since(&low, value, sql, err);
    return buf_append_byte(sql, '(', err) && write_since(&low, value, sql, err) &&
           buf_append_str(sql, STR(" AND "), err) && write_until(&high, value, sql, err) &&
           buf_append_byte(sql, ')', err);
}

bool search_value_time_text(Str value, Buf *sql, Error *err)
{
    return buf_printf(sql, err, "date_format(%.*s, '%%Y-%%m-%%dT%%H:%%i:%%sZ')", STR_ARG(value));
}

bool search_value_time(const SearchTest *test, Str value, Buf *sql, Error *err)
{
    BUF_AUTO Buf text = buf_init(PATTERN_BYTES_MAX);
    if (test->kind == SEARCH_EQUAL || test->kind == SEARCH_RANGE)
        return write_times(test, value, sql, err);
    if (test->kind == SEARCH_EXISTS)
        return buf_printf(sql, err, "%.*s IS NOT NULL", STR_ARG(value));
    return search_value_time_text(value, &text, err) &&
           search_value_write(test, buf_str(&text), sql, err);
}

/* The pattern without a run of stars at each end; whether there was one. */
static Str trim_stars(Str pattern, bool *ret_before, bool *ret_behind)
{
    *ret_before = *ret_behind = false;
    while (pattern.len && pattern.ptr[0] == '*') {
        pattern = str_slice(pattern, 1, pattern.len);
        *ret_before = true;
    }
    while (pattern.len && pattern.ptr[pattern.len - 1] == '*') {
        size_t bars = 0;
        while (bars + 1 < pattern.len && pattern.ptr[pattern.len - 2 - bars] == '\\')
            bars++;
        if (bars % 2)
            break;
        pattern.len--;
        *ret_behind = true;
    }
    return pattern;
}

static bool is_wordy(char c)
{
    return strchr("abcdefghijklmnopqrstuvwxyz0123456789", str_lower(c)) || (unsigned char)c >= 0x80;
}

static bool put_regex_piece(char c, bool wild, Buf *out, Error *err)
{
    if (wild)
        return buf_printf(out, err, "\\S%s", c == '*' ? "*" : "");
    if (strchr("\\^$.|?*+()[]{}", c))
        return buf_printf(out, err, "\\%c", c);
    return buf_append_byte(out, (unsigned char)c, err);
}

/* A pattern with wildcards within: a run of what is no blank for each *. */
static bool write_words_regex(Str pattern, bool before, bool behind, Buf *out, Error *err)
{
    bool wild = true, first = true, wordy = false;
    bool ok = buf_printf(out, err, "(?i)");
    char c;
    for (size_t at = 0; ok && next_piece(pattern, &at, &c, &wild); first = false) {
        wordy = wild ? c == '?' : is_wordy(c);
        if (first && !before && wordy)
            ok = buf_printf(out, err, "(?:^|" NO_WORD ")");
        ok = ok && put_regex_piece(c, wild, out, err);
    }
    return ok && (behind || !wordy || buf_printf(out, err, "(?:$|" NO_WORD ")"));
}

bool search_value_words(const SearchTest *test, SearchWords *ret, Error *err)
{
    bool before = false, behind = false, wild, ok = true;
    char c;
    Str pattern = test->text;
    *ret = (SearchWords){.text = buf_init(PATTERN_BYTES_MAX)};
    if (test->kind != SEARCH_GLOB) {
        bool star = pattern.len && pattern.ptr[0] == '*';
        bool last = pattern.len && pattern.ptr[pattern.len - 1] == '*';
        return (!star || buf_append_byte(&ret->text, '*', err)) &&
               buf_append_str(&ret->text, pattern, err) &&
               (!last || buf_append_byte(&ret->text, '*', err));
    }
    pattern = trim_stars(pattern, &before, &behind);
    for (size_t at = 0; next_piece(pattern, &at, &c, &wild);)
        ret->regex |= wild;
    if (ret->regex)
        return write_words_regex(pattern, before, behind, &ret->text, err);
    ok = !before || buf_append_byte(&ret->text, '*', err);
    for (size_t at = 0; ok && next_piece(pattern, &at, &c, &wild);)
        ok = buf_append_byte(&ret->text, (unsigned char)c, err);
    return ok && (!behind || buf_append_byte(&ret->text, '*', err));
}

/* Whether the text may stand at *from* of a time's text. */
static bool fits_time(Str text, size_t from)
{
    static const char TIME[] = "0000-00-00t00:00:00z";
    if (from + text.len >= sizeof TIME)
        return false;
    for (size_t i = 0; i < text.len; i++) {
        char c = str_lower(text.ptr[i]), wanted = TIME[from + i];
        if (wanted == '0' ? c < '0' || c > '9' : c != wanted)
            return false;
    }
    return true;
}

bool search_value_may_be_time(const SearchTest *test)
{
    for (size_t i = 0; i < test->text.len; i++)
        if (!strchr("0123456789tTzZ:-*?\\", test->text.ptr[i]))
            return false;
    for (size_t from = 0; test->kind == SEARCH_EQUAL && from < sizeof "2024-01-31T00:00:00Z";
         from++)
        if (fits_time(test->text, from))
            return true;
    return test->kind != SEARCH_EQUAL;
}

bool search_value_check(const SearchTest *test, Error *err)
{
    BUF_AUTO Buf out = buf_init(PATTERN_BYTES_MAX);
    RegexpGroups groups;
    if (test->kind != SEARCH_REGEX)
        return true;
    Regex *regex = regex_new(test->text, 0, err);
    bool ok = regex && regexp_pattern(test->text, &out, &groups, err);
    regex_free(regex);
    return ok;
}
