/* Expressions: names and types, a handler a kind. */
#include <string.h>

#include "planner/names_scope.h"

enum { CHAIN_MAX = 32, PATH_BYTES = 256, FIELD_NEAR_MAX = 3 };

typedef const Type *(*Handler)(Names *, Ast *, const NamesScope *);

/* Binds all children that are expressions. */
static bool bind_children(Names *names, Ast *node, const NamesScope *scope)
{
    for (Ast *child = node->first; child; child = child->next)
        if (ast_class((AstKind)child->kind) == AST_CLASS_EXPR &&
            !names_expression(names, child, scope))
            return false;
    return true;
}

static const Type *not_taken(Names *names, Ast *node, const char *what)
{
    names_fail(names, node->place, "%s is not supported", what);
    return NULL;
}

/* The type that all children together have. */
static const Type *common_of(Names *names, const Ast *node, const Ast *first)
{
    const Type *common = type_simple(TYPE_UNKNOWN);
    for (const Ast *child = first; child && common; child = child->next)
        common = names_common(names, node, common, child->type);
    return common;
}

/* Columns and fields. */

/* Says that *row* has no field of the node's name, and which one was probably meant. */
static void missing_field(Names *names, const Ast *node, const Type *row)
{
    Str near = STR("");
    size_t least =
        node->text.len / 2 < FIELD_NEAR_MAX ? node->text.len / 2 + 1 : FIELD_NEAR_MAX + 1;
    char quoted[PLACE_QUOTE_BYTES];
    for (uint32_t i = 0; i < row->count; i++) {
        size_t distance = str_distance(row->names[i], node->text);
        if (row->names[i].len && distance < least) {
            least = distance;
            near = row->names[i];
        }
    }
    place_quote(node->text, quoted);
    if (near.len)
        names_fail(names, node->place, "a row has no field '%s'; did you mean '%.*s'?", quoted,
                   STR_ARG(str_slice(near, 0, 80)));
    else
        names_fail(names, node->place, "a row has no field '%s'", quoted);
}

static const Type *row_field(Names *names, const Ast *node, const Type *row)
{
    int index = type_field(row, node->text);
    char quoted[PLACE_QUOTE_BYTES];
    if (index >= 0)
        return row->parts[index];
    place_quote(node->text, quoted);
    if (row->kind == TYPE_ROW)
        missing_field(names, node, row);
    else if (row->kind == TYPE_VARCHAR || row->kind == TYPE_JSON)
        names_fail(names, node->place,
                   "a text has no field '%s': JSON is read by json_extract_scalar(..., '$.%s')",
                   quoted, quoted);
    else
        names_fail(names, node->place, "there is no field '%s': that is no row", quoted);
    return NULL;
}

/* The nodes of a chain a.b.c from the innermost; 0 when it is none. */
static size_t chain_nodes(Ast *node, Ast **nodes)
{
    size_t count = 0;
    for (Ast *at = node; count < CHAIN_MAX; at = at->first) {
        nodes[count++] = at;
        if (at->kind == AST_COLUMN)
            break;
        if (at->kind != AST_FIELD)
            return 0;
    }
    for (size_t i = 0; i < count / 2; i++) {
        Ast *swapped = nodes[i];
        nodes[i] = nodes[count - 1 - i];
        nodes[count - 1 - i] = swapped;
    }
    return nodes[0]->kind == AST_COLUMN ? count : 0;
}

/* The chain's path from its column on, "useridentity.accesskeyid"; empty when it is too long. */
static Str chain_path(Ast **nodes, size_t column_at, size_t count, char path[PATH_BYTES])
{
    const NamesColumn *column = nodes[column_at]->bound;
    size_t len = 0;
    for (size_t i = column_at; i < count; i++) {
        Str part = i == column_at ? column->name : nodes[i]->text;
        if (len + part.len + 1 > PATH_BYTES)
            return (Str){"", 0};
        if (len)
            path[len++] = '.';
        memcpy(path + len, part.ptr, part.len);
        len += part.len;
    }
    return (Str){path, len};
}

void names_bind_to(Names *names, Ast *node, const NamesColumn *column, const CatalogColumn *other)
{
    NamesColumn *copy = arena_alloc(names->arena, sizeof *copy, names->err);
    if (!copy)
        return;
    *copy = *column;
    copy->sql =
        names_text(names, "r%u.\"%.*s\"", column->relation->number, STR_ARG(other->engine_name));
    node->bound = copy;
}

