/* automation_read - rules for findings out of YAML. */
#include <stdlib.h>
#include <string.h>

#include "base/timestamp.h"
#include "derive/address.h"
#include "findings/automation_state.h"
#include "findings/finding_workflow.h"
#include "findings/severity.h"

enum { ORDER_MAX = 1000, ORDER_ELSE = 500, FIELDS_BYTES_MAX = 1 << 16, NEAR_FIELDS = 3 };

static const int64_t DAY_US = INT64_C(86400) * 1000000;

typedef struct Reading {
    const char *file;
    Arena *arena;
    Criterion *list;
    size_t count;
} Reading;

static bool wrong(const Reading *reading, const Yaml *at, Error *err, const char *expected)
{
    return yaml_wrong(at, reading->file, expected, err);
}

static bool keep(Arena *arena, Str text, Str *ret, Error *err)
{
    const char *copy = arena_text(arena, text, err);
    *ret = (Str){copy, text.len};
    return copy != NULL;
}

/* ---- criteria ---- */

static const struct {
    const char *name;
    CriterionKind kind;
} COMPARISONS[] = {
    {"EQUALS", CRITERION_EQUALS},
    {"PREFIX", CRITERION_PREFIX},
    {"CONTAINS", CRITERION_CONTAINS},
    {"CONTAINS_WORD", CRITERION_CONTAINS},
    {"NOT_EQUALS", CRITERION_NOT_EQUALS},
    {"PREFIX_NOT_EQUALS", CRITERION_PREFIX_NOT_EQUALS},
    {"NOT_CONTAINS", CRITERION_NOT_CONTAINS},
};

static bool is_number(const Yaml *node)
{
    return node->kind == YAML_INTEGER || node->kind == YAML_FLOAT;
}

/* The members of a criterion and what they set. */
static bool read_bound(Reading *reading, const Yaml *at, Criterion *ret, Error *err)
{
    static const struct {
        const char *name;
        bool least, most, outside;
    } BOUNDS[] = {{"gte", true, false, false},
                  {"gt", true, false, true},
                  {"lte", false, true, false},
                  {"lt", false, true, true},
                  {"eq", true, true, false}};
    for (size_t i = 0; i < sizeof BOUNDS / sizeof *BOUNDS; i++) {
        if (!str_equal(at->name, str_of(BOUNDS[i].name)))
            continue;
        if (!is_number(at))
            return wrong(reading, at, err, "a number");
        if (BOUNDS[i].least)
            ret->least = at->real;
        if (BOUNDS[i].most)
            ret->most = at->real;
        ret->above = ret->above || (BOUNDS[i].least && BOUNDS[i].outside);
        ret->below = ret->below || (BOUNDS[i].most && BOUNDS[i].outside);
        return true;
    }
    return wrong(reading, at, err, "one of gte, gt, lte, lt, eq");
}

static bool read_moment(Reading *reading, const Yaml *at, Criterion *ret, Error *err)
{
    int64_t *times[] = {&ret->start_us, &ret->end_us};
    int64_t *days[] = {&ret->within_us, &ret->older_us};
    static const char *const TIMES[] = {"start", "end"}, *const DAYS[] = {"within_days",
                                                                          "older_than_days"};
    for (int i = 0; i < 2; i++) {
        if (str_equal(at->name, str_of(TIMES[i])))
            return timestamp_parse(at->text, times[i]) ||
                   wrong(reading, at, err, "a time such as 2026-11-26T10:00:00Z");
        if (!str_equal(at->name, str_of(DAYS[i])))
            continue;
        if (at->kind != YAML_INTEGER || at->integer < 1 || at->integer > 36500)
            return wrong(reading, at, err, "a number of days");
        *days[i] = at->integer * DAY_US;
        return true;
    }
    return wrong(reading, at, err, "one of start, end, within_days, older_than_days");
}

