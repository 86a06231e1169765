#define PCRE2_CODE_UNIT_WIDTH 8
#include "detect/regex.h"

#include <pcre2.h>
#include <string.h>

#include "base/mem.h"

enum { PATTERN_BYTES_MAX = 1 << 16, STEPS_MAX = 200000, DEPTH_MAX = 2000 };

struct Regex {
    pcre2_code *code;
    pcre2_match_context *limits;
    Str pattern;
    unsigned flags;
    char text[]; /* of the pattern */
};

/* What stands behind "(?" of what is refused; longest first where one begins another. */
static const struct {
    const char *opens, *name;
} REFUSED[] = {
    {"(?=", "look-ahead"},        {"(?!", "look-ahead"},      {"(?<=", "look-behind"},
    {"(?<!", "look-behind"},      {"(?>", "an atomic group"}, {"(?(", "a condition"},
    {"(?R", "recursion"},         {"(?&", "recursion"},       {"(?P>", "recursion"},
    {"(?P=", "a back-reference"}, {"(?C", "a callout"},       {"(*", "a verb"},
};

static const char *refused_group(Str rest)
{
    for (size_t i = 0; i < sizeof REFUSED / sizeof *REFUSED; i++)
        if (str_starts(rest, str_of(REFUSED[i].opens)))
            return REFUSED[i].name;
    /* (?0), (?1), (?+1), (?-1) */
    size_t at = rest.len > 3 && (rest.ptr[2] == '+' || rest.ptr[2] == '-') ? 3 : 2;
    bool number = rest.len > at && rest.ptr[at] >= '0' && rest.ptr[at] <= '9';
    return str_starts(rest, STR("(?")) && number ? "recursion" : NULL;
}

static const char *refused_escape(Str rest)
{
    char c = rest.len > 1 ? rest.ptr[1] : '\0';
    if ((c >= '1' && c <= '9') || c == 'k' || c == 'g')
        return "a back-reference";
    return c == 'C' || c == 'K' ? "\\C or \\K" : NULL;
}

/* *+ ++ ?+ }+ */
static const char *refused_quantifier(Str rest)
{
    bool quantifier = memchr("*+?}", rest.ptr[0], 4) != NULL;
    return quantifier && rest.len > 1 && rest.ptr[1] == '+' ? "a possessive quantifier" : NULL;
}

/* Bytes of what hides the rest from the search: a comment, or a quotation from \Q to \E; 0: none.
 */
static size_t hidden_length(Str rest)
{
    bool quotation = str_starts(rest, STR("\\Q"));
    if (!quotation && !str_starts(rest, STR("(?#")))
        return 0;
    for (size_t i = 2; i < rest.len; i++)
        if (quotation ? str_starts(str_slice(rest, i, rest.len), STR("\\E")) : rest.ptr[i] == ')')
            return i + (quotation ? 2 : 1);
    return rest.len;
}

/* The name of the first construct that is refused, at *ret_at; NULL when there is none. */
static const char *find_refused(Str pattern, size_t *ret_at)
{
    bool in_class = false;
    for (size_t i = 0; i < pattern.len; i++) {
        Str rest = str_slice(pattern, i, pattern.len);
        const char *name = NULL;
        size_t hidden = hidden_length(rest);
        *ret_at = i;
        if (hidden && (!in_class || rest.ptr[0] == '\\')) {
            i += hidden - 1;
        } else if (rest.ptr[0] == '\\') {
            name = in_class ? NULL : refused_escape(rest);
            i++;
        } else if (in_class) {
            in_class = rest.ptr[0] != ']';
        } else if (rest.ptr[0] == '[') {
            in_class = true;
            i += rest.len > 1 && rest.ptr[1] == '^';
            i += i + 1 < pattern.len && pattern.ptr[i + 1] == ']';
        } else {
            name = rest.ptr[0] == '(' ? refused_group(rest) : refused_quantifier(rest);
        }
        if (name)
            return name;
    }
    return NULL;
}

