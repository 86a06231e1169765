/* A filter out of a document of YAML. */
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/json.h"
#include "detect/ruleset_pattern.h"
#include "filter/filter_set_state.h"

enum {
    NAME_BYTES_MAX = 64,
    TEXT_BYTES_MAX = 4096,
    CONDITION_BYTES_MAX = 1 << 16,
    BODY_BYTES_MAX = 8 << 20,
    WHY_BYTES = 400,
    SAMPLE_BYTES = 16
};

/* What is read, and what of it was found. */
typedef struct Reading {
    FilterSet *set;
    const char *file;
    Error *err;
    RecordFilter filter;
    Redaction redaction;
    FunctionCode *function;
    const Yaml *verb;      /* the member that says what is done; NULL: none yet */
    const Yaml *condition; /* NULL: none yet */
} Reading;

static __attribute__((format(printf, 3, 4))) bool fail(const Reading *in, const Yaml *at,
                                                       const char *format, ...)
{
    char why[WHY_BYTES];
    va_list args;
    va_start(args, format);
    vsnprintf(why, sizeof why, format, args);
    va_end(args);
    return error_set(in->err, ERROR_INPUT, "%s:%u: %s", in->file, at->line, why);
}

static bool wrong(const Reading *in, const Yaml *node, const char *expected)
{
    return yaml_wrong(node, in->file, expected, in->err);
}

static bool keep(const Reading *in, Str text, Str *ret)
{
    const char *copy = arena_text(in->set->arena, text, in->err);
    *ret = (Str){copy, text.len};
    return copy != NULL;
}

/* ---- members ---- */

static bool is_name(Str text)
{
    static const char LETTERS[] = "abcdefghijklmnopqrstuvwxyz0123456789-_";
    bool ok = text.len > 0 && text.len <= NAME_BYTES_MAX;
    for (size_t i = 0; ok && i < text.len; i++)
        ok = text.ptr[i] && strchr(LETTERS, text.ptr[i]);
    return ok;
}

static bool read_name(Reading *in, const Yaml *node)
{
    if (!yaml_is_scalar(node) || !is_name(node->text))
        return wrong(in, node, "1 to 64 of a-z, 0-9, - and _");
    if (filter_set_find(in->set, node->text))
        return fail(in, node, "name: there is a filter '%.*s' already", STR_ARG(node->text));
    return keep(in, node->text, &in->filter.name);
}

static bool read_text(Reading *in, const Yaml *node, Str *ret)
{
    if (!yaml_is_scalar(node) || node->text.len > TEXT_BYTES_MAX)
        return wrong(in, node, "a text of at most 4096 bytes");
    return keep(in, str_trim(node->text), ret);
}

static bool read_description(Reading *in, const Yaml *node)
{
    return read_text(in, node, &in->filter.description);
}

static bool read_costs(Reading *in, const Yaml *node)
{
    return read_text(in, node, &in->filter.costs);
}

static bool read_share(Reading *in, const Yaml *node)
{
    return read_text(in, node, &in->filter.share);
}

static bool take_verb(Reading *in, const Yaml *node, FilterVerb verb)
{
    if (in->verb)
        return fail(in, node, "%.*s: line %u says %.*s already: a filter does one of them",
                    STR_ARG(node->name), in->verb->line, STR_ARG(in->verb->name));
    in->verb = node;
    in->filter.verb = verb;
    return true;
}

static bool take_condition(Reading *in, const Yaml *node)
{
    if (in->condition)
        return fail(in, node, "%.*s: line %u has a condition already", STR_ARG(node->name),
                    in->condition->line);
    in->condition = node;
    return true;
}

static bool read_drop(Reading *in, const Yaml *node)
{
    return take_verb(in, node, FILTER_DROP) && take_condition(in, node);
}

static bool read_keep(Reading *in, const Yaml *node)
{
    return take_verb(in, node, FILTER_KEEP) && take_condition(in, node);
}

/* "1/100". */
static bool read_sample(Reading *in, const Yaml *node)
{
    uint64_t one_in = 0;
    Str text = node->text;
    bool ok = yaml_is_scalar(node) && text.len < SAMPLE_BYTES && str_starts(text, STR("1/")) &&
              str_to_u64(str_slice(text, 2, text.len), &one_in) && one_in >= 2 &&
              one_in <= FILTER_SAMPLE_MAX;
    in->filter.one_in = (uint32_t)one_in;
    return ok ? take_verb(in, node, FILTER_SAMPLE) : wrong(in, node, "1/2 to 1/1000000");
}

