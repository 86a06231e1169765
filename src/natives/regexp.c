#include "natives/regexp.h"

#include <string.h>

enum { QUOTE_BYTES = 80, GROUPS_REFERRED_MAX = 9 };

typedef struct Reading {
    Str text;
    size_t at;
    int depth; /* of brackets: 1 in a class */
    Buf *out;
    RegexpGroups *groups;
    Error *err;
} Reading;

static bool fail(Reading *in, const char *what)
{
    return error_set(in->err, ERROR_USAGE, "%s cannot be used in a regular expression: '%.*s'",
                     what, STR_ARG(str_slice(in->text, 0, QUOTE_BYTES)));
}

static bool put(Reading *in, Str text)
{
    return buf_append_str(in->out, text, in->err);
}

static Str rest(const Reading *in)
{
    return str_slice(in->text, in->at, in->text.len);
}

static char peek(const Reading *in, size_t ahead)
{
    return in->at + ahead < in->text.len ? in->text.ptr[in->at + ahead] : '\0';
}

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

/* Java's classes \p{...} that RE2 has as [:...:]. */
static const struct {
    Str java, posix;
} CLASSES[] = {
    {{"Alpha", 5}, {"alpha", 5}},   {{"Alnum", 5}, {"alnum", 5}}, {{"ASCII", 5}, {"ascii", 5}},
    {{"Blank", 5}, {"blank", 5}},   {{"Cntrl", 5}, {"cntrl", 5}}, {{"Digit", 5}, {"digit", 5}},
    {{"Graph", 5}, {"graph", 5}},   {{"Lower", 5}, {"lower", 5}}, {{"Print", 5}, {"print", 5}},
    {{"Punct", 5}, {"punct", 5}},   {{"Space", 5}, {"space", 5}}, {{"Upper", 5}, {"upper", 5}},
    {{"XDigit", 6}, {"xdigit", 6}},
};

/* Other names of classes; "Is" and "script=" before a name fall away. */
static const struct {
    Str java, engine;
} PROPERTIES[] = {
    {{"Alphabetic", 10}, {"L", 1}},  {{"Letter", 6}, {"L", 1}}, {{"Lowercase", 9}, {"Ll", 2}},
    {{"Uppercase", 9}, {"Lu", 2}},   {{"Digit", 5}, {"Nd", 2}}, {{"Punctuation", 11}, {"P", 1}},
    {{"White_Space", 11}, {"Z", 1}},
};

static bool put_posix(Reading *in, Str name, bool negated)
{
    return (in->depth || put(in, STR("["))) && put(in, negated ? STR("[:^") : STR("[:")) &&
           put(in, name) && put(in, STR(":]")) && (in->depth || put(in, STR("]")));
}

/* \p{name} and \P{name}; \pL stays as it is. */
static bool read_property(Reading *in)
{
    static const Str PREFIXES[] = {
        {"Is", 2}, {"script=", 7}, {"sc=", 3}, {"general_category=", 17}};
    bool negated = peek(in, 1) == 'P';
    if (peek(in, 2) != '{') {
        in->at += 2;
        return put(in, negated ? STR("\\P") : STR("\\p"));
    }
    size_t close = str_find_byte(in->text, '}', in->at);
    Str name = str_slice(in->text, in->at + 3, close);
    in->at = close + 1;
    for (size_t i = 0; i < sizeof CLASSES / sizeof *CLASSES; i++)
        if (str_equal(name, CLASSES[i].java))
            return put_posix(in, CLASSES[i].posix, negated);
    for (size_t i = 0; i < sizeof PREFIXES / sizeof *PREFIXES; i++)
        if (str_starts(name, PREFIXES[i]))
            name = str_slice(name, PREFIXES[i].len, name.len);
    for (size_t i = 0; i < sizeof PROPERTIES / sizeof *PROPERTIES; i++)
        if (str_equal(name, PROPERTIES[i].java))
            name = PROPERTIES[i].engine;
    return put(in, negated ? STR("\\P{") : STR("\\p{")) && put(in, name) && put(in, STR("}"));
}

/* Escapes that are spelled otherwise: within a class, and outside of one (NULL: there is none). */
static const struct {
    char letter;
    const char *inside, *outside;
} ESCAPES[] = {
    {'h', "\\t \\x{A0}\\x{1680}\\x{2000}-\\x{200A}\\x{202F}\\x{205F}\\x{3000}",
     "[\\t \\x{A0}\\x{1680}\\x{2000}-\\x{200A}\\x{202F}\\x{205F}\\x{3000}]"},
    {'v', "\\n\\x0B\\f\\r\\x{85}\\x{2028}\\x{2029}", "[\\n\\x0B\\f\\r\\x{85}\\x{2028}\\x{2029}]"},
    {'R', NULL, "(?:\\r\\n|[\\n\\x0B\\f\\r\\x{85}\\x{2028}\\x{2029}])"},
    {'Z', NULL, "(?:\\n?\\z)"},
    {'e', "\\x1B", "\\x1B"},
};

