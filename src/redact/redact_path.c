#include "redact/redact_path.h"

#include <string.h>

enum { TEXT_BYTES_MAX = 1024, INDEX_DIGITS_MAX = 6 };

/* ---- reading ---- */

typedef struct Reading {
    Str rest;
    RedactPath *path;
    Error *err;
} Reading;

static bool fail(const Reading *in, const char *expected)
{
    size_t at = in->path->text.len - in->rest.len;
    return error_set(in->err, ERROR_INPUT, "path '%.*s': expected %s at character %zu",
                     STR_ARG(in->path->text), expected, at + 1);
}

static void skip(Reading *in, size_t bytes)
{
    in->rest = str_slice(in->rest, bytes, in->rest.len);
}

static bool add(Reading *in, RedactStep step)
{
    RedactPath *path = in->path;
    if (path->count == REDACT_STEPS_MAX)
        return fail(in, "no more than 24 steps");
    if (path->count && step.kind == REDACT_DEEP && path->steps[path->count - 1].kind == REDACT_DEEP)
        return fail(in, "something else behind '**' than '**'");
    path->steps[path->count++] = step;
    return true;
}

static bool read_quoted(Reading *in)
{
    size_t end = str_find_byte(in->rest, '"', 1);
    if (end == in->rest.len)
        return fail(in, "a name that ends with '\"'");
    Str name = str_slice(in->rest, 1, end);
    if (!name.len)
        return fail(in, "a name between the quotes");
    skip(in, end + 1);
    return add(in, (RedactStep){.kind = REDACT_NAME, .name = name});
}

static bool read_name(Reading *in)
{
    size_t len = 0;
    if (in->rest.len && in->rest.ptr[0] == '"')
        return read_quoted(in);
    while (len < in->rest.len && !strchr(".[]\"", in->rest.ptr[len]))
        len++;
    Str name = str_slice(in->rest, 0, len);
    RedactStepKind kind = str_equal(name, STR("*"))    ? REDACT_ANY
                          : str_equal(name, STR("**")) ? REDACT_DEEP
                                                       : REDACT_NAME;
    if (!len)
        return fail(in, "a name, '*' or '**'");
    if (kind == REDACT_NAME && memchr(name.ptr, '*', len))
        return fail(in, "a whole name, or '*' alone");
    skip(in, len);
    return add(in, (RedactStep){.kind = kind, .name = name});
}

static bool read_element(Reading *in)
{
    size_t end = str_find_byte(in->rest, ']', 0);
    Str inside = str_slice(in->rest, 1, end);
    uint64_t index = 0;
    bool each = str_equal(inside, STR("*"));
    if (end == in->rest.len ||
        !(each || (inside.len <= INDEX_DIGITS_MAX && str_to_u64(inside, &index))))
        return fail(in, "'[*]' or the number of an element, such as '[0]'");
    skip(in, end + 1);
    return add(in,
               (RedactStep){.kind = each ? REDACT_EACH : REDACT_INDEX, .index = (uint32_t)index});
}

/* A name and the elements behind it. */
static bool read_part(Reading *in)
{
    bool ok = read_name(in);
    while (ok && in->rest.len && in->rest.ptr[0] == '[')
        ok = read_element(in);
    return ok;
}

bool redact_path_read(Str text, Arena *arena, RedactPath *ret, Error *err)
{
    if (text.len > TEXT_BYTES_MAX)
        return error_set(err, ERROR_INPUT, "a path of at most %d bytes was expected",
                         TEXT_BYTES_MAX);
    const char *copy = arena_text(arena, text, err);
    if (!copy)
        return false;
    *ret = (RedactPath){.text = {copy, text.len}};
    Reading in = {ret->text, ret, err};
    bool ok = read_part(&in);
    while (ok && in.rest.len) {
        if (in.rest.ptr[0] != '.')
            return fail(&in, "'.' or '['");
        skip(&in, 1);
        ok = read_part(&in);
    }
    if (ok && ret->steps[ret->count - 1].kind == REDACT_DEEP)
        return fail(&in, "a name behind '**'");
    return ok;
}

/* ---- walking ---- */

static RedactState bit(uint32_t place)
{
    return (RedactState)1 << place;
}

/* '**' may stand for nothing. */
static RedactState close(const RedactPath *path, RedactState at)
{
    for (uint32_t i = 0; i < path->count; i++)
        if ((at & bit(i)) && path->steps[i].kind == REDACT_DEEP)
            at |= bit(i + 1);
    return at;
}

RedactState redact_path_start(const RedactPath *path)
{
    return close(path, bit(0));
}

static RedactState one_name(const RedactPath *path, RedactState at, Str name)
{
    RedactState next = 0;
    for (uint32_t i = 0; i < path->count; i++) {
        const RedactStep *step = &path->steps[i];
        if (!(at & bit(i)))
            continue;
        if (step->kind == REDACT_DEEP)
            next |= bit(i);
        else if (step->kind == REDACT_ANY ||
                 (step->kind == REDACT_NAME && str_equal_nocase(step->name, name)))
            next |= bit(i + 1);
    }
    return close(path, next);
}

RedactState redact_path_member(const RedactPath *path, RedactState at, Str name)
{
    RedactState whole = one_name(path, at, name);
    if (!name.len || !memchr(name.ptr, '.', name.len))
        return whole;
    for (size_t from = 0; at && from <= name.len;) {
        size_t dot = str_find_byte(name, '.', from);
        at = one_name(path, at, str_slice(name, from, dot));
        from = dot + 1;
    }
    return whole | at;
}

static RedactState step_into(const RedactPath *path, RedactState at, bool any, uint32_t index)
{
    RedactState next = 0;
    for (uint32_t i = 0; i < path->count; i++) {
        const RedactStep *step = &path->steps[i];
        if (!(at & bit(i)))
            continue;
        if (step->kind == REDACT_EACH ||
            (step->kind == REDACT_INDEX && (any || step->index == index)))
            next |= bit(i + 1);
        else if (step->kind != REDACT_INDEX)
            next |= bit(i);
    }
    return close(path, next);
}

RedactState redact_path_element(const RedactPath *path, RedactState at, uint32_t index)
{
    return step_into(path, at, false, index);
}

RedactState redact_path_some(const RedactPath *path, RedactState at)
{
    return step_into(path, at, true, 0);
}

RedactState redact_path_into(const RedactPath *path, RedactState at, Str name)
{
    return redact_path_member(path, redact_path_some(path, at) | at, name);
}

Str redact_path_needle(const RedactPath *path, RedactState at)
{
    uint32_t place = path->count;
    while (place > 0 && !(at & bit(place)))
        place--;
    for (uint32_t i = path->count; i-- > place;)
        if (path->steps[i].kind == REDACT_NAME)
            return path->steps[i].name;
    return (Str){"", 0};
}
