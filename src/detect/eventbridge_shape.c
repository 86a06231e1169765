/* One pattern without $or: its leaves as a tree of names, and that as an expression. What two paths
 * have in common is one place of the event, so both look at the same element of an array. */
#include "detect/eventbridge_reading.h"

typedef struct Node {
    Str name;
    const FieldPath *path; /* of a leaf at or below it */
    const Expr *leaf;      /* NULL: none ends here */
    struct Node *first, *next;
} Node;

static Node *child_of(Node *node, Str name, Arena *arena, Error *err)
{
    for (Node *child = node->first; child; child = child->next)
        if (str_equal(child->name, name))
            return child;
    Node *child = arena_calloc(arena, 1, sizeof *child, err);
    if (!child)
        return NULL;
    child->name = name;
    child->next = node->first; /* leaves come from the last to the first */
    node->first = child;
    return child;
}

/* Of two leaves with the same path the later one counts: it comes first here. */
static bool insert(Node *root, const EventLeaf *leaf, Arena *arena, Error *err)
{
    Node *node = root;
    for (uint32_t i = 0; i < leaf->path->step_count; i++) {
        node = child_of(node, leaf->path->steps[i].name, arena, err);
        if (!node)
            return false;
    }
    if (!node->leaf) {
        node->leaf = leaf->expr;
        node->path = leaf->path;
    }
    return true;
}

static const Expr *children_of(const Node *node, uint32_t depth, Arena *arena, Error *err);

/* The path of *node*, cut from that of a leaf below it. */
static const FieldPath *path_of(const Node *node, uint32_t depth, Arena *arena, Error *err)
{
    const Node *leaf = node;
    while (!leaf->path)
        leaf = leaf->first;
    return steps_path(node->name, leaf->path->steps, depth, arena, err);
}

static bool add_node(const Node *node, uint32_t depth, ExprList *all, Arena *arena, Error *err)
{
    if (node->leaf && !expr_add(all, node->leaf, arena, err))
        return false;
    if (!node->first)
        return true;
    const FieldPath *path = path_of(node, depth, arena, err);
    const Expr *inner = path ? children_of(node, depth + 1, arena, err) : NULL;
    const Expr *within = inner ? expr_within(path, inner, arena, err) : NULL;
    return within && expr_add(all, within, arena, err);
}

/* *depth*: of the children, at most STEPS_MAX. */
static const Expr *children_of(const Node *node, uint32_t depth, Arena *arena, Error *err)
{
    ExprList all = {NULL, NULL};
    for (const Node *child = node->first; child; child = child->next)
        if (!add_node(child, depth, &all, arena, err))
            return NULL;
    return expr_join(EXPR_AND, &all, arena, err);
}

const Expr *eventbridge_shape(const EventLeaf *leaves, Arena *arena, Error *err)
{
    Node root = {.name = STR("")};
    for (; leaves; leaves = leaves->below)
        if (!insert(&root, leaves, arena, err))
            return NULL;
    return children_of(&root, 1, arena, err);
}