static const struct {
    char letter;
    const char *what;
} REFUSED[] = {
    {'k', "a reference to a group (\\k)"},
    {'G', "the end of the last match (\\G)"},
    {'X', "a character cluster (\\X)"},
    {'N', "a character by its name (\\N)"},
};

/* \u and four digits */
static bool read_unit(Reading *in)
{
    Str digits = str_slice(in->text, in->at + 2, in->at + 6);
    in->at += 6;
    return put(in, STR("\\x{")) && put(in, digits) && put(in, STR("}"));
}

/* \Q...\E is taken as it is, behind the letters that it protects. */
static bool read_quoted(Reading *in)
{
    in->at += 2;
    while (in->at < in->text.len && !str_starts(rest(in), STR("\\E"))) {
        char c = in->text.ptr[in->at++];
        bool special = memchr("\\.[]{}()*+?^$|-&", c, 16) != NULL;
        if ((special && !put(in, STR("\\"))) ||
            !buf_append_byte(in->out, (unsigned char)c, in->err))
            return false;
    }
    in->at += 2;
    return true;
}

static bool read_escape(Reading *in)
{
    char c = peek(in, 1);
    if (c == 'p' || c == 'P')
        return read_property(in);
    if (c == 'u')
        return read_unit(in);
    if (c == 'Q')
        return read_quoted(in);
    if (c >= '1' && c <= '9')
        return fail(in, "a reference to a group (\\1)");
    for (size_t i = 0; i < sizeof REFUSED / sizeof *REFUSED; i++)
        if (c == REFUSED[i].letter)
            return fail(in, REFUSED[i].what);
    in->at += 2;
    for (size_t i = 0; i < sizeof ESCAPES / sizeof *ESCAPES; i++) {
        const char *as = in->depth ? ESCAPES[i].inside : ESCAPES[i].outside;
        if (c == ESCAPES[i].letter && as)
            return put(in, str_of(as));
    }
    return put(in, str_slice(in->text, in->at - 2, in->at));
}

/* (?<name>...) counts and is named. */
static bool read_named(Reading *in, size_t skip)
{
    size_t close = str_find_byte(in->text, '>', in->at);
    RegexpGroups *groups = in->groups;
    Str name = str_slice(in->text, in->at + skip, close);
    groups->count++;
    if (groups->named_count == REGEXP_NAMES_MAX)
        return fail(in, "more than 32 named groups");
    groups->named[groups->named_count].name = name;
    groups->named[groups->named_count++].number = groups->count;
    in->at = close + 1;
    return put(in, STR("(?P<")) && put(in, name) && put(in, STR(">"));
}

/* (?i) and (?i:...): flags that say nothing in the engine fall away. */
static bool read_flags(Reading *in)
{
    in->at += 2;
    if (!put(in, STR("(?")))
        return false;
    for (char c; (c = peek(in, 0)) != '\0' && c != ')' && c != ':'; in->at++) {
        if (c == 'x')
            return fail(in, "the flag x (comments)");
        if (c == 'U')
            return fail(in, "the flag U");
        if (c != 'u' && c != 'd' && !buf_append_byte(in->out, (unsigned char)c, in->err))
            return false;
    }
    bool empty = str_ends(buf_str(in->out), STR("(?"));
    if (peek(in, 0) == ')' && empty) /* (?u) is nothing */
        return put(in, STR(":"));
    return true;
}

static bool read_group(Reading *in)
{
    static const struct {
        Str opening;
        const char *what;
    } REFUSED_GROUPS[] = {
        {{"(?=", 3}, "a look ahead (?=...)"},    {{"(?!", 3}, "a look ahead (?!...)"},
        {{"(?<=", 4}, "a look behind (?<=...)"}, {{"(?<!", 4}, "a look behind (?<!...)"},
        {{"(?>", 3}, "an atomic group (?>...)"}, {{"(?#", 3}, "a comment (?#...)"},
    };
    Str text = rest(in);
    for (size_t i = 0; i < sizeof REFUSED_GROUPS / sizeof *REFUSED_GROUPS; i++)
        if (str_starts(text, REFUSED_GROUPS[i].opening))
            return fail(in, REFUSED_GROUPS[i].what);
    if (str_starts(text, STR("(?P<")))
        return read_named(in, 4);
    if (str_starts(text, STR("(?<")))
        return read_named(in, 3);
    if (str_starts(text, STR("(?")))
        return read_flags(in);
    in->groups->count++;
    in->at++;
    return put(in, STR("("));
}

