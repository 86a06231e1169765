#include "detect/rule_fields.h"

#include "detect/correlation.h"

typedef struct Walk {
    const Rule *rule;
    RuleFieldTake take;
    void *context;
} Walk;

/* Whether *word* is one of the modifiers behind the name of an item: "field|contains|all". */
static bool has_modifier(Str item, Str word)
{
    size_t from = str_find_byte(item, '|', 0);
    while (from < item.len) {
        size_t end = str_find_byte(item, '|', from + 1);
        if (str_equal(str_slice(item, from + 1, end), word))
            return true;
        from = end;
    }
    return false;
}

static bool wants_nothing(const Yaml *item)
{
    return item->kind == YAML_NULL_VALUE || (has_modifier(item->name, STR("exists")) &&
                                             item->kind == YAML_BOOLEAN && !item->boolean);
}

/* The fields that values of fieldref name. */
static void take_values(const Walk *walk, const Yaml *item)
{
    bool list = item->kind == YAML_LIST;
    for (const Yaml *each = list ? item->first : item; each; each = list ? each->next : NULL)
        if (yaml_is_scalar(each))
            walk->take(walk->context, walk->rule, each->text, each->line);
}

static void take_item(const Walk *walk, const Yaml *item)
{
    Str field = str_slice(item->name, 0, str_find_byte(item->name, '|', 0));
    if (!field.len || wants_nothing(item))
        return;
    walk->take(walk->context, walk->rule, field, item->line);
    if (has_modifier(item->name, STR("fieldref")))
        take_values(walk, item);
}

/* A search: a map of items, or a list of such maps; keywords name no field. */
static void take_search(const Walk *walk, const Yaml *search)
{
    if (search->kind == YAML_MAP)
        for (const Yaml *item = search->first; item; item = item->next)
            take_item(walk, item);
    else if (search->kind == YAML_LIST)
        for (const Yaml *each = search->first; each; each = each->next)
            if (each->kind == YAML_MAP)
                take_search(walk, each);
}

static void take_searches(const Walk *walk, const char *name)
{
    static const char *const OTHER[] = {"condition", "timeframe", "rules"};
    const Yaml *map = yaml_member(walk->rule->tree, name);
    for (const Yaml *search = map ? map->first : NULL; search; search = search->next) {
        bool other = false;
        for (size_t i = 0; i < sizeof OTHER / sizeof *OTHER; i++)
            other |= str_equal(search->name, str_of(OTHER[i]));
        if (!other)
            take_search(walk, search);
    }
}

static void take_names(const Walk *walk, const RuleTexts *names, uint32_t line)
{
    const Correlation *correlation = walk->rule->correlation;
    for (uint32_t rule = 0; rule < correlation->rules.count; rule++)
        for (uint32_t i = 0; i < names->count; i++)
            walk->take(walk->context, walk->rule,
                       correlation_path(correlation, names->list[i], rule), line);
}

void rule_fields_each(const Rule *rule, RuleFieldTake take, void *context)
{
    const Walk walk = {rule, take, context};
    if (rule->kind == RULE_CORRELATION) {
        const Yaml *map = yaml_member(rule->tree, "correlation");
        take_names(&walk, &rule->correlation->group_by, map ? map->line : rule->line);
        take_names(&walk, &rule->correlation->value_fields, map ? map->line : rule->line);
    } else if (rule->kind != RULE_SQL) {
        take_searches(&walk, rule->kind == RULE_FILTER ? "filter" : "detection");
    }
}