static bool read_comparison(Reading *reading, const Yaml *at, Criterion *ret, Error *err)
{
    for (size_t i = 0; i < sizeof COMPARISONS / sizeof *COMPARISONS; i++)
        if (str_equal_nocase(at->text, str_of(COMPARISONS[i].name))) {
            ret->kind = COMPARISONS[i].kind;
            return true;
        }
    return wrong(reading, at, err,
                 "one of EQUALS, PREFIX, CONTAINS, NOT_EQUALS, PREFIX_NOT_EQUALS, NOT_CONTAINS");
}

static bool read_word(Reading *reading, const Yaml *at, Criterion *ret, Error *err)
{
    bool map = AUTOMATION_FIELDS[ret->field].kind == ASKED_MAP;
    if (!yaml_is_scalar(at))
        return wrong(reading, at, err, "a text");
    if (str_equal(at->name, STR("value")))
        return keep(reading->arena, at->text, &ret->value, err);
    if (str_equal(at->name, STR("comparison")))
        return read_comparison(reading, at, ret, err);
    if (map && str_equal(at->name, STR("key")))
        return keep(reading->arena, at->text, &ret->key, err);
    return wrong(reading, at, err, map ? "one of key, value, comparison" : "value or comparison");
}

static bool read_address(Reading *reading, const Yaml *at, Criterion *ret, Error *err)
{
    AddressPrefix ignored;
    if (!str_equal(at->name, STR("cidr")))
        return read_word(reading, at, ret, err);
    if (!address_parse_prefix(at->text, &ignored))
        return wrong(reading, at, err, "an address or block such as 192.0.2.0/24");
    ret->kind = CRITERION_CIDR;
    return keep(reading->arena, at->text, &ret->value, err);
}

/* How the kinds of fields are asked. */
static const struct {
    CriterionKind kind;
    bool (*read)(Reading *reading, const Yaml *at, Criterion *ret, Error *err);
} KINDS[] = {[ASKED_TEXT] = {CRITERION_EQUALS, read_word},
             [ASKED_NUMBER] = {CRITERION_NUMBER, read_bound},
             [ASKED_TIME] = {CRITERION_TIME, read_moment},
             [ASKED_MAP] = {CRITERION_EQUALS, read_word},
             [ASKED_ADDRESS] = {CRITERION_CIDR, read_address}};

/* A scalar asks for what is equal to it. */
static bool read_scalar(Reading *reading, const Yaml *at, Criterion *ret, Error *err)
{
    AutomationKind kind = AUTOMATION_FIELDS[ret->field].kind;
    AddressPrefix ignored;
    if (kind == ASKED_NUMBER && is_number(at)) {
        ret->least = ret->most = at->real;
        return true;
    }
    if (kind == ASKED_ADDRESS && !address_parse_prefix(at->text, &ignored))
        return wrong(reading, at, err, "an address or block such as 192.0.2.0/24");
    if (kind != ASKED_TEXT && kind != ASKED_ADDRESS)
        return wrong(reading, at, err, "a mapping");
    return keep(reading->arena, at->text, &ret->value, err);
}

static bool read_criterion(Reading *reading, const Yaml *at, uint32_t field, Error *err)
{
    AutomationKind kind = AUTOMATION_FIELDS[field].kind;
    Criterion *ret = &reading->list[reading->count];
    if (reading->count == AUTOMATION_CRITERIA_MAX)
        return wrong(reading, at, err, "at most 64 criteria");
    *ret = (Criterion){.field = field,
                       .kind = KINDS[kind].kind,
                       .least = -1e300,
                       .most = 1e300,
                       .start_us = INT64_MIN,
                       .end_us = INT64_MAX};
    reading->count++;
    if (yaml_is_scalar(at))
        return read_scalar(reading, at, ret, err);
    if (at->kind != YAML_MAP || !at->count)
        return wrong(reading, at, err, "a text or a mapping");
    bool ok = true;
    for (const Yaml *each = at->first; ok && each; each = each->next)
        ok = KINDS[kind].read(reading, each, ret, err);
    bool words = ret->kind <= CRITERION_NOT_CONTAINS;
    return ok && ((!words || ret->value.ptr) || wrong(reading, at, err, "a value"));
}

