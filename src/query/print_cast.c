/* CAST and TRY_CAST: where the engine's own mean the same they are used, else what Trino means. */
#include <string.h>

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
    {TYPE_JSON, TYPE_VARCHAR, "athena_json_text($, 'varchar')"},
    {TYPE_IPADDRESS, TYPE_VARCHAR, "athena_ip_text($)"},
    {TYPE_IPPREFIX, TYPE_VARCHAR, "athena_prefix_text($)"},
    {TYPE_VARCHAR, TYPE_TINYINT, "CAST(athena_integer_text($) AS #)"},
    {TYPE_VARCHAR, TYPE_SMALLINT, "CAST(athena_integer_text($) AS #)"},
    {TYPE_VARCHAR, TYPE_INTEGER, "CAST(athena_integer_text($) AS #)"},
    {TYPE_VARCHAR, TYPE_BIGINT, "CAST(athena_integer_text($) AS #)"},
    {TYPE_VARCHAR, TYPE_BOOLEAN, "athena_boolean_text($)"},
    {TYPE_VARCHAR, TYPE_DATE, "CAST(athena_date_text($) AS #)"},
    {TYPE_VARCHAR, TYPE_TIMESTAMP, "CAST(athena_timestamp_text($) AS #)"},
    {TYPE_VARCHAR, TYPE_TIMESTAMP_TZ, "timezone('UTC', CAST($ AS TIMESTAMPTZ))"},
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

/* Simple types of which the one never becomes the other. */
static bool is_apart(const Type *from, const Type *to)
{
    bool number = type_is_number(from) || from->kind == TYPE_BOOLEAN;
    return (number && type_is_time(to)) ||
           (type_is_time(from) && (type_is_number(to) || to->kind == TYPE_BOOLEAN)) ||
           (from->kind == TYPE_VARBINARY && to->kind == TYPE_VARCHAR) ||
           (from->kind == TYPE_VARCHAR && to->count > 0);
}

