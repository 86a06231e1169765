#include "detect/sql_rule.h"

#include <stddef.h>
#include <string.h>

#include "base/config.h"
#include "base/engine.h"
#include "base/timestamp.h"

#define HOUR_US INT64_C(3600000000)

static const int64_t EVERY_US_MIN = INT64_C(10000000);

static const SqlRule STANDARD = {.evidence = {"eventid", 7},
                                 .every_us = INT64_C(300000000),
                                 .window_us = HOUR_US,
                                 .time_us = INT64_C(60000000),
                                 .memory_bytes = UINT64_C(512) << 20,
                                 .read_bytes = UINT64_C(16) << 30};

/* A number of the rule or of its budget. */
typedef struct Amount {
    const char *name;
    ValueType type;
    size_t offset;
} Amount;

static const Amount AMOUNTS[] = {
    {"every", VALUE_DURATION, offsetof(SqlRule, every_us)},
    {"window", VALUE_DURATION, offsetof(SqlRule, window_us)},
    {"margin", VALUE_DURATION, offsetof(SqlRule, margin_us)},
};

static const Amount BUDGET[] = {
    {"time", VALUE_DURATION, offsetof(SqlRule, time_us)},
    {"memory", VALUE_SIZE, offsetof(SqlRule, memory_bytes)},
    {"read", VALUE_SIZE, offsetof(SqlRule, read_bytes)},
};

enum {
    AMOUNT_COUNT = sizeof AMOUNTS / sizeof *AMOUNTS,
    BUDGET_COUNT = sizeof BUDGET / sizeof *BUDGET
};

/* What else such a rule may say; anything else is a slip of the pen. */
static const char *const MEMBERS[] = {
    "title",    "id",       "name",           "status",   "description", "author",
    "date",     "modified", "level",          "tags",     "fields",      "references",
    "related",  "taxonomy", "falsepositives", "query",    "samples",     "dry_run",
    "group_by", "evidence", "budget",         "response", "resembles",   "severity_reason",
    "every",    "window",   "margin",
};

static bool read_amount(RuleReading *reading, const Yaml *node, const Amount *amount, SqlRule *rule)
{
    Error why = {0};
    int64_t number = 0;
    if (!yaml_is_scalar(node) ||
        !config_check_value(amount->type, NULL, amount->name, node->text, &number, &why))
        return ruleset_reject(reading, node, "S02", "%s",
                              why.text[0] ? why.text : "a number with its unit is expected");
    memcpy((char *)rule + amount->offset, &number, sizeof number);
    return true;
}

static bool read_budget(RuleReading *reading, const Yaml *map, SqlRule *rule)
{
    bool ok = true;
    if (map->kind != YAML_MAP)
        return ruleset_reject(reading, map, "S02", "'budget' is a map of time, memory and read");
    for (const Yaml *node = map->first; node; node = node->next) {
        size_t i = 0;
        while (i < BUDGET_COUNT && !str_equal(node->name, str_of(BUDGET[i].name)))
            i++;
        ok = (i < BUDGET_COUNT ? read_amount(reading, node, &BUDGET[i], rule)
                               : ruleset_reject(reading, node, "S02",
                                                "a budget knows time, memory and read, not '%.*s'",
                                                STR_ARG(str_slice(node->name, 0, 40)))) &&
             ok;
    }
    return ok;
}

static bool read_amounts(RuleReading *reading, const Yaml *document, SqlRule *rule)
{
    const Yaml *budget = yaml_member(document, "budget");
    bool ok = !budget || read_budget(reading, budget, rule);
    for (size_t i = 0; i < AMOUNT_COUNT; i++) {
        const Yaml *node = yaml_member(document, AMOUNTS[i].name);
        ok = (!node || read_amount(reading, node, &AMOUNTS[i], rule)) && ok;
    }
    if (rule->every_us < EVERY_US_MIN)
        ok = ruleset_reject(reading, yaml_member(document, "every"), "S02",
                            "'every' is 10s at least");
    if (rule->window_us < HOUR_US || rule->window_us % HOUR_US)
        ok = ruleset_reject(reading, yaml_member(document, "window"), "S02",
                            "'window' is a whole number of hours, as 1h or 1d");
    return ok;
}

static bool read_groups(RuleReading *reading, const Yaml *document, SqlRule *rule)
{
    const Yaml *node = yaml_member(document, "group_by");
    if (!node || node->kind != YAML_LIST || !node->count || node->count > SQL_RULE_GROUPS_MAX)
        return ruleset_reject(reading, node, "S03",
                              "'group_by' lists 1 to %d columns of the result",
                              SQL_RULE_GROUPS_MAX);
    Str *list = arena_alloc(reading->arena, node->count * sizeof *list, reading->err);
    rule->group_by = (RuleTexts){list, 0};
    for (const Yaml *each = node->first; list && each; each = each->next) {
        if (each->kind != YAML_TEXT)
            return ruleset_reject(reading, each, "S03", "'group_by' lists names of columns");
        list[rule->group_by.count++] = each->text;
    }
    return list != NULL;
}

