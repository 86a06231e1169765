/* CAST and TRY_CAST: where the engine's own mean the same they are used, else what Trino means. */
#include "query/print_state.h"

/* One way from a kind of type to another. `how` is a template: $ is the value as it is, @ the value
 * as the wall clock of its zone shows it, # the new type's name for the engine. */
typedef struct Way {
    TypeKind from, to;
    const char *how;
} Way;

static const Way WAYS[] = {
    {TYPE_DOUBLE, TYPE_VARCHAR, "athena_double_text($)"},
    {TYPE_REAL, TYPE_VARCHAR, "athena_double_text($)"},
    {TYPE_TIMESTAMP, TYPE_VARCHAR, "strftime($, '%Y-%m-%d %H:%M:%S.%g')"},
    {TYPE_TIME, TYPE_VARCHAR, "strftime(DATE '1970-01-01' + $, '%H:%M:%S.%g')"},
    {TYPE_INTERVAL_DAY, TYPE_VARCHAR, "athena_interval_day_text($)"},
    {TYPE_INTERVAL_YEAR, TYPE_VARCHAR, "athena_interval_year_text($)"},
    {TYPE_JSON, TYPE_VARCHAR, "athena_json_text($, 'varchar')"},
    {TYPE_IPADDRESS, TYPE_VARCHAR, "athena_ip_text($)"},
    {TYPE_IPPREFIX, TYPE_VARCHAR, "athena_prefix_text($)"},
    {TYPE_VARCHAR, TYPE_TINYINT, "CAST(athena_integer_text($) AS #)"},
    {TYPE_VARCHAR, TYPE_SMALLINT, "CAST(athena_integer_text($) AS #)"},
    {TYPE_VARCHAR, TYPE_INTEGER, "CAST(athena_integer_text($) AS #)"},
    {TYPE_VARCHAR, TYPE_BIGINT, "CAST(athena_integer_text($) AS #)"},
    {TYPE_VARCHAR, TYPE_TIMESTAMP_TZ, "timezone('UTC', CAST(athena_offset($) AS TIMESTAMPTZ))"},
    {TYPE_VARCHAR, TYPE_JSON, "to_json($)"},
    {TYPE_VARCHAR, TYPE_VARBINARY, "encode($)"},
    {TYPE_VARCHAR, TYPE_IPADDRESS, "athena_ip($)"},
    {TYPE_VARCHAR, TYPE_IPPREFIX, "athena_prefix($)"},
    {TYPE_DOUBLE, TYPE_INTEGER, "CAST(round($) AS #)"},
    {TYPE_DOUBLE, TYPE_BIGINT, "CAST(round($) AS #)"},
    {TYPE_DOUBLE, TYPE_SMALLINT, "CAST(round($) AS #)"},
    {TYPE_DOUBLE, TYPE_TINYINT, "CAST(round($) AS #)"},
    {TYPE_REAL, TYPE_INTEGER, "CAST(round($) AS #)"},
    {TYPE_REAL, TYPE_BIGINT, "CAST(round($) AS #)"},
    {TYPE_TIMESTAMP_TZ, TYPE_DATE, "CAST(@ AS DATE)"},
    {TYPE_TIMESTAMP_TZ, TYPE_TIME, "CAST(@ AS TIME)"},
    {TYPE_TIMESTAMP_TZ, TYPE_TIMESTAMP, "@"},
    {TYPE_TIMESTAMP, TYPE_TIMESTAMP_TZ, "$"},
    {TYPE_DATE, TYPE_TIMESTAMP_TZ, "CAST($ AS TIMESTAMP)"},
    {TYPE_JSON, TYPE_BOOLEAN, "athena_json_boolean($)"},
    {TYPE_JSON, TYPE_TINYINT, "CAST(athena_json_number($, '#') AS #)"},
    {TYPE_JSON, TYPE_SMALLINT, "CAST(athena_json_number($, '#') AS #)"},
    {TYPE_JSON, TYPE_INTEGER, "CAST(athena_json_number($, '#') AS #)"},
    {TYPE_JSON, TYPE_BIGINT, "CAST(athena_json_number($, '#') AS #)"},
    {TYPE_JSON, TYPE_REAL, "CAST(athena_json_number($, '#') AS #)"},
    {TYPE_JSON, TYPE_DOUBLE, "CAST(athena_json_number($, '#') AS #)"},
    {TYPE_JSON, TYPE_DECIMAL, "CAST(athena_json_number($, '#') AS #)"},
    {TYPE_JSON, TYPE_ARRAY, "CAST($ AS #)"},
    {TYPE_JSON, TYPE_MAP, "CAST($ AS #)"},
    {TYPE_JSON, TYPE_ROW, "CAST($ AS #)"},
    {TYPE_IPADDRESS, TYPE_IPPREFIX, "athena_prefix(athena_ip_text($))"},
    {TYPE_VARBINARY, TYPE_IPADDRESS, "athena_ip_bytes($)"},
    {TYPE_IPADDRESS, TYPE_VARBINARY, "$"},
};