/* Pairs that no CAST of Trino's joins, though the engine would. */
static bool is_refused(const Type *from, const Type *to)
{
    if (!from->count)
        return is_apart(from, to);
    if (from->kind != to->kind || from->count != to->count)
        return to->kind != from->kind && to->kind != TYPE_JSON;
    for (uint32_t i = 0; i < from->count; i++)
        if (is_refused(from->parts[i], to->parts[i]))
            return true;
    return false;
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

/* What is cast: an expression, or within it an element that the engine's own text names. */
typedef struct Value {
    const Ast *node; /* NULL: `text` is it */
    Str text;
    const Type *type;
} Value;

enum { VALUE_BYTES_MAX = 1 << 20 };

static bool convert(Print *print, const Value *value, const Type *to, uint32_t depth);

static bool print_source(Print *print, const Value *value)
{
    return value->node ? print_expression(print, value->node)
                       : buf_append_str(print->out, value->text, print->err);
}

/* As the wall clock of its zone shows it. */
static bool print_wall(Print *print, const Value *value)
{
    if (value->node)
        return print_local(print, value->node);
    bool zoned = value->type->kind == TYPE_TIMESTAMP_TZ && value->type->zone.len;
    return !zoned ? print_source(print, value)
                  : print_text(print, "timezone(") && print_literal(print, value->type->zone) &&
                        print_text(print, ", timezone('UTC', ") && print_source(print, value) &&
                        print_text(print, "))");
}

static bool print_way(Print *print, const Value *value, const Type *to, const char *how)
{
    bool ok = true;
    for (const char *at = how; ok && *at; at++)
        ok = *at == '$'   ? print_source(print, value)
             : *at == '@' ? print_wall(print, value)
             : *at == '#' ? type_write_engine(to, print->out, print->err)
                          : buf_append_byte(print->out, (unsigned char)*at, print->err);
    return ok;
}

static bool print_zoned_text(Print *print, const Value *value)
{
    Str zone = value->type->zone.len ? value->type->zone : STR("UTC");
    return print_text(print, "(strftime(") && print_wall(print, value) &&
           print_text(print, ", '%Y-%m-%d %H:%M:%S.%g ') || ") && print_literal(print, zone) &&
           print_text(print, ")");
}

/* Field *i* of a row as another type: of the row's own expression, or taken out of its value. */
static bool print_field(Print *print, const Value *value, uint32_t i, const Type *to,
                        uint32_t depth)
{
    BUF_AUTO Buf text = buf_init(VALUE_BYTES_MAX);
    Value field = {.type = value->type->parts[i]};
    if (value->node && value->node->kind == AST_ROW) {
        field.node = value->node->first;
        for (uint32_t skip = i; skip; skip--)
            field.node = field.node->next;
        return convert(print, &field, to, depth);
    }
    Print inner = *print;
    inner.out = &text;
    bool ok = print_text(&inner, "struct_extract_at(") && print_source(&inner, value) &&
              print_format(&inner, ", %u)", i + 1);
    field.text = buf_str(&text);
    return ok && convert(print, &field, to, depth);
}

/* A row's fields go by their places, not their names. */
static bool print_fields(Print *print, const Value *value, const Type *to, uint32_t depth)
{
    bool ok = print_text(print, "{");
    for (uint32_t i = 0; ok && i < to->count; i++) {
        ok = to->names[i].len ? print_literal(print, to->names[i])
                              : print_format(print, "'field%u'", i);
        ok = ok && print_text(print, ": CAST(") &&
             print_field(print, value, i, to->parts[i], depth) && print_text(print, " AS ") &&
             type_write_engine(to->parts[i], print->out, print->err) &&
             print_text(print, i + 1 < to->count ? "), " : ")");
    }
    return ok && print_text(print, "}");
}

static bool print_row(Print *print, const Value *value, const Type *to, uint32_t depth)
{
    if (value->node && value->node->kind == AST_ROW)
        return print_fields(print, value, to, depth);
    return print_text(print, "CASE WHEN ") && print_source(print, value) &&
           print_text(print, " IS NOT NULL THEN ") && print_fields(print, value, to, depth) &&
           print_text(print, " END");
}

/* A part of the element that a lambda names by *depth*. */
static bool print_part(Print *print, const char *part, const Type *from, const Type *to,
                       uint32_t depth)
{
    BUF_AUTO Buf name = buf_init(100);
    if (!buf_printf(&name, print->err, "athena_v%u%s", depth, part))
        return false;
    const Value value = {NULL, buf_str(&name), from};
    return convert(print, &value, to, depth + 1);
}

static bool print_list(Print *print, const Value *value, const Type *to, uint32_t depth)
{
    return print_text(print, "list_transform(") && print_source(print, value) &&
           print_format(print, ", lambda athena_v%u: ", depth) &&
           print_part(print, "", value->type->parts[0], to->parts[0], depth) &&
           print_text(print, ")");
}

static bool print_entries(Print *print, const Value *value, const Type *to, uint32_t depth)
{
    const Type *from = value->type;
    return print_text(print, "map_from_entries(list_transform(map_entries(") &&
           print_source(print, value) &&
           print_format(print, "), lambda athena_v%u: {'key': ", depth) &&
           print_part(print, ".key", from->parts[0], to->parts[0], depth) &&
           print_text(print, ", 'value': ") &&
           print_part(print, ".value", from->parts[1], to->parts[1], depth) &&
           print_text(print, "}))");
}

/* True when the engine's own CAST does it, elements and all. */
static bool is_plain(const Type *from, const Type *to)
{
    if (from->kind == TYPE_UNKNOWN || type_equal(from, to))
        return true;
    if (!from->count || from->kind != to->kind)
        return (from->kind != TYPE_TIMESTAMP_TZ || to->kind != TYPE_VARCHAR) &&
               strcmp(way_of(from, to), "CAST($ AS #)") == 0;
    for (uint32_t i = 0; i < from->count; i++)
        if (from->kind == TYPE_ROW || !is_plain(from->parts[i], to->parts[i]))
            return false;
    return true;
}

static bool convert(Print *print, const Value *value, const Type *to, uint32_t depth)
{
    const Type *from = value->type;
    if (from->kind == TYPE_UNKNOWN)
        return print_way(print, value, to, "CAST($ AS #)");
    if (from->kind == TYPE_TIMESTAMP_TZ && to->kind == TYPE_VARCHAR)
        return print_zoned_text(print, value);
    if (from->kind == TYPE_ROW && to->kind == TYPE_ROW && from->count == to->count)
        return print_row(print, value, to, depth);
    if (from->kind == to->kind && from->count && from->count == to->count && !is_plain(from, to))
        return from->kind == TYPE_ARRAY ? print_list(print, value, to, depth)
                                        : print_entries(print, value, to, depth);
    return print_way(print, value, to, way_of(from, to));
}

/* varchar(n) cuts. */
static bool print_value(Print *print, const Ast *node)
{
    const Ast *length = node->last->first;
    const Value value = {node->first, {"", 0}, node->first->type};
    bool cut = length && length->kind == AST_INTEGER &&
               (node->type->kind == TYPE_VARCHAR || node->type->kind == TYPE_CHAR);
    return (!cut || print_text(print, "left(")) && convert(print, &value, node->type, 1) &&
           (!cut || print_format(print, ", %.*s)", STR_ARG(length->text)));
}

bool print_as_text(Print *print, const Ast *value)
{
    const Type *text = type_simple(TYPE_VARCHAR);
    const Value given = {value, {"", 0}, value->type};
    return value->type->kind == TYPE_JSON ? print_way(print, &given, text, "CAST($ AS #)")
                                          : convert(print, &given, text, 1);
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
