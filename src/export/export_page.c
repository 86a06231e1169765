#include "export/export_page.h"

#include "base/cell.h"
#include "base/json.h"

enum { TEXT_BYTES_MAX = 4 << 20, CELL_BYTES_MAX = 1000, ARENA_BYTES_MAX = 64 << 20 };

static const char STYLE[] =
    "<style>\n"
    "body{font:14px/1.45 'Amazon Ember','Helvetica Neue',Roboto,'Noto Sans KR',Arial,sans-serif;"
    "color:#16191f;margin:2rem auto;max-width:80rem;padding:0 1rem}\n"
    "h1{font-size:1.7rem;margin:0 0 .5rem}h2{font-size:1.15rem;margin:2rem 0 .3rem}\n"
    "table{border-collapse:collapse;width:100%;font-size:13px}\n"
    "th,td{text-align:left;vertical-align:top;padding:.25rem .5rem;border-bottom:1px solid #eaeded;"
    "overflow-wrap:anywhere}th{background:#f2f3f3}\n"
    "td.n{text-align:right;font-variant-numeric:tabular-nums;white-space:nowrap}\n"
    "code{background:#f2f3f3;padding:.1rem .3rem}img{max-width:100%;border:1px solid #eaeded}\n"
    "</style>\n";

static bool put(Buf *out, const char *text, Error *err)
{
    return buf_append_str(out, str_of(text), err);
}

/* Text of a log or of a person. */
static bool put_text(Buf *out, Str text, Error *err)
{
    BUF_AUTO Buf seen = buf_init(TEXT_BYTES_MAX);
    return cell_visible(text, &seen, err) && cell_html(buf_str(&seen), out, err);
}

static bool put_cell(Buf *out, const Json *value, Error *err)
{
    bool number = value->type == JSON_NUMBER;
    Str text = value->type == JSON_NULL ? STR("") : json_text(value, value->raw);
    Str cut = str_slice(text, 0, str_utf8_prefix(text, CELL_BYTES_MAX));
    return put(out, number ? "<td class=\"n\">" : "<td>", err) && put_text(out, cut, err) &&
           (cut.len == text.len || put(out, "...", err)) && put(out, "</td>", err);
}

static bool put_head(Buf *out, const Json *row, Error *err)
{
    bool ok = put(out, "<table>\n<tr>", err);
    for (const Json *cell = row->first; ok && cell; cell = cell->next)
        ok = put(out, "<th>", err) && put_text(out, cell->name, err) && put(out, "</th>", err);
    return ok && put(out, "</tr>\n", err);
}

static bool put_row(Buf *out, Str line, bool first, Arena *arena, Error *err)
{
    arena_reset(arena);
    const Json *row = json_read(line, &JSON_LIMITS_DEFAULT, arena, err);
    if (!row || row->type != JSON_OBJECT)
        return row && error_set(err, ERROR_INPUT, "a row of a table is no object");
    bool ok = (!first || put_head(out, row, err)) && put(out, "<tr>", err);
    for (const Json *cell = row->first; ok && cell; cell = cell->next)
        ok = put_cell(out, cell, err);
    return ok && put(out, "</tr>\n", err);
}

static bool put_rows(Buf *out, const ExportTable *table, Arena *arena, Error *err)
{
    Str left = table->lines;
    size_t rows = 0;
    bool ok = true;
    for (; ok && left.len; rows++) {
        size_t end = str_find_byte(left, '\n', 0);
        if (rows < EXPORT_PAGE_ROWS_MAX)
            ok = put_row(out, str_slice(left, 0, end), rows == 0, arena, err);
        left = str_slice(left, end + 1, left.len);
    }
    if (!rows)
        return ok && put(out, "<p>None.</p>\n", err);
    return ok && put(out, "</table>\n", err) &&
           (rows <= EXPORT_PAGE_ROWS_MAX ||
            buf_printf(out, err, "<p>and %zu more</p>\n", rows - EXPORT_PAGE_ROWS_MAX));
}

static bool put_table(Buf *out, const ExportTable *table, Arena *arena, Error *err)
{
    bool ok = buf_printf(out, err, "<h2>%s</h2>\n<p>", table->title) &&
              (!table->note || put(out, table->note, err));
    if (ok && table->file)
        ok = buf_printf(out, err, " All of it: <a href=\"%s\">%s</a>.", table->file, table->file);
    return ok && put(out, "</p>\n", err) && put_rows(out, table, arena, err);
}

static bool put_drawings(Buf *out, const ExportPage *page, Error *err)
{
    bool ok = !page->drawing_count ||
              put(out,
                  "<h2>Who it was</h2>\n<p>For each access key, the way of its credentials back "
                  "to who began it, and what was done with it.</p>\n",
                  err);
    for (size_t i = 0; ok && i < page->drawing_count; i++)
        ok = put(out, "<p><a href=\"", err) && cell_html(page->drawings[i], out, err) &&
             put(out, "\"><img alt=\"", err) && cell_html(page->drawings[i], out, err) &&
             put(out, "\" src=\"", err) && cell_html(page->drawings[i], out, err) &&
             put(out, "\"></a></p>\n", err);
    return ok;
}

/* What was chosen, and when. */
static bool put_chosen(Buf *out, const ExportPage *page, Error *err)
{
    return put(out, "<p>Events for which <code>", err) &&
           put_text(out, page->condition.len ? page->condition : STR("true"), err) &&
           put(out, page->period.len ? "</code> holds, " : "</code> holds", err) &&
           put_text(out, page->period, err) && put(out, ". Made ", err) &&
           put_text(out, page->made, err) &&
           put(out,
               " by spoor " SPOOR_VERSION ". The events themselves: <a "
               "href=\"events-00001.jsonl\">as records</a>, <a href=\"events.csv\">as a table</a>; "
               "hashes of all files: <a href=\"manifest.json\">manifest.json</a>.</p>\n",
               err);
}

static bool put_about(Buf *out, const ExportPage *page, Error *err)
{
    return put(out,
               "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
               "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; "
               "img-src 'self'; style-src 'unsafe-inline'\">\n<title>",
               err) &&
           put_text(out, page->name, err) && put(out, "</title>\n", err) && put(out, STYLE, err) &&
           put(out, "</head>\n<body>\n<h1>", err) && put_text(out, page->name, err) &&
           put(out, "</h1>\n", err) && put_chosen(out, page, err);
}

bool export_page_write(const ExportPage *page, Buf *out, Error *err)
{
    Arena *arena = arena_new(ARENA_BYTES_MAX, err);
    bool ok = arena && put_about(out, page, err);
    for (size_t i = 0; ok && i < page->table_count; i++)
        ok = put_table(out, &page->tables[i], arena, err) &&
             (i || put_drawings(out, page, err)); /* behind the first, which says how much it is */
    arena_free(arena);
    return ok && put(out, "</body>\n</html>\n", err);
}
