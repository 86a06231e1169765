/* Correlations ("sigma", sections 11.1 to 11.3 and 11.7); their rules are found later. */
#include <math.h>
#include <string.h>

#include "detect/sigma_parts.h"

enum { TIMESPAN_BYTES_MAX = 10 };
#define TIMESPAN_SECONDS_MAX INT64_C(31556952000) /* a thousand years */

static bool is_temporal(const Correlation *correlation)
{
    return correlation->type == CORRELATION_TEMPORAL ||
           correlation->type == CORRELATION_TEMPORAL_ORDERED;
}

static bool read_type(RuleReading *reading, const Yaml *map, Correlation *to)
{
    const Yaml *node = yaml_member(map, "type");
    if (!node)
        return ruleset_reject(reading, map, "R27", "a correlation needs a type");
    for (int i = 0; i <= CORRELATION_VALUE_MEDIAN; i++)
        if (str_equal_nocase(node->text, str_of(correlation_type_name((CorrelationType)i)))) {
            to->type = (CorrelationType)i;
            return true;
        }
    return ruleset_reject(reading, node, "R27", "there is no type of correlation '%.*s'",
                          STR_ARG(str_slice(node->text, 0, 40)));
}

/* A list of distinct texts, or one text. */
static bool read_texts(RuleReading *reading, const Yaml *node, RuleTexts *ret)
{
    bool list = node->kind == YAML_LIST;
    Str *texts = arena_alloc(reading->arena, (node->count + 1) * sizeof *texts, reading->err);
    if (!texts)
        return false;
    *ret = (RuleTexts){texts, 0};
    for (const Yaml *each = list ? node->first : node; each; each = list ? each->next : NULL) {
        if (each->kind != YAML_TEXT)
            return ruleset_reject(reading, each, "R27", "'%.*s' is a list of texts",
                                  STR_ARG(node->name));
        for (uint32_t i = 0; i < ret->count; i++)
            if (str_equal(texts[i], each->text))
                return ruleset_reject(reading, each, "R27", "'%.*s' stands twice in '%.*s'",
                                      STR_ARG(str_slice(each->text, 0, 80)), STR_ARG(node->name));
        texts[ret->count++] = each->text;
    }
    return true;
}

static bool read_timespan(RuleReading *reading, const Yaml *map, Correlation *to)
{
    static const struct {
        char unit;
        int64_t seconds;
    } UNITS[] = {{'s', 1},      {'m', 60},      {'h', 3600},    {'d', 86400},
                 {'w', 604800}, {'M', 2629746}, {'y', 31556952}};
    const Yaml *node = yaml_member(map, "timespan");
    uint64_t number;
    if (!node)
        return ruleset_reject(reading, map, "R27", "a correlation needs a timespan");
    Str text = node->text;
    bool ok = text.len >= 2 && text.len <= TIMESPAN_BYTES_MAX && text.ptr[0] >= '1' &&
              text.ptr[0] <= '9' && str_to_u64(str_slice(text, 0, text.len - 1), &number) &&
              number < 1000000000;
    for (size_t i = 0; ok && i < sizeof UNITS / sizeof *UNITS; i++)
        if (text.ptr[text.len - 1] == UNITS[i].unit) {
            if ((int64_t)number > TIMESPAN_SECONDS_MAX / UNITS[i].seconds)
                return ruleset_reject(reading, node, "R27", "a timespan of over 1,000 years");
            to->timespan_us = (int64_t)number * UNITS[i].seconds * 1000000;
            return true;
        }
    return ruleset_reject(reading, node, "R27",
                          "a timespan is a number above 0 and one of s, m, h, d, w, M, y, as 90m");
}

static bool add_bound(RuleReading *reading, const Yaml *node, size_t op, Correlation *to)
{
    if ((node->kind != YAML_INTEGER && node->kind != YAML_FLOAT) || !isfinite(node->real))
        return ruleset_reject(reading, node, "R27", "'%.*s' takes a number", STR_ARG(node->name));
    to->bounds[to->bound_count++] = (CorrelationBound){(BoundOp)op, node->real};
    if (op >= BOUND_LT)
        ruleset_warn(reading, node, "'%.*s' is asked at each signal, so it may fire at the first",
                     STR_ARG(node->name));
    return true;
}

