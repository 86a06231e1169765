#include "query/output_cell.h"

#include "base/timestamp.h"

/* True for a column of moments in UTC. */
static bool is_moment(const OutputStyle *style, size_t column)
{
    if (!style->types || column >= style->types->count)
        return false;
    const Type *type = style->types->columns[column].type;
    return type->kind == TYPE_TIMESTAMP && type->zone.len;
}

static bool put_moment(int64_t moment_us, const OutputStyle *style, EngineForm form, Buf *out,
                       Error *err)
{
    char text[TIMESTAMP_TEXT_BYTES];
    bool people = style->format == OUTPUT_TABLE || style->format == OUTPUT_MARKDOWN;
    if (people)
        timestamp_format_zone(moment_us, text);
    else
        timestamp_format(moment_us, text);
    Str quote = form == ENGINE_JSON ? STR("\"") : STR("");
    return buf_append_str(out, quote, err) && buf_append_str(out, str_of(text), err) &&
           buf_append_str(out, quote, err);
}

bool output_cell(const EngineResult *result, size_t column, const OutputStyle *style,
                 EngineForm form, Buf *out, Error *err)
{
    int64_t moment_us;
    if (is_moment(style, column) && engine_moment(result, column, &moment_us))
        return put_moment(moment_us, style, form, out, err);
    return engine_value(result, column, form, out, err);
}
