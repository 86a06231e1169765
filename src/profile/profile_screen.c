#include "profile/profile_screen.h"

#include <inttypes.h>

#include "base/amount.h"
#include "base/arena.h"
#include "base/cell.h"
#include "base/json.h"
#include "base/timestamp.h"
#include "profile/profile_statement.h"

enum { ARENA_BYTES_MAX = 256 << 20, VALUE_COLUMNS = 100, DETAIL_COLUMNS = 24, COUNT_COLUMNS = 10 };

static const struct {
    const char *word, *heading;
} PARTS[PROFILE_PARTS] = {
#define PART(id, word, heading, condition, value, detail) {word, heading},
#include "profile/profile_part_table.h"
#undef PART
};

typedef struct Row {
    Str part, value, detail; /* to be shown: visible and cut */
    int64_t events, denied, failed, of;
    int64_t first_us, last_us;
} Row;

/* A screen under way. */
typedef struct Screen {
    Str entity; /* as rows show it */
    bool wide;
    Row *rows;
    size_t count;
    Arena *arena;
    Buf *out;
    Error *err;
} Screen;

/* ---- rows ---- */

static bool show(const Screen *screen, Str text, size_t columns, Str *ret)
{
    BUF_AUTO Buf visible = buf_init(PROFILE_SCREEN_BYTES);
    if (!cell_visible(text, &visible, screen->err))
        return false;
    Str cut = screen->wide ? buf_str(&visible) : cell_cut(buf_str(&visible), columns);
    const char *copy = arena_text(screen->arena, cut, screen->err);
    *ret = (Str){copy, cut.len};
    return copy != NULL;
}

static bool read_time(const Json *row, Str name, int64_t *ret)
{
    return timestamp_parse(json_text(json_member(row, name), STR("")), ret);
}

/* Findings have no outcome. */
static int64_t count_of(const Json *row, Str name)
{
    int64_t count;
    return json_int(json_member(row, name), &count) ? count : 0;
}

static bool read_row(const Screen *screen, Str line, Row *ret)
{
    const Json *row = json_read(line, &JSON_LIMITS_DEFAULT, screen->arena, screen->err);
    if (!row)
        return error_context(screen->err, "a row of a summary");
    *ret = (Row){.part = json_text(json_member(row, STR("part")), STR("")),
                 .denied = count_of(row, STR("denied")),
                 .failed = count_of(row, STR("failed"))};
    if (!json_int(json_member(row, STR("events")), &ret->events) ||
        !json_int(json_member(row, STR("of")), &ret->of) ||
        !read_time(row, STR("first_seen"), &ret->first_us) ||
        !read_time(row, STR("last_seen"), &ret->last_us))
        return error_set(screen->err, ERROR_SYSTEM, "a row of a summary has no count or time");
    return show(screen, json_text(json_member(row, STR("value")), STR("")), VALUE_COLUMNS,
                &ret->value) &&
           show(screen, json_text(json_member(row, STR("detail")), STR("")), DETAIL_COLUMNS,
                &ret->detail);
}

static bool read_rows(Screen *screen, Str lines)
{
    size_t count = 0;
    for (size_t at = 0; at < lines.len; at = str_find_byte(lines, '\n', at) + 1)
        count++;
    screen->rows = arena_calloc(screen->arena, count + 1, sizeof *screen->rows, screen->err);
    bool ok = screen->rows != NULL;
    for (size_t at = 0; ok && at < lines.len;) {
        size_t end = str_find_byte(lines, '\n', at);
        ok = read_row(screen, str_slice(lines, at, end), &screen->rows[screen->count++]);
        at = end + 1;
    }
    return ok;
}

/* ---- the figures above the lists ---- */

static const Row *find(const Screen *screen, const char *part, const char *value)
{
    for (size_t i = 0; i < screen->count; i++)
        if (str_equal(screen->rows[i].part, str_of(part)) &&
            (!value || str_equal(screen->rows[i].value, str_of(value))))
            return &screen->rows[i];
    return NULL;
}

static int64_t events(const Row *row)
{
    return row ? row->events : 0;
}

static bool put_amount(const Screen *screen, int64_t count, const char *words)
{
    char amount[AMOUNT_TEXT_BYTES];
    amount_count((uint64_t)count, amount);
    return buf_printf(screen->out, screen->err, "%s %s", amount, words);
}

static bool put_hours(const Screen *screen)
{
    int64_t off = events(find(screen, PARTS[PROFILE_PART_HOURS].word, "off"));
    int64_t known = off + events(find(screen, PARTS[PROFILE_PART_HOURS].word, "working"));
    return !known || (buf_printf(screen->out, screen->err, "; ") &&
                      put_amount(screen, off, "off hours of ") &&
                      put_amount(screen, known, "with a calendar") &&
                      buf_printf(screen->out, screen->err, " (%d %%)",
                                 (int)((double)off * 100.0 / (double)known + 0.5)));
}