/* A field that the table also has as a column of its own is read from there; other fields of a view
 * that makes the row anew, from what it is made of. */
static void use_stored(Names *names, Ast **nodes, size_t column_at, size_t count)
{
    const NamesColumn *column = nodes[column_at]->bound;
    char path[PATH_BYTES];
    if (!column->relation || !column->relation->table || column_at + 1 == count)
        return;
    const CatalogTable *table = column->relation->table;
    const CatalogColumn *hoisted =
        catalog_hoisted(table, chain_path(nodes, column_at, count, path));
    const CatalogColumn *raw =
        nodes[count - 1]->type->count ? NULL : catalog_raw(table, column->name);
    if (hoisted)
        names_bind_to(names, nodes[count - 1], column, hoisted);
    else if (raw)
        names_bind_to(names, nodes[column_at], column, raw);
}

/* Finds which node of a chain is the column: t.c before c.field. */
static const NamesColumn *chain_column(Names *names, Ast **nodes, size_t count,
                                       const NamesScope *scope, size_t *ret_at)
{
    const NamesColumn *column = NULL;
    *ret_at = 1;
    if (count > 1)
        column = names_scope_find(names, scope, nodes[0]->text, nodes[1]->text, nodes[1]->place);
    if (!column && count > 2 && names->err->kind == ERROR_NONE) {
        *ret_at = 2; /* schema.table.column */
        column = names_scope_find(names, scope, nodes[1]->text, nodes[2]->text, nodes[2]->place);
    }
    if (!column && names->err->kind == ERROR_NONE) {
        *ret_at = 0;
        column = names_scope_find(names, scope, (Str){"", 0}, nodes[0]->text, nodes[0]->place);
    }
    if (!column && names->err->kind == ERROR_NONE) {
        bool relation = count > 1 && names_scope_qualifies(scope, nodes[0]->text);
        names_scope_missing(names, scope, nodes[relation]->text, nodes[relation]->place);
    }
    return column;
}

static const Type *on_column(Names *names, Ast *node, const NamesScope *scope)
{
    Ast *nodes[CHAIN_MAX];
    size_t count = chain_nodes(node, nodes);
    size_t at;
    if (!count) { /* a field of another expression */
        const Type *row = names_expression(names, node->first, scope);
        return row ? row_field(names, node, row) : NULL;
    }
    const NamesColumn *column = chain_column(names, nodes, count, scope, &at);
    if (!column)
        return NULL;
    nodes[at]->bound = column;
    nodes[at]->type = column->type;
    for (size_t i = at + 1; i < count; i++) {
        nodes[i]->type = row_field(names, nodes[i], nodes[i - 1]->type);
        if (!nodes[i]->type)
            return NULL;
    }
    use_stored(names, nodes, at, count);
    return node->type;
}

static const Type *on_parameter(Names *names, Ast *node, const NamesScope *scope)
{
    uint64_t number = 0;
    const NamesInput *input = names->input;
    (void)scope;
    if (!str_to_u64(node->text, &number) || number < 1 || number > input->parameter_count) {
        names_fail(names, node->place,
                   "no value is given for parameter %.*s: EXECUTE ... USING gives them",
                   STR_ARG(node->text));
        return NULL;
    }
    if (number > names->parameters)
        names->parameters = (uint32_t)number;
    node->bound = input->parameters[number - 1];
    return names_expression(names, input->parameters[number - 1], NULL);
}

/* Logic and comparison. */

static const Type *on_logic(Names *names, Ast *node, const NamesScope *scope)
{
    for (Ast *child = node->first; child; child = child->next)
        if (!names_condition(names, child, scope, node->kind == AST_NOT ? "NOT" : "AND or OR"))
            return NULL;
    return type_simple(TYPE_BOOLEAN);
}

/* Each child is compared with the first. */
static const Type *on_comparison(Names *names, Ast *node, const NamesScope *scope)
{
    if (!bind_children(names, node, scope))
        return NULL;
    for (const Ast *child = node->first->next; child; child = child->next)
        if (!names_comparison(names, node, node->first->type, child->type))
            return NULL;
    return type_simple(TYPE_BOOLEAN);
}

