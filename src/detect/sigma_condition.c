/* Conditions: not binds before and, and before or ("sigma", sections 7 and 8). */
#include <string.h>

#include "detect/sigma.h"

enum { DEPTH_MAX = 64, OPERANDS_MAX = 1 << 16 };

typedef struct Condition {
    RuleReading *reading;
    const Yaml *node;
    Str text;
    size_t at;
    Str word; /* the word under way: a name, "(", ")"; empty at the end */
    SigmaSearch *searches;
    int depth;
    size_t operands; /* that selectors stand for */
} Condition;

static const Expr *read_or(Condition *in);

static bool is_name_byte(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' ||
           c == '-' || c == '*';
}

static void next(Condition *in)
{
    while (in->at < in->text.len && memchr(" \t\r\n", in->text.ptr[in->at], 4))
        in->at++;
    size_t end = in->at;
    while (end < in->text.len && is_name_byte(in->text.ptr[end]))
        end++;
    if (end == in->at && end < in->text.len)
        end++;
    in->word = str_slice(in->text, in->at, end);
    in->at = end;
}

static bool is_word(const Condition *in, const char *word)
{
    return str_equal(in->word, str_of(word));
}

static const Expr *fail(Condition *in, const char *code, const char *what)
{
    if (in->word.len)
        ruleset_reject(in->reading, in->node, code, "%s '%.*s' in the condition", what,
                       STR_ARG(str_slice(in->word, 0, 80)));
    else
        ruleset_reject(in->reading, in->node, code, "%s the end of the condition", what);
    return NULL;
}

/* *name* fits *pattern*, whose stars stand for any characters. */
static bool fits(Str pattern, Str name)
{
    size_t p = 0, n = 0, star = SIZE_MAX, retry = 0;
    while (n < name.len || p < pattern.len) {
        if (p < pattern.len && pattern.ptr[p] == '*') {
            star = p++;
            retry = n;
        } else if (p < pattern.len && n < name.len && pattern.ptr[p] == name.ptr[n]) {
            p++;
            n++;
        } else if (star != SIZE_MAX && retry < name.len) {
            p = star + 1;
            n = ++retry;
        } else {
            return false;
        }
    }
    return true;
}

static bool is_selected(Str pattern, Str name)
{
    bool hidden = name.len && name.ptr[0] == '_';
    bool asks = pattern.len && pattern.ptr[0] == '_';
    if (str_equal(name, STR("timeframe")))
        return false;
    if (str_equal(pattern, STR("them")))
        return !hidden;
    return (!hidden || asks) && fits(pattern, name);
}

/* 'them' takes in whatever is added later. */
static void advise_them(Condition *in, bool all)
{
    if (!is_word(in, "them"))
        return;
    if (all)
        ruleset_warn(in->reading, in->node, "'all of them' takes in every search; name them");
    if (in->searches && !in->searches->next)
        ruleset_warn(in->reading, in->node, "'them' is one search; name it");
}

/* "1 of selection*": the quantifier is read, the pattern is the word. */
static const Expr *read_selector(Condition *in, bool all)
{
    ExprList list = {0};
    bool ok = true;
    advise_them(in, all);
    for (SigmaSearch *search = in->searches; search; search = search->next) {
        if (++in->operands > OPERANDS_MAX)
            return fail(in, "R07", "too many searches, at");
        if (!is_selected(in->word, search->name))
            continue;
        search->used = true;
        ok = ok && search->expr &&
             expr_add(&list, search->expr, in->reading->arena, in->reading->err);
    }
    if (!ok)
        return NULL;
    if (!list.first)
        return fail(in, "R09", "no search fits");
    next(in);
    return expr_join(all ? EXPR_AND : EXPR_OR, &list, in->reading->arena, in->reading->err);
}

static const Expr *read_name(Condition *in)
{
    for (SigmaSearch *search = in->searches; search; search = search->next)
        if (str_equal(search->name, in->word)) {
            search->used = true;
            next(in);
            return search->expr;
        }
    if (str_equal_nocase(in->word, STR("and")) || str_equal_nocase(in->word, STR("or")) ||
        str_equal_nocase(in->word, STR("not")))
        return fail(in, "R07", "a search is missing before");
    return fail(in, "R08", "there is no search");
}