/* How far a field's name is from what was written; one that begins with it is near. */
static size_t distance_of(Str field, Str written)
{
    bool begins = written.len && written.len < field.len &&
                  str_equal_nocase(str_slice(field, 0, written.len), written);
    return begins ? 0 : str_distance(field, written);
}

/* Says which names there are that look like *written*. */
static bool no_field(Str written, const char *file, uint32_t line, Error *err)
{
    uint32_t near[NEAR_FIELDS] = {0};
    int count = 0;
    for (uint32_t i = 0; i < AUTOMATION_FIELD_COUNT; i++) {
        size_t distance = distance_of(str_of(AUTOMATION_FIELDS[i].name), written);
        int at = count < NEAR_FIELDS ? count++ : NEAR_FIELDS;
        for (; at > 0 &&
               distance < distance_of(str_of(AUTOMATION_FIELDS[near[at - 1]].name), written);
             at--)
            if (at < NEAR_FIELDS)
                near[at] = near[at - 1];
        if (at < NEAR_FIELDS)
            near[at] = i;
    }
    return error_set(err, ERROR_INPUT,
                     "%.300s:%u: expected a field such as %s, %s, %s, not '%.*s'; docs/findings.md "
                     "has all of them",
                     file, line, AUTOMATION_FIELDS[near[0]].name, AUTOMATION_FIELDS[near[1]].name,
                     AUTOMATION_FIELDS[near[2]].name, STR_ARG(str_slice(written, 0, 60)));
}

bool automation_read_field(Str name, const char *file, uint32_t line, uint32_t *ret, Error *err)
{
    for (uint32_t i = 0; i < AUTOMATION_FIELD_COUNT; i++)
        if (str_equal(name, str_of(AUTOMATION_FIELDS[i].name))) {
            *ret = i;
            return true;
        }
    return no_field(name, file, line, err);
}

bool automation_read_criteria(const Yaml *map, const char *file, Arena *arena, Criteria *ret,
                              Error *err)
{
    Reading reading = {.file = file, .arena = arena};
    bool ok = true;
    uint32_t field = 0;
    if (map->kind != YAML_MAP || !map->count)
        return wrong(&reading, map, err, "a mapping of fields");
    reading.list = arena_calloc(arena, AUTOMATION_CRITERIA_MAX, sizeof *reading.list, err);
    ok = reading.list != NULL;
    for (const Yaml *each = map->first; ok && each; each = each->next) {
        ok = automation_read_field(each->name, file, each->line, &field, err);
        bool list = ok && each->kind == YAML_LIST;
        if (ok && !list)
            ok = read_criterion(&reading, each, field, err);
        for (const Yaml *one = list ? each->first : NULL; ok && one; one = one->next)
            ok = read_criterion(&reading, one, field, err);
    }
    *ret = (Criteria){reading.list, reading.count};
    return ok;
}

/* ---- actions ---- */

/* Sets one thing of a rule; false with *err* unless *at* is what is expected. */
typedef bool (*Set)(Reading *reading, const Yaml *at, AutomationRule *rule, Error *err);

static bool is_choice(Str text, const char *choices)
{
    Str all = str_of(choices);
    for (size_t from = 0; from < all.len;) {
        size_t end = str_find_byte(all, '|', from);
        if (str_equal(text, str_slice(all, from, end)))
            return true;
        from = end + 1;
    }
    return false;
}

static bool set_workflow(Reading *reading, const Yaml *at, AutomationRule *rule, Error *err)
{
    return is_choice(at->text, FINDING_WORKFLOWS)
               ? keep(reading->arena, at->text, &rule->workflow, err)
               : wrong(reading, at, err, "one of " FINDING_WORKFLOWS);
}

