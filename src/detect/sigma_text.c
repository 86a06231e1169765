/* Escapes and wildcards of Sigma's texts, to the letter ("sigma", section 4). */
#include "detect/sigma.h"

static bool is_special(char c)
{
    return c == '\\' || c == '*' || c == '?';
}

enum { NUMBER_DIGITS_MAX = 9 };

static bool is_letter(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

/* 4625: longer ones are ids, as of accounts, which are texts in events, too. */
static bool is_number(Str text)
{
    uint64_t number;
    return text.len <= NUMBER_DIGITS_MAX && str_to_u64(text, &number) &&
           (text.len == 1 || text.ptr[0] != '0');
}

/* "C:\*": an escaped star where a wildcard behind a backslash was meant. */
static bool has_lost_star(Str text)
{
    for (size_t i = 1; i + 1 < text.len; i++)
        if (text.ptr[i] == '\\') {
            if (text.ptr[i + 1] == '*' && (text.ptr[i - 1] == ':' || is_letter(text.ptr[i - 1])))
                return true;
            i += is_special(text.ptr[i + 1]);
        }
    return false;
}

static bool has_double_star(Str text)
{
    for (size_t i = 0; i + 1 < text.len; i++)
        if (text.ptr[i] == '\\')
            i += is_special(text.ptr[i + 1]);
        else if (text.ptr[i] == '*' && text.ptr[i + 1] == '*')
            return true;
    return false;
}

void sigma_advise_text(RuleReading *reading, const Yaml *node, bool bare)
{
    Str text = node->text;
    bool control = false;
    for (size_t i = 0; i < text.len; i++)
        control |= (unsigned char)text.ptr[i] < 0x20 || text.ptr[i] == 0x7f;
    if (bare && is_number(text))
        ruleset_warn(reading, node, "the number %.*s needs no quotes", STR_ARG(text));
    if (control)
        ruleset_warn(reading, node, "the value holds control characters");
    if (str_equal(text, STR("*")))
        ruleset_warn(reading, node, "'*' alone; 'exists' asks whether a field is there");
    if (has_double_star(text))
        ruleset_warn(reading, node, "'**' says no more than '*'");
    if (has_lost_star(text))
        ruleset_warn(reading, node,
                     "'\\*' is a star, no wildcard; behind a backslash one is written '\\\\*'");
}

bool sigma_read_text(Str text, GlobText *out, Error *err)
{
    bool ok = true;
    for (size_t i = 0; ok && i < text.len; i++) {
        char c = text.ptr[i];
        if (c == '*' || c == '?') {
            ok = glob_add(out, c == '*' ? GLOB_ANY : GLOB_ONE, 0, err);
            continue;
        }
        if (c == '\\' && i + 1 < text.len && is_special(text.ptr[i + 1]))
            c = text.ptr[++i];
        ok = glob_add(out, GLOB_LITERAL, c, err);
    }
    return ok;
}
