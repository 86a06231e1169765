#include "redaction_check.h"

#include "detect/correlation.h"

/* Who needs a value, for messages. */
typedef struct Need {
    const char *what; /* "the correlation" */
    Str name;
    const char *does; /* "groups by" */
} Need;

static bool hides_all(const Redaction *redaction)
{
    return redaction->action.verb == REDACT_REMOVE || redaction->action.verb == REDACT_MASK;
}

static bool check_path(const FilterSet *filters, Str path, const Need *need, Error *err)
{
    const RedactPlan *plan = filter_set_plan(filters);
    const Redaction *redaction = redaction_at(plan, path);
    if (!redaction || !hides_all(redaction))
        return true;
    const RecordFilter *filter = filter_set_redactor(filters, (uint32_t)(redaction - plan->list));
    return error_set(err, ERROR_INPUT,
                     "%.*s:%u: '%.*s' does %s with %.*s, which %s '%.*s' %s: expected hash or "
                     "truncate there, or another path",
                     STR_ARG(filter->file), filter->line, STR_ARG(filter->name),
                     redact_verb_name(redaction->action.verb), STR_ARG(path), need->what,
                     STR_ARG(need->name), need->does);
}

static bool check_fields(const FilterSet *filters, const Correlation *correlation,
                         const RuleTexts *fields, const Need *need, Error *err)
{
    bool ok = true;
    for (uint32_t field = 0; ok && field < fields->count; field++)
        for (uint32_t rule = 0; ok && rule < correlation->rules.count; rule++)
            ok = check_path(filters, correlation_path(correlation, fields->list[field], rule), need,
                            err);
    return ok;
}

static bool check_rules(const FilterSet *filters, const RuleSet *rules, Error *err)
{
    bool ok = true;
    for (size_t i = 0; ok && i < ruleset_count(rules); i++) {
        const Rule *rule = ruleset_rule(rules, i);
        if (!rule->correlation)
            continue;
        const Need groups = {"the correlation", rule->title, "groups by"};
        const Need values = {"the correlation", rule->title, "looks at"};
        ok = check_fields(filters, rule->correlation, &rule->correlation->group_by, &groups, err) &&
             check_fields(filters, rule->correlation, &rule->correlation->value_fields, &values,
                          err);
    }
    return ok;
}

static bool check_alarms(const FilterSet *filters, const AlarmSet *alarms, Error *err)
{
    bool ok = true;
    for (size_t i = 0; ok && i < alarm_set_filter_count(alarms); i++) {
        const MetricFilter *metric = alarm_set_filter(alarms, i);
        const Need need = {"the metric filter", metric->name, "has as a dimension"};
        for (uint32_t d = 0; ok && d < metric->dimension_count; d++)
            ok = check_path(filters, metric->dimension_paths[d]->text, &need, err);
    }
    return ok;
}

bool redaction_check(const FilterSet *filters, const RuleSet *rules, const AlarmSet *alarms,
                     Error *err)
{
    return (!rules || check_rules(filters, rules, err)) &&
           (!alarms || check_alarms(filters, alarms, err));
}