static bool set_record_state(Reading *reading, const Yaml *at, AutomationRule *rule, Error *err)
{
    return is_choice(at->text, FINDING_RECORD_STATES)
               ? keep(reading->arena, at->text, &rule->record_state, err)
               : wrong(reading, at, err, "one of " FINDING_RECORD_STATES);
}

/* A label, or a number up to 100. */
static bool set_severity(Reading *reading, const Yaml *at, AutomationRule *rule, Error *err)
{
    rule->severity = at->kind == YAML_INTEGER ? (int)at->integer : severity_of_label(at->text);
    return (rule->severity >= 0 && rule->severity <= 100) ||
           wrong(reading, at, err, "a number to 100 or one of " SEVERITY_LABELS);
}

static bool set_confidence(Reading *reading, const Yaml *at, AutomationRule *rule, Error *err)
{
    rule->confidence = (int)at->integer;
    return (at->kind == YAML_INTEGER && at->integer >= 0 && at->integer <= 100) ||
           wrong(reading, at, err, "a whole number to 100");
}

static bool set_note(Reading *reading, const Yaml *at, AutomationRule *rule, Error *err)
{
    return yaml_is_scalar(at) && at->text.len <= FINDING_NOTE_MAX
               ? keep(reading->arena, at->text, &rule->note, err)
               : wrong(reading, at, err, "a text of up to 4000 bytes");
}

static bool set_assignee(Reading *reading, const Yaml *at, AutomationRule *rule, Error *err)
{
    return yaml_is_scalar(at) && at->text.len <= FINDING_NAME_MAX
               ? keep(reading->arena, at->text, &rule->assignee, err)
               : wrong(reading, at, err, "a name of up to 128 bytes");
}

static bool set_fields(Reading *reading, const Yaml *at, AutomationRule *rule, Error *err)
{
    BUF_AUTO Buf text = buf_init(FIELDS_BYTES_MAX);
    bool ok = at->kind == YAML_MAP && at->count <= 50 && buf_append_byte(&text, '{', err);
    for (const Yaml *each = ok ? at->first : NULL; ok && each; each = each->next)
        ok = yaml_is_scalar(each) && (each == at->first || buf_append_byte(&text, ',', err)) &&
             json_append_string(&text, each->name, err) && buf_append_byte(&text, ':', err) &&
             json_append_string(&text, each->text, err);
    if (!ok)
        return err->kind == ERROR_NONE ? wrong(reading, at, err, "a mapping of up to 50 texts")
                                       : false;
    return buf_append_byte(&text, '}', err) &&
           keep(reading->arena, buf_str(&text), &rule->user_fields, err);
}

static bool read_actions(Reading *reading, const Yaml *at, AutomationRule *rule, Error *err);

/* ---- a rule ---- */

static bool set_name(Reading *reading, const Yaml *at, AutomationRule *rule, Error *err)
{
    return yaml_is_scalar(at) && at->text.len && at->text.len <= FINDING_NAME_MAX - 6
               ? keep(reading->arena, at->text, &rule->name, err)
               : wrong(reading, at, err, "a name of up to 122 bytes");
}

static bool set_description(Reading *reading, const Yaml *at, AutomationRule *rule, Error *err)
{
    return yaml_is_scalar(at) ? keep(reading->arena, at->text, &rule->description, err)
                              : wrong(reading, at, err, "a text");
}

static bool set_order(Reading *reading, const Yaml *at, AutomationRule *rule, Error *err)
{
    rule->order = (int)at->integer;
    return (at->kind == YAML_INTEGER && at->integer >= 1 && at->integer <= ORDER_MAX) ||
           wrong(reading, at, err, "a whole number from 1 to 1000");
}