static bool read_in_class(Reading *in)
{
    Str text = rest(in);
    if (str_starts(text, STR("[:"))) {
        size_t end = in->at + 2;
        while (end + 1 < in->text.len && in->text.ptr[end] != ']')
            end++;
        Str name = str_slice(in->text, in->at, end + 1);
        in->at = end + 1;
        return put(in, name);
    }
    if (text.ptr[0] == '[')
        return fail(in, "a class within a class, such as [a[b]],");
    if (str_starts(text, STR("&&")))
        return fail(in, "the intersection of classes (&&)");
    in->depth -= text.ptr[0] == ']';
    in->at++;
    return put(in, str_slice(text, 0, 1));
}

/* The beginning of a class, with the ^ that turns it and a ] that is in it. */
static bool open_class(Reading *in)
{
    size_t from = in->at++;
    in->at += peek(in, 0) == '^';
    in->at += peek(in, 0) == ']';
    in->depth = 1;
    return put(in, str_slice(in->text, from, in->at));
}

/* A sign of repetition, or the end of one: * + ? {2} {2,} */
static bool repeats(const Reading *in)
{
    char c = peek(in, 0);
    char before = in->at ? in->text.ptr[in->at - 1] : '\0';
    return c == '*' || c == '+' || c == '?' || (c == '}' && (is_digit(before) || before == ','));
}

static bool read_one(Reading *in)
{
    char c = peek(in, 0);
    if (c == '\\')
        return in->at + 1 < in->text.len ? read_escape(in) : fail(in, "a backslash at the end");
    if (in->depth)
        return read_in_class(in);
    if (c == '[')
        return open_class(in);
    if (c == '(')
        return read_group(in);
    if (repeats(in) && peek(in, 1) == '+')
        return fail(in, "a repetition that gives nothing back (a++)");
    in->at++;
    return buf_append_byte(in->out, (unsigned char)c, in->err);
}

bool regexp_pattern(Str pattern, Buf *out, RegexpGroups *ret_groups, Error *err)
{
    Reading in = {pattern, 0, 0, out, ret_groups, err};
    ret_groups->count = ret_groups->named_count = 0;
    if (pattern.len > REGEXP_PATTERN_BYTES_MAX)
        return error_set(err, ERROR_LIMIT, "a regular expression has at most %d bytes",
                         REGEXP_PATTERN_BYTES_MAX);
    while (in.at < pattern.len)
        if (!read_one(&in))
            return false;
    return true;
}

static bool illegal(Str replacement, const char *why, Error *err)
{
    return error_set(err, ERROR_USAGE, "Illegal replacement sequence: %s in '%.*s'", why,
                     STR_ARG(str_slice(replacement, 0, QUOTE_BYTES)));
}

/* The group that ${name} or $12 means, *at* standing behind the dollar; -1 when there is none. Of
 * digits as many count as make a number of a group. */
static int group_of(Str text, const RegexpGroups *groups, size_t *at)
{
    uint32_t number = 0;
    if (*at < text.len && text.ptr[*at] == '{') {
        size_t close = str_find_byte(text, '}', *at);
        Str name = str_slice(text, *at + 1, close);
        *at = close + 1;
        for (uint32_t i = 0; i < groups->named_count; i++)
            if (str_equal(groups->named[i].name, name))
                return (int)groups->named[i].number;
        return -1;
    }
    size_t from = *at;
    while (*at < text.len && is_digit(text.ptr[*at])) {
        uint32_t longer = number * 10 + (uint32_t)(text.ptr[*at] - '0');
        if (longer > groups->count && *at > from)
            break;
        number = longer;
        ++*at;
    }
    return *at > from && number <= groups->count ? (int)number : -1;
}

/* A byte that stands for itself. */
static bool put_plain(char c, Buf *out, Error *err)
{
    return (c != '\\' || buf_append_byte(out, '\\', err)) &&
           buf_append_byte(out, (unsigned char)c, err);
}

bool regexp_replacement(Str replacement, const RegexpGroups *groups, Buf *out, Error *err)
{
    for (size_t at = 0; at < replacement.len;) {
        char c = replacement.ptr[at++];
        if (c == '\\' && at == replacement.len)
            return illegal(replacement, "a backslash at the end", err);
        if (c == '\\')
            c = replacement.ptr[at++];
        else if (c == '$') {
            int group = group_of(replacement, groups, &at);
            if (group < 0)
                return illegal(replacement, "unknown group", err);
            if (group > GROUPS_REFERRED_MAX)
                return illegal(replacement, "only groups 0 to 9 can be used,", err);
            if (!buf_printf(out, err, "\\%d", group))
                return false;
            continue;
        }
        if (!put_plain(c, out, err))
            return false;
    }
    return true;
}