static bool read_redact(Reading *in, const Yaml *node)
{
    return take_verb(in, node, FILTER_REDACT) &&
           filter_redact_read(in->set, node, in->file, &in->redaction, in->err);
}

static bool read_function(Reading *in, const Yaml *node)
{
    return take_verb(in, node, FILTER_FUNCTION) &&
           filter_function_read(in->set, node, in->file, &in->function, in->err);
}

static bool read_even(Reading *in, const Yaml *node)
{
    in->filter.even_if_detected = node->boolean;
    return node->kind == YAML_BOOLEAN || wrong(in, node, "true or false");
}

static const struct {
    const char *name;
    bool (*read)(Reading *in, const Yaml *node);
} MEMBERS[] = {
    {"name", read_name},         {"description", read_description},
    {"costs", read_costs},       {"drop", read_drop},
    {"keep", read_keep},         {"sample", read_sample},
    {"when", take_condition},    {"even_if_detected", read_even},
    {"redact", read_redact},     {"share", read_share},
    {"function", read_function},
};

static bool read_member(Reading *in, const Yaml *member)
{
    for (size_t i = 0; i < sizeof MEMBERS / sizeof *MEMBERS; i++)
        if (str_equal(member->name, str_of(MEMBERS[i].name)))
            return MEMBERS[i].read(in, member);
    return fail(in, member,
                "'%.*s' is no member of a filter: expected name, description, costs, share, "
                "drop, keep, sample, redact, function, when or even_if_detected",
                STR_ARG(str_slice(member->name, 0, 80)));
}

/* ---- conditions ---- */

static bool add_cloudwatch(Reading *in, const Yaml *node, Error *why)
{
    static const RuleTexts NOTHING = {NULL, 0};
    if (!yaml_is_scalar(node))
        return wrong(in, node, "a filter pattern such as '{ $.eventName = \"Decrypt\" }'");
    return ruleset_pattern_add(in->set->conditions, in->filter.name, str_trim(node->text), &NOTHING,
                               why);
}

static bool add_eventbridge(Reading *in, const Yaml *node, Error *why)
{
    BUF_AUTO Buf pattern = buf_init(CONDITION_BYTES_MAX);
    bool ok = node->kind == YAML_MAP ? yaml_write_json(node, &pattern, why)
                                     : buf_append_str(&pattern, node->text, why);
    return ok &&
           ruleset_pattern_add_event(in->set->conditions, in->filter.name, buf_str(&pattern), why);
}

/* A detection is read as that of a rule, whose text is made here: JSON is YAML, too. */
static bool add_sigma(Reading *in, const Yaml *node, Error *why)
{
    BUF_AUTO Buf text = buf_init(CONDITION_BYTES_MAX);
    RuleSet *rules = in->set->conditions;
    size_t problems = ruleset_problem_count(rules), errors = ruleset_error_count(rules);
    if (node->kind != YAML_MAP)
        return wrong(in, node, "searches and a condition, as in a rule's detection");
    if (!buf_append_str(&text, STR("{\"title\":"), why) ||
        !json_append_string(&text, in->filter.name, why) ||
        !buf_append_str(&text,
                        STR(",\"logsource\":{\"product\":\"aws\",\"service\":\"cloudtrail\"},"
                            "\"detection\":"),
                        why) ||
        !yaml_write_json(node, &text, why) || !buf_append_byte(&text, '}', why) ||
        !ruleset_add_text(rules, buf_str(&text), in->file, why))
        return false;
    for (size_t i = problems; ruleset_error_count(rules) > errors; i++)
        if (ruleset_problem(rules, i)->error)
            return error_set(why, ERROR_INPUT, "%.*s", STR_ARG(ruleset_problem(rules, i)->text));
    return true;
}

static const struct {
    const char *name;
    bool (*add)(Reading *in, const Yaml *node, Error *why);
} LANGUAGES[] = {
    {"cloudwatch", add_cloudwatch}, {"eventbridge", add_eventbridge}, {"sigma", add_sigma}};