static const Expr *read_primary(Condition *in)
{
    if (in->word.len == 0)
        return fail(in, "R07", "a search is missing before");
    if (is_word(in, "(")) {
        next(in);
        const Expr *inner = read_or(in);
        if (inner && !is_word(in, ")"))
            return fail(in, "R07", "')' is missing before");
        if (inner)
            next(in);
        return inner;
    }
    if (!is_name_byte(in->word.ptr[0]))
        return fail(in, in->word.ptr[0] == '|' ? "R11" : "R07", "there is no place for");
    Condition ahead = *in;
    next(&ahead);
    if (!is_word(&ahead, "of"))
        return read_name(in);
    bool all = is_word(in, "all");
    if (!all && !is_word(in, "1") && !is_word(in, "any"))
        return fail(in, "R10", "only 1, any and all go before 'of', not");
    next(&ahead);
    in->at = ahead.at;
    in->word = ahead.word;
    return read_selector(in, all);
}

static const Expr *read_not(Condition *in)
{
    bool negated = false;
    while (is_word(in, "not")) {
        Condition ahead = *in;
        next(&ahead);
        in->at = ahead.at;
        in->word = ahead.word;
        negated = !negated;
    }
    const Expr *expr = read_primary(in);
    return expr && negated ? expr_not(expr, in->reading->arena, in->reading->err) : expr;
}

static const Expr *read_joined(Condition *in, const char *word, ExprKind kind,
                               const Expr *(*operand)(Condition *))
{
    ExprList list = {0};
    for (;;) {
        const Expr *one = operand(in);
        if (!one || !expr_add(&list, one, in->reading->arena, in->reading->err))
            return NULL;
        if (!is_word(in, word))
            return expr_join(kind, &list, in->reading->arena, in->reading->err);
        next(in);
    }
}

static const Expr *read_and(Condition *in)
{
    return read_joined(in, "and", EXPR_AND, read_not);
}

static const Expr *read_or(Condition *in)
{
    if (++in->depth > DEPTH_MAX)
        return fail(in, "R07", "too many parentheses before");
    const Expr *expr = read_joined(in, "or", EXPR_OR, read_and);
    in->depth--;
    return expr;
}

/* "A | count() > 5": what people wrote before correlations. */
static const Expr *refuse_pipe(RuleReading *reading, const Yaml *node)
{
    ruleset_reject(reading, node, "R11",
                   "uses pipe aggregation, which Sigma 2 no longer has; rewrite it as a "
                   "correlation (count -> event_count, count(f) -> value_count, near -> temporal; "
                   "by -> group-by, timeframe -> timespan)");
    return NULL;
}

static const Expr *read_one(RuleReading *reading, const Yaml *node, SigmaSearch *searches)
{
    Condition in = {.reading = reading, .node = node, .text = node->text, .searches = searches};
    if (node->kind == YAML_LIST || node->kind == YAML_MAP || node->kind == YAML_NULL_VALUE ||
        !str_trim(node->text).len) {
        ruleset_reject(reading, node, "R06", "the condition is %s",
                       node->kind == YAML_TEXT ? "empty" : yaml_kind_name(node));
        return NULL;
    }
    if (memchr(node->text.ptr, '|', node->text.len))
        return refuse_pipe(reading, node);
    next(&in);
    const Expr *expr = read_or(&in);
    if (!expr || !in.word.len)
        return expr;
    if (str_equal_nocase(in.word, STR("and")) || str_equal_nocase(in.word, STR("or")))
        return fail(&in, "R07", "write it in lower case:");
    return fail(&in, "R07", "'and' or 'or' is missing before");
}

const Expr *sigma_read_condition(RuleReading *reading, const Yaml *condition, SigmaSearch *searches)
{
    ExprList list = {0};
    bool ok = true;
    if (condition->kind != YAML_LIST)
        return read_one(reading, condition, searches);
    if (!condition->first) {
        ruleset_reject(reading, condition, "R06", "the list of conditions is empty");
        return NULL;
    }
    for (const Yaml *each = condition->first; each; each = each->next) {
        const Expr *one = read_one(reading, each, searches);
        ok = one && expr_add(&list, one, reading->arena, reading->err) && ok;
    }
    return ok ? expr_join(EXPR_OR, &list, reading->arena, reading->err) : NULL;
}