static bool set_enabled(Reading *reading, const Yaml *at, AutomationRule *rule, Error *err)
{
    rule->enabled = at->boolean;
    return at->kind == YAML_BOOLEAN || wrong(reading, at, err, "true or false");
}

static bool set_terminal(Reading *reading, const Yaml *at, AutomationRule *rule, Error *err)
{
    rule->terminal = at->boolean;
    return at->kind == YAML_BOOLEAN || wrong(reading, at, err, "true or false");
}

static bool set_until(Reading *reading, const Yaml *at, AutomationRule *rule, Error *err)
{
    return timestamp_parse(at->text, &rule->until_us) ||
           wrong(reading, at, err, "a time such as 2026-12-31");
}

static bool set_criteria(Reading *reading, const Yaml *at, AutomationRule *rule, Error *err)
{
    return automation_read_criteria(at, reading->file, reading->arena, &rule->criteria, err);
}

typedef struct Key {
    const char *name;
    Set set;
} Key;

static const Key ACTIONS[] = {
    {"workflow", set_workflow},     {"severity", set_severity},
    {"confidence", set_confidence}, {"note", set_note},
    {"assignee", set_assignee},     {"record_state", set_record_state},
    {"user_fields", set_fields},    {NULL, NULL},
};

static const Key KEYS[] = {
    {"name", set_name},         {"description", set_description}, {"order", set_order},
    {"enabled", set_enabled},   {"terminal", set_terminal},       {"until", set_until},
    {"criteria", set_criteria}, {"actions", read_actions},        {NULL, NULL},
};

static bool read_keys(Reading *reading, const Yaml *map, const Key *keys, AutomationRule *rule,
                      Error *err)
{
    bool ok = true;
    for (const Yaml *each = map->first; ok && each; each = each->next) {
        const Key *key = keys;
        while (key->name && !str_equal(each->name, str_of(key->name)))
            key++;
        ok = key->name
                 ? key->set(reading, each, rule, err)
                 : error_set(err, ERROR_INPUT, "%s:%u: there is no key '%.*s' here", reading->file,
                             each->line, STR_ARG(str_slice(each->name, 0, 60)));
    }
    return ok;
}

static bool read_actions(Reading *reading, const Yaml *at, AutomationRule *rule, Error *err)
{
    return at->kind == YAML_MAP && at->count ? read_keys(reading, at, ACTIONS, rule, err)
                                             : wrong(reading, at, err, "a mapping of actions");
}

static bool read_rule(Reading *reading, const Yaml *document, AutomationRule *ret, Error *err)
{
    *ret = (AutomationRule){.line = document->line,
                            .order = ORDER_ELSE,
                            .enabled = true,
                            .until_us = INT64_MAX,
                            .severity = -1,
                            .confidence = -1};
    if (document->kind != YAML_MAP)
        return wrong(reading, document, err, "a mapping");
    if (!read_keys(reading, document, KEYS, ret, err))
        return false;
    if (!ret->name.len || !ret->criteria.count || !yaml_member(document, "actions"))
        return error_set(err, ERROR_INPUT, "%s:%u: a rule has name, criteria and actions",
                         reading->file, document->line);
    return keep(reading->arena, str_of(reading->file), &ret->file, err);
}

bool automation_read_text(Str text, const char *file, Arena *arena, AutomationRule *rules,
                          size_t *count, Error *err)
{
    Reading reading = {.file = file, .arena = arena};
    const Yaml *document = NULL;
    YamlReader *reader = yaml_open(text, file, err);
    bool ok = reader != NULL;
    while (ok && (ok = yaml_next(reader, arena, &document, err)) && document) {
        if (*count == AUTOMATION_RULES_MAX)
            ok = error_set(err, ERROR_LIMIT, "%s: more than %d rules for findings", file,
                           AUTOMATION_RULES_MAX);
        ok = ok && read_rule(&reading, document, &rules[*count], err);
        *count += ok;
    }
    yaml_close(reader);
    return ok;
}
