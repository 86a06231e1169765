#include "query/day_filter.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "lake/day_column.h"

enum { SQL_BYTES_MAX = 64 << 20, PREFIX_BYTES = 16 };

/* A walk over an expression, past what is quoted. */
typedef struct Walk {
    Str text;
    size_t at;
    int depth; /* of parentheses */
} Walk;

static bool is_word_byte(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
}

/* Steps to the next byte outside quotes; the text of a quoted constant counts as one step. */
static bool step(Walk *walk)
{
    if (walk->at >= walk->text.len)
        return false;
    char c = walk->text.ptr[walk->at];
    walk->depth += c == '(' ? 1 : c == ')' ? -1 : 0;
    if (c == '\'')
        walk->at = str_find_byte(walk->text, '\'', walk->at + 1);
    walk->at++;
    return walk->at <= walk->text.len && walk->depth >= 0;
}

static Str take_word(Walk *walk)
{
    size_t from = walk->at;
    while (walk->at < walk->text.len && is_word_byte(walk->text.ptr[walk->at]))
        walk->at++;
    return str_slice(walk->text, from, walk->at);
}

/* "s1_year" and "year" are year's; NULL for other words. */
static const DayColumn *column_of(Str word, Str prefix)
{
    return day_column_find(str_starts(word, prefix) ? str_slice(word, prefix.len, word.len) : word);
}

/* A word that may stand in a condition: no column of another name, and nothing that opens a query.
 */
static bool is_harmless(Str word)
{
    static const char *const OTHERS[] = {"select", "from", "filename", "subquery", "lambda"};
    for (size_t i = 0; i < sizeof OTHERS / sizeof *OTHERS; i++)
        if (str_equal_nocase(word, str_of(OTHERS[i])))
            return false;
    size_t digits = 1;
    while (digits < word.len && word.ptr[digits] >= '0' && word.ptr[digits] <= '9')
        digits++;
    return word.ptr[0] != 's' || digits == 1 || digits == word.len || word.ptr[digits] != '_';
}

/* Whether a condition reads columns of a day, and nothing else. */
static bool is_of_days(Str text, Str prefix)
{
    Walk walk = {.text = text};
    bool reads = false;
    while (walk.at < text.len) {
        char c = text.ptr[walk.at];
        if (is_word_byte(c)) {
            Str word = take_word(&walk);
            bool call = walk.at < text.len && text.ptr[walk.at] == '(';
            bool column = !call && column_of(word, prefix);
            if (!column && !is_harmless(word))
                return false;
            reads |= column;
        } else if (memchr("\";#$@[{\\", c, 8) || !step(&walk)) {
            return false;
        }
    }
    return reads && walk.depth == 0;
}

/* Where a word stands outside quotes and parentheses; the end when it does not. */
static size_t find_word(Str text, Str word, size_t from)
{
    Walk walk = {.text = text, .at = from};
    do {
        if (walk.depth == 0 && str_starts(str_slice(text, walk.at, text.len), word))
            return walk.at;
    } while (step(&walk));
    return text.len;
}

/* The expression without a pair of parentheses around all of it. */
static Str open_parentheses(Str text)
{
    while (text.len > 2 && text.ptr[0] == '(') {
        Walk walk = {.text = text};
        while (step(&walk) && walk.depth > 0)
            continue;
        if (walk.at != text.len || walk.depth != 0)
            break;
        text = str_slice(text, 1, text.len - 1);
    }
    return text;
}

static bool add(Str condition, Str prefix, Buf *conditions, Error *err)
{
    if (!is_of_days(condition, prefix))
        return true;
    return buf_printf(conditions, err, "%s(", conditions->len ? " AND " : "") &&
           buf_append_str(conditions, condition, err) && buf_append_byte(conditions, ')', err);
}

