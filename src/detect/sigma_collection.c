/* A stream of documents: collection directives of Sigma 1 ("sigma", section 9). */
#include <string.h>

#include "detect/sigma.h"

typedef struct Collection {
    RuleReading *reading;
    const Yaml *global; /* the template; NULL: none */
    const Yaml *previous;
    bool told;
} Collection;

static Yaml *copy_of(RuleReading *reading, const Yaml *node)
{
    Yaml *copy = arena_alloc(reading->arena, sizeof *copy, reading->err);
    if (copy) {
        *copy = *node;
        copy->next = NULL;
    }
    return copy;
}

/* Maps are merged member by member, *over* wins; anything else is replaced. */
static Yaml *merge(RuleReading *reading, const Yaml *under, const Yaml *over)
{
    if (under->kind != YAML_MAP || over->kind != YAML_MAP)
        return copy_of(reading, over);
    Yaml *merged = copy_of(reading, over);
    Yaml **last = merged ? &merged->first : NULL;
    if (!merged)
        return NULL;
    merged->first = NULL;
    merged->count = 0;
    for (const Yaml *member = under->first; member; member = member->next) {
        const Yaml *other = yaml_member(over, member->name.ptr);
        *last = other ? merge(reading, member, other) : copy_of(reading, member);
        if (!*last)
            return NULL;
        (*last)->name = member->name;
        last = &(*last)->next;
        merged->count++;
    }
    for (const Yaml *member = over->first; member; member = member->next) {
        if (yaml_member(under, member->name.ptr))
            continue;
        *last = copy_of(reading, member);
        if (!*last)
            return NULL;
        last = &(*last)->next;
        merged->count++;
    }
    return merged;
}

/* A document without its member `action`. */
static Yaml *without_action(RuleReading *reading, const Yaml *document)
{
    Yaml *copy = copy_of(reading, document);
    Yaml **last = copy ? &copy->first : NULL;
    if (!copy)
        return NULL;
    copy->first = NULL;
    copy->count = 0;
    for (const Yaml *member = document->first; member; member = member->next) {
        if (str_equal(member->name, STR("action")))
            continue;
        *last = copy_of(reading, member);
        if (!*last)
            return NULL;
        last = &(*last)->next;
        copy->count++;
    }
    return copy;
}

static bool take_action(Collection *in, const Yaml *document, const Yaml *action, uint32_t number)
{
    RuleReading *reading = in->reading;
    Yaml *body = without_action(reading, document);
    if (!body)
        return false;
    if (!in->told)
        ruleset_warn(reading, action, "'action' belongs to Sigma 1");
    in->told = true;
    if (str_equal(action->text, STR("global"))) {
        in->global = in->previous = body;
        return true;
    }
    if (str_equal(action->text, STR("reset"))) {
        in->global = NULL;
        return true;
    }
    if (!str_equal(action->text, STR("repeat"))) {
        ruleset_reject(reading, action, "R26", "there is no action '%.*s'",
                       STR_ARG(str_slice(action->text, 0, 40)));
        return true;
    }
    Yaml *repeated = in->previous ? merge(reading, in->previous, body) : body;
    in->previous = repeated;
    return repeated && sigma_read_rule(reading, repeated, number);
}

static bool take_document(Collection *in, const Yaml *document, uint32_t number)
{
    RuleReading *reading = in->reading;
    reading->line = document->line;
    reading->title = STR("");
    if (document->kind == YAML_NULL_VALUE)
        return true;
    if (document->kind != YAML_MAP) {
        ruleset_reject(reading, document, "R01", "a rule is a map, not %s",
                       yaml_kind_name(document));
        return true;
    }
    const Yaml *action = yaml_member(document, "action");
    if (action)
        return take_action(in, document, action, number);
    bool plain = !yaml_member(document, "correlation") && !yaml_member(document, "filter");
    if (plain && in->global) {
        Yaml *merged = merge(reading, document, in->global);
        if (!merged)
            return false;
        merged->line = document->line;
        document = merged;
    }
    if (plain)
        in->previous = document;
    return sigma_read_rule(reading, document, number);
}

/* The text is no YAML: says so at the line where it is not. */
static void refuse_yaml(RuleReading *reading, const YamlReader *yaml, const Error *why)
{
    const Yaml at = {.line = yaml_failed_line(yaml)};
    Str text = str_of(why->text);
    size_t name = str_starts(text, reading->file) ? reading->file.len : 0;
    size_t colon = str_find_byte(text, ':', name + 1);
    reading->title = STR("");
    ruleset_reject(reading, &at, "R24", "%s", colon < text.len ? why->text + colon + 2 : why->text);
}

bool sigma_read_stream(RuleReading *reading, Str text)
{
    Error why = {0};
    Collection in = {.reading = reading};
    YamlReader *yaml = yaml_open(text, reading->file.ptr, reading->err);
    bool ok = yaml != NULL;
    for (uint32_t number = 1; ok; number++) {
        const Yaml *document;
        if (!yaml_next(yaml, reading->arena, &document, &why)) {
            if (why.kind == ERROR_INPUT)
                refuse_yaml(reading, yaml, &why);
            else
                *reading->err = why;
            ok = why.kind == ERROR_INPUT;
            break;
        }
        if (!document)
            break;
        ok = take_document(&in, document, number);
    }
    yaml_close(yaml);
    return ok && reading->err->kind == ERROR_NONE;
}
