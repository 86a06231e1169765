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

NamesRelation *names_unnest(Names *names, Ast *unnest, uint32_t named, const NamesScope *scope)
{
    bool ordinality = unnest->flags & AST_ORDINALITY;
    Columns columns = {arena_calloc(names->arena, COLUMNS_MAX, sizeof *columns.list, names->err),
                       0};
    if (!columns.list)
        return NULL;
    bool whole = named == unnest->count + ordinality;
    for (Ast *argument = unnest->first; argument; argument = argument->next)
        if (!names_expression(names, argument, scope) ||
            !add_argument(names, &columns, argument, whole, unnest))
            return NULL;
    if (ordinality && !add(names, &columns, (Str){"", 0}, type_simple(TYPE_BIGINT), unnest))
        return NULL;
    const NamesOutput output = {columns.list, columns.count, 0};
    NamesRelation *relation = names_derived(names, &output);
    if (relation)
        relation->whole_rows = whole;
    return relation;
}
