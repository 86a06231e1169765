#include "detect/correlation.h"

static const char *const TYPES[] = {"event_count",      "value_count",      "temporal",
                                    "temporal_ordered", "absence",          "value_sum",
                                    "value_avg",        "value_percentile", "value_median"};

const char *correlation_type_name(CorrelationType type)
{
    return TYPES[type];
}

Str correlation_path(const Correlation *correlation, Str name, uint32_t index)
{
    for (uint32_t i = 0; i < correlation->alias_count; i++)
        if (str_equal(correlation->aliases[i].name, name))
            return correlation->aliases[i].paths[index];
    return name;
}

bool correlation_is_possible(const Rule *rule, const uint64_t *counts)
{
    const Correlation *correlation = rule->correlation;
    uint32_t some = 0;
    if (rule->kind != RULE_CORRELATION)
        return counts[rule->index] > 0;
    if (correlation->type == CORRELATION_ABSENCE)
        return correlation_is_possible(correlation->resolved[0], counts);
    for (uint32_t i = 0; i < correlation->rules.count; i++)
        some += correlation_is_possible(correlation->resolved[i], counts);
    bool all = !correlation->condition && correlation->bound_count == 1 &&
               correlation->bounds[0].op == BOUND_GTE &&
               correlation->bounds[0].number >= correlation->rules.count &&
               (correlation->type == CORRELATION_TEMPORAL ||
                correlation->type == CORRELATION_TEMPORAL_ORDERED);
    return all ? some == correlation->rules.count : some > 0;
}

int64_t correlation_reach_us(const Rule *rule)
{
    int64_t most = 0;
    if (rule->kind != RULE_CORRELATION)
        return 0;
    for (uint32_t i = 0; i < rule->correlation->rules.count; i++) {
        int64_t inner = correlation_reach_us(rule->correlation->resolved[i]);
        most = inner > most ? inner : most;
    }
    return most + rule->correlation->timespan_us;
}

bool correlation_has_absence(const Rule *rule)
{
    if (rule->kind != RULE_CORRELATION)
        return false;
    bool has = rule->correlation->type == CORRELATION_ABSENCE;
    for (uint32_t i = 0; !has && i < rule->correlation->rules.count; i++)
        has = correlation_has_absence(rule->correlation->resolved[i]);
    return has;
}
