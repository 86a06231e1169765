#include "query/explain.h"

#include <inttypes.h>

enum { LINE_BYTES_MAX = 16 << 20 };

static double mebibytes(uint64_t bytes)
{
    return (double)bytes / (1 << 20);
}

bool explain_scan(const Scan *scan, Buf *out, Error *err)
{
    const ScanCount *all = &scan->all, *chosen = &scan->chosen;
    BUF_AUTO Buf terms = buf_init(LINE_BYTES_MAX);
    if (!prune_write(&scan->prune, &terms, err))
        return false;
    return buf_printf(out, err,
                      "%.*s: %u of %u days, %" PRIu64 " of %" PRIu64
                      " files, %.1f of %.1f MiB, %" PRIu64 " of %" PRIu64 " rows%s",
                      STR_ARG(scan->table->name), chosen->days, all->days, chosen->files,
                      all->files, mebibytes(chosen->bytes), mebibytes(all->bytes), chosen->rows,
                      all->rows, terms.len ? "; chosen by " : "") &&
           buf_append_str(out, buf_str(&terms), err);
}

static bool put_line(Buf *out, Str line, bool *first, Error *err)
{
    bool comma = !*first;
    *first = false;
    return buf_printf(out, err, "%s(", comma ? ", " : "") && engine_quote(out, line, err) &&
           buf_append_byte(out, ')', err);
}

static bool put_lines(Buf *out, Str text, bool *first, Error *err)
{
    for (size_t at = 0; at < text.len;) {
        size_t end = str_find_byte(text, '\n', at);
        if (!put_line(out, str_slice(text, at, end), first, err))
            return false;
        at = end + 1;
    }
    return true;
}

static bool put_plan(Buf *out, EngineResult *plan, bool *first, Error *err)
{
    BUF_AUTO Buf text = buf_init(LINE_BYTES_MAX);
    bool row = true;
    while (engine_next(plan, &row, err) && row) {
        text.len = 0;
        if (!engine_value(plan, engine_columns(plan) - 1, ENGINE_TEXT, &text, err) ||
            !put_lines(out, buf_str(&text), first, err))
            return false;
    }
    return !row;
}

bool explain_write(const Scan *scans, uint32_t count, EngineResult *plan, Buf *out, Error *err)
{
    bool first = true;
    bool ok = buf_printf(out, err, "SELECT line AS \"Query Plan\" FROM (VALUES ");
    for (uint32_t i = 0; ok && i < count; i++) {
        BUF_AUTO Buf line = buf_init(LINE_BYTES_MAX);
        ok = explain_scan(&scans[i], &line, err) && put_line(out, buf_str(&line), &first, err);
    }
    return ok && put_plan(out, plan, &first, err) && buf_printf(out, err, ") AS t(line)");
}
