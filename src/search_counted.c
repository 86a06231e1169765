#include "search_counted.h"

#include <inttypes.h>

#include "base/amount.h"
#include "base/cell.h"
#include "base/json.h"
#include "base/timestamp.h"

enum { BARS_MAX = 120, ARENA_BYTES_MAX = 1 << 20, VALUE_COLUMNS = 70, CELL_BYTES_MAX = 4 << 20 };

static const int64_t SECOND_US = 1000 * 1000;

/* The bars under way, and the field that is listed. */
typedef struct Counted {
    const SearchSpan *span;
    int64_t first; /* bucket */
    size_t count;
    uint64_t bars[BARS_MAX], total;
    bool drawn;
    Buf field; /* the one listed last */
    FILE *out;
    Error *err;
} Counted;

/* Whole buckets since 1970, rounded down. */
static int64_t bucket_of(int64_t time_us, int64_t step_s)
{
    int64_t step_us = step_s * SECOND_US;
    return time_us / step_us - (time_us % step_us < 0);
}

static void begin(Counted *counted)
{
    const SearchSpan *span = counted->span;
    int64_t last = bucket_of(span->until_us - 1, span->step_s);
    counted->first = bucket_of(span->since_us, span->step_s);
    if (last - counted->first >= BARS_MAX)
        counted->first = last - BARS_MAX + 1;
    counted->count = (size_t)(last - counted->first + 1);
}

static void describe_step(int64_t step_s, char *text, size_t size)
{
    static const struct {
        int64_t seconds;
        const char *word;
    } UNITS[] = {{86400, "day"}, {3600, "hour"}, {60, "minute"}};
    for (size_t i = 0; i < sizeof UNITS / sizeof *UNITS; i++) {
        int64_t count = step_s / UNITS[i].seconds;
        if (!count)
            continue;
        snprintf(text, size, "%" PRId64 " %s%s", count, UNITS[i].word, count == 1 ? "" : "s");
        return;
    }
}

static void draw(Counted *counted)
{
    static const char *const BARS[] = {" ",      "\u2581", "\u2582", "\u2583", "\u2584",
                                       "\u2585", "\u2586", "\u2587", "\u2588"};
    char total[AMOUNT_TEXT_BYTES], most[AMOUNT_TEXT_BYTES], step[32] = "";
    char from[TIMESTAMP_TEXT_BYTES], until[TIMESTAMP_TEXT_BYTES];
    uint64_t highest = 0;
    if (counted->drawn || !counted->span->step_s)
        return;
    counted->drawn = true;
    for (size_t i = 0; i < counted->count; i++)
        highest = counted->bars[i] > highest ? counted->bars[i] : highest;
    amount_count(counted->total, total);
    amount_count(highest, most);
    describe_step(counted->span->step_s, step, sizeof step);
    timestamp_format_zone(counted->first * counted->span->step_s * SECOND_US, from);
    timestamp_format_zone(counted->span->until_us, until);
    for (size_t i = 0; highest && i < counted->count; i++)
        fputs(BARS[(counted->bars[i] * 8 + highest - 1) / highest], counted->out);
    fprintf(counted->out, "%s%s events from %s to %s", highest ? "\n" : "", total, from, until);
    if (highest)
        fprintf(counted->out, "; a bar is %s, the highest %s", step, most);
    fputs("\n\n", counted->out);
}

static bool take_time(Counted *counted, Str value, uint64_t events)
{
    int64_t time_us;
    if (!counted->span->step_s || !timestamp_parse(value, &time_us))
        return error_set(counted->err, ERROR_SYSTEM, "a bucket of time is none");
    int64_t at = bucket_of(time_us, counted->span->step_s) - counted->first;
    counted->total += events;
    if (at >= 0 && at < (int64_t)counted->count)
        counted->bars[at] += events;
    return true;
}

static bool take_value(Counted *counted, Str field, Str value, uint64_t events)
{
    char amount[AMOUNT_TEXT_BYTES];
    BUF_AUTO Buf text = buf_init(CELL_BYTES_MAX);
    draw(counted);
    if (!str_equal(buf_str(&counted->field), field)) {
        fprintf(counted->out, "%s%.*s\n", counted->field.len ? "\n" : "", STR_ARG(field));
        counted->field.len = 0;
        if (!buf_append_str(&counted->field, field, counted->err))
            return false;
    }
    if (!cell_visible(value, &text, counted->err))
        return false;
    amount_count(events, amount);
    fprintf(counted->out, "%10s  %.*s\n", amount, STR_ARG(cell_cut(buf_str(&text), VALUE_COLUMNS)));
    return true;
}

static bool take_line(Counted *counted, Str line, Arena *arena)
{
    int64_t events;
    const Json *row = json_read(line, &JSON_LIMITS_DEFAULT, arena, counted->err);
    if (!row)
        return error_context(counted->err, "counts of a search");
    Str field = json_text(json_member(row, STR("field")), STR(""));
    Str value = json_text(json_member(row, STR("value")), STR(""));
    if (!json_int(json_member(row, STR("events")), &events))
        return error_set(counted->err, ERROR_SYSTEM, "a count of a search is none");
    bool time = counted->span->step_s && !counted->drawn && str_equal(field, STR("time"));
    return time ? take_time(counted, value, (uint64_t)events)
                : take_value(counted, field, value, (uint64_t)events);
}

bool search_counted_print(Str lines, const SearchSpan *span, FILE *out, Error *err)
{
    Counted counted = {.span = span, .field = buf_init(CELL_BYTES_MAX), .out = out, .err = err};
    Arena *arena = arena_new(ARENA_BYTES_MAX, err);
    bool ok = arena != NULL;
    if (span->step_s)
        begin(&counted);
    for (size_t from = 0; ok && from < lines.len;) {
        size_t end = str_find_byte(lines, '\n', from);
        arena_reset(arena);
        ok = take_line(&counted, str_slice(lines, from, end), arena);
        from = end + 1;
    }
    if (ok)
        draw(&counted);
    if (ok && counted.field.len)
        fputc('\n', out);
    buf_free(&counted.field);
    arena_free(arena);
    return ok;
}
