#include "detect/guard_class.h"

#include <string.h>

#include "detect/derived.h"

enum { KEEP_PREFIX_MAX = 64 };

/* What is another text in each session. */
static const struct {
    Slot slot;
    const char *path;
} CUTS[] = {
    {S_USER_IDENTITY, "userIdentity.accessKeyId"},
    {S_USER_IDENTITY, "userIdentity.credentialId"},
    {S_USER_IDENTITY, "userIdentity.sessionContext.attributes.creationDate"},
};

enum { CUT_COUNT = sizeof CUTS / sizeof *CUTS };

_Static_assert((int)CUT_COUNT <= (int)GUARD_CLASS_CUTS_MAX, "a class has room for all cuts");

static GuardClassCut cut_of(Str path)
{
    GuardClassCut cut = {.path = path};
    size_t from = str_find_byte(path, '.', 0) + 1;
    while (from <= path.len && cut.depth < GUARD_CLASS_DEPTH_MAX) {
        size_t to = str_find_byte(path, '.', from);
        cut.segments[cut.depth++] = str_slice(path, from, to < path.len ? to : path.len);
        from = to < path.len ? to + 1 : path.len + 1;
    }
    return cut;
}

GuardClass guard_class_of(Slot slot)
{
    GuardClass class = {0};
    for (int i = 0; i < CUT_COUNT; i++)
        if (CUTS[i].slot == slot)
            class.cuts[class.count++] = cut_of(str_of(CUTS[i].path));
    return class;
}

/* Whether *inner* is *outer* or lies below it. */
static bool lies_below(Str inner, Str outer)
{
    return inner.len >= outer.len && memcmp(inner.ptr, outer.ptr, outer.len) == 0 &&
           (inner.len == outer.len || inner.ptr[outer.len] == '.');
}

/* How many bytes of a text a test looks at, at most. */
static uint32_t bytes_asked(const Test *test)
{
    uint32_t most = 0;
    if (test->kind == TEST_EXISTS || test->kind == TEST_NULL)
        return 0;
    if (test->kind != TEST_TEXT || test->meaning != MEANING_SIGMA || test->exact_count)
        return UINT32_MAX;
    for (uint32_t i = 0; i < test->glob_count; i++) {
        const Glob *glob = test->globs[i];
        if (glob->shape != GLOB_PREFIX || glob->literal.len > KEEP_PREFIX_MAX)
            return UINT32_MAX;
        if (glob->literal.len > most)
            most = (uint32_t)glob->literal.len;
    }
    return most;
}

/* How many bytes of the value at *cut* a test of what stands at *path* looks at. */
static uint32_t bytes_at(const FieldPath *path, const Test *test, Str cut)
{
    bool presence = test->kind == TEST_EXISTS || test->kind == TEST_NULL;
    if (str_equal(path->text, cut))
        return path->steps ? UINT32_MAX : bytes_asked(test);
    if (lies_below(cut, path->text))
        return presence ? 0 : UINT32_MAX;
    return lies_below(path->text, cut) || derived_reads(path->text, cut) ? UINT32_MAX : 0;
}

static uint32_t bytes_of(const Expr *item, Str cut)
{
    uint32_t bytes = bytes_at(item->path, item->test, cut);
    uint32_t other =
        item->test->kind == TEST_FIELD ? bytes_at(item->test->other, item->test, cut) : 0;
    return bytes > other ? bytes : other;
}

static void keep_asked(void *context, const Expr *item)
{
    GuardClass *class = context;
    for (uint32_t i = 0; item->path && i < class->count; i++) {
        uint32_t asked = bytes_of(item, class->cuts[i].path);
        if (asked > class->cuts[i].keep)
            class->cuts[i].keep = asked;
    }
}

void guard_class_add(GuardClass *class, const Expr *expr)
{
    expr_each(expr, keep_asked, class);
}

/* A text that is gone through: what lies before `from` is written. Without escapes, a string ends
 * at the next quotation mark. */
