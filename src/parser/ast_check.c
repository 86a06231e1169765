/* ast_check.c - a tree is held against the table of kinds (ast.h). */
#include <string.h>

#include "parser/ast.h"

static const char *const CLASS_NAMES[AST_CLASSES] = {
    [AST_CLASS_STATEMENT] = "Statement", [AST_CLASS_QUERY] = "Query",
    [AST_CLASS_RELATION] = "Relation",   [AST_CLASS_EXPR] = "Expr",
    [AST_CLASS_TYPE] = "Type",           [AST_CLASS_PART] = "Part",
};

/* One item of a shape: `item|all|all-of+`. */
typedef struct Item {
    Str names;
    char repeat; /* ? * + or 0 for exactly one */
} Item;

static Item next_item(Str *shape)
{
    size_t space = str_find_byte(*shape, ' ', 0);
    Item item = {.names = str_slice(*shape, 0, space)};
    *shape = str_slice(*shape, space + 1, shape->len);
    char end = item.names.ptr[item.names.len - 1];
    if (memchr("?*+", end, 3)) {
        item.repeat = end;
        item.names.len--;
    }
    return item;
}

static bool is_named(const Ast *node, Str name)
{
    return str_equal(name, str_of(ast_kind_name((AstKind)node->kind))) ||
           str_equal(name, str_of(CLASS_NAMES[ast_class((AstKind)node->kind)]));
}

static bool fits(const Ast *node, Str names)
{
    while (node && names.len) {
        size_t bar = str_find_byte(names, '|', 0);
        if (is_named(node, str_slice(names, 0, bar)))
            return true;
        names = str_slice(names, bar + 1, names.len);
    }
    return false;
}

/* Children of an operator's shape, `Expr Expr+`, are taken greedily: no shape needs more. */
static bool has_shape(const Ast *node)
{
    Str shape = str_of(ast_kind_shape((AstKind)node->kind));
    const Ast *child = node->first;
    while (shape.len) {
        Item item = next_item(&shape);
        bool many = item.repeat == '*' || item.repeat == '+';
        bool needed = item.repeat != '?' && item.repeat != '*';
        if (!fits(child, item.names)) {
            if (needed)
                return false;
            continue;
        }
        do
            child = child->next;
        while (many && fits(child, item.names));
    }
    return child == NULL;
}

static bool refuse(const Ast *node, Error *err, const char *what)
{
    return error_set(err, ERROR_SYSTEM, "the node '%s' at byte %u %s",
                     ast_kind_name((AstKind)node->kind), node->place.at, what);
}

/* What a node says of its children is so. */
static bool check_sums(const Ast *node, Error *err)
{
    uint32_t count = 0;
    uint16_t height = 0;
    const Ast *last = NULL;
    for (const Ast *child = node->first; child; last = child, child = child->next) {
        count++;
        if (child->height > height)
            height = child->height;
        if (child->place.at < node->place.at || child->place.end > node->place.end)
            return refuse(child, err, "lies outside its parent");
    }
    if (count != node->count || last != node->last)
        return refuse(node, err, "has lost a child");
    return node->height == height + 1 || refuse(node, err, "has a wrong height");
}

bool ast_check(const Ast *node, Error *err)
{
    if (node->kind >= AST_KINDS)
        return error_set(err, ERROR_SYSTEM, "a node has the kind %u", node->kind);
    if (node->height > AST_HEIGHT_MAX)
        return refuse(node, err, "is too high");
    if (node->flags & ~ast_kind_flags((AstKind)node->kind))
        return refuse(node, err, "has a flag that its kind does not have");
    if ((node->text.ptr != NULL) != (ast_kind_text((AstKind)node->kind)[0] != '\0'))
        return refuse(node, err, "has a text, or none, against its kind");
    if (!check_sums(node, err))
        return false;
    if (!has_shape(node))
        return refuse(node, err, "has other children than its shape says");
    for (const Ast *child = node->first; child; child = child->next)
        if (!ast_check(child, err))
            return false;
    return true;
}
