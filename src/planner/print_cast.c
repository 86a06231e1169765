/* CAST and TRY_CAST: where the engine's own mean the same they are used, else what Trino means. */
#include <stdio.h>
#include <string.h>

#include "planner/print_state.h"

enum { SHAPE_BYTES_MAX = 1 << 20 };

/* One way from a kind of type to another. `how` is a template: $ is the value as it is, @ the value
 * as the wall clock of its zone shows it, # the new type's name for the engine, ^ its shape for
 * natives_shape.c. */
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
    {TYPE_VARCHAR, TYPE_BOOLEAN, "athena_boolean_text($)"},
    {TYPE_VARCHAR, TYPE_DATE, "CAST(athena_date_text($) AS #)"},
    {TYPE_VARCHAR, TYPE_TIMESTAMP, "CAST(athena_timestamp_text($) AS #)"},
    {TYPE_VARCHAR, TYPE_TIMESTAMP_TZ, "athena_moment_text($)"},
    {TYPE_VARCHAR, TYPE_UUID, "athena_uuid_text($)"},
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
    {TYPE_REAL, TYPE_SMALLINT, "CAST(round($) AS #)"},
    {TYPE_REAL, TYPE_TINYINT, "CAST(round($) AS #)"},
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
    {TYPE_JSON, TYPE_ARRAY, "CAST(athena_json_shape($, ^) AS #)"},
    {TYPE_JSON, TYPE_MAP, "CAST(athena_json_shape($, ^) AS #)"},
    {TYPE_JSON, TYPE_ROW, "CAST(athena_json_shape($, ^) AS #)"},
    {TYPE_IPADDRESS, TYPE_IPPREFIX, "athena_prefix(athena_ip_text($))"},
    {TYPE_VARBINARY, TYPE_IPADDRESS, "athena_ip_bytes($)"},
    {TYPE_IPADDRESS, TYPE_VARBINARY, "$"},
};

/* Pairs that no CAST of Trino's joins, though the engine would. */
static bool is_apart(const Type *from, const Type *to)
{
    bool nested = from->count > 0;
    return (nested && to->kind != from->kind && to->kind != TYPE_JSON) ||
           (from->kind == TYPE_VARBINARY && to->kind == TYPE_VARCHAR) ||
           (type_is_time(from) && (type_is_number(to) || to->kind == TYPE_BOOLEAN)) ||
           (type_is_number(from) && type_is_time(to)) ||
           (from->kind == TYPE_VARCHAR && to->count > 0);
}

