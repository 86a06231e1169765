#include "match_events.h"

#include <stdio.h>
#include <string.h>

#include "base/file.h"
#include "decode/inflate.h"

#define ARENA_BYTES_MAX ((size_t)4 << 30)

enum { FILE_BYTES_MAX = 512 << 20, PART_BYTES = 1 << 16, RATIO_MAX = 1100 };

static const JsonLimits LIMITS = {.depth_max = JSON_DEPTH_MAX, .duplicates_allowed = true};

typedef struct Reading {
    MatchEventsTake take;
    void *context;
    Arena *file, *event; /* of a file that is one document; of an event */
    Error *err;
} Reading;

static bool give(const Reading *reading, Str text, const Json *json)
{
    bool ok = reading->take(reading->context, text, json, reading->event, reading->err);
    arena_reset(reading->event);
    return ok;
}

/* Elements of an array are events; so is what else there is. */
static bool give_all(const Reading *reading, const Json *json)
{
    const Json *records = json_member(json, STR("Records"));
    const Json *array = records && records->type == JSON_ARRAY ? records : json;
    if (array->type != JSON_ARRAY)
        return give(reading, json->raw, json);
    for (const Json *each = array->first; each; each = each->next)
        if (!give(reading, each->raw, each))
            return false;
    return true;
}

static bool give_line(const Reading *reading, Str line)
{
    Error no_json = {0};
    const Json *json = json_read(line, &LIMITS, reading->event, &no_json);
    const Json *records = json_member(json, STR("Records"));
    if (!records || records->type != JSON_ARRAY)
        return give(reading, line, json);
    json = json_read(line, &LIMITS, reading->file, reading->err);
    bool ok = json && give_all(reading, json);
    arena_reset(reading->file);
    return ok;
}

static bool give_lines(const Reading *reading, Str text)
{
    for (size_t at = 0, end; at < text.len; at = end + 1) {
        end = str_find_byte(text, '\n', at);
        Str line = str_slice(text, at, end);
        if (line.len && line.ptr[line.len - 1] == '\r')
            line.len--;
        if (str_trim(line).len && !give_line(reading, line))
            return false;
    }
    return true;
}

static bool give_text(const Reading *reading, Str text)
{
    Error no_json = {0};
    Str trimmed = str_trim(text);
    bool may = trimmed.len && (trimmed.ptr[0] == '{' || trimmed.ptr[0] == '[');
    const Json *json = may ? json_read(trimmed, &LIMITS, reading->file, &no_json) : NULL;
    if (json)
        return give_all(reading, json);
    arena_reset(reading->file);
    return give_lines(reading, text);
}

static bool read_text(Str text, MatchEventsTake take, void *context, Error *err)
{
    Reading reading = {take, context, NULL, NULL, err};
    reading.file = arena_new(ARENA_BYTES_MAX, err);
    reading.event = reading.file ? arena_new(ARENA_BYTES_MAX, err) : NULL;
    bool ok = reading.event && give_text(&reading, text);
    arena_free(reading.file);
    arena_free(reading.event);
    return ok;
}

static bool read_input(Buf *bytes, Error *err)
{
    size_t got;
    do {
        if (!buf_reserve(bytes, PART_BYTES, err))
            return false;
        got = fread(bytes->ptr + bytes->len, 1, PART_BYTES, stdin);
        bytes->len += got;
    } while (got);
    return !ferror(stdin) || error_set(err, ERROR_SYSTEM, "the standard input cannot be read");
}

bool match_events_read(const char *path, MatchEventsTake take, void *context, Error *err)
{
    static const InflateLimits ROOM = {FILE_BYTES_MAX, FILE_BYTES_MAX, RATIO_MAX, FILE_BYTES_MAX};
    BUF_AUTO Buf bytes = buf_init(FILE_BYTES_MAX);
    Str text;
    size_t fresh;
    bool last;
    bool ok = strcmp(path, "-") == 0 ? read_input(&bytes, err) : file_read(path, &bytes, NULL, err);
    Inflate *inflate = ok ? inflate_new(&ROOM, err) : NULL;
    if (!inflate)
        return false;
    inflate_start(inflate, buf_str(&bytes));
    ok = inflate_next(inflate, 0, &text, &fresh, &last, err);
    InflateReport report = inflate_report(inflate);
    if (ok && report.problem)
        ok = error_set(err, ERROR_INPUT, "'%.200s': %s", path, report.problem);
    else if (ok && !last)
        ok = error_set(err, ERROR_LIMIT, "'%.200s' holds more than %d MiB", path,
                       FILE_BYTES_MAX >> 20);
    ok = ok && read_text(text, take, context, err);
    inflate_free(inflate);
    return ok;
}