static bool read_bound(RuleReading *reading, const Yaml *node, Correlation *to)
{
    static const char *const OPS[] = {"gt", "gte", "lt", "lte", "eq", "neq"};
    if (str_equal(node->name, STR("field")))
        return read_texts(reading, node, &to->value_fields);
    if (str_equal(node->name, STR("percentile"))) {
        to->percentile = node->real;
        return (node->kind == YAML_INTEGER && node->integer >= 0 && node->integer <= 100) ||
               ruleset_reject(reading, node, "R27", "a percentile is a number from 0 to 100");
    }
    for (size_t op = 0; op < sizeof OPS / sizeof *OPS; op++)
        if (str_equal(node->name, str_of(OPS[op])))
            return add_bound(reading, node, op, to);
    return ruleset_reject(reading, node, "R27", "a correlation's condition knows no '%.*s'",
                          STR_ARG(str_slice(node->name, 0, 40)));
}

static bool check_fields(RuleReading *reading, const Yaml *node, Correlation *to)
{
    bool wants = to->type == CORRELATION_VALUE_COUNT || to->type >= CORRELATION_VALUE_SUM;
    if (wants && !to->value_fields.count)
        return ruleset_reject(reading, node, "R27", "'%s' needs a field",
                              correlation_type_name(to->type));
    if (to->value_fields.count > 1 && to->type != CORRELATION_VALUE_COUNT)
        return ruleset_reject(reading, node, "R27", "only value_count takes several fields");
    if (!wants && to->value_fields.count)
        ruleset_warn(reading, node, "'%s' does not look at a field",
                     correlation_type_name(to->type));
    if (to->type == CORRELATION_VALUE_PERCENTILE && !yaml_member(node, "percentile"))
        return ruleset_reject(reading, node, "R27", "value_percentile needs a percentile");
    if (to->type == CORRELATION_VALUE_MEDIAN)
        to->percentile = 50;
    return true;
}

static bool read_map(RuleReading *reading, const Yaml *node, Correlation *to)
{
    bool ok = true;
    for (const Yaml *member = node->first; member; member = member->next)
        ok = read_bound(reading, member, to) && ok;
    if (ok && !to->bound_count)
        return ruleset_reject(reading, node, "R27", "the condition compares with nothing");
    return ok && check_fields(reading, node, to);
}

/* "A without B within t": what is asked follows from the list of rules. */
static bool read_absence(RuleReading *reading, const Yaml *map, const Correlation *to)
{
    const Yaml *condition = yaml_member(map, "condition");
    if (reading->set->options.strict)
        return ruleset_reject(reading, map, "R27",
                              "'absence' is no type of Sigma's, but an extension of spoor");
    if (condition)
        return ruleset_reject(reading, condition, "R27", "'absence' takes no condition");
    return to->rules.count >= 2 ||
           ruleset_reject(reading, map, "R27",
                          "'absence' needs the rule that is seen and at least one that is not");
}

static bool read_condition(RuleReading *reading, const Yaml *map, Correlation *to)
{
    const Yaml *node = yaml_member(map, "condition");
    if (to->type == CORRELATION_ABSENCE)
        return read_absence(reading, map, to);
    if (!node && !is_temporal(to))
        return ruleset_reject(reading, map, "R27", "'%s' needs a condition",
                              correlation_type_name(to->type));
    if (!node) {
        to->bounds[to->bound_count++] = (CorrelationBound){BOUND_GTE, to->rules.count};
        return true;
    }
    if (node->kind == YAML_MAP)
        return read_map(reading, node, to);
    if (node->kind != YAML_TEXT)
        return ruleset_reject(reading, node, "R27", "the condition is %s", yaml_kind_name(node));
    if (!is_temporal(to))
        return ruleset_reject(reading, node, "R27", "'%s' takes a map as its condition",
                              correlation_type_name(to->type));
    to->condition = sigma_read_named(reading, node, to);
    return to->condition != NULL;
}

