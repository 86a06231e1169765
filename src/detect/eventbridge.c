#include "detect/eventbridge.h"

#include <stdio.h>
#include <string.h>

#include "base/json.h"
#include "detect/eventbridge_reading.h"

enum {
    DEPTH_MAX = 32,
    PATH_BYTES_MAX = EVENTBRIDGE_BYTES_MAX + DEPTH_MAX,
    LIST_BYTES_MAX = 1 << 20
};

bool eventbridge_refuse(const EventReading *reading, const Json *value, const char *what)
{
    Str path = buf_str(&reading->path);
    size_t at = (size_t)(value->raw.ptr - reading->text.ptr) + 1;
    return error_set(reading->err, ERROR_INPUT, "event pattern, character %zu%s%.*s%s: %s", at,
                     path.len ? ", '" : "", STR_ARG(path), path.len ? "'" : "", what);
}

/* The path under way with *name*; a dot in a name begins another step. */
static const FieldPath *path_of(EventReading *reading, const Json *value)
{
    Step steps[STEPS_MAX];
    uint32_t count = 0;
    Str path = buf_str(&reading->path);
    for (size_t at = 0, dot; at <= path.len; at = dot + 1) {
        dot = str_find_byte(path, '.', at);
        if (count == STEPS_MAX)
            return eventbridge_refuse(reading, value, "a path has at most 64 names"), NULL;
        steps[count++] = (Step){.kind = STEP_NAME, .name = str_slice(path, at, dot)};
    }
    return steps_path(path, steps, count, reading->arena, reading->err);
}

/* Adds the leaf at the path under way to each pattern (EventLeaf * each). */
static bool add_leaf(EventReading *reading, const Json *array, Buf *patterns)
{
    const FieldPath *path = path_of(reading, array);
    const Expr *expr = path ? eventbridge_matcher_read(reading, path, array) : NULL;
    for (size_t at = 0; expr && at < patterns->len; at += sizeof(const EventLeaf *)) {
        EventLeaf *leaf = arena_alloc(reading->arena, sizeof *leaf, reading->err);
        if (!leaf)
            return false;
        *leaf = (EventLeaf){path, expr, NULL};
        memcpy(&leaf->below, patterns->ptr + at, sizeof leaf->below);
        memcpy(patterns->ptr + at, &leaf, sizeof leaf);
    }
    return expr != NULL;
}

/* An $or of several objects, none of which has an operator's name as a key; else it is an ordinary
 * member. */
static bool is_or(const Json *member)
{
    if (!str_equal(member->name, STR("$or")) || member->type != JSON_ARRAY || member->count < 2)
        return false;
    for (const Json *each = member->first; each; each = each->next) {
        if (each->type != JSON_OBJECT)
            return false;
        for (const Json *key = each->first; key; key = key->next)
            if (eventbridge_matcher_is(key->name))
                return false;
    }
    return true;
}

static bool read_object(EventReading *reading, const Json *object, Buf *patterns, int depth);

/* Each pattern once with each element of the array. */
static bool read_or(EventReading *reading, const Json *array, Buf *patterns, int depth)
{
    BUF_AUTO Buf all = buf_init(LIST_BYTES_MAX);
    for (const Json *each = array->first; each; each = each->next) {
        BUF_AUTO Buf some = buf_init(LIST_BYTES_MAX);
        if (!buf_append_str(&some, buf_str(patterns), reading->err) ||
            !read_object(reading, each, &some, depth) ||
            !buf_append_str(&all, buf_str(&some), reading->err))
            return false;
        if (all.len / sizeof(const EventLeaf *) > EVENTBRIDGE_COMBINATIONS_MAX)
            return eventbridge_refuse(reading, array, "$or makes more than 1000 combinations");
    }
    patterns->len = 0;
    return buf_append_str(patterns, buf_str(&all), reading->err);
}

static bool read_member(EventReading *reading, const Json *member, Buf *patterns, int depth)
{
    size_t before = reading->path.len;
    if (is_or(member))
        return read_or(reading, member, patterns, depth);
    bool ok = (!depth || buf_append_byte(&reading->path, '.', reading->err)) &&
              buf_append_str(&reading->path, member->name, reading->err);
    if (ok && member->type == JSON_OBJECT)
        ok = read_object(reading, member, patterns, depth + 1);
    else if (ok && member->type == JSON_ARRAY)
        ok = add_leaf(reading, member, patterns);
    else if (ok)
        ok = eventbridge_refuse(reading, member, "expected an object, or an array of values");
    reading->path.len = before;
    return ok;
}

static bool read_object(EventReading *reading, const Json *object, Buf *patterns, int depth)
{
    if (!object->count)
        return eventbridge_refuse(reading, object, "an object must not be empty");
    for (const Json *member = object->first; member; member = member->next)
        if (!member->shadowed && !read_member(reading, member, patterns, depth))
            return false;
    return true;
}

static const Expr *join(const Buf *patterns, Arena *arena, Error *err)
{
    ExprList any = {NULL, NULL};
    for (size_t at = 0; at < patterns->len; at += sizeof(const EventLeaf *)) {
        const EventLeaf *leaves;
        memcpy(&leaves, patterns->ptr + at, sizeof leaves);
        const Expr *expr = eventbridge_shape(leaves, arena, err);
        if (!expr || !expr_add(&any, expr, arena, err))
            return NULL;
    }
    return expr_join(EXPR_OR, &any, arena, err);
}

static const Expr *read_pattern(EventReading *reading, const Json *root)
{
    BUF_AUTO Buf patterns = buf_init(LIST_BYTES_MAX);
    const EventLeaf *none = NULL;
    bool ok = buf_append(&patterns, &none, sizeof(const EventLeaf *), reading->err) &&
              read_object(reading, root, &patterns, 0);
    return ok ? join(&patterns, reading->arena, reading->err) : NULL;
}

bool eventbridge_read(Str pattern, Arena *arena, const Expr **ret, Error *err)
{
    static const JsonLimits LIMITS = {.depth_max = DEPTH_MAX, .duplicates_allowed = true};
    if (pattern.len > EVENTBRIDGE_BYTES_MAX)
        return error_set(err, ERROR_INPUT,
                         "an event pattern has at most %d bytes, this one has %zu",
                         EVENTBRIDGE_BYTES_MAX, pattern.len);
    const char *copy = arena_text(arena, pattern, err);
    EventReading reading = {{copy, pattern.len}, arena, buf_init(PATH_BYTES_MAX), err};
    const Json *root = copy ? json_read(reading.text, &LIMITS, arena, err) : NULL;
    if (!root)
        return copy && error_context(err, "event pattern");
    if (root->type != JSON_OBJECT)
        return eventbridge_refuse(&reading, root, "expected an object");
    *ret = read_pattern(&reading, root);
    buf_free(&reading.path);
    return *ret != NULL;
}
