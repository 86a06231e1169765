/* ast.c - nodes are made, joined, looked at and dumped. */
#include "parser/ast.h"

#include "base/json.h"

typedef struct Kind {
    const char *name;
    const char *text;
    const char *shape;
    uint32_t flags;
    AstClass class;
} Kind;

static const Kind KINDS[AST_KINDS] = {
#define AST(kind, name, class, flags, text, shape)                                                 \
    [AST_##kind] = {name, text, shape, (flags), AST_CLASS_##class},
#define FLAG(flag, name)
#include "parser/ast_table.h"
#undef AST
#undef FLAG
};

static const char *const FLAG_NAMES[AST_FLAGS] = {
#define AST(kind, name, class, flags, text, shape)
#define FLAG(flag, name) [AST_BIT_##flag] = (name),
#include "parser/ast_table.h"
#undef AST
#undef FLAG
};

const char *ast_kind_name(AstKind kind)
{
    return KINDS[kind].name;
}

AstClass ast_class(AstKind kind)
{
    return KINDS[kind].class;
}

uint32_t ast_kind_flags(AstKind kind)
{
    return KINDS[kind].flags;
}

const char *ast_kind_text(AstKind kind)
{
    return KINDS[kind].text;
}

const char *ast_kind_shape(AstKind kind)
{
    return KINDS[kind].shape;
}

Ast *ast_new(Arena *arena, AstKind kind, Place place, Error *err)
{
    Ast *node = arena_alloc(arena, sizeof *node, err);
    if (node)
        *node = (Ast){.kind = (uint16_t)kind, .height = 1, .place = place};
    return node;
}

bool ast_append(Ast *parent, Ast *child, Error *err)
{
    if (child->height >= AST_HEIGHT_MAX)
        return error_set(err, ERROR_USAGE, "the statement's tree is higher than %d levels",
                         AST_HEIGHT_MAX);
    if (parent->last)
        parent->last->next = child;
    else
        parent->first = child;
    parent->last = child;
    parent->count++;
    if (parent->height <= child->height)
        parent->height = (uint16_t)(child->height + 1);
    return true;
}

Ast *ast_child(const Ast *node, uint32_t index)
{
    Ast *child = node->first;
    while (child && index--)
        child = child->next;
    return child;
}

Ast *ast_find(const Ast *node, AstKind kind)
{
    Ast *child = node ? node->first : NULL;
    while (child && child->kind != kind)
        child = child->next;
    return child;
}

size_t ast_chain(const Ast *node, const Ast **parts, size_t parts_max)
{
    size_t count = 1;
    const Ast *at = node;
    for (; at->kind == AST_FIELD; at = at->first)
        count++;
    if (at->kind != AST_COLUMN || count > parts_max)
        return 0;
    for (size_t i = count; i--; node = node->first)
        parts[i] = node;
    return count;
}

/* Needs no quotes in a dump. */
static bool is_word(Str text)
{
    for (size_t i = 0; i < text.len; i++) {
        char c = text.ptr[i];
        bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
        if (!plain && !memchr("_.+-*/%<>=", c, 10))
            return false;
    }
    return text.len > 0;
}

static bool dump_head(const Ast *node, Buf *out, Error *err)
{
    bool ok = buf_append_str(out, str_of(KINDS[node->kind].name), err);
    for (unsigned bit = 0; ok && bit < AST_FLAGS; bit++)
        if (node->flags >> bit & 1)
            ok =
                buf_append_byte(out, ':', err) && buf_append_str(out, str_of(FLAG_NAMES[bit]), err);
    if (!ok || !node->text.ptr)
        return ok;
    return buf_append_byte(out, ' ', err) &&
           (is_word(node->text) ? buf_append_str(out, node->text, err)
                                : json_append_string(out, node->text, err));
}

bool ast_dump(const Ast *node, Buf *out, Error *err)
{
    bool ok = buf_append_byte(out, '(', err) && dump_head(node, out, err);
    for (const Ast *child = node->first; ok && child; child = child->next)
        ok = buf_append_byte(out, ' ', err) && ast_dump(child, out, err);
    return ok && buf_append_byte(out, ')', err);
}