/* Such pairs, or parts of both that are. */
static bool is_refused(const Type *from, const Type *to)
{
    bool alike = from->kind == to->kind && from->count > 0;
    if (is_apart(from, to) || (alike && from->count != to->count))
        return true;
    for (uint32_t i = 0; alike && i < to->count; i++)
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

/* What is cast: an expression, or an element of one by the name it has within the engine's SQL. */
typedef struct Source {
    const Ast *node; /* NULL: it is `name` */
    const char *name;
    const Type *type;
    int depth; /* of lambdas around it */
} Source;

static bool print_source(Print *print, const Source *from)
{
    return from->node ? print_expression(print, from->node) : print_text(print, from->name);
}

/* The source as the wall clock of its zone shows it. */
static bool print_source_local(Print *print, const Source *from)
{
    bool zoned = from->type->kind == TYPE_TIMESTAMP_TZ && from->type->zone.len;
    if (!zoned || from->node)
        return from->node ? print_local(print, from->node) : print_source(print, from);
    return print_text(print, "timezone(") && print_literal(print, from->type->zone) &&
           print_format(print, ", timezone('UTC', %s))", from->name);
}

/* The letter of a type without parts in a shape (natives_shape.c). */
static unsigned char shape_letter(const Type *type)
{
    if (type_is_number(type))
        return 'n';
    return type->kind == TYPE_VARCHAR || type->kind == TYPE_CHAR ? 's'
           : type->kind == TYPE_BOOLEAN                          ? 'b'
           : type->kind == TYPE_JSON                             ? 'j'
                                                                 : '*';
}

static bool put_shape_name(Str name, uint32_t place, Buf *out, Error *err)
{
    char own[16];
    snprintf(own, sizeof own, "field%u", place);
    return name.len ? buf_printf(out, err, "%zu:%.*s", name.len, STR_ARG(name))
                    : buf_printf(out, err, "?%zu:%s", strlen(own), own);
}

/* A type as natives_shape.c reads it. */
static bool put_shape(const Type *type, Buf *out, Error *err)
{
    bool row = type->kind == TYPE_ROW;
    if (!type->count)
        return buf_append_byte(out, shape_letter(type), err);
    bool ok = buf_append_byte(out, row ? '(' : type->kind == TYPE_MAP ? '{' : '[', err);
    for (uint32_t i = 0; ok && i < type->count; i++)
        ok = (!row || put_shape_name(type->names[i], i, out, err)) &&
             put_shape(type->parts[i], out, err);
    return ok && buf_append_byte(out, row ? ')' : type->kind == TYPE_MAP ? '}' : ']', err);
}

static bool print_shape(Print *print, const Type *type)
{
    BUF_AUTO Buf shape = buf_init(SHAPE_BYTES_MAX);
    return put_shape(type, &shape, print->err) && print_literal(print, buf_str(&shape));
}

static bool print_way(Print *print, const Source *from, const Type *to, const char *how)
{
    bool ok = true;
    for (const char *at = how; ok && *at; at++)
        ok = *at == '$'   ? print_source(print, from)
             : *at == '@' ? print_source_local(print, from)
             : *at == '^' ? print_shape(print, to)
             : *at == '#' ? type_write_engine(to, print->out, print->err)
                          : buf_append_byte(print->out, (unsigned char)*at, print->err);
    return ok;
}

static bool print_zoned_text(Print *print, const Source *from)
{
    Str zone = from->type->zone.len ? from->type->zone : STR("UTC");
    return print_text(print, "(strftime(") && print_source_local(print, from) &&
           print_text(print, ", '%Y-%m-%d %H:%M:%S.%g ') || ") && print_literal(print, zone) &&
           print_text(print, ")");
}

/* True when the engine's own CAST of the whole does the same as ours of its parts. */
static bool is_plain(const Type *from, const Type *to)
{
    if (from->kind == TYPE_ROW && to->kind == TYPE_ROW)
        return false; /* the engine's goes by the names of fields */
    if (from->kind != to->kind || from->count != to->count || !to->count)
        return from->kind == TYPE_UNKNOWN || (from->kind == to->kind && !to->count) ||
               str_equal(str_of(way_of(from, to)), STR("CAST($ AS #)"));
    for (uint32_t i = 0; i < to->count; i++)
        if (!is_plain(from->parts[i], to->parts[i]))
            return false;
    return true;
}

static bool print_from(Print *print, const Source *from, const Type *to);

/* Part *i* of an array, a map or a row, which *how* writes with the name of its lambda's parameter,
 * and *i* + 1. */
static bool print_part(Print *print, const Source *whole, const Type *to, uint32_t i,
                       const char *how)
{
    char name[48];
    snprintf(name, sizeof name, "%s(c%d, %u)", how, whole->depth, i + 1);
    if (!*how)
        snprintf(name, sizeof name, "c%d", whole->depth);
    const Source part = {NULL, name, whole->type->parts[i], whole->depth + 1};
    return print_from(print, &part, to->parts[i]);
}

static bool print_array(Print *print, const Source *from, const Type *to)
{
    return print_text(print, "list_transform(") && print_source(print, from) &&
           print_format(print, ", lambda c%d: ", from->depth) &&
           print_part(print, from, to, 0, "") && print_text(print, ")");
}

static bool print_map(Print *print, const Source *from, const Type *to)
{
    return print_text(print, "map_from_entries(list_transform(map_entries(") &&
           print_source(print, from) && print_format(print, "), lambda c%d: {'k': ", from->depth) &&
           print_part(print, from, to, 0, "struct_extract_at") && print_text(print, ", 'v': ") &&
           print_part(print, from, to, 1, "struct_extract_at") && print_text(print, "}))");
}

/* A row's fields go by their places, not their names. */
static bool print_row(Print *print, const Source *from, const Type *to)
{
    bool ok = print_text(print, "list_transform([") && print_source(print, from) &&
              print_format(print, "], lambda c%d: CASE WHEN c%d IS NOT NULL THEN {", from->depth,
                           from->depth);
    for (uint32_t i = 0; ok && i < to->count; i++)
        ok = (i == 0 || print_text(print, ", ")) &&
             (to->names[i].len ? print_literal(print, to->names[i])
                               : print_format(print, "'field%u'", i)) &&
             print_text(print, ": ") && print_part(print, from, to, i, "struct_extract_at");
    return ok && print_text(print, "} END)[1]");
}

static bool print_from(Print *print, const Source *from, const Type *to)
{
    bool parts = to->count && from->type->kind == to->kind && from->type->count == to->count;
    if (from->type->kind == TYPE_UNKNOWN)
        return print_way(print, from, to, "CAST($ AS #)");
    if (from->type->kind == TYPE_TIMESTAMP_TZ && to->kind == TYPE_VARCHAR)
        return print_zoned_text(print, from);
    if (!parts || is_plain(from->type, to))
        return print_way(print, from, to, way_of(from->type, to));
    return to->kind == TYPE_ROW   ? print_row(print, from, to)
           : to->kind == TYPE_MAP ? print_map(print, from, to)
                                  : print_array(print, from, to);
}

/* varchar(n) cuts. */
static bool print_value(Print *print, const Ast *node)
{
    const Source from = {node->first, NULL, node->first->type, 0};
    const Ast *length = node->last->first;
    bool cut = length && length->kind == AST_INTEGER &&
               (node->type->kind == TYPE_VARCHAR || node->type->kind == TYPE_CHAR);
    return (!cut || print_text(print, "left(")) && print_from(print, &from, node->type) &&
           (!cut || print_format(print, ", %.*s)", STR_ARG(length->text)));
}

bool print_as_text(Print *print, const Ast *value)
{
    const Source from = {value, NULL, value->type, 0};
    const Type *text = type_simple(TYPE_VARCHAR);
    return value->type->kind == TYPE_JSON ? print_way(print, &from, text, "CAST($ AS #)")
                                          : print_from(print, &from, text);
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
    return node->flags & AST_TRY ? print_try(print, node, node->first, print_value)
                                 : print_value(print, node);
}
