/* Attributes of rules, correlations and filters ("sigma", sections 2, 10 and 14). */
#include <string.h>

#include "base/timestamp.h"
#include "detect/sigma.h"
#include "detect/sigma_parts.h"
#include "detect/sql_rule.h"

enum { TITLE_CHARACTERS_MAX = 256, TEXT_BYTES_MAX = 65535 };

/* One rule under way. */
typedef struct Attributes {
    RuleReading *reading;
    const Yaml *document;
    Rule *rule;
    bool ok;
} Attributes;

typedef void (*Take)(Attributes *in, const Yaml *node, void *to);

static void reject(Attributes *in, const Yaml *node, const char *code, const char *what)
{
    in->ok = ruleset_reject(in->reading, node, code, "'%.*s' %s", STR_ARG(node->name), what);
}

static void take_text(Attributes *in, const Yaml *node, void *to)
{
    if (!yaml_is_scalar(node) || node->text.len == 0 || node->text.len > TEXT_BYTES_MAX)
        reject(in, node, "R23", "must be a text of 1 to 65,535 bytes");
    else
        *(Str *)to = node->text;
}

static bool is_title(const Yaml *node)
{
    size_t characters = 0;
    for (size_t i = 0; i < node->text.len; i++)
        characters += (node->text.ptr[i] & 0xc0) != 0x80;
    return yaml_is_scalar(node) && characters > 0 && characters <= TITLE_CHARACTERS_MAX;
}

static void take_title(Attributes *in, const Yaml *node, void *to)
{
    if (!is_title(node))
        reject(in, node, "R02", "must be a text of 1 to 256 characters");
    else
        *(Str *)to = node->text;
}

static void take_name(Attributes *in, const Yaml *node, void *to)
{
    if (!is_title(node))
        reject(in, node, "R23", "must be a text of 1 to 256 characters");
    else
        *(Str *)to = node->text;
}

static void take_taxonomy(Attributes *in, const Yaml *node, void *to)
{
    (void)to;
    if (!is_title(node))
        reject(in, node, "R23", "must be a text of 1 to 256 characters");
    else if (!str_equal(node->text, STR("sigma")))
        ruleset_warn(in->reading, node, "the taxonomy '%.*s' is taken for that of Sigma",
                     STR_ARG(str_slice(node->text, 0, 80)));
}