static bool read_evidence(RuleReading *reading, const Yaml *document, SqlRule *rule)
{
    const Yaml *node = yaml_member(document, "evidence");
    if (!node)
        return true;
    if (node->kind != YAML_TEXT)
        return ruleset_reject(reading, node, "S03", "'evidence' names a column of the result");
    rule->evidence = node->text;
    return true;
}

/* The byte behind ":name" when the query has it at *at*, else 0. */
static size_t parameter_end(Str query, size_t at, Str name)
{
    size_t end = at + 1 + name.len;
    if (query.ptr[at] != ':' || !str_equal(str_slice(query, at + 1, end), name))
        return 0;
    char next = end < query.len ? query.ptr[end] : ' ';
    bool goes_on = (next >= 'a' && next <= 'z') || (next >= 'A' && next <= 'Z') ||
                   (next >= '0' && next <= '9') || next == '_';
    return goes_on ? 0 : end;
}

static bool put_moment(int64_t at_us, Buf *out, Error *err)
{
    char text[TIMESTAMP_TEXT_BYTES];
    timestamp_format(at_us, text);
    text[10] = ' ';
    return buf_printf(out, err, "TIMESTAMP '%.19s'", text);
}

bool sql_rule_write(const SqlRule *rule, int64_t from_us, int64_t to_us, Buf *out, Error *err)
{
    Str query = rule->query;
    bool ok = true;
    for (size_t at = 0, end; ok && at < query.len; at = end) {
        if ((end = parameter_end(query, at, STR("from"))) != 0)
            ok = put_moment(from_us, out, err);
        else if ((end = parameter_end(query, at, STR("to"))) != 0)
            ok = put_moment(to_us, out, err);
        else {
            end = engine_copied_end(query, at);
            ok = buf_append_str(out, str_slice(query, at, end), err);
        }
    }
    return ok;
}

int64_t sql_rule_window(const SqlRule *rule, int64_t at_us)
{
    int64_t rest = at_us % rule->window_us;
    return at_us - (rest < 0 ? rest + rule->window_us : rest);
}

static bool has_parameter(Str query, Str name)
{
    for (size_t at = 0; at < query.len; at = engine_copied_end(query, at))
        if (parameter_end(query, at, name))
            return true;
    return false;
}

/* Whether the query can be understood; what cannot is told at its line. */
static bool check_query(RuleReading *reading, const Yaml *node, const SqlRule *rule)
{
    const RuleSetOptions *options = &reading->set->options;
    BUF_AUTO Buf sql = buf_init(1 << 20);
    Error why = {0};
    uint32_t line = 0;
    if (!options->check)
        return true;
    if (!sql_rule_write(rule, 0, HOUR_US, &sql, reading->err))
        return false;
    Str columns[SQL_RULE_GROUPS_MAX + 2] = {STR("eventtime"), rule->evidence};
    for (uint32_t i = 0; i < rule->group_by.count; i++)
        columns[i + 2] = rule->group_by.list[i];
    if (options->check(buf_str(&sql), columns, rule->group_by.count + 2, &line, &why))
        return true;
    bool block = str_find_byte(node->text, '\n', 0) < node->text.len; /* begins a line lower */
    const Yaml at = {.line = node->line + (block ? 1 + line : 0)};
    return ruleset_reject(reading, &at, "S01", "the query: %s", why.text);
}

static bool read_query(RuleReading *reading, const Yaml *document, SqlRule *rule)
{
    const Yaml *node = yaml_member(document, "query");
    if (!node || node->kind != YAML_TEXT || !node->text.len)
        return ruleset_reject(reading, node, "S01", "'query' is a text in Athena's SQL");
    rule->query = node->text;
    if (!has_parameter(rule->query, STR("from")) || !has_parameter(rule->query, STR("to")))
        return ruleset_reject(reading, node, "S01",
                              "the query names :from and :to, the time that it is about");
    return true;
}

static void warn_unknown(RuleReading *reading, const Yaml *document)
{
    for (const Yaml *node = document->first; node; node = node->next) {
        bool known = false;
        for (size_t i = 0; i < sizeof MEMBERS / sizeof *MEMBERS; i++)
            known |= str_equal(node->name, str_of(MEMBERS[i]));
        if (!known)
            ruleset_warn(reading, node, "a rule with a query has no use for '%.*s'",
                         STR_ARG(str_slice(node->name, 0, 40)));
    }
}

SqlRule *sql_rule_read(RuleReading *reading, const Yaml *document)
{
    SqlRule *rule = arena_alloc(reading->arena, sizeof *rule, reading->err);
    if (!rule)
        return NULL;
    *rule = STANDARD;
    bool ok = read_query(reading, document, rule);
    ok = read_groups(reading, document, rule) && ok;
    ok = read_evidence(reading, document, rule) && ok;
    ok = ok && check_query(reading, yaml_member(document, "query"), rule);
    ok = read_amounts(reading, document, rule) && ok;
    warn_unknown(reading, document);
    return ok ? rule : NULL;
}
