#include "natives/time_pattern.h"

#include "base/clock.h"
#include "natives/time_fields.h"

enum { MYSQL_CENTURY = 1970, YEAR_DIGITS = 9 };

/* Joda's letters, and how many digits each reads at most; 0: a text. */
static const struct {
    char letter;
    uint32_t digits;
} LETTERS[] = {
    {'G', 0}, {'C', 2},           {'Y', YEAR_DIGITS}, {'x', YEAR_DIGITS}, {'w', 2}, {'e', 1},
    {'E', 0}, {'y', YEAR_DIGITS}, {'D', 3},           {'M', 2},           {'d', 2}, {'a', 0},
    {'K', 2}, {'h', 2},           {'H', 2},           {'k', 2},           {'m', 2}, {'s', 2},
    {'S', 9}, {'z', 0},           {'Z', 0},
};

/* MySQL's letters as Joda's, and how many of them. */
static const struct {
    char letter, joda;
    uint32_t count, max;
} MYSQL[] = {
    {'a', 'E', 3, 0}, {'b', 'M', 3, 0}, {'c', 'M', 1, 2}, {'d', 'd', 2, 2}, {'e', 'd', 1, 2},
    {'f', 'S', 6, 9}, {'H', 'H', 2, 2}, {'h', 'h', 2, 2}, {'I', 'h', 2, 2}, {'i', 'm', 2, 2},
    {'j', 'D', 3, 3}, {'k', 'H', 1, 2}, {'l', 'h', 1, 2}, {'M', 'M', 4, 0}, {'m', 'M', 2, 2},
    {'p', 'a', 1, 0}, {'S', 's', 2, 2}, {'s', 's', 2, 2}, {'v', 'w', 2, 2}, {'W', 'E', 4, 0},
    {'x', 'x', 4, 4}, {'Y', 'y', 4, 4}, {'y', 'y', 2, 2},
};

/* Letters of MySQL's that stand for several. */
static const struct {
    char letter;
    const char *pattern;
} MYSQL_LONG[] = {{'r', "%h:%i:%s %p"}, {'T', "%H:%i:%s"}};

static bool add(TimePattern *pattern, TimePatternItem item, Error *err)
{
    if (pattern->count == TIME_PATTERN_ITEMS_MAX)
        return error_set(err, ERROR_LIMIT, "a pattern of a time has more than %d parts",
                         TIME_PATTERN_ITEMS_MAX);
    pattern->items[pattern->count++] = item;
    return true;
}

static bool add_literal(TimePattern *pattern, Str literal, Error *err)
{
    return !literal.len ||
           add(pattern, (TimePatternItem){TIME_PATTERN_LITERAL, 0, 0, 0, literal}, err);
}

static bool read_mysql(Str text, TimePattern *ret, Error *err);

static bool add_mysql(char letter, Str spelled, TimePattern *ret, Error *err)
{
    for (size_t i = 0; i < sizeof MYSQL / sizeof *MYSQL; i++)
        if (MYSQL[i].letter == letter)
            return add(ret,
                       (TimePatternItem){MYSQL[i].joda, MYSQL[i].count, MYSQL[i].max,
                                         letter == 'y' ? MYSQL_CENTURY : 0, spelled},
                       err);
    for (size_t i = 0; i < sizeof MYSQL_LONG / sizeof *MYSQL_LONG; i++)
        if (MYSQL_LONG[i].letter == letter)
            return read_mysql(str_of(MYSQL_LONG[i].pattern), ret, err);
    if (str_find_byte(STR("DUuVwX"), letter, 0) < 6)
        return error_set(err, ERROR_USAGE, "%%%c is not taken in the pattern of a time", letter);
    return add_literal(ret, str_slice(spelled, 1, 2), err);
}

/* One level deep: the patterns of MYSQL_LONG have only letters of MYSQL. */
static bool read_mysql(Str text, TimePattern *ret, Error *err)
{
    for (size_t at = 0; at < text.len;) {
        size_t percent = str_find_byte(text, '%', at);
        if (!add_literal(ret, str_slice(text, at, percent), err))
            return false;
        at = percent + 2;
        if (percent + 1 == text.len)
            return error_set(err, ERROR_USAGE, "a letter is missing behind the last %%");
        if (percent < text.len &&
            !add_mysql(text.ptr[percent + 1], str_slice(text, percent, percent + 2), ret, err))
            return false;
    }
    return true;
}

