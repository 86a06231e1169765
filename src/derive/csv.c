#include "derive/csv.h"

#include <string.h>

Csv csv_start(Str text, const char *comments)
{
    static const Str MARK = {"\xef\xbb\xbf", 3};
    return (Csv){str_starts(text, MARK) ? str_slice(text, MARK.len, text.len) : text, 1, comments};
}

static bool is_blank(char c)
{
    return c == ' ' || c == '\t' || c == '\r';
}

static size_t skip_blanks(Str text, size_t at)
{
    while (at < text.len && is_blank(text.ptr[at]))
        at++;
    return at;
}

/* Whether the line that begins *text* is empty or a comment. */
static bool is_passed_over(Str text, const char *comments)
{
    size_t at = skip_blanks(text, 0);
    if (at == text.len || text.ptr[at] == '\n')
        return true;
    return text.ptr[at] && strchr(comments, text.ptr[at]) != NULL;
}

/* Index behind the quote that closes the one before *from*, or 0. */
static size_t close_quote(Str text, size_t from)
{
    size_t end = text.len - from > CSV_FIELD_BYTES_MAX ? from + CSV_FIELD_BYTES_MAX : text.len;
    for (size_t at = from; at < end; at++) {
        if (text.ptr[at] != '"')
            continue;
        if (at + 1 == text.len || text.ptr[at + 1] != '"')
            return at + 1;
        at++;
    }
    return 0;
}

static void put_field(CsvRow *row, Str field, bool quoted)
{
    if (row->count == CSV_FIELDS_MAX)
        return;
    if (quoted)
        row->quoted |= UINT64_C(1) << row->count;
    row->fields[row->count++] = field;
}

/* Reads the field at *at*; gives where its separator, its line end or the text's end stands. */
static size_t read_field(Str text, size_t at, CsvRow *row)
{
    at = skip_blanks(text, at);
    size_t end = at;
    if (at < text.len && text.ptr[at] == '"') {
        end = close_quote(text, at + 1);
        row->broken = !end;
        if (row->broken)
            return at;
        put_field(row, str_slice(text, at + 1, end - 1), true);
        end = skip_blanks(text, end);
        row->broken = end < text.len && text.ptr[end] != ',' && text.ptr[end] != '\n';
        return end;
    }
    while (end < text.len && text.ptr[end] != ',' && text.ptr[end] != '\n')
        end++;
    put_field(row, str_trim(str_slice(text, at, end)), false);
    return end;
}

static size_t count_lines(Str text)
{
    size_t count = 0;
    for (size_t at = 0; (at = str_find_byte(text, '\n', at)) < text.len; at++)
        count++;
    return count;
}

bool csv_next(Csv *csv, CsvRow *ret)
{
    while (csv->rest.len && is_passed_over(csv->rest, csv->comments)) {
        size_t end = str_find_byte(csv->rest, '\n', 0);
        csv->line += end < csv->rest.len;
        csv->rest = str_slice(csv->rest, end + 1, csv->rest.len);
    }
    if (!csv->rest.len)
        return false;
    *ret = (CsvRow){.line = csv->line};
    size_t end = read_field(csv->rest, 0, ret);
    while (!ret->broken && end < csv->rest.len && csv->rest.ptr[end] == ',')
        end = read_field(csv->rest, end + 1, ret);
    if (ret->broken)
        end = str_find_byte(csv->rest, '\n', 0);
    ret->text = str_slice(csv->rest, 0, end);
    csv->line += count_lines(ret->text) + (end < csv->rest.len);
    csv->rest = str_slice(csv->rest, end + 1, csv->rest.len);
    return true;
}

bool csv_copy(const CsvRow *row, unsigned index, Arena *arena, Str *ret, Error *err)
{
    Str field = index < row->count ? row->fields[index] : STR("");
    bool quoted = index < row->count && row->quoted >> index & 1;
    char *copy = arena_text(arena, field, err);
    size_t len = 0;
    if (!copy)
        return false;
    for (size_t i = 0; i < field.len; i++) {
        copy[len++] = field.ptr[i];
        if (quoted && field.ptr[i] == '"')
            i++;
    }
    copy[len] = '\0';
    *ret = str_trim((Str){copy, len});
    return true;
}
