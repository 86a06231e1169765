/* UNNEST: which columns arrays, maps and arrays of rows become. */
#include "planner/names_scope.h"

enum { COLUMNS_MAX = 512 };

typedef struct Columns {
    NamesColumn *list;
    uint32_t count;
} Columns;

static bool add(Names *names, Columns *columns, Str name, const Type *type, const Ast *unnest)
{
    if (columns->count == COLUMNS_MAX)
        return names_fail(names, unnest->place, "UNNEST gives more than %d columns", COLUMNS_MAX);
    columns->list[columns->count++] = (NamesColumn){.name = name, .type = type};
    return true;
}

/* The columns of one argument. An array of rows gives a column a field, or the row where its
 * alias has just one name for it, as Athena's documented queries use it ("athena", section 3). */
static bool add_argument(Names *names, Columns *columns, const Ast *argument, bool whole,
                         const Ast *unnest)
{
    const Type *type = argument->type;
    if (type->kind == TYPE_MAP)
        return add(names, columns, (Str){"", 0}, type->parts[0], unnest) &&
               add(names, columns, (Str){"", 0}, type->parts[1], unnest);
    if (type->kind != TYPE_ARRAY)
        return names_fail(names, argument->place, "UNNEST takes arrays and maps");
    const Type *element = type->parts[0];
    if (element->kind != TYPE_ROW || whole)
        return add(names, columns, (Str){"", 0}, element, unnest);
    for (uint32_t i = 0; i < element->count; i++)
        if (!add(names, columns, element->names[i], element->parts[i], unnest))
            return false;
    return true;
}

/* Whether each array of rows has one name in the alias, so that its rows stay whole. A row of one
 * field is that field where the alias has the field's own name. */
static bool keeps_rows(const Ast *unnest, const Ast *columns)
{
    bool ordinality = unnest->flags & AST_ORDINALITY;
    if (!columns || columns->count != unnest->count + ordinality)
        return false;
    bool fields = true;
    const Ast *name = columns->first;
    for (const Ast *argument = unnest->first; argument; argument = argument->next) {
        const Type *element = argument->type->kind == TYPE_ARRAY ? argument->type->parts[0] : NULL;
        if (element && element->kind == TYPE_ROW)
            fields &= element->count == 1 && str_equal_nocase(element->names[0], name->text);
        name = name->next;
    }
    return !fields;
}

static bool is_unnest(const Ast *relation)
{
    return relation->kind == AST_UNNEST ||
           (relation->kind == AST_ALIAS && relation->first->kind == AST_UNNEST);
}

/* The number of the one relation that *relation* is, or is written within. */
static uint32_t home_of(const Ast *relation)
{
    const NamesRelation *bound = relation->bound;
    if (is_unnest(relation))
        return bound->within;
    switch (relation->kind) {
    case AST_TABLE:
    case AST_DERIVED:
        return bound->number;
    case AST_ALIAS:
        return home_of(relation->first);
    case AST_JOIN:
        return is_unnest(relation->first->next) ? home_of(relation->first->next) : 0;
    default:
        return 0;
    }
}

uint32_t names_unnest_home(const Ast *join)
{
    bool cross = str_equal(join->text, STR("cross")) && is_unnest(join->first->next);
    return cross ? home_of(join->first) : 0;
}

bool names_unnest_join(Ast *from, Names *names)
{
    for (Ast **at = &from->first; *at && (*at)->next;) {
        Ast *left = *at, *right = left->next, *rest = right->next;
        if (!is_unnest(right)) {
            at = &left->next;
            continue;
        }
        Ast *join =
            ast_new(names->arena, AST_JOIN, (Place){left->place.at, right->place.end}, names->err);
        left->next = right->next = NULL;
        if (!join || !ast_append(join, left, names->err) || !ast_append(join, right, names->err))
            return false;
        join->text = STR("cross");
        join->next = rest;
        *at = join;
        from->last = rest ? from->last : join;
        from->count--;
    }
    return true;
}

/* True when all columns below *node* are those of the relation *home*, or of a lambda. */
static bool is_of(Names *names, const Ast *node, uint32_t home)
{
    const NamesColumn *column =
        node->kind == AST_COLUMN || node->kind == AST_FIELD ? node->bound : NULL;
    if (node->kind == AST_SUBQUERY || node->kind == AST_EXISTS || node->kind == AST_IN_QUERY ||
        node->kind == AST_QUANTIFIED)
        return false;
    if (column)
        return !column->relation || str_starts(column->sql, names_text(names, "r%u.", home));
    bool ok = true;
    for (const Ast *child = node->first; ok && child; child = child->next)
        ok = is_of(names, child, home);
    return ok;
}

/* Its columns are seen as those of the relation that it is written within. */
static bool place_within(Names *names, NamesRelation *relation, uint32_t home)
{
    NamesColumn *columns =
        arena_alloc(names->arena, (relation->count + 1) * sizeof *columns, names->err);
    if (!columns)
        return false;
    for (uint32_t i = 0; i < relation->count; i++) {
        columns[i] = relation->columns[i];
        columns[i].sql = names_text(names, "r%u.\"r%uc%u\"", home, relation->number, i + 1);
    }
    relation->columns = columns;
    relation->within = home;
    return true;
}

NamesRelation *names_unnest(Names *names, Ast *unnest, const Ast *alias, const NamesScope *scope)
{
    uint32_t home = names->unnest_within;
    names->unnest_within = 0;
    bool ordinality = unnest->flags & AST_ORDINALITY;
    Columns columns = {arena_calloc(names->arena, COLUMNS_MAX, sizeof *columns.list, names->err),
                       0};
    if (!columns.list)
        return NULL;
    for (Ast *argument = unnest->first; argument; argument = argument->next)
        if (!names_expression(names, argument, scope))
            return NULL;
    bool whole = keeps_rows(unnest, alias);
    for (Ast *argument = unnest->first; argument; argument = argument->next)
        if (!add_argument(names, &columns, argument, whole, unnest))
            return NULL;
    for (const Ast *argument = unnest->first; argument && home; argument = argument->next)
        home = is_of(names, argument, home) ? home : 0;
    if (ordinality && !add(names, &columns, (Str){"", 0}, type_simple(TYPE_BIGINT), unnest))
        return NULL;
    const NamesOutput output = {columns.list, columns.count, 0};
    NamesRelation *relation = names_derived(names, &output);
    if (!relation || (home && !place_within(names, relation, home)))
        return NULL;
    relation->whole_rows = whole;
    return relation;
}
