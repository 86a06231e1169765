/* Joins: their sides, conditions, and the columns that USING and NATURAL make one. */
#include <string.h>

#include "planner/names_scope.h"

/* Where the entries of a join's two sides are in the scope. */
typedef struct Sides {
    uint32_t left, right, end;
} Sides;

/* Pairs of columns that become one. */
typedef struct Merge {
    NamesColumn *left, *right, *merged;
    uint32_t count, cap;
} Merge;

static NamesEntry *find_entry(NamesScope *scope, uint32_t from, uint32_t to, Str name)
{
    for (uint32_t i = from; i < to; i++)
        if (scope->entries[i].bare && scope->entries[i].column->name.len &&
            str_equal_nocase(scope->entries[i].column->name, name))
            return &scope->entries[i];
    return NULL;
}

/* The pair is seen as one column by its bare name; its parts no longer are. */
static bool merge_pair(Names *names, const Ast *join, NamesEntry *left, NamesEntry *right,
                       Merge *merge)
{
    NamesColumn *merged = &merge->merged[merge->count];
    const Type *type = names_common(names, join, left->column->type, right->column->type);
    if (!type)
        return false;
    *merged = *left->column;
    merged->type = type;
    if (str_equal(join->text, STR("right")))
        merged->sql = right->column->sql;
    else if (str_equal(join->text, STR("full")))
        merged->sql = names_text(names, "coalesce(%.*s, %.*s)", STR_ARG(left->column->sql),
                                 STR_ARG(right->column->sql));
    merge->left[merge->count] = *left->column;
    merge->right[merge->count++] = *right->column;
    left->bare = left->starred = right->bare = right->starred = false;
    return true;
}

static bool make_merge(Names *names, uint32_t cap, Merge *merge)
{
    merge->cap = cap;
    merge->left = arena_calloc(names->arena, cap + 1, sizeof *merge->left, names->err);
    merge->right = arena_calloc(names->arena, cap + 1, sizeof *merge->right, names->err);
    merge->merged = arena_calloc(names->arena, cap + 1, sizeof *merge->merged, names->err);
    return merge->left && merge->right && merge->merged;
}

static bool merge_using(Names *names, const Ast *join, const Ast *using, NamesScope *scope,
                        Sides sides, Merge *merge)
{
    for (const Ast *name = using->first; name; name = name->next) {
        NamesEntry *left = find_entry(scope, sides.left, sides.right, name->text);
        NamesEntry *right = find_entry(scope, sides.right, sides.end, name->text);
        if (!left || !right)
            return names_fail(names, name->place, "column '%.*s' is missing on the %s of the join",
                              STR_ARG(str_slice(name->text, 0, 80)), left ? "right" : "left");
        if (!merge_pair(names, join, left, right, merge))
            return false;
    }
    return true;
}

static bool merge_natural(Names *names, const Ast *join, NamesScope *scope, Sides sides,
                          Merge *merge)
{
    for (uint32_t i = sides.left; i < sides.right; i++) {
        NamesEntry *left = &scope->entries[i];
        NamesEntry *right =
            left->starred ? find_entry(scope, sides.right, sides.end, left->column->name) : NULL;
        if (right && !merge_pair(names, join, left, right, merge))
            return false;
    }
    return merge->count ||
           names_fail(names, join->place, "the sides of a NATURAL JOIN have no column in common");
}

/* Puts the merged columns before the join's others. */
static bool show_merged(Names *names, NamesScope *scope, Sides sides, const Merge *merge)
{
    for (uint32_t i = 0; i < merge->count; i++)
        if (!names_scope_entry(names, scope, (NamesEntry){{"", 0}, &merge->merged[i], true, true}))
            return false;
    uint32_t moved = sides.end - sides.left;
    NamesEntry *entries = scope->entries + sides.left;
    NamesEntry *last = arena_alloc(names->arena, (merge->count + 1) * sizeof *last, names->err);
    if (!last)
        return false;
    memcpy(last, entries + moved, merge->count * sizeof *last);
    memmove(entries + merge->count, entries, moved * sizeof *entries);
    memcpy(entries, last, merge->count * sizeof *last);
    return true;
}

bool names_join(Names *names, Ast *join, NamesScope *scope)
{
    Sides sides = {.left = scope->count};
    Merge merge = {0};
    Ast *left = join->first, *right = left->next, *how = right->next;
    if (!names_relation(names, left, scope))
        return false;
    sides.right = scope->count;
    names->unnest_within = names_unnest_home(join);
    if (!names_relation(names, right, scope))
        return false;
    sides.end = scope->count;
    if (how && how->kind == AST_ON)
        return names_condition(names, how->first, scope, "ON");
    if (!how && !(join->flags & AST_NATURAL))
        return true;
    if (!make_merge(names, how ? how->count : sides.right - sides.left, &merge) ||
        (how ? !merge_using(names, join, how, scope, sides, &merge)
             : !merge_natural(names, join, scope, sides, &merge)) ||
        !show_merged(names, scope, sides, &merge))
        return false;
    NamesJoin *bound = arena_alloc(names->arena, sizeof *bound, names->err);
    if (!bound)
        return false;
    *bound = (NamesJoin){merge.left, merge.right, merge.count};
    join->bound = bound;
    return true;
}
