#include "detect/rule.h"

static const char *const LEVELS[] = {"none", "informational", "low", "medium", "high", "critical"};

const char *rule_level_name(RuleLevel level)
{
    return LEVELS[level];
}

bool rule_level_read(Str name, RuleLevel *ret)
{
    for (int level = LEVEL_INFORMATIONAL; level <= LEVEL_CRITICAL; level++)
        if (str_equal_nocase(name, str_of(LEVELS[level]))) {
            *ret = (RuleLevel)level;
            return true;
        }
    return false;
}

bool rule_is_retired(const Rule *rule)
{
    return str_equal(rule->status, STR("deprecated")) ||
           str_equal(rule->status, STR("unsupported"));
}

bool rule_covers(const RuleSource *cover, const RuleSource *source)
{
    const Str wanted[] = {cover->category, cover->product, cover->service};
    const Str given[] = {source->category, source->product, source->service};
    for (int i = 0; i < 3; i++)
        if (wanted[i].len && !str_equal_nocase(wanted[i], given[i]))
            return false;
    return true;
}
