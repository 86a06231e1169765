#include "detect/ruleset_pattern.h"

#include "detect/cloudwatch.h"
#include "detect/eventbridge.h"
#include "detect/eventbridge_record.h"
#include "detect/ruleset_state.h"

enum { SELECTOR_BYTES_MAX = 1024, LIST_BYTES_MAX = 4096, EVENT_BYTES_MAX = 1 << 16 };

/* What holds when something stands at the selector. */
static const Expr *exists(RuleSet *set, Str selector, Error *err)
{
    CloudWatchPattern read;
    BUF_AUTO Buf text = buf_init(SELECTOR_BYTES_MAX + LIST_BYTES_MAX);
    if (!ruleset_pattern_selector(selector, set->arena, err) ||
        !buf_printf(&text, err, "{ %.*s NOT EXISTS }", STR_ARG(selector)) ||
        !cloudwatch_read(buf_str(&text), set->arena, &set->regexes, &read, err))
        return NULL;
    return expr_not(read.expr, set->arena, err);
}

/* *expr*, and something at each selector. */
static const Expr *join(RuleSet *set, const Expr *expr, const RuleTexts *needs, Error *err)
{
    ExprList list = {NULL, NULL};
    bool ok = expr_add(&list, expr, set->arena, err);
    for (uint32_t i = 0; ok && i < needs->count; i++)
        ok = expr_add(&list, exists(set, needs->list[i], err), set->arena, err);
    return ok ? expr_join(EXPR_AND, &list, set->arena, err) : NULL;
}

/* Adds a rule that holds when *expr* does. */
static bool take(RuleSet *set, Str title, const Expr *expr, Error *err)
{
    const char *copy = arena_text(set->arena, title, err);
    if (!copy)
        return false;
    RuleReading reading = {.set = set, .arena = set->arena, .title = {copy, title.len}, .err = err};
    const Rule rule = {.kind = RULE_DETECTION,
                       .title = reading.title,
                       .level = LEVEL_LOW,
                       .applies = true,
                       .expr = expr};
    return ruleset_take(&reading, &rule);
}

bool ruleset_pattern_add_event(RuleSet *set, Str title, Str pattern, Error *err)
{
    const Expr *expr;
    BUF_AUTO Buf of_record = buf_init(EVENT_BYTES_MAX);
    return eventbridge_record(pattern, &of_record, err) &&
           eventbridge_read(buf_str(&of_record), set->arena, &expr, err) &&
           take(set, title, expr, err);
}

bool ruleset_pattern_add(RuleSet *set, Str title, Str pattern, const RuleTexts *needs, Error *err)
{
    CloudWatchPattern read;
    if (!cloudwatch_read(pattern, set->arena, &set->regexes, &read, err))
        return false;
    if (read.kind != CLOUDWATCH_JSON)
        return error_set(err, ERROR_INPUT,
                         "expected a pattern for JSON events such as "
                         "{ $.eventName = \"ConsoleLogin\" }");
    const Expr *expr = join(set, read.expr, needs, err);
    return expr && take(set, title, expr, err);
}

/* A selector is read as part of a pattern that looks at nothing else. */
const FieldPath *ruleset_pattern_selector(Str text, Arena *arena, Error *err)
{
    CloudWatchPattern read;
    Error why = {0};
    BUF_AUTO Buf pattern = buf_init(SELECTOR_BYTES_MAX + LIST_BYTES_MAX);
    BUF_AUTO Buf regexes = buf_init(LIST_BYTES_MAX);
    if (!buf_printf(&pattern, err, "{ %.*s IS TRUE }",
                    STR_ARG(str_slice(text, 0, SELECTOR_BYTES_MAX))))
        return NULL;
    if (cloudwatch_read(buf_str(&pattern), arena, &regexes, &read, &why) && !regexes.len &&
        read.expr->kind == EXPR_ITEM && read.expr->path)
        return read.expr->path;
    error_set(err, why.kind == ERROR_LIMIT ? ERROR_LIMIT : ERROR_INPUT,
              "'%.*s' is no selector such as $.userIdentity.arn", STR_ARG(str_slice(text, 0, 80)));
    return NULL;
}
