/* Conditions of extended temporal correlations: names of rules with and, or, not ("sigma",
 * section 11.5). */
#include <string.h>

#include "detect/sigma_parts.h"

enum { DEPTH_MAX = 32, NAMES_MAX = 64 };

typedef struct Reader {
    RuleReading *reading;
    const Yaml *node;
    size_t at;
    Str word;
    Correlation *to;
    bool used[NAMES_MAX];
    int depth;
} Reader;

static Named *read_or(Reader *in);

static bool is_name_byte(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
}

static void next(Reader *in)
{
    Str text = in->node->text;
    while (in->at < text.len && memchr(" \t\r\n", text.ptr[in->at], 4))
        in->at++;
    size_t end = in->at;
    while (end < text.len && is_name_byte(text.ptr[end]))
        end++;
    end += end == in->at && end < text.len;
    in->word = str_slice(text, in->at, end);
    in->at = end;
}

static bool is_word(const Reader *in, const char *word)
{
    return str_equal(in->word, str_of(word));
}

static bool is_operator(const Reader *in)
{
    return is_word(in, "and") || is_word(in, "or") || is_word(in, "not");
}

static bool is_name(const Reader *in)
{
    return in->word.len && is_name_byte(in->word.ptr[0]) && !is_operator(in);
}

static Named *fail(Reader *in, const char *what)
{
    if (in->word.len)
        ruleset_reject(in->reading, in->node, "R27", "%s '%.*s' in the condition", what,
                       STR_ARG(str_slice(in->word, 0, 80)));
    else
        ruleset_reject(in->reading, in->node, "R27", "%s the end of the condition", what);
    return NULL;
}

static Named *new_named(Reader *in, NamedKind kind, Named *first)
{
    Named *named = arena_calloc(in->reading->arena, 1, sizeof *named, in->reading->err);
    if (named) {
        named->kind = kind;
        named->first = first;
    }
    return named;
}

static Named *read_name(Reader *in)
{
    for (uint32_t i = 0; i < in->to->rules.count && i < NAMES_MAX; i++)
        if (str_equal(in->to->rules.list[i], in->word)) {
            Named *named = new_named(in, NAMED_RULE, NULL);
            in->used[i] = true;
            if (named)
                named->rule = i;
            next(in);
            return named;
        }
    return fail(in, "'rules' does not list");
}

static Named *read_not(Reader *in)
{
    if (++in->depth > DEPTH_MAX)
        return fail(in, "nested too deep before");
    Named *named;
    if (is_word(in, "not")) {
        next(in);
        named = read_not(in);
        named = named ? new_named(in, NAMED_NOT, named) : NULL;
    } else if (is_word(in, "(")) {
        next(in);
        named = read_or(in);
        if (named && !is_word(in, ")"))
            return fail(in, "')' is missing before");
        next(in);
    } else {
        named = is_name(in) ? read_name(in) : fail(in, "a rule's name is missing before");
    }
    in->depth--;
    return named;
}

static Named *read_joined(Reader *in, const char *word, NamedKind kind, Named *(*part)(Reader *))
{
    Named *first = part(in), *last = first;
    if (!first || !is_word(in, word))
        return first;
    while (is_word(in, word)) {
        next(in);
        last->next = part(in);
        last = last->next;
        if (!last)
            return NULL;
    }
    return new_named(in, kind, first);
}

static Named *read_and(Reader *in)
{
    return read_joined(in, "and", NAMED_AND, read_not);
}

static Named *read_or(Reader *in)
{
    return read_joined(in, "or", NAMED_OR, read_and);
}

const Named *sigma_read_named(RuleReading *reading, const Yaml *node, Correlation *to)
{
    Reader in = {.reading = reading, .node = node, .to = to};
    if (to->rules.count > NAMES_MAX) {
        ruleset_reject(reading, node, "R27", "a condition names at most %d rules", NAMES_MAX);
        return NULL;
    }
    next(&in);
    Named *named = read_or(&in);
    if (named && in.word.len)
        return fail(&in, "'and' or 'or' is missing before");
    for (uint32_t i = 0; named && i < to->rules.count; i++)
        if (!in.used[i]) {
            ruleset_reject(reading, node, "R27", "the condition does not use rule '%.*s'",
                           STR_ARG(str_slice(to->rules.list[i], 0, 80)));
            return NULL;
        }
    return named;
}

bool sigma_read_names(RuleReading *reading, const Yaml *node, RuleTexts *ret)
{
    Reader in = {.reading = reading, .node = node};
    Str *names = arena_alloc(reading->arena, NAMES_MAX * sizeof *names, reading->err);
    if (!names)
        return false;
    *ret = (RuleTexts){names, 0};
    for (next(&in); in.word.len; next(&in)) {
        bool known = !is_name(&in);
        for (uint32_t i = 0; i < ret->count; i++)
            known |= str_equal(names[i], in.word);
        if (!known && ret->count == NAMES_MAX)
            return ruleset_reject(reading, node, "R27", "a condition names at most %d rules",
                                  NAMES_MAX);
        const char *copy = known ? NULL : arena_text(reading->arena, in.word, reading->err);
        if (!known && !copy)
            return false;
        if (!known)
            names[ret->count++] = (Str){copy, in.word.len};
    }
    return ret->count || ruleset_reject(reading, node, "R27", "the condition names no rule");
}
