#include "hunt/timeline.h"

#include <string.h>

#include "base/cell.h"
#include "base/json.h"
#include "base/timestamp.h"
#include "hunt/listed.h"

enum { LINE_BYTES_MAX = 1 << 20, CELL_BYTES_MAX = 1 << 18 };

typedef Str (*Value)(const HuntMatch *match);

static Str rule_id(const HuntMatch *match)
{
    return match->rule->id.len ? match->rule->id : match->rule->name;
}

static Str rule_title(const HuntMatch *match)
{
    return match->rule->title;
}

static Str level(const HuntMatch *match)
{
    return str_of(rule_level_name(match->rule->level));
}

/* Columns of JSON and CSV behind eventTime, of the rule or of a match; those with a width are shown
 * in tables, too: at least so wide, and *share* of what the terminal has left. */
static const struct {
    const char *name, *head;
    Value value;   /* NULL: the match has it */
    size_t member; /* story_match_text */
    size_t width, share;
    bool tail; /* what is cut off is the beginning */
    bool list; /* of several texts, an array in JSON */
} COLUMNS[] = {
    {"level", "level", level, 0, 13, 0, false, false},
    {"rule_title", "rule", rule_title, 0, 20, 4, false, false},
    {"principal", "principal", NULL, offsetof(HuntMatch, principal), 16, 4, true, false},
    {"sourceIPAddress", "address", NULL, offsetof(HuntMatch, address), 15, 1, false, false},
    {"eventName", "call", NULL, offsetof(HuntMatch, event_name), 14, 2, false, false},
    {"errorCode", NULL, NULL, offsetof(HuntMatch, error_code), 0, 0, false, false},
    {"rule_id", NULL, rule_id, 0, 0, 0, false, false},
    {"eventSource", NULL, NULL, offsetof(HuntMatch, event_source), 0, 0, false, false},
    {"awsRegion", NULL, NULL, offsetof(HuntMatch, region), 0, 0, false, false},
    {"recipientAccountId", NULL, NULL, offsetof(HuntMatch, account), 0, 0, false, false},
    {"eventID", NULL, NULL, offsetof(HuntMatch, event_id), 0, 0, false, false},
    {"object", NULL, NULL, offsetof(HuntMatch, object), 0, 0, false, false},
    {"group", NULL, NULL, offsetof(HuntMatch, group), 0, 0, false, false},
    {"value", NULL, NULL, offsetof(HuntMatch, value), 0, 0, false, false},
    {"threatLists", NULL, NULL, offsetof(HuntMatch, threat_lists), 0, 0, false, true},
};

enum { COLUMN_COUNT = sizeof COLUMNS / sizeof *COLUMNS };

static Str text_of(int column, const HuntMatch *match)
{
    return COLUMNS[column].value ? COLUMNS[column].value(match)
                                 : story_match_text(match, COLUMNS[column].member);
}

static bool flush(Buf *line, FILE *out, Error *err)
{
    bool ok = fwrite(line->ptr, 1, line->len, out) == line->len;
    line->len = 0;
    return ok || error_errno(err, "cannot write the matches");
}

/* What is left of *text* when it must lose its end or, as ARNs, its beginning. */
static Str cut_to(Str text, size_t width, bool tail)
{
    if (!tail)
        return cell_cut(text, width);
    while (cell_width(text) > width) {
        size_t first = cell_cut(text, 2).len;
        text = str_slice(text, first ? first : 1, text.len);
    }
    return text;
}

/* *text* in *width* columns and two spaces. */
static bool put_cell(Buf *line, Str text, size_t width, bool tail, Error *err)
{
    BUF_AUTO Buf seen = buf_init(CELL_BYTES_MAX);
    if (!cell_visible(text, &seen, err))
        return false;
    Str shown = buf_str(&seen);
    bool cut = cell_width(shown) > width;
    if (cut)
        shown = cut_to(shown, width - 1, tail);
    const char *before = cut && tail ? "…" : "", *behind = cut && !tail ? "…" : "";
    bool ok = buf_printf(line, err, "%s%.*s%s", before, STR_ARG(shown), behind);
    for (size_t used = cell_width(shown) + cut; ok && used < width + 2; used++)
        ok = buf_append_byte(line, ' ', err);
    return ok;
}

enum { TIME_WIDTH = 23, GAP = 2 };

typedef struct Widths {
    size_t of[COLUMN_COUNT];
} Widths;

/* Columns as wide as the terminal allows. */
static Widths widths_for(size_t columns)
{
    Widths widths = {{0}};
    size_t used = TIME_WIDTH, shares = 0;
    for (int i = 0; i < COLUMN_COUNT; i++) {
        used += COLUMNS[i].width ? COLUMNS[i].width + GAP : 0;
        shares += COLUMNS[i].share;
    }
    for (int i = 0; i < COLUMN_COUNT; i++)
        widths.of[i] =
            COLUMNS[i].width + (columns > used ? (columns - used) * COLUMNS[i].share / shares : 0);
    return widths;
}

