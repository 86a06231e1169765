#define _GNU_SOURCE /* memmem */
#include "natives/regexp_literals.h"

#include <string.h>

enum { DEPTH_MAX = 20, LITERAL_MIN = 2 };

/* Behind the mark of case, 'i' or 'c', each literal stands behind this byte. */
static const char BEFORE = '|';

/* Literals of which a match holds one. None: nothing is known of it. */
typedef struct Set {
    Str list[REGEXP_LITERALS_MAX];
    size_t count, shortest;
} Set;

typedef struct Reading {
    Str pattern;
    size_t at;
    int depth;
    char bytes[REGEXP_LITERALS_BYTES_MAX]; /* of all literals */
    size_t used, run;                      /* where the one under way begins */
} Reading;

static bool read_alternatives(Reading *in, Set *ret);

static char peek(const Reading *in, size_t ahead)
{
    return in->at + ahead < in->pattern.len ? in->pattern.ptr[in->at + ahead] : '\0';
}

static bool starts(const Reading *in, const char *word)
{
    return str_starts(str_slice(in->pattern, in->at, in->pattern.len), str_of(word));
}

/* Of two sets that a match holds one of each of, the one with the longer literals. */
static void better(Set *best, const Set *other)
{
    if (other->count && (!best->count || other->shortest > best->shortest))
        *best = *other;
}

/* Ends the literal under way. */
static void end_run(Reading *in, Set *best)
{
    Str run = {in->bytes + in->run, in->used - in->run};
    const Set set = {.list = {run}, .count = 1, .shortest = run.len};
    if (run.len >= LITERAL_MIN)
        better(best, &set);
    in->run = in->used;
}

/* What follows an atom: *ret_some is false when the atom may be left out, *ret_once true when it
 * stands exactly once. */
static bool read_quantifier(Reading *in, bool *ret_some, bool *ret_once)
{
    char c = peek(in, 0);
    *ret_once = !c || !strchr("?*+{", c);
    *ret_some = *ret_once || c == '+';
    if (*ret_once)
        return true;
    while (c == '{' && in->at < in->pattern.len && peek(in, 0) != '}')
        in->at++;
    in->at++;
    in->at += peek(in, 0) == '?';
    return in->at <= in->pattern.len;
}

/* [...] without what is written with a backslash or names a class. */
static bool skip_class(Reading *in)
{
    in->at++;
    in->at += peek(in, 0) == '^';
    in->at += peek(in, 0) == ']';
    for (; in->at < in->pattern.len; in->at++) {
        if (peek(in, 0) == '\\' || peek(in, 0) == '[')
            return false;
        if (peek(in, 0) == ']') {
            in->at++;
            return true;
        }
    }
    return false;
}

static bool read_group(Reading *in, Set *best)
{
    Set inner = {.count = 0};
    bool some, once;
    in->at++;
    if (starts(in, "?:"))
        in->at += 2;
    if (peek(in, 0) == '?' || !read_alternatives(in, &inner) || peek(in, 0) != ')')
        return false;
    in->at++;
    if (!read_quantifier(in, &some, &once))
        return false;
    if (some)
        better(best, &inner);
    return true;
}

/* A character that stands for itself. */
static bool read_character(Reading *in, char c, Set *best)
{
    bool some, once;
    in->at++;
    if (c == BEFORE || in->used == sizeof in->bytes || !read_quantifier(in, &some, &once))
        return false;
    if ((unsigned char)c >= 0x80)
        end_run(in, best);
    else if (some)
        in->bytes[in->used++] = c;
    if (!once)
        end_run(in, best);
    return true;
}

/* A backslash: before a sign it is that sign; some letters stand for a character or a place. */
static bool read_escape(Reading *in, Set *best)
{
    char c = peek(in, 1);
    bool some, once, letter = (c >= '0' && c <= '9') || ((c | 0x20) >= 'a' && (c | 0x20) <= 'z');
    in->at++;
    if (!c || !letter)
        return c && read_character(in, c, best);
    in->at++;
    end_run(in, best);
    return strchr("dDsSwWbBAznrtfv", c) && read_quantifier(in, &some, &once);
}

static bool read_atom(Reading *in, Set *best)
{
    bool some, once;
    char c = peek(in, 0);
    if (!c || strchr("*+?{", c))
        return false;
    if (c == '\\')
        return read_escape(in, best);
    if (!strchr("([.^$", c))
        return read_character(in, c, best);
    end_run(in, best);
    if (c == '(')
        return read_group(in, best);
    if (c == '[')
        return skip_class(in) && read_quantifier(in, &some, &once);
    in->at++;
    return read_quantifier(in, &some, &once);
}

/* One of the alternatives. */
static bool read_sequence(Reading *in, Set *ret)
{
    in->run = in->used;
    while (in->at < in->pattern.len && peek(in, 0) != '|' && peek(in, 0) != ')')
        if (!read_atom(in, ret))
            return false;
    end_run(in, ret);
    return true;
}

/* All of the literals, or none when one alternative has none. */
static bool read_alternatives(Reading *in, Set *ret)
{
    bool all = true;
    if (++in->depth > DEPTH_MAX)
        return false;
    for (;;) {
        Set one = {.count = 0};
        if (!read_sequence(in, &one))
            return false;
        all &= one.count > 0 && ret->count + one.count <= REGEXP_LITERALS_MAX;
        for (size_t i = 0; all && i < one.count; i++)
            ret->list[ret->count++] = one.list[i];
        if (all && (ret->count == one.count || one.shortest < ret->shortest))
            ret->shortest = one.shortest;
        if (peek(in, 0) != '|')
            break;
        in->at++;
    }
    in->depth--;
    ret->count = all ? ret->count : 0;
    return true;
}

static char lower(char c)
{
    return c >= 'A' && c <= 'Z' ? (char)(c | 0x20) : c;
}

bool regexp_literals_write(Str pattern, Buf *out, bool *ret_found, Error *err)
{
    Reading in = {.pattern = pattern};
    Set set = {.count = 0};
    bool folded = starts(&in, "(?i)");
    in.at = folded ? 4 : 0;
    *ret_found = read_alternatives(&in, &set) && in.at == pattern.len && set.count > 0;
    if (!*ret_found)
        return true;
    bool ok = buf_append_byte(out, folded ? 'i' : 'c', err);
    for (size_t i = 0; ok && i < set.count; i++) {
        ok = buf_append_byte(out, (unsigned char)BEFORE, err);
        for (size_t at = 0; ok && at < set.list[i].len; at++) {
            char c = set.list[i].ptr[at];
            ok = buf_append_byte(out, (unsigned char)(folded ? lower(c) : c), err);
        }
    }
    return ok;
}

bool regexp_literals_held(Str text, Str literals)
{
    char folded[REGEXP_LITERALS_TEXT_MAX];
    if (literals.len && literals.ptr[0] == 'i') {
        if (text.len > sizeof folded)
            return true;
        unsigned char all = 0;
        for (size_t i = 0; i < text.len; i++) {
            all |= (unsigned char)text.ptr[i];
            folded[i] = lower(text.ptr[i]);
        }
        if (all >= 0x80)
            return true;
        text.ptr = folded;
    }
    for (size_t at = 1; at < literals.len;) {
        size_t end = str_find_byte(literals, BEFORE, at + 1);
        if (text.len && memmem(text.ptr, text.len, literals.ptr + at + 1, end - at - 1))
            return true;
        at = end;
    }
    return false;
}
