#include "case_lineage.h"

#include <stdio.h>

#include "base/json.h"
#include "lineage/lineage_json.h"
#include "lineage/lineage_svg.h"
#include "lineage/lineage_who.h"
#include "setup.h"

enum {
    ANSWER_BYTES_MAX = 256 << 20,
    ARENA_BYTES_MAX = 1 << 30,
    LINE_ARENA_BYTES = 4 << 20,
    DEPTH = 16,
    ITEMS = 20,
    KEY_BYTES_MIN = 16,
    KEY_BYTES_MAX = 128
};

typedef struct Drawing {
    Exporting *exporting;
    LineageReader reader;
    CaseDrawings *drawn;
} Drawing;

/* A key names files: what a log says elsewhere does not. */
static bool is_key(Str text)
{
    for (size_t i = 0; i < text.len; i++) {
        char c = str_lower(text.ptr[i]);
        if (!(c >= 'a' && c <= 'z') && !(c >= '0' && c <= '9'))
            return false;
    }
    return text.len >= KEY_BYTES_MIN && text.len <= KEY_BYTES_MAX;
}

static bool was_drawn(const CaseDrawings *drawn, const char *name)
{
    for (size_t i = 0; i < drawn->count; i++)
        if (str_equal(drawn->names[i], str_of(name)))
            return true;
    return false;
}

static bool put_files(Drawing *drawing, const LineageAnswer *answer, Str key, const char *name,
                      Error *err)
{
    char json[CASE_NAME_BYTES];
    BUF_AUTO Buf picture = buf_init(ANSWER_BYTES_MAX);
    BUF_AUTO Buf tree = buf_init(ANSWER_BYTES_MAX);
    snprintf(json, sizeof json, "lineage/%.*s.json", STR_ARG(key));
    return lineage_svg_write(answer, ITEMS, &picture, err) &&
           lineage_json_write(answer, &tree, err) &&
           export_folder_put(drawing->exporting->out, str_of(name), buf_str(&picture), 0, err) &&
           export_folder_put(drawing->exporting->out, str_of(json), buf_str(&tree), 0, err);
}

static bool draw(Drawing *drawing, Str key, Error *err)
{
    LineageAnswer answer;
    CaseDrawings *drawn = drawing->drawn;
    char *name = drawn->texts[drawn->count];
    const LineageQuestion question = {.text = key, .depth = DEPTH, .max = ITEMS};
    snprintf(name, CASE_NAME_BYTES, "lineage/%.*s.svg", STR_ARG(key));
    if (was_drawn(drawn, name))
        return true;
    arena_reset(drawing->reader.arena);
    if (!lineage_who_ask(&drawing->reader, &question, &answer, err) ||
        !put_files(drawing, &answer, key, name, err))
        return false;
    drawn->names[drawn->count] = str_of(name);
    drawn->count++;
    return true;
}

static bool draw_line(Drawing *drawing, Str line, Arena *arena, Error *err)
{
    arena_reset(arena);
    const Json *row = json_read(line, &JSON_LIMITS_DEFAULT, arena, err);
    Str key = json_text(json_member(row, STR("access_key")), STR(""));
    return row && (!is_key(key) || draw(drawing, key, err));
}

static bool draw_all(Drawing *drawing, Str callers, Error *err)
{
    Arena *arena = arena_new(LINE_ARENA_BYTES, err);
    bool ok = arena != NULL;
    while (ok && callers.len && drawing->drawn->count < CASE_DRAWINGS_MAX &&
           !atomic_load(&drawing->exporting->stopped)) {
        size_t end = str_find_byte(callers, '\n', 0);
        ok = draw_line(drawing, str_slice(callers, 0, end), arena, err);
        callers = str_slice(callers, end + 1, callers.len);
    }
    arena_free(arena);
    return ok;
}

bool case_lineage_draw(Exporting *exporting, Str callers, CaseDrawings *ret, Error *err)
{
    const SessionOptions options = {
        .config = command_config(exporting->line), .since_us = INT64_MIN, .until_us = INT64_MAX};
    Drawing drawing = {.exporting = exporting, .drawn = ret};
    Lake *lake = exporting->folder ? lake_open(exporting->folder, LAKE_READ, err)
                                   : setup_lake(exporting->line, LAKE_READ, err);
    drawing.reader = (LineageReader){.since_us = INT64_MIN, .until_us = INT64_MAX};
    drawing.reader.arena = lake ? arena_new(ARENA_BYTES_MAX, err) : NULL;
    drawing.reader.session = drawing.reader.arena ? session_open(lake, &options, err) : NULL;
    bool ok = drawing.reader.session && draw_all(&drawing, callers, err);
    session_close(drawing.reader.session);
    arena_free(drawing.reader.arena);
    lake_close(lake);
    return ok;
}
