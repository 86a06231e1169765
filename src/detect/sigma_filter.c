/* Filters ("sigma", section 10): names and conditions of their own. */
#include <string.h>

#include "detect/sigma_parts.h"

static bool is_negated(const Expr *expr)
{
    if (expr->kind == EXPR_NOT)
        return true;
    for (const ExprLink *link = expr->first; link; link = link->next)
        if (is_negated(link->expr))
            return true;
    return false;
}

/* The rules a filter is for: a list of ids and names, one of them, or any. */
static bool read_rules(RuleReading *reading, const Yaml *map, RuleTexts *ret)
{
    const Yaml *node = yaml_member(map, "rules");
    if (!node || node->kind == YAML_MAP || node->kind == YAML_NULL_VALUE)
        return ruleset_reject(reading, node ? node : map, "R28",
                              "a filter needs 'rules': a list of ids and names, or any");
    bool list = node->kind == YAML_LIST;
    Str *texts = arena_alloc(reading->arena, (node->count + 1) * sizeof *texts, reading->err);
    if (!texts)
        return false;
    *ret = (RuleTexts){texts, 0};
    if (!list && str_equal_nocase(node->text, STR("any")))
        return true;
    for (const Yaml *each = list ? node->first : node; each; each = list ? each->next : NULL) {
        if (!yaml_is_scalar(each))
            return ruleset_reject(reading, each, "R28", "'rules' is a list of ids and names");
        texts[ret->count++] = each->text;
    }
    return true;
}

Filter *sigma_read_filter(RuleReading *reading, const Yaml *document)
{
    static const char *const SKIP[] = {"condition", "rules", NULL};
    SigmaSearch *searches;
    const Yaml *map = yaml_member(document, "filter");
    Filter *filter = arena_calloc(reading->arena, 1, sizeof *filter, reading->err);
    if (!filter)
        return NULL;
    if (map->kind != YAML_MAP) {
        ruleset_reject(reading, map, "R28", "'filter' must be a map");
        return NULL;
    }
    bool ok = read_rules(reading, map, &filter->rules);
    ok = sigma_read_searches(reading, map, SKIP, &searches) && ok;
    const Yaml *condition = yaml_member(map, "condition");
    if (!condition || !yaml_is_scalar(condition)) {
        ruleset_reject(reading, condition ? condition : map, "R28",
                       "a filter needs one condition, a text");
        return NULL;
    }
    filter->expr = sigma_read_condition(reading, condition, searches);
    if (!ok || !filter->expr)
        return NULL;
    if (!is_negated(filter->expr))
        ruleset_warn(
            reading, condition,
            "the condition holds no 'not': the rules match only what the filter describes");
    return filter;
}
