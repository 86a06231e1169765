/* ast.h - the tree of a statement: one uniform node, and the table of its kinds.
 *
 * sql -> lexer -> parser -> [tree] -> names -> types -> printer. `ast_table.h` lists the kinds and
 * for each what its text holds, which flags it may carry and which children it has in which
 * order; that table is the contract, and ast_check holds a tree against it.
 *
 * Invariants
 *   1. A tree lives in its arena and borrows from the text of the statement; both must outlive it.
 *   2. `place` covers the node's own tokens, parentheses around them and its children.
 *   3. `height` is 1 for a leaf, else one more than the highest child's, at most AST_HEIGHT_MAX;
 *      so functions over a tree may call themselves.
 *   4. Texts are valid UTF-8 without NUL. Names without quotes are in lower case (AST_QUOTED is
 *      not set); quoted ones are as written. Both compare without regard to case.
 *   5. A chain of one operator is one node: `a - b - c` is (arithmetic - a b c), from the left.
 *      Parentheses leave no node, but end a chain: `a - (b - c)` has two nodes.
 * Threads: a tree belongs to one thread at a time; its holder may change it.
 */
#ifndef PARSER_AST_H
#define PARSER_AST_H

#include "base/arena.h"
#include "base/buf.h"
#include "parser/place.h"

enum { AST_HEIGHT_MAX = 1500 };

typedef enum {
#define AST(kind, name, class, flags, text, shape) AST_##kind,
#define FLAG(flag, name)
#include "parser/ast_table.h"
#undef AST
#undef FLAG
    AST_KINDS
} AstKind;

/* What a kind is good for; shapes of children name these, too. */
typedef enum {
    AST_CLASS_STATEMENT, /* "Statement": besides queries, what may stand alone */
    AST_CLASS_QUERY,     /* "Query": gives rows */
    AST_CLASS_RELATION,  /* "Relation": stands behind FROM */
    AST_CLASS_EXPR,      /* "Expr": has a value */
    AST_CLASS_TYPE,      /* "Type" */
    AST_CLASS_PART,      /* a clause or a word that belongs to its parent */
    AST_CLASSES
} AstClass;

enum {
#define AST(kind, name, class, flags, text, shape)
#define FLAG(flag, name) AST_BIT_##flag,
#include "parser/ast_table.h"
#undef AST
#undef FLAG
    AST_FLAGS
};

enum {
#define AST(kind, name, class, flags, text, shape)
#define FLAG(flag, name) AST_##flag = 1 << AST_BIT_##flag,
#include "parser/ast_table.h"
#undef AST
#undef FLAG
};

typedef struct Ast Ast;
struct Ast {
    uint16_t kind; /* AstKind */
    uint16_t height;
    uint32_t flags; /* AST_DISTINCT and others, or-ed */
    Place place;
    uint32_t count; /* children */
    Str text;       /* ptr is NULL for kinds without one */
    Ast *first;     /* children, in the order of their kind's shape */
    Ast *last;
    Ast *next; /* the next child of the same parent */
    /* Filled by names.h; NULL before. */
    const struct Type *type; /* of an expression */
    const void *bound;       /* what it was found to mean, by kind: see names.h */
};

/* A node without children in *arena*; NULL with *err*. */
Ast *ast_new(Arena *arena, AstKind kind, Place place, Error *err)
    __attribute__((warn_unused_result));

/* Hangs *child*, which has no parent yet, behind the other children and keeps `height` true for
 * *parent*, which has no parent yet either. False when the tree would be too high: *err* says so.
 */
bool ast_append(Ast *parent, Ast *child, Error *err) __attribute__((warn_unused_result));

/* The child at *index* from 0, or NULL. */
Ast *ast_child(const Ast *node, uint32_t index);

/* The first child of *kind*, or NULL; *node* may be NULL. */
Ast *ast_find(const Ast *node, AstKind kind);

/* A column reference or a chain of fields on one, `a.b.c`, as its parts from the left: nodes with
 * text and perhaps AST_QUOTED. Returns how many there are, 0 for any other expression and for
 * more than *parts_max*. */
size_t ast_chain(const Ast *node, const Ast **parts, size_t parts_max);

/* The kind's name in dumps, its class, and the three columns of the table. */
const char *ast_kind_name(AstKind kind);
AstClass ast_class(AstKind kind);
uint32_t ast_kind_flags(AstKind kind);
const char *ast_kind_text(AstKind kind);
const char *ast_kind_shape(AstKind kind);

/* Appends the tree as an S-expression, `(kind:flag "text" (child) (child))`; text that is a plain
 * word stands without quotes. */
bool ast_dump(const Ast *node, Buf *out, Error *err) __attribute__((warn_unused_result));

/* Holds the tree against the table and the invariants 2 and 3; ERROR_SYSTEM says which node breaks
 * what. For tests of whoever builds or changes trees. */
bool ast_check(const Ast *node, Error *err) __attribute__((warn_unused_result));

#endif