/* A row of *match*; NULL: of the columns' names. */
static bool put_row(Buf *line, const HuntMatch *match, const Widths *widths, Error *err)
{
    char time[TIMESTAMP_TEXT_BYTES] = "time";
    if (match)
        timestamp_format_zone(match->time_us, time);
    bool ok = put_cell(line, str_of(time), TIME_WIDTH, false, err);
    for (int i = 0; ok && i < COLUMN_COUNT; i++)
        if (COLUMNS[i].width)
            ok = put_cell(line, match ? text_of(i, match) : str_of(COLUMNS[i].head), widths->of[i],
                          match && COLUMNS[i].tail, err);
    while (line->len && line->ptr[line->len - 1] == ' ')
        line->len--;
    return ok && buf_append_byte(line, '\n', err);
}

static bool write_table(const Hunt *hunt, const TimelineStyle *style, FILE *out, Error *err)
{
    BUF_AUTO Buf line = buf_init(LINE_BYTES_MAX);
    const Widths widths = widths_for(style->columns);
    size_t count = hunt_count(hunt), shown = count < style->rows_max ? count : style->rows_max;
    bool ok = shown == 0 || (put_row(&line, NULL, &widths, err) && flush(&line, out, err));
    for (size_t i = 0; ok && i < shown; i++)
        ok = put_row(&line, hunt_match(hunt, i), &widths, err) && flush(&line, out, err);
    if (ok && shown < count && !style->bare)
        fprintf(out, "... and %zu more; --format jsonl shows all\n", count - shown);
    return ok;
}

static bool put_list(Buf *line, Str texts, Error *err)
{
    bool ok = buf_append_byte(line, '[', err);
    for (size_t at = 0; ok && at < texts.len;)
        ok = (at == 0 || buf_append_byte(line, ',', err)) &&
             json_append_string(line, story_next_name(texts, &at), err);
    return ok && buf_append_byte(line, ']', err);
}

static bool put_json(Buf *line, const HuntMatch *match, Error *err)
{
    char time[TIMESTAMP_TEXT_BYTES];
    timestamp_format(match->time_us, time);
    bool ok = buf_printf(line, err, "{\"eventTime\":\"%s\"", time);
    for (int i = 0; ok && i < COLUMN_COUNT; i++) {
        Str text = text_of(i, match);
        ok = buf_printf(line, err, ",\"%s\":", COLUMNS[i].name) &&
             (COLUMNS[i].list ? put_list(line, text, err)
              : text.len      ? json_append_string(line, text, err)
                              : buf_printf(line, err, "null"));
    }
    ok = ok && buf_printf(line, err, ",\"tags\":[");
    for (uint32_t i = 0; ok && i < match->rule->tags.count; i++)
        ok = (i == 0 || buf_append_byte(line, ',', err)) &&
             json_append_string(line, match->rule->tags.list[i], err);
    return ok && buf_printf(line, err, "]}");
}

static bool write_json(const Hunt *hunt, bool lines, FILE *out, Error *err)
{
    BUF_AUTO Buf line = buf_init(LINE_BYTES_MAX);
    size_t count = hunt_count(hunt);
    bool ok = lines || buf_printf(&line, err, "[");
    for (size_t i = 0; ok && i < count; i++)
        ok = (lines || i == 0 || buf_append_byte(&line, ',', err)) &&
             (lines || buf_append_byte(&line, '\n', err)) &&
             put_json(&line, hunt_match(hunt, i), err) &&
             (!lines || buf_append_byte(&line, '\n', err)) && flush(&line, out, err);
    return ok && (lines || (buf_printf(&line, err, "\n]\n") && flush(&line, out, err)));
}

static bool write_csv(const Hunt *hunt, FILE *out, Error *err)
{
    BUF_AUTO Buf line = buf_init(LINE_BYTES_MAX);
    bool ok = buf_printf(&line, err, "eventTime");
    for (int i = 0; ok && i < COLUMN_COUNT; i++)
        ok = buf_printf(&line, err, ",%s", COLUMNS[i].name);
    ok = ok && buf_append_byte(&line, '\n', err) && flush(&line, out, err);
    for (size_t row = 0; ok && row < hunt_count(hunt); row++) {
        char time[TIMESTAMP_TEXT_BYTES];
        const HuntMatch *match = hunt_match(hunt, row);
        timestamp_format(match->time_us, time);
        ok = buf_printf(&line, err, "%s", time);
        for (int i = 0; ok && i < COLUMN_COUNT; i++)
            ok = buf_append_byte(&line, ',', err) && cell_csv(text_of(i, match), false, &line, err);
        ok = ok && buf_append_byte(&line, '\n', err) && flush(&line, out, err);
    }
    return ok;
}

bool timeline_write(const Hunt *hunt, const TimelineStyle *style, FILE *out, Error *err)
{
    switch (style->format) {
    case TIMELINE_TABLE:
        return write_table(hunt, style, out, err);
    case TIMELINE_CSV:
        return write_csv(hunt, out, err);
    default:
        return write_json(hunt, style->format == TIMELINE_JSONL, out, err);
    }
}