/* Pairs that no CAST of Trino's joins, though the engine would. */
static bool is_refused(const Type *from, const Type *to)
{
    bool nested = from->count > 0;
    return (nested && to->kind != from->kind && to->kind != TYPE_JSON) ||
           (from->kind == TYPE_VARBINARY && to->kind == TYPE_VARCHAR) ||
           (type_is_time(from) && (type_is_number(to) || to->kind == TYPE_BOOLEAN)) ||
           (type_is_number(from) && type_is_time(to)) ||
           (from->kind == TYPE_VARCHAR && to->count > 0);
}

static const char *way_of(const Type *from, const Type *to)
{
    TypeKind kind = from->kind == TYPE_CHAR ? TYPE_VARCHAR : from->kind;
    TypeKind wanted = to->kind == TYPE_CHAR ? TYPE_VARCHAR : to->kind;
    for (size_t i = 0; i < sizeof WAYS / sizeof *WAYS; i++)
        if (WAYS[i].from == kind && WAYS[i].to == wanted)
            return WAYS[i].how;
    if (kind == wanted && !to->count && kind != TYPE_DECIMAL)
        return "$";
    return to->kind == TYPE_JSON ? "to_json($)" : "CAST($ AS #)";
}

static bool print_way(Print *print, const Ast *value, const Type *to, const char *how)
{
    bool ok = true;
    for (const char *at = how; ok && *at; at++)
        ok = *at == '$'   ? print_expression(print, value)
             : *at == '@' ? print_local(print, value)
             : *at == '#' ? type_write_engine(to, print->out, print->err)
                          : buf_append_byte(print->out, (unsigned char)*at, print->err);
    return ok;
}

static bool print_zoned_text(Print *print, const Ast *value)
{
    Str zone = value->type->zone.len ? value->type->zone : STR("UTC");
    return print_text(print, "(strftime(") && print_local(print, value) &&
           print_text(print, ", '%Y-%m-%d %H:%M:%S.%g ') || ") && print_literal(print, zone) &&
           print_text(print, ")");
}

/* Field *i* of a row: of the row's own expression, or taken out of its value. */
static bool print_field(Print *print, const Ast *value, const Ast *child, uint32_t i)
{
    return child ? print_expression(print, child)
                 : print_text(print, "struct_extract_at(") && print_expression(print, value) &&
                       print_format(print, ", %u)", i + 1);
}

/* A row's fields go by their places, not their names. */
static bool print_row(Print *print, const Ast *value, const Type *to)
{
    bool ok = print_text(print, "{");
    const Ast *child = value->kind == AST_ROW ? value->first : NULL;
    for (uint32_t i = 0; ok && i < to->count; i++, child = child ? child->next : NULL)
        ok = (i == 0 || print_text(print, ", ")) &&
             (to->names[i].len ? print_literal(print, to->names[i])
                               : print_format(print, "'field%u'", i)) &&
             print_text(print, ": CAST(") && print_field(print, value, child, i) &&
             print_text(print, " AS ") && type_write_engine(to->parts[i], print->out, print->err) &&
             print_text(print, ")");
    return ok && print_text(print, "}");
}

/* varchar(n) cuts. */
static bool print_cut(Print *print, const Ast *node, const char *how)
{
    const Ast *length = node->last->first;
    bool cut = length && length->kind == AST_INTEGER &&
               (node->type->kind == TYPE_VARCHAR || node->type->kind == TYPE_CHAR);
    return (!cut || print_text(print, "left(")) && print_way(print, node->first, node->type, how) &&
           (!cut || print_format(print, ", %.*s)", STR_ARG(length->text)));
}

static bool print_value(Print *print, const Ast *node)
{
    const Type *from = node->first->type, *to = node->type;
    if (from->kind == TYPE_UNKNOWN)
        return print_way(print, node->first, to, "CAST($ AS #)");
    if (from->kind == TYPE_TIMESTAMP_TZ && to->kind == TYPE_VARCHAR)
        return print_zoned_text(print, node->first);
    if (from->kind == TYPE_ROW && to->kind == TYPE_ROW && from->count == to->count)
        return print_row(print, node->first, to);
    return print_cut(print, node, way_of(from, to));
}

bool print_as_text(Print *print, const Ast *value)
{
    const Type *text = type_simple(TYPE_VARCHAR);
    return print_way(print, value, text,
                     value->type->kind == TYPE_JSON ? "CAST($ AS #)" : way_of(value->type, text));
}

bool print_cast(Print *print, const Ast *node)
{
    const Type *from = node->first->type, *to = node->type;
    BUF_AUTO Buf words = buf_init(2000);
    Error ignored = {0};
    if (is_refused(from, to)) {
        bool ok = type_write(from, &words, &ignored) && buf_printf(&words, &ignored, " to ") &&
                  type_write(to, &words, &ignored);
        return print_fail(print, node, "cannot cast %.*s",
                          STR_ARG(ok ? buf_str(&words) : STR("this value")));
    }
    bool try = node->flags & AST_TRY;
    return (!try || print_text(print, "TRY(")) && print_value(print, node) &&
           (!try || print_text(print, ")"));
}
