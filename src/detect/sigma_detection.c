/* Searches of a detection: maps are joined by AND, lists by OR ("sigma", section 3). */
#include <string.h>

#include "detect/sigma.h"

enum { LISTS_DEPTH_MAX = 16 };

static const Expr *read_map(RuleReading *reading, const Yaml *map)
{
    ExprList list = {0};
    bool ok = true;
    if (!map->first) {
        ruleset_reject(reading, map, "R20", "the map is empty");
        return NULL;
    }
    for (const Yaml *member = map->first; member; member = member->next) {
        const Expr *item = sigma_read_item(reading, member->name, member);
        ok = item && expr_add(&list, item, reading->arena, reading->err) && ok;
    }
    return ok ? expr_join(EXPR_AND, &list, reading->arena, reading->err) : NULL;
}

static const Expr *read_search(RuleReading *reading, const Yaml *node, int depth)
{
    ExprList list = {0};
    bool ok = true;
    if (node->kind == YAML_MAP)
        return read_map(reading, node);
    if (node->kind != YAML_LIST)
        return sigma_read_item(reading, STR(""), node);
    if (!node->first || depth == LISTS_DEPTH_MAX) {
        ruleset_reject(reading, node, "R20", node->first ? "lists in lists" : "the list is empty");
        return NULL;
    }
    for (const Yaml *each = node->first; each; each = each->next) {
        const Expr *one = read_search(reading, each, depth + 1);
        ok = one && expr_add(&list, one, reading->arena, reading->err) && ok;
    }
    return ok ? expr_join(EXPR_OR, &list, reading->arena, reading->err) : NULL;
}

static bool is_skipped(Str name, const char *const *skip)
{
    for (; *skip; skip++)
        if (str_equal(name, str_of(*skip)))
            return true;
    return false;
}

bool sigma_read_searches(RuleReading *reading, const Yaml *map, const char *const *skip,
                         SigmaSearch **ret)
{
    SigmaSearch **last = ret;
    bool ok = true;
    *ret = NULL;
    for (const Yaml *member = map->first; member; member = member->next) {
        if (is_skipped(member->name, skip))
            continue;
        SigmaSearch *search = arena_calloc(reading->arena, 1, sizeof *search, reading->err);
        if (!search)
            return false;
        search->name = member->name;
        search->expr = read_search(reading, member, 0);
        ok = search->expr && ok;
        *last = search;
        last = &search->next;
    }
    return ok;
}