static bool is_utf8(Str text)
{
    for (size_t i = 0; i < text.len; i++)
        if ((unsigned char)text.ptr[i] >= 0x80)
            return true;
    return false;
}

static bool compile(Regex *regex, Str pattern, unsigned flags, Error *err)
{
    PCRE2_UCHAR words[160];
    PCRE2_SIZE at;
    int code;
    uint32_t options = PCRE2_NEVER_BACKSLASH_C | PCRE2_NO_AUTO_CAPTURE | PCRE2_MATCH_INVALID_UTF;
    options |= flags & REGEX_IGNORE_CASE ? PCRE2_CASELESS : 0;
    options |= flags & REGEX_LINES ? PCRE2_MULTILINE : 0;
    options |= flags & REGEX_DOT_ALL ? PCRE2_DOTALL : 0;
    options |= is_utf8(pattern) ? PCRE2_UTF : 0;
    regex->code = pcre2_compile((PCRE2_SPTR)pattern.ptr, pattern.len, options, &code, &at, NULL);
    if (!regex->code) {
        pcre2_get_error_message(code, words, sizeof words);
        return error_set(err, ERROR_INPUT, "the regular expression is wrong at byte %zu: %s",
                         (size_t)at, (const char *)words);
    }
    pcre2_jit_compile(regex->code, PCRE2_JIT_COMPLETE); /* without it matching is slower */
    regex->limits = pcre2_match_context_create(NULL);
    if (!regex->limits)
        return error_set(err, ERROR_LIMIT, "out of memory: no regular expression");
    pcre2_set_match_limit(regex->limits, STEPS_MAX);
    pcre2_set_depth_limit(regex->limits, DEPTH_MAX);
    return true;
}

Regex *regex_new(Str pattern, unsigned flags, Error *err)
{
    size_t at;
    if (pattern.len > PATTERN_BYTES_MAX) {
        error_set(err, ERROR_INPUT, "a regular expression has at most %d bytes", PATTERN_BYTES_MAX);
        return NULL;
    }
    const char *refused = find_refused(pattern, &at);
    if (refused) {
        error_set(err, ERROR_INPUT, "%s is not supported in regular expressions (byte %zu)",
                  refused, at);
        return NULL;
    }
    Regex *regex = mem_calloc(1, sizeof *regex + pattern.len + 1, err);
    if (regex) {
        memcpy(regex->text, pattern.ptr, pattern.len);
        regex->pattern = (Str){regex->text, pattern.len};
        regex->flags = flags;
    }
    if (regex && compile(regex, pattern, flags, err))
        return regex;
    regex_free(regex);
    return NULL;
}

void regex_free(Regex *regex)
{
    if (!regex)
        return;
    pcre2_match_context_free(regex->limits);
    pcre2_code_free(regex->code);
    mem_free(regex);
}

Str regex_pattern(const Regex *regex)
{
    return regex->pattern;
}

unsigned regex_flags(const Regex *regex)
{
    return regex->flags;
}

RegexScratch *regex_scratch_new(Error *err)
{
    pcre2_match_data *data = pcre2_match_data_create(1, NULL);
    if (!data)
        error_set(err, ERROR_LIMIT, "out of memory: no regular expression");
    return (RegexScratch *)data;
}

void regex_scratch_free(RegexScratch *scratch)
{
    pcre2_match_data_free((pcre2_match_data *)scratch);
}

bool regex_match_with(const Regex *regex, Str text, RegexScratch *scratch)
{
    return pcre2_match(regex->code, (PCRE2_SPTR)text.ptr, text.len, 0, 0,
                       (pcre2_match_data *)scratch, regex->limits) >= 0;
}

bool regex_match(const Regex *regex, Str text)
{
    ERROR_UNREAD(ignored);
    RegexScratch *scratch = regex_scratch_new(&ignored);
    bool found = scratch && regex_match_with(regex, text, scratch);
    regex_scratch_free(scratch);
    return found;
}