/* The type of a query that gives one column. */
static const Type *query_type(Names *names, Ast *query, const NamesScope *scope)
{
    const NamesOutput *output = names_query(names, query, scope);
    if (output && output->count != 1) {
        names_fail(names, query->place, "one column is expected here, the query gives %u",
                   output->count);
        return NULL;
    }
    return output ? output->columns[0].type : NULL;
}

static const Type *on_in_query(Names *names, Ast *node, const NamesScope *scope)
{
    const Type *left = names_expression(names, node->first, scope);
    const Type *right = left ? query_type(names, node->last, scope) : NULL;
    return right ? names_comparison(names, node, left, right) : NULL;
}

static const Type *on_like(Names *names, Ast *node, const NamesScope *scope)
{
    if (!bind_children(names, node, scope))
        return NULL;
    for (const Ast *child = node->first; child; child = child->next)
        if (child->type->kind != TYPE_VARCHAR && child->type->kind != TYPE_CHAR &&
            child->type->kind != TYPE_UNKNOWN) {
            names_fail(names, child->place, "LIKE compares texts");
            return NULL;
        }
    return type_simple(TYPE_BOOLEAN);
}

static const Type *on_test(Names *names, Ast *node, const NamesScope *scope)
{
    return bind_children(names, node, scope) ? type_simple(TYPE_BOOLEAN) : NULL;
}

static const Type *on_exists(Names *names, Ast *node, const NamesScope *scope)
{
    return names_query(names, node->first, scope) ? type_simple(TYPE_BOOLEAN) : NULL;
}

static const Type *on_subquery(Names *names, Ast *node, const NamesScope *scope)
{
    return query_type(names, node->first, scope);
}

/* Operators that give values. */

static const Type *on_arithmetic(Names *names, Ast *node, const NamesScope *scope)
{
    if (!bind_children(names, node, scope))
        return NULL;
    const Type *type = node->first->type;
    for (const Ast *child = node->first->next; child && type; child = child->next)
        type = names_arithmetic(names, node, node->text.ptr[0], type, child->type);
    return type;
}

static const Type *on_unary(Names *names, Ast *node, const NamesScope *scope)
{
    const Type *type = names_expression(names, node->first, scope);
    if (type && !type_is_number(type) && type->kind != TYPE_UNKNOWN &&
        type->kind != TYPE_INTERVAL_DAY && type->kind != TYPE_INTERVAL_YEAR) {
        names_fail(names, node->place, "'%.*s' stands before numbers", STR_ARG(node->text));
        return NULL;
    }
    return type;
}

static const Type *concat_type(Names *names, Ast *node, const Type *a, const Type *b)
{
    bool arrays = a->kind == TYPE_ARRAY || b->kind == TYPE_ARRAY;
    if (arrays && a->kind != b->kind) {
        const Type *element = a->kind == TYPE_ARRAY ? b : a;
        element = type_array(names->arena, element, names->err);
        return element ? names_common(names, node, a->kind == TYPE_ARRAY ? a : b, element) : NULL;
    }
    const Type *type = names_common(names, node, a, b);
    if (type && type->kind != TYPE_VARCHAR && type->kind != TYPE_ARRAY && type->kind != TYPE_CHAR &&
        type->kind != TYPE_VARBINARY && type->kind != TYPE_UNKNOWN) {
        names_fail(names, node->place, "|| joins texts or arrays: CAST to varchar first");
        return NULL;
    }
    return type;
}

static const Type *on_concat(Names *names, Ast *node, const NamesScope *scope)
{
    if (!bind_children(names, node, scope))
        return NULL;
    const Type *type = node->first->type;
    for (const Ast *child = node->first->next; child && type; child = child->next)
        type = concat_type(names, node, type, child->type);
    return type;
}

static const Type *on_zone(Names *names, Ast *node, const NamesScope *scope)
{
    const Type *type = names_expression(names, node->first, scope);
    if (!type)
        return NULL;
    if (node->last->kind != AST_STRING || !node->last->text.len)
        return not_taken(names, node, "AT TIME ZONE with anything but a zone's name in quotes");
    node->last->type = type_simple(TYPE_VARCHAR);
    if (type->kind != TYPE_TIMESTAMP && type->kind != TYPE_TIMESTAMP_TZ) {
        names_fail(names, node->place, "AT TIME ZONE stands behind a timestamp");
        return NULL;
    }
    return type_zoned(names->arena, node->last->text, names->err);
}