bool day_filter_add(Str expression, uint32_t scan, bool parts, Buf *conditions, Error *err)
{
    char bytes[PREFIX_BYTES];
    snprintf(bytes, sizeof bytes, "s%" PRIu32 "_", scan);
    Str prefix = str_of(bytes), text = open_parentheses(expression), word = STR(" AND ");
    bool whole = !parts || find_word(text, STR(" OR "), 0) < text.len ||
                 find_word(text, STR(" BETWEEN "), 0) < text.len ||
                 find_word(text, STR("CASE"), 0) < text.len;
    if (whole)
        return add(text, prefix, conditions, err);
    for (size_t at = 0; at < text.len;) {
        size_t end = find_word(text, word, at);
        if (!add(str_slice(text, at, end), prefix, conditions, err))
            return false;
        at = end + word.len;
    }
    return true;
}

/* "SELECT day, condition FROM the days with their columns, under both names" */
static bool put_question(Buf *sql, Str conditions, uint32_t scan, const DayFilterDays *days,
                         Error *err)
{
    bool ok = buf_printf(sql, err, "SELECT coalesce(") && buf_append_str(sql, conditions, err) &&
              buf_printf(sql, err, ", false) AS wanted FROM (SELECT number");
    for (int i = 0; ok && i < DAY_COLUMN_COUNT; i++)
        ok = buf_printf(sql, err,
                        ", strftime(DATE '1970-01-01' + since, '%s') AS \"%.*s\", \"%.*s\" AS "
                        "\"s%" PRIu32 "_%.*s\"",
                        DAY_COLUMNS[i].format, STR_ARG(DAY_COLUMNS[i].name),
                        STR_ARG(DAY_COLUMNS[i].name), scan, STR_ARG(DAY_COLUMNS[i].name));
    ok = ok && buf_printf(sql, err, " FROM (VALUES ");
    for (size_t i = 0; ok && i < days->count; i++)
        ok = buf_printf(sql, err, "%s(%zu, %" PRId32 ")", i ? ", " : "", i, days->days[i]);
    return ok && buf_printf(sql, err, ") AS d(number, since)) ORDER BY number") &&
           buf_text(sql, err);
}

static bool read_answers(EngineResult *result, const DayFilterDays *days, Error *err)
{
    BUF_AUTO Buf text = buf_init(64);
    bool row = true;
    for (size_t i = 0; i < days->count; i++) {
        text.len = 0;
        if (!engine_next(result, &row, err) || !row ||
            !engine_value(result, 0, ENGINE_TEXT, &text, err))
            return false;
        days->wanted[i] = !str_equal(buf_str(&text), STR("false"));
    }
    return true;
}

static void want_all(const DayFilterDays *days)
{
    for (size_t i = 0; i < days->count; i++)
        days->wanted[i] = true;
}

bool day_filter_run(Engine *engine, Str conditions, uint32_t scan, const DayFilterDays *days,
                    Error *err)
{
    BUF_AUTO Buf sql = buf_init(SQL_BYTES_MAX);
    want_all(days);
    if (!conditions.len || !days->count)
        return true;
    if (!put_question(&sql, conditions, scan, days, err))
        return false;
    EngineResult *result = engine_query(engine, sql.ptr, err);
    bool ok = result && read_answers(result, days, err);
    engine_result_free(result);
    if (ok || err->kind == ERROR_LIMIT)
        return ok;
    want_all(days);
    error_clear(err);
    return true;
}

bool day_filter_write(Str conditions, Buf *out, Error *err)
{
    Walk walk = {.text = conditions};
    bool ok = true;
    while (ok && walk.at < conditions.len) {
        size_t from = walk.at;
        if (!is_word_byte(conditions.ptr[from])) {
            if (!step(&walk))
                break;
            ok = buf_append_str(out, str_slice(conditions, from, walk.at), err);
            continue;
        }
        Str word = take_word(&walk);
        size_t name = str_find_byte(word, '_', 0) + 1;
        bool column = name < word.len && day_column_find(str_slice(word, name, word.len));
        ok = buf_append_str(out, column ? str_slice(word, name, word.len) : word, err);
    }
    return ok;
}
