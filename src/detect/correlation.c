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