static const Type *on_subscript(Names *names, Ast *node, const NamesScope *scope)
{
    uint64_t index = 0;
    if (!bind_children(names, node, scope))
        return NULL;
    const Type *of = node->first->type;
    switch (of->kind) {
    case TYPE_ARRAY:
        if (type_is_integer(node->last->type))
            return of->parts[0];
        names_fail(names, node->last->place, "the subscript of an array is an integer, from 1");
        return NULL;
    case TYPE_MAP:
        return names_comparison(names, node, of->parts[0], node->last->type) ? of->parts[1] : NULL;
    case TYPE_ROW:
        if (str_to_u64(node->last->text, &index) && index >= 1 && index <= of->count)
            return of->parts[index - 1];
        names_fail(names, node->last->place, "the subscript of a row is a number from 1 to %u",
                   of->count);
        return NULL;
    default:
        names_fail(names, node->place, "a subscript stands behind an array, a map or a row");
        return NULL;
    }
}

static const Type *on_row(Names *names, Ast *node, const NamesScope *scope)
{
    const Type *parts[TYPE_PARTS_MAX];
    Str labels[TYPE_PARTS_MAX];
    uint32_t count = 0;
    if (!bind_children(names, node, scope))
        return NULL;
    for (const Ast *child = node->first; child; child = child->next) {
        if (count == TYPE_PARTS_MAX)
            return not_taken(names, node, "a row of so many values");
        labels[count] = (Str){"", 0};
        parts[count++] = child->type;
    }
    return type_of_parts(names->arena, TYPE_ROW, parts, labels, count, names->err);
}

static const Type *on_array(Names *names, Ast *node, const NamesScope *scope)
{
    if (!bind_children(names, node, scope))
        return NULL;
    const Type *element = common_of(names, node, node->first);
    return element ? type_array(names->arena, element, names->err) : NULL;
}

/* CASE in both forms: what is tested, and the type of all results. */
static const Type *on_case(Names *names, Ast *node, const NamesScope *scope)
{
    const Type *common = type_simple(TYPE_UNKNOWN);
    const Type *of = NULL;
    for (Ast *child = node->first; child && common; child = child->next) {
        if (child->kind == AST_WHEN) {
            const Type *test = names_expression(names, child->first, scope);
            if (!test || (of && !names_comparison(names, child, of, test)))
                return NULL;
        }
        if (child->kind != AST_WHEN && child->kind != AST_ELSE) {
            of = names_expression(names, child, scope);
            if (!of)
                return NULL;
            continue;
        }
        const Type *type = names_expression(names, child->last, scope);
        common = type ? names_common(names, child, common, type) : NULL;
    }
    return common;
}

static const Type *on_cast(Names *names, Ast *node, const NamesScope *scope)
{
    return names_expression(names, node->first, scope) ? names_type(names, node->last) : NULL;
}

static const Type *on_extract(Names *names, Ast *node, const NamesScope *scope)
{
    static const struct {
        Str field, function;
    } OTHERS[] = {{{"dow", 3}, {"day_of_week", 11}},
                  {{"doy", 3}, {"day_of_year", 11}},
                  {{"yow", 3}, {"year_of_week", 12}}};
    Str name = node->text;
    for (size_t i = 0; i < sizeof OTHERS / sizeof *OTHERS; i++)
        if (str_equal(name, OTHERS[i].field))
            name = OTHERS[i].function;
    if (!names_expression(names, node->first, scope))
        return NULL;
    return names_call_simple(names, node, name, node->first);
}

static const Type *on_grouping(Names *names, Ast *node, const NamesScope *scope)
{
    return bind_children(names, node, scope) ? type_simple(TYPE_BIGINT) : NULL;
}

static const Type *on_lambda(Names *names, Ast *node, const NamesScope *scope)
{
    (void)scope;
    names_fail(names, node->place,
               "a lambda stands only as an argument of a function that takes one");
    return NULL;
}

