#include "detect/required.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "detect/fold.h"

enum { NAMES_BYTES_MAX = 1 << 24, LIST_BYTES_MAX = 1 << 26 };

typedef struct Named {
    Str name;
    const Rule *rule;
} Named;

struct RequiredIndex {
    Buf named; /* Named each, by name and place of the rule */
    Buf free;  /* rules that require no name */
    Buf found; /* of the last look */
    const FieldPath *path;
    Arena *arena;
};

/* The item asks for exact texts of the member itself. */
static bool is_exact(const Expr *item, Slot slot)
{
    return item->path && item->path->slot == slot && item->path->segment == item->path->text.len &&
           item->test->kind == TEST_TEXT && !item->test->negated && !item->test->glob_count;
}

bool required_names(const Expr *expr, Slot slot, Buf *ret_names, Error *err)
{
    size_t before = ret_names->len;
    if (expr->kind == EXPR_ITEM)
        return is_exact(expr, slot) &&
               buf_append(ret_names, expr->test->exact, expr->test->exact_count * sizeof(Str), err);
    if (expr->kind == EXPR_NOT || expr->kind == EXPR_WITHIN)
        return false;
    for (const ExprLink *link = expr->first; link; link = link->next) {
        bool names = required_names(link->expr, slot, ret_names, err);
        if (names && expr->kind == EXPR_AND)
            return true;
        if (!names && expr->kind == EXPR_OR) {
            ret_names->len = before;
            return false;
        }
    }
    return expr->kind == EXPR_OR && expr->first;
}

static int compare(const void *a, const void *b)
{
    const Named *left = a, *right = b;
    int order = str_compare(left->name, right->name);
    return order ? order
                 : (left->rule->index > right->rule->index) -
                       (left->rule->index < right->rule->index);
}

/* The name in lower case, as the index holds it. */
static bool fold(RequiredIndex *index, Str *name, Error *err)
{
    BUF_AUTO Buf folded = buf_init(NAMES_BYTES_MAX);
    if (fold_is_folded(*name))
        return true;
    bool ok = fold_append(&folded, *name, err);
    const char *copy = ok ? arena_text(index->arena, buf_str(&folded), err) : NULL;
    *name = (Str){copy, folded.len};
    return copy != NULL;
}

static bool add(RequiredIndex *index, const Rule *rule, Error *err)
{
    BUF_AUTO Buf names = buf_init(NAMES_BYTES_MAX);
    if (!required_names(rule->expr, S_EVENT_NAME, &names, err))
        return err->kind == ERROR_NONE &&
               buf_append(&index->free, &rule, sizeof(const Rule *), err);
    for (size_t at = 0; at < names.len; at += sizeof(Str)) {
        Named named = {.rule = rule};
        memcpy(&named.name, names.ptr + at, sizeof named.name);
        if (!fold(index, &named.name, err) || !buf_append(&index->named, &named, sizeof named, err))
            return false;
    }
    return true;
}

RequiredIndex *required_new(const Rule *const *rules, size_t count, Error *err)
{
    RequiredIndex *index = mem_calloc(1, sizeof *index, err);
    if (!index)
        return NULL;
    index->named = index->free = index->found = buf_init(LIST_BYTES_MAX);
    index->arena = arena_new(NAMES_BYTES_MAX, err);
    index->path = index->arena ? document_path(STR("eventName"), index->arena, err) : NULL;
    bool ok = index->path != NULL;
    for (size_t i = 0; ok && i < count; i++)
        ok = add(index, rules[i], err);
    if (!ok) {
        required_free(index);
        return NULL;
    }
    if (index->named.len)
        qsort(index->named.ptr, index->named.len / sizeof(Named), sizeof(Named), compare);
    return index;
}

void required_free(RequiredIndex *index)
{
    if (!index)
        return;
    buf_free(&index->named);
    buf_free(&index->free);
    buf_free(&index->found);
    arena_free(index->arena);
    mem_free(index);
}

/* The place of the first entry that is not before *name*. */
static size_t lower_bound(const RequiredIndex *index, Str name)
{
    const Named *named = (const Named *)(void *)index->named.ptr;
    size_t low = 0, high = index->named.len / sizeof *named;
    while (low < high) {
        size_t middle = (low + high) / 2;
        if (str_compare(named[middle].name, name) < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

static int compare_rules(const void *a, const void *b)
{
    const Rule *left = *(const Rule *const *)a, *right = *(const Rule *const *)b;
    return (left->index > right->index) - (left->index < right->index);
}

bool required_look(RequiredIndex *index, Document *document, const Rule *const **ret_rules,
                   size_t *ret_count, Error *err)
{
    BUF_AUTO Buf folded = buf_init(NAMES_BYTES_MAX);
    const Named *named = (const Named *)(void *)index->named.ptr;
    Found found;
    document_find(document, index->path, &found);
    index->found.len = 0;
    bool ok = buf_append_str(&index->found, buf_str(&index->free), err);
    if (found.count == 1 && found.values[0]->type == JSON_STRING) {
        ok = ok && fold_append(&folded, found.values[0]->text, err);
        size_t end = index->named.len / sizeof *named;
        for (size_t i = lower_bound(index, buf_str(&folded));
             ok && i < end && str_equal(named[i].name, buf_str(&folded)); i++)
            ok = buf_append(&index->found, &named[i].rule, sizeof(const Rule *), err);
    }
    *ret_count = index->found.len / sizeof(const Rule *);
    if (*ret_count)
        qsort(index->found.ptr, *ret_count, sizeof(const Rule *), compare_rules);
    *ret_rules = (const Rule *const *)(void *)index->found.ptr;
    return ok;
}