static bool read_alias(RuleReading *reading, const Yaml *node, Correlation *to,
                       CorrelationAlias *alias)
{
    Str *paths = arena_calloc(reading->arena, to->rules.count + 1, sizeof *paths, reading->err);
    if (!paths)
        return false;
    if (node->kind != YAML_MAP)
        return ruleset_reject(reading, node, "R27", "an alias is a map of rules and fields");
    *alias = (CorrelationAlias){node->name, paths};
    for (uint32_t i = 0; i < to->rules.count; i++) {
        const Yaml *path = yaml_member(node, to->rules.list[i].ptr);
        if (!path || path->kind != YAML_TEXT)
            return ruleset_reject(reading, node, "R27", "the alias says no field for rule '%.*s'",
                                  STR_ARG(str_slice(to->rules.list[i], 0, 80)));
        paths[i] = path->text;
    }
    return node->count == to->rules.count ||
           ruleset_reject(reading, node, "R27", "the alias names rules that are not correlated");
}

static bool read_aliases(RuleReading *reading, const Yaml *map, Correlation *to)
{
    const Yaml *node = yaml_member(map, "aliases");
    bool ok = true;
    if (!node)
        return true;
    if (node->kind != YAML_MAP)
        return ruleset_reject(reading, node, "R27", "'aliases' is a map");
    to->aliases = arena_calloc(reading->arena, node->count + 1, sizeof *to->aliases, reading->err);
    if (!to->aliases)
        return false;
    for (const Yaml *each = node->first; each; each = each->next)
        ok = read_alias(reading, each, to, &to->aliases[to->alias_count++]) && ok;
    return ok;
}

static bool read_rules(RuleReading *reading, const Yaml *map, Correlation *to)
{
    const Yaml *node = yaml_member(map, "rules"), *condition = yaml_member(map, "condition");
    if (node && (node->kind == YAML_LIST || node->kind == YAML_TEXT))
        return read_texts(reading, node, &to->rules) &&
               (to->rules.count || ruleset_reject(reading, node, "R27", "'rules' is empty"));
    bool named = !node && is_temporal(to) && condition && condition->kind == YAML_TEXT;
    return named ? sigma_read_names(reading, condition, &to->rules)
                 : ruleset_reject(reading, node ? node : map, "R27",
                                  "a correlation needs 'rules', a list of ids and names");
}

static bool read_generate(RuleReading *reading, const Yaml *node, Correlation *to)
{
    if (!node)
        return true;
    to->generate |= node->boolean;
    return node->kind == YAML_BOOLEAN ||
           ruleset_reject(reading, node, "R27", "'generate' is true or false");
}

static bool read_groups(RuleReading *reading, const Yaml *map, Correlation *to)
{
    const Yaml *node = yaml_member(map, "group-by");
    if (!node || node->kind == YAML_NULL_VALUE)
        return true;
    return node->kind == YAML_MAP
               ? ruleset_reject(reading, node, "R27", "'group-by' is a list of fields")
               : read_texts(reading, node, &to->group_by);
}

Correlation *sigma_read_correlation(RuleReading *reading, const Yaml *document, Rule *rule)
{
    const Yaml *map = yaml_member(document, "correlation");
    Correlation *to = arena_calloc(reading->arena, 1, sizeof *to, reading->err);
    (void)rule;
    if (!to)
        return NULL;
    if (map->kind != YAML_MAP) {
        ruleset_reject(reading, map, "R27", "'correlation' must be a map");
        return NULL;
    }
    bool ok = read_type(reading, map, to) && read_rules(reading, map, to);
    ok = read_timespan(reading, map, to) && ok;
    ok = read_groups(reading, map, to) && ok;
    ok = ok && read_condition(reading, map, to) && read_aliases(reading, map, to);
    ok = read_generate(reading, yaml_member(map, "generate"), to) && ok;
    ok = read_generate(reading, yaml_member(document, "generate"), to) && ok;
    return ok ? to : NULL;
}