typedef struct Walk {
    const GuardClass *class;
    const char *at, *end, *from;
    Buf *out;
    bool ok; /* memory */
    Error *err;
} Walk;

static bool is_blank(char byte)
{
    return byte == ' ' || byte == '\t' || byte == '\n' || byte == '\r' || byte == ':' ||
           byte == ',';
}

/* The next byte that is no blank; 0 at the end. */
static char next_byte(Walk *walk)
{
    while (walk->at < walk->end && is_blank(*walk->at))
        walk->at++;
    return walk->at < walk->end ? *walk->at : 0;
}

/* The string that begins here. */
static Str take_string(Walk *walk)
{
    const char *begin = walk->at + 1;
    const char *quote = memchr(begin, '"', (size_t)(walk->end - begin));
    walk->at = quote ? quote + 1 : walk->end;
    return (Str){begin, (size_t)((quote ? quote : walk->end) - begin)};
}

/* Goes behind the object, array, number or word that begins here. */
static void skip_value(Walk *walk)
{
    int depth = 0;
    while (walk->at < walk->end) {
        char byte = *walk->at;
        if (byte == '"') {
            take_string(walk);
            continue;
        }
        bool opens = byte == '{' || byte == '[', closes = byte == '}' || byte == ']';
        if (depth == 0 && (closes || byte == ','))
            return;
        depth += opens - closes;
        walk->at++;
        if (closes && depth == 0)
            return;
    }
}

static bool is_ascii(Str text)
{
    for (size_t i = 0; i < text.len; i++)
        if ((unsigned char)text.ptr[i] >= 0x80)
            return false;
    return true;
}

/* Leaves out what lies behind the first *keep* bytes of *value*; bytes that are no ASCII may stand
 * for fewer when case is ignored. */
static void cut_value(Walk *walk, Str value, uint32_t keep)
{
    if (value.len <= keep || !is_ascii(str_slice(value, 0, keep)))
        return;
    const char *kept = value.ptr + keep;
    walk->ok =
        walk->ok && buf_append(walk->out, walk->from, (size_t)(kept - walk->from), walk->err);
    walk->from = value.ptr + value.len;
}

static void take_value(Walk *walk, uint32_t live, uint32_t depth);

/* Goes through the object that begins here; *live* are the cuts that lie in it. */
static void take_object(Walk *walk, uint32_t live, uint32_t depth)
{
    walk->at++;
    while (next_byte(walk) == '"') {
        Str name = take_string(walk);
        uint32_t below = 0;
        for (uint32_t i = 0; i < walk->class->count; i++)
            if (live & 1u << i && str_equal(walk->class->cuts[i].segments[depth], name))
                below |= 1u << i;
        take_value(walk, below, depth + 1);
    }
    walk->at += walk->at < walk->end;
}

static void take_value(Walk *walk, uint32_t live, uint32_t depth)
{
    char byte = next_byte(walk);
    uint32_t inner = 0;
    for (uint32_t i = 0; i < walk->class->count; i++)
        if (live & 1u << i && walk->class->cuts[i].depth > depth)
            inner |= 1u << i;
    if (byte == '{' && inner) {
        take_object(walk, inner, depth);
    } else if (byte == '"') {
        Str value = take_string(walk);
        for (uint32_t i = 0; i < walk->class->count; i++)
            if (live & ~inner & 1u << i)
                cut_value(walk, value, walk->class->cuts[i].keep);
    } else {
        skip_value(walk);
    }
}

bool guard_class_write(const GuardClass *class, Str text, Buf *out, bool *ret, Error *err)
{
    Walk walk = {class, text.ptr, text.ptr + text.len, text.ptr, out, true, err};
    *ret = class->count && text.len && text.ptr[0] == '{' && !memchr(text.ptr, '\\', text.len);
    if (!*ret)
        return true;
    take_object(&walk, (1u << class->count) - 1, 0);
    return walk.ok && buf_append(out, walk.from, (size_t)(walk.end - walk.from), err);
}