/* Adds the condition in the language that its only member names; a text is a pattern of
 * CloudWatch. */
static bool add_condition(Reading *in)
{
    const Yaml *node = in->condition;
    Error why = {0};
    if (!node)
        return true;
    size_t language = 0, count = sizeof LANGUAGES / sizeof *LANGUAGES;
    if (node->kind == YAML_MAP) {
        if (!node->first || node->first->next)
            return wrong(in, node, "one of cloudwatch, eventbridge and sigma");
        node = node->first;
        while (language < count && !str_equal(node->name, str_of(LANGUAGES[language].name)))
            language++;
        if (language == count)
            return fail(in, node,
                        "'%.*s' is no language: expected cloudwatch, eventbridge or sigma",
                        STR_ARG(str_slice(node->name, 0, 80)));
    }
    in->filter.condition = (uint32_t)ruleset_count(in->set->conditions);
    if (LANGUAGES[language].add(in, node, &why))
        return true;
    return why.kind == ERROR_NONE ? false
                                  : error_set(in->err, why.kind, "%s:%u: %.*s: %s", in->file,
                                              node->line, STR_ARG(in->filter.name), why.text);
}

/* ---- all of it ---- */

static bool check(const Reading *in, const Yaml *document)
{
    if (!in->filter.name.len)
        return fail(in, document, "a filter needs a name");
    if (!in->verb)
        return fail(in, document, "filter '%.*s': expected drop, keep, sample, redact or function",
                    STR_ARG(in->filter.name));
    if (!in->condition && in->filter.verb == FILTER_SAMPLE)
        return fail(in, document, "filter '%.*s': sample needs a condition: when",
                    STR_ARG(in->filter.name));
    if ((in->filter.verb == FILTER_KEEP || in->filter.verb == FILTER_REDACT) &&
        in->filter.even_if_detected)
        return fail(in, document, "filter '%.*s': %s has no use for even_if_detected",
                    STR_ARG(in->filter.name), filter_set_verb(in->filter.verb));
    return true;
}

/* The document as JSON, and the text of a function beside it: another text is another filter. */
static bool keep_body(Reading *in, const Yaml *document)
{
    BUF_AUTO Buf body = buf_init(BODY_BYTES_MAX);
    if (!yaml_write_json(document, &body, in->err))
        return false;
    if (in->function) {
        body.len--;
        if (!buf_append_str(&body, STR(",\"lua\":"), in->err) ||
            !json_append_string(&body, in->function->text, in->err) ||
            !buf_append_byte(&body, '}', in->err))
            return false;
    }
    return keep(in, buf_str(&body), &in->filter.body);
}

/* A function has a bit, too, by which rows say that it changed them. */
static bool add_redaction(Reading *in)
{
    Buf *redactions = &in->set->redactions;
    in->redaction.name = in->filter.name;
    in->redaction.function = in->filter.verb == FILTER_FUNCTION;
    if (in->function)
        in->function->name = in->filter.name;
    in->filter.function = in->function;
    in->filter.redaction = (uint32_t)(redactions->len / sizeof in->redaction);
    return buf_append(redactions, &in->redaction, sizeof in->redaction, in->err);
}

static bool add(Reading *in)
{
    if ((in->filter.verb == FILTER_REDACT || in->filter.verb == FILTER_FUNCTION) &&
        !add_redaction(in))
        return false;
    RecordFilter *filter = arena_alloc(in->set->arena, sizeof *filter, in->err);
    if (!filter)
        return false;
    *filter = in->filter;
    return buf_append(&in->set->list, &filter, sizeof filter, in->err);
}

bool filter_set_read(FilterSet *set, const Yaml *document, const char *file, Error *err)
{
    const char *name = arena_text(set->arena, str_of(file), err);
    Reading in = {.set = set, .file = file, .err = err};
    in.filter = (RecordFilter){.file = str_of(name), .line = document->line, .one_in = 1};
    in.filter.condition = FILTER_ALWAYS;
    bool ok = name != NULL;
    if (ok && document->kind != YAML_MAP)
        return wrong(&in, document, "a filter");
    for (const Yaml *member = document->first; ok && member; member = member->next)
        ok = read_member(&in, member);
    return ok && check(&in, document) && keep_body(&in, document) && add_condition(&in) && add(&in);
}
