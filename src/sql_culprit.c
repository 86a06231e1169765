#include "sql_culprit.h"

#include <stdio.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "base/cell.h"
#include "base/json.h"

enum { LINE_BYTES_MAX = 1 << 20, INDENT = 2, DOTS = 3, WIDTH_MIN = 20 };

/* The visible text's part behind *skip* columns, at most *width* columns wide. */
static Str cut(Str text, size_t skip, size_t width)
{
    size_t from = cell_cut(text, skip).len;
    return cell_cut(str_slice(text, from, text.len), width);
}

static bool repeat(Buf *out, char c, size_t count, Error *err)
{
    bool ok = true;
    for (; ok && count; count--)
        ok = buf_append_byte(out, (unsigned char)c, err);
    return ok;
}

/* Which part of a line is shown. */
typedef struct Window {
    size_t skip, room;
    size_t before, behind; /* columns of the dots that stand for what is left out */
} Window;

static Window place_window(size_t total, size_t from, unsigned width)
{
    Window window = {.room = total};
    if (width && total + INDENT >= width)
        window.room = width > WIDTH_MIN ? width - INDENT - 1 : WIDTH_MIN;
    if (total > window.room && from > window.room / 2)
        window.skip = from - window.room / 2;
    window.before = window.skip ? DOTS : 0;
    window.behind = total - window.skip > window.room ? DOTS : 0;
    return window;
}

/* Draws columns [from, end) of the line marked. */
static bool draw(Str line, size_t from, size_t end, unsigned width, Buf *out, Error *err)
{
    const Window window = place_window(cell_width(line), from, width);
    size_t last = window.skip + window.room - window.behind;
    Str shown = cut(line, window.skip + window.before, window.room - window.before - window.behind);
    end = end > last ? last : end;
    return repeat(out, ' ', INDENT, err) && repeat(out, '.', window.before, err) &&
           buf_append_str(out, shown, err) && repeat(out, '.', window.behind, err) &&
           buf_append_byte(out, '\n', err) && repeat(out, ' ', INDENT + from - window.skip, err) &&
           repeat(out, '^', end > from ? end - from : 1, err) && buf_append_byte(out, '\n', err);
}

static bool is_text(Str text)
{
    size_t at = 0;
    for (unsigned len; at < text.len; at += len)
        if (!(len = json_utf8_length(text.ptr + at, text.ptr + text.len)))
            return false;
    return true;
}

bool sql_culprit_write(Str sql, Place culprit, unsigned width, Buf *out, Error *err)
{
    if (culprit.end < culprit.at || culprit.end > sql.len || culprit.end == 0 || !is_text(sql))
        return true;
    BUF_AUTO Buf visible = buf_init(3 * LINE_BYTES_MAX);
    size_t first = culprit.at, from, end, last = culprit.end;
    while (first && sql.ptr[first - 1] != '\n')
        first--;
    Str line = str_slice(sql, first, str_find_byte(sql, '\n', culprit.at));
    if (last > first + line.len)
        last = first + line.len;
    if (line.len > LINE_BYTES_MAX ||
        !cell_visible(str_slice(sql, first, culprit.at), &visible, err))
        return line.len > LINE_BYTES_MAX;
    from = cell_width(buf_str(&visible));
    if (!cell_visible(str_slice(sql, culprit.at, last), &visible, err))
        return false;
    end = cell_width(buf_str(&visible));
    return cell_visible(str_slice(sql, last, first + line.len), &visible, err) &&
           draw(buf_str(&visible), from, end, width, out, err);
}

void sql_culprit_show(Str sql, Place culprit)
{
    struct winsize size = {0};
    Error err = {0};
    BUF_AUTO Buf text = buf_init(16 * LINE_BYTES_MAX);
    if (!isatty(STDERR_FILENO))
        return;
    unsigned width = ioctl(STDERR_FILENO, TIOCGWINSZ, &size) == 0 ? size.ws_col : 0;
    if (sql_culprit_write(sql, culprit, width, &text, &err))
        fwrite(text.ptr, 1, text.len, stderr);
}