/* SQL/JSON: the value, a path that is constant, and what comes back. */
static const Type *on_json(Names *names, Ast *node, const NamesScope *scope)
{
    for (Ast *child = node->first; child; child = child->next) {
        AstKind kind = (AstKind)child->kind;
        if (kind == AST_FORMAT_JSON || kind == AST_PASSING || kind == AST_NAME)
            return not_taken(names, child, "this clause of SQL/JSON");
        if (ast_class(kind) == AST_CLASS_EXPR && !names_expression(names, child, scope))
            return NULL;
    }
    const Ast *returning = ast_find(node, AST_RETURNING);
    if (node->kind == AST_JSON_EXISTS)
        return type_simple(TYPE_BOOLEAN);
    return returning ? names_type(names, returning->first) : type_simple(TYPE_VARCHAR);
}

static const Type *on_json_made(Names *names, Ast *node, const NamesScope *scope)
{
    for (Ast *child = node->first; child; child = child->next) {
        if (child->kind == AST_RETURNING || child->kind == AST_FORMAT_JSON)
            return not_taken(names, child, "this clause of SQL/JSON");
        if (child->kind == AST_JSON_MEMBER ? !bind_children(names, child, scope)
                                           : !names_expression(names, child, scope))
            return NULL;
    }
    return type_simple(TYPE_VARCHAR);
}

static const Handler HANDLERS[AST_KINDS] = {
    [AST_COLUMN] = on_column,
    [AST_FIELD] = on_column,
    [AST_PARAMETER] = on_parameter,
    [AST_NULL] = names_literal_null,
    [AST_BOOLEAN] = names_literal_boolean,
    [AST_INTEGER] = names_literal_integer,
    [AST_DECIMAL] = names_literal_decimal,
    [AST_DOUBLE] = names_literal_double,
    [AST_STRING] = names_literal_string,
    [AST_BINARY] = names_literal_binary,
    [AST_TYPED] = names_literal_typed,
    [AST_INTERVAL] = names_literal_interval,
    [AST_CURRENT] = names_literal_current,
    [AST_OR] = on_logic,
    [AST_AND] = on_logic,
    [AST_NOT] = on_logic,
    [AST_COMPARISON] = on_comparison,
    [AST_BETWEEN] = on_comparison,
    [AST_IN_LIST] = on_comparison,
    [AST_IS_DISTINCT] = on_comparison,
    [AST_QUANTIFIED] = on_in_query,
    [AST_IN_QUERY] = on_in_query,
    [AST_LIKE] = on_like,
    [AST_IS_NULL] = on_test,
    [AST_EXISTS] = on_exists,
    [AST_SUBQUERY] = on_subquery,
    [AST_ARITHMETIC] = on_arithmetic,
    [AST_UNARY] = on_unary,
    [AST_CONCAT] = on_concat,
    [AST_AT_TIME_ZONE] = on_zone,
    [AST_SUBSCRIPT] = on_subscript,
    [AST_LAMBDA] = on_lambda,
    [AST_ROW] = on_row,
    [AST_ARRAY] = on_array,
    [AST_CASE] = on_case,
    [AST_CASE_OF] = on_case,
    [AST_CALL] = names_call,
    [AST_CAST] = on_cast,
    [AST_EXTRACT] = on_extract,
    [AST_GROUPING] = on_grouping,
    [AST_JSON_EXISTS] = on_json,
    [AST_JSON_VALUE] = on_json,
    [AST_JSON_QUERY] = on_json,
    [AST_JSON_OBJECT] = on_json_made,
    [AST_JSON_ARRAY] = on_json_made,
};

const Type *names_expression(Names *names, Ast *node, const NamesScope *scope)
{
    Handler handler = node->kind < AST_KINDS ? HANDLERS[node->kind] : NULL;
    if (!handler) {
        names_fail(names, node->place, "a %s cannot stand here",
                   ast_kind_name((AstKind)node->kind));
        return NULL;
    }
    const Type *type = handler(names, node, scope);
    if (names->err->kind != ERROR_NONE)
        return NULL;
    node->type = type;
    return type;
}

bool names_condition(Names *names, Ast *node, const NamesScope *scope, const char *where)
{
    const Type *type = names_expression(names, node, scope);
    if (type && type->kind != TYPE_BOOLEAN && type->kind != TYPE_UNKNOWN)
        return names_fail(names, node->place, "a condition is expected at %s, true or false",
                          where);
    return type != NULL;
}