/* A literal in quotes from *at*, behind the first one; two quotes are one. */
static bool read_quoted(Str text, size_t *at, TimePattern *ret, Error *err)
{
    size_t from = *at;
    for (;;) {
        size_t quote = str_find_byte(text, '\'', from);
        bool doubled = quote + 1 < text.len && text.ptr[quote + 1] == '\'';
        if (quote == text.len)
            return error_set(err, ERROR_USAGE, "a pattern lacks a closing quote");
        /* Of two quotes the first stands for both. */
        if (!add_literal(ret, str_slice(text, from, quote + doubled), err))
            return false;
        from = *at = quote + 1 + doubled;
        if (!doubled)
            return true;
    }
}

static bool is_letter(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

static bool is_number(const TimePatternItem *item)
{
    return item->max > 0 && !(item->letter == 'M' && item->count > 2);
}

/* Years take as many digits as stand there when digits follow; two letters are two digits. */
static void settle_years(TimePattern *pattern)
{
    TimeFields now;
    time_fields_of(clock_now_us(), &now);
    for (uint32_t i = 0; i < pattern->count; i++) {
        TimePatternItem *item = &pattern->items[i];
        bool followed = i + 1 < pattern->count && is_number(item + 1);
        if (item->letter == 'S')
            item->max = item->count;
        if (item->letter != 'y' && item->letter != 'Y' && item->letter != 'x')
            continue;
        if (item->count == 2)
            item->century = (int)now.year - 80;
        if (followed)
            item->max = item->count;
    }
}

static bool add_joda(char letter, uint32_t count, TimePattern *ret, Error *err)
{
    for (size_t i = 0; i < sizeof LETTERS / sizeof *LETTERS; i++)
        if (LETTERS[i].letter == letter)
            return add(ret, (TimePatternItem){letter, count, LETTERS[i].digits, 0, {"", 0}}, err);
    return error_set(err, ERROR_USAGE, "'%c' is no letter of a time's pattern", letter);
}

/* What begins with a quote: a literal up to the next one, or a quote that is doubled. */
static bool read_quote(Str text, size_t *at, TimePattern *ret, Error *err)
{
    size_t from = *at;
    bool doubled = from + 1 < text.len && text.ptr[from + 1] == '\'';
    *at = from + 1 + doubled;
    return doubled ? add_literal(ret, str_slice(text, from, from + 1), err)
                   : read_quoted(text, at, ret, err);
}

/* A letter as often as it stands there. */
static bool read_letters(Str text, size_t *at, TimePattern *ret, Error *err)
{
    size_t from = *at;
    while (*at < text.len && text.ptr[*at] == text.ptr[from])
        ++*at;
    return add_joda(text.ptr[from], (uint32_t)(*at - from), ret, err);
}

static bool read_other(Str text, size_t *at, TimePattern *ret, Error *err)
{
    size_t from = *at;
    while (*at < text.len && !is_letter(text.ptr[*at]) && text.ptr[*at] != '\'')
        ++*at;
    return add_literal(ret, str_slice(text, from, *at), err);
}

static bool read_joda(Str text, TimePattern *ret, Error *err)
{
    for (size_t at = 0; at < text.len;) {
        char c = text.ptr[at];
        if (!(c == '\''      ? read_quote
              : is_letter(c) ? read_letters
                             : read_other)(text, &at, ret, err))
            return false;
    }
    settle_years(ret);
    return true;
}

bool time_pattern_read(TimePatternStyle style, Str text, TimePattern *ret, Error *err)
{
    ret->count = 0;
    if (!text.len)
        return error_set(err, ERROR_USAGE, "the pattern of a time is empty");
    return style == TIME_PATTERN_MYSQL ? read_mysql(text, ret, err) : read_joda(text, ret, err);
}