static bool put_figures(const Screen *screen)
{
    char first[TIMESTAMP_TEXT_BYTES], last[TIMESTAMP_TEXT_BYTES];
    const Row *calls = find(screen, "calls", NULL);
    if (!calls)
        return buf_printf(screen->out, screen->err, "no calls\n");
    timestamp_format_zone(calls->first_us, first);
    timestamp_format_zone(calls->last_us, last);
    return buf_printf(screen->out, screen->err, "first seen %s, last seen %s\n", first, last) &&
           put_amount(screen, calls->events, calls->events == 1 ? "call: " : "calls: ") &&
           put_amount(screen, calls->events - calls->denied - calls->failed, "succeeded, ") &&
           put_amount(screen, calls->denied, "denied, ") &&
           put_amount(screen, calls->failed, "failed otherwise\n") &&
           put_amount(screen, events(find(screen, PARTS[PROFILE_PART_ACCESS].word, "reads")),
                      "reads, ") &&
           put_amount(screen, events(find(screen, PARTS[PROFILE_PART_ACCESS].word, "changes")),
                      "changes") &&
           put_hours(screen) && buf_append_byte(screen->out, '\n', screen->err);
}

/* ---- the lists ---- */

typedef struct Widths {
    size_t value, detail;
} Widths;

static bool pad(const Screen *screen, Str text, size_t width)
{
    size_t has = cell_width(text);
    return buf_printf(screen->out, screen->err, "  %.*s%*s", STR_ARG(text),
                      has < width ? (int)(width - has) : 0, "");
}

static bool put_row(const Screen *screen, const Row *row, const Widths *widths)
{
    char amount[AMOUNT_TEXT_BYTES], denied[AMOUNT_TEXT_BYTES], last[TIMESTAMP_TEXT_BYTES];
    amount_count((uint64_t)row->events, amount);
    amount_count((uint64_t)row->denied, denied);
    timestamp_format_zone(row->last_us, last);
    return buf_printf(screen->out, screen->err, "%*s", COUNT_COLUMNS, amount) &&
           pad(screen, row->value, widths->value) &&
           (!widths->detail || pad(screen, row->detail, widths->detail)) &&
           buf_printf(screen->out, screen->err, "  last %s", last) &&
           (!row->denied || buf_printf(screen->out, screen->err, ", %s denied", denied)) &&
           buf_append_byte(screen->out, '\n', screen->err);
}

static Widths measure(const Row *rows, size_t count)
{
    Widths widths = {0, 0};
    for (size_t i = 0; i < count; i++) {
        size_t value = cell_width(rows[i].value), detail = cell_width(rows[i].detail);
        widths.value = value > widths.value ? value : widths.value;
        widths.detail = detail > widths.detail ? detail : widths.detail;
    }
    return widths;
}

/* The *count* rows of a list, which are not none. */
static bool put_list(const Screen *screen, const char *heading, const Row *rows, size_t count)
{
    const Widths widths = measure(rows, count);
    int64_t more = rows->of - (int64_t)count;
    bool ok = buf_printf(screen->out, screen->err, "\n%s\n", heading);
    for (size_t i = 0; ok && i < count; i++)
        ok = put_row(screen, &rows[i], &widths);
    return ok &&
           (more <= 0 ||
            (buf_printf(screen->out, screen->err, "%*s", COUNT_COLUMNS + 2, "") &&
             buf_printf(screen->out, screen->err, "and ") && put_amount(screen, more, "more\n")));
}

/* What the entity is called says a list of one value once more. */
static bool is_known(const Screen *screen, const Row *row, size_t count)
{
    return count == 1 && row->of == 1 && !row->detail.len && str_equal(row->value, screen->entity);
}

static bool put_lists(const Screen *screen)
{
    bool ok = true;
    for (int part = 0; ok && part < PROFILE_PARTS; part++) {
        const Row *first = find(screen, PARTS[part].word, NULL);
        size_t count = 0;
        if (!first || !*PARTS[part].heading)
            continue;
        while (first + count < screen->rows + screen->count &&
               str_equal(first[count].part, first->part))
            count++;
        ok = is_known(screen, first, count) || put_list(screen, PARTS[part].heading, first, count);
    }
    return ok;
}

bool profile_screen_write(const ProfileEntity *entity, Str lines, bool wide, Buf *out, Error *err)
{
    Screen screen = {
        .wide = wide, .arena = arena_new(ARENA_BYTES_MAX, err), .out = out, .err = err};
    bool ok = screen.arena && show(&screen, entity->value, VALUE_COLUMNS, &screen.entity) &&
              read_rows(&screen, lines);
    if (ok && screen.count)
        ok = buf_printf(out, err, "%.*s ", STR_ARG(profile_entity_word(entity))) &&
             cell_visible(entity->value, out, err) && buf_append_byte(out, '\n', err) &&
             put_figures(&screen) && put_lists(&screen);
    arena_free(screen.arena);
    return ok;
}