static bool is_uuid(Str text)
{
    size_t digits = 0;
    for (size_t i = 0; i < text.len; i++) {
        char c = text.ptr[i];
        bool hex = (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
        if (!hex && c != '-')
            return false;
        digits += hex;
    }
    return digits == 32;
}

static void take_id(Attributes *in, const Yaml *node, void *to)
{
    if (!yaml_is_scalar(node) || !is_uuid(node->text))
        reject(in, node, "R23", "must be a UUID");
    else
        *(Str *)to = node->text;
}

static void take_level(Attributes *in, const Yaml *node, void *to)
{
    if (!rule_level_read(node->text, to))
        reject(in, node, "R23", "must be informational, low, medium, high or critical");
}

static void take_boolean(Attributes *in, const Yaml *node, void *to)
{
    if (node->kind != YAML_BOOLEAN)
        reject(in, node, "R23", "must be true or false");
    else
        *(bool *)to = node->boolean;
}

static void take_status(Attributes *in, const Yaml *node, void *to)
{
    static const char *const WORDS[] = {"stable", "test", "experimental", "deprecated",
                                        "unsupported"};
    for (size_t i = 0; i < sizeof WORDS / sizeof *WORDS; i++)
        if (str_equal_nocase(node->text, str_of(WORDS[i]))) {
            *(Str *)to = str_of(WORDS[i]);
            return;
        }
    reject(in, node, "R23", "must be stable, test, experimental, deprecated or unsupported");
}

/* 2024-02-29 or 2024/02/29, a day that exists. */
static void take_date(Attributes *in, const Yaml *node, void *to)
{
    char text[TIMESTAMP_TEXT_BYTES] = "", back[TIMESTAMP_TEXT_BYTES];
    int64_t at;
    if (yaml_is_scalar(node) && node->text.len == 10) {
        memcpy(text, node->text.ptr, 10);
        text[10] = '\0';
        if (text[4] == '/' && text[7] == '/')
            text[4] = text[7] = '-';
        if (timestamp_parse(str_of(text), &at)) {
            timestamp_format_day(timestamp_day(at), back);
            if (strcmp(text, back) == 0) {
                *(Str *)to = node->text;
                return;
            }
        }
    }
    reject(in, node, "R23", "must be a day, as 2026-11-26");
}

static void take_texts(Attributes *in, const Yaml *node, void *to)
{
    RuleTexts *texts = to;
    Str *list = arena_alloc(in->reading->arena, (node->count + 1) * sizeof *list, in->reading->err);
    if (!list) {
        in->ok = false;
        return;
    }
    if (node->kind != YAML_LIST) {
        reject(in, node, "R23", "must be a list");
        return;
    }
    for (const Yaml *each = node->first; each; each = each->next) {
        if (!yaml_is_scalar(each)) {
            reject(in, node, "R23", "must be a list of texts");
            return;
        }
        list[texts->count++] = each->text;
    }
    texts->list = list;
}

/* namespace.name; capitals are only advised against. */
static void take_tags(Attributes *in, const Yaml *node, void *to)
{
    take_texts(in, node, to);
    for (uint32_t i = 0; in->ok && i < ((RuleTexts *)to)->count; i++) {
        Str tag = ((RuleTexts *)to)->list[i];
        size_t dot = str_find_byte(tag, '.', 0);
        if (dot == 0 || dot + 1 >= tag.len)
            reject(in, node, "R23", "are written namespace.name");
        for (size_t c = 0; c < tag.len; c++)
            if (tag.ptr[c] >= 'A' && tag.ptr[c] <= 'Z') {
                ruleset_warn(in->reading, node, "the tag '%.*s' has capital letters",
                             STR_ARG(str_slice(tag, 0, 80)));
                break;
            }
    }
}

static void take_related(Attributes *in, const Yaml *node, void *to)
{
    static const char *const TYPES[] = {"derived", "obsolete", "merged",
                                        "renamed", "similar",  "correlation"};
    (void)to;
    for (const Yaml *each = node->first; each; each = each->next) {
        const Yaml *id = yaml_member(each, "id"), *type = yaml_member(each, "type");
        bool known = false;
        for (size_t i = 0; type && i < sizeof TYPES / sizeof *TYPES; i++)
            known |= str_equal_nocase(type->text, str_of(TYPES[i]));
        if (!id || !is_uuid(id->text) || !known)
            reject(in, node, "R23", "is a list of id, a UUID, and type");
    }
    if (node->kind != YAML_LIST)
        reject(in, node, "R23", "must be a list");
}

static const struct {
    const char *name;
    Take take;
    size_t offset;
} ATTRIBUTES[] = {
    {"title", take_title, offsetof(Rule, title)},
    {"id", take_id, offsetof(Rule, id)},
    {"name", take_name, offsetof(Rule, name)},
    {"status", take_status, offsetof(Rule, status)},
    {"description", take_text, offsetof(Rule, description)},
    {"author", take_text, offsetof(Rule, author)},
    {"date", take_date, offsetof(Rule, date)},
    {"modified", take_date, offsetof(Rule, modified)},
    {"level", take_level, offsetof(Rule, level)},
    {"tags", take_tags, offsetof(Rule, tags)},
    {"fields", take_texts, offsetof(Rule, fields)},
    {"falsepositives", take_texts, offsetof(Rule, false_positives)},
    {"references", take_texts, offsetof(Rule, references)},
    {"related", take_related, 0},
    {"taxonomy", take_taxonomy, 0},
    {"dry_run", take_boolean, offsetof(Rule, dry_run)},
};

static void read_attributes(Attributes *in)
{
    for (size_t i = 0; i < sizeof ATTRIBUTES / sizeof *ATTRIBUTES; i++) {
        const Yaml *node = yaml_member(in->document, ATTRIBUTES[i].name);
        bool texts = ATTRIBUTES[i].take == take_texts && in->rule->kind == RULE_CORRELATION;
        if (node && texts && node->kind == YAML_TEXT)
            continue; /* correlations may have one text there */
        if (node && node->kind != YAML_NULL_VALUE)
            ATTRIBUTES[i].take(in, node, (char *)in->rule + ATTRIBUTES[i].offset);
    }
}

static void lower_warning(Attributes *in, const Yaml *node)
{
    for (size_t i = 0; i < node->text.len; i++)
        if (node->text.ptr[i] >= 'A' && node->text.ptr[i] <= 'Z') {
            ruleset_warn(in->reading, node, "'%.*s' of the logsource has capital letters",
                         STR_ARG(node->name));
            return;
        }
}

static void read_source(Attributes *in)
{
    static const RuleSource CLOUDTRAIL = {{"", 0}, {"aws", 3}, {"cloudtrail", 10}};
    static const char *const NAMES[] = {"category", "product", "service"};
    Str *const to[] = {&in->rule->source.category, &in->rule->source.product,
                       &in->rule->source.service};
    const Yaml *map = yaml_member(in->document, "logsource");
    const char *code = in->rule->kind == RULE_FILTER ? "R28" : "R03";
    bool some = false;
    if (!map || map->kind != YAML_MAP) {
        in->ok = ruleset_reject(in->reading, map, code, "a rule needs a logsource, a map");
        return;
    }
    for (int i = 0; i < 3; i++) {
        const Yaml *node = yaml_member(map, NAMES[i]);
        if (!node || node->kind == YAML_NULL_VALUE)
            continue;
        if (!yaml_is_scalar(node)) {
            reject(in, node, code, "must be a text");
            return;
        }
        *to[i] = node->text;
        some = true;
        lower_warning(in, node);
    }
    if (!some)
        in->ok = ruleset_reject(in->reading, map, code, "the logsource says nothing");
    in->rule->applies = rule_covers(&in->rule->source, &CLOUDTRAIL);
}

static void tell_unused(Attributes *in, const SigmaSearch *searches, const Yaml *at)
{
    for (; searches; searches = searches->next)
        if (!searches->used && !str_equal(searches->name, STR("timeframe")))
            ruleset_warn(in->reading, at, "the search '%.*s' is in no condition",
                         STR_ARG(str_slice(searches->name, 0, 80)));
}

static const Expr *read_detection(Attributes *in)
{
    static const char *const SKIP[] = {"condition", "timeframe", NULL};
    RuleReading *reading = in->reading;
    SigmaSearch *searches;
    const Yaml *map = yaml_member(in->document, "detection");
    if (!map || map->kind != YAML_MAP) {
        ruleset_reject(reading, map, "R04", "a rule needs a detection, a map");
        return NULL;
    }
    bool ok = sigma_read_searches(reading, map, SKIP, &searches);
    const Yaml *condition = yaml_member(map, "condition");
    if (!searches) {
        ruleset_reject(reading, map, "R05", "the detection has no search");
        return NULL;
    }
    if (!condition) {
        ruleset_reject(reading, map, "R06", "the detection has no condition");
        return NULL;
    }
    if (yaml_member(map, "timeframe"))
        ruleset_warn(reading, map,
                     "'timeframe' belongs to pipe aggregation; a correlation has a "
                     "timespan");
    const Expr *expr = sigma_read_condition(reading, condition, searches);
    if (expr)
        tell_unused(in, searches, condition);
    return ok ? expr : NULL;
}

static void advise(Attributes *in)
{
    const Rule *rule = in->rule;
    if (rule->kind == RULE_DETECTION && rule->level == LEVEL_NONE)
        ruleset_warn(in->reading, NULL, "the rule has no level");
    if (rule_is_retired(rule))
        ruleset_warn(in->reading, NULL, "the rule's status is %.*s%s", STR_ARG(rule->status),
                     in->reading->set->options.retired ? "" : ": it tells nothing by itself");
}

static void read_body(Attributes *in)
{
    switch (in->rule->kind) {
    case RULE_CORRELATION:
        in->rule->correlation = sigma_read_correlation(in->reading, in->document, in->rule);
        in->ok = in->rule->correlation && in->ok;
        in->rule->applies = true;
        break;
    case RULE_SQL:
        in->rule->sql = sql_rule_read(in->reading, in->document);
        in->ok = in->rule->sql && in->ok;
        if (in->rule->level < LEVEL_LOW)
            in->ok = ruleset_reject(in->reading, yaml_member(in->document, "level"), "S02",
                                    "a rule with a query has a level, low at least");
        in->rule->applies = true;
        break;
    case RULE_FILTER:
        read_source(in);
        in->rule->filter = sigma_read_filter(in->reading, in->document);
        in->ok = in->rule->filter && in->ok;
        break;
    default:
        read_source(in);
        in->rule->expr = read_detection(in);
        in->ok = in->rule->expr && in->ok;
    }
}

bool sigma_read_rule(RuleReading *reading, const Yaml *document, uint32_t number)
{
    Rule rule = {
        .file = reading->file, .line = document->line, .document = number, .tree = document};
    Attributes in = {reading, document, &rule, true};
    const Yaml *title = yaml_member(document, "title");
    rule.kind = yaml_member(document, "correlation") ? RULE_CORRELATION
                : yaml_member(document, "filter")    ? RULE_FILTER
                : yaml_member(document, "query")     ? RULE_SQL
                                                     : RULE_DETECTION;
    if (reading->set->options.only_queries && rule.kind != RULE_SQL)
        return true;
    reading->line = document->line;
    reading->title = title && yaml_is_scalar(title) ? title->text : STR("");
    if (!title || title->kind == YAML_NULL_VALUE)
        in.ok = ruleset_reject(reading, NULL, "R02", "a rule needs a title");
    read_attributes(&in);
    read_body(&in);
    if (reading->err->kind != ERROR_NONE)
        return false;
    if (!in.ok)
        return true;
    advise(&in);
    return ruleset_take(reading, &rule);
}
