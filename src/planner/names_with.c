/* WITH: names for queries, and queries that read themselves. */
#include "planner/names_scope.h"

static bool push(Names *names, const Ast *cte, const NamesRelation *relation)
{
    NamesCte *entry = arena_alloc(names->arena, sizeof *entry, names->err);
    if (!entry)
        return false;
    *entry = (NamesCte){ast_find(cte, AST_NAME)->text, relation, names->ctes};
    names->ctes = entry;
    return true;
}

static NamesRelation *make_relation(Names *names, const Ast *cte, const NamesOutput *output)
{
    NamesRelation *relation = names_derived(names, output);
    return relation && names_rename(names, relation, ast_find(cte, AST_COLUMNS)) ? relation : NULL;
}

/* The UNION of a query that may read itself; NULL when it has another form. */
static Ast *union_of(Ast *query)
{
    return query->count == 1 && query->first->kind == AST_UNION ? query->first : NULL;
}

/* The first branch says what the columns are; the others may read the name. */
static bool bind_recursive(Names *names, Ast *cte)
{
    Ast *query = cte->last;
    Ast *set = union_of(query);
    if (!ast_find(cte, AST_COLUMNS))
        return names_fail(names, cte->place, "a recursive query needs names for its columns");
    const NamesOutput *first = names_query(names, set->first, NULL);
    NamesRelation *relation = first ? make_relation(names, cte, first) : NULL;
    if (!relation || !push(names, cte, relation))
        return false;
    for (Ast *branch = set->first->next; branch; branch = branch->next) {
        const NamesOutput *output = names_query(names, branch, NULL);
        if (!output)
            return false;
        if (output->count != first->count)
            return names_fail(names, branch->place, "this query gives %u columns, the first one %u",
                              output->count, first->count);
    }
    set->bound = query->bound = first;
    cte->bound = relation;
    return true;
}

static bool bind_cte(Names *names, Ast *cte, bool recursive)
{
    if (recursive && union_of(cte->last))
        return bind_recursive(names, cte);
    const NamesOutput *output = names_query(names, cte->last, NULL);
    NamesRelation *relation = output ? make_relation(names, cte, output) : NULL;
    cte->bound = relation;
    return relation && push(names, cte, relation);
}

bool names_with(Names *names, Ast *with)
{
    for (Ast *cte = with->first; cte; cte = cte->next)
        if (!bind_cte(names, cte, with->flags & AST_RECURSIVE))
            return false;
    return true;
}
