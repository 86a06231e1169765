/* lineage_tree.h - who gave credentials to whom: nodes, the events between them, what is missing.
 *
 * lineage_back, lineage_forward -> [lineage_tree] -> lineage_words, lineage_json
 *
 * Invariants
 *   1. A node has at most one parent, and the parent of none is below it: a tree ends.
 *   2. A key is in a tree once; where it would come again, a note says so.
 *   3. A tree holds at most LINEAGE_NODES_MAX nodes.
 * All of it lives in one arena. Pure; one thread.
 */
#ifndef LINEAGE_TREE_H
#define LINEAGE_TREE_H

#include "lineage/lineage_origin.h"
#include "lineage/lineage_read.h"

enum { LINEAGE_NODES_MAX = 500, LINEAGE_NOTES_MAX = 50 };
#define LINEAGE_NONE UINT32_MAX

/* By what it is known that a node's credentials came from its parent. */
typedef enum {
    LINEAGE_PROOF_KEY,    /* the event gave out the key that the node's calls were made with */
    LINEAGE_PROOF_TIME,   /* role, session name and second are the same */
    LINEAGE_PROOF_SWITCH, /* the console says from whom it switched */
    LINEAGE_PROOF_NAME,   /* only the session's own words; no event is known */
} LineageProof;

extern const char *const LINEAGE_PROOF_WORDS[];

typedef enum {
    LINEAGE_NOTE_CONFLICT, /* records of one event say different things */
    LINEAGE_NOTE_CYCLE,
    LINEAGE_NOTE_LIMIT,
    LINEAGE_NOTE_AMBIGUOUS,
    LINEAGE_NOTE_OTHER
} LineageNoteKind;

extern const char *const LINEAGE_NOTE_WORDS[];

/* A remark about a node: a literal, and texts of events behind it. */
typedef struct LineageNote {
    LineageNoteKind kind;
    const char *text;
    Str about, first, second; /* may be empty */
    const char *column;       /* of a conflict: what differs; NULL: what is not shown here */
} LineageNote;

typedef struct LineageNode {
    LineageKind kind;
    Str name;        /* an ARN, or words */
    const char *how; /* of who stands at the head: by what it is known */
    Str key, account;
    uint32_t parent;            /* LINEAGE_NONE: the head */
    const LineageEvent *seen;   /* an event that it made; NULL: none is known */
    const LineageEvent *handed; /* how it came from its parent; NULL: no event is known */
    const LineageEvent *shared; /* that event as the other account has it; NULL: none */
    LineageProof proof;
    const LineageGap *gap;   /* what is missing above it; NULL: nothing */
    const LineageDeeds *did; /* NULL: not asked */
    bool asked;              /* it is what the question was about */
    LineageNote *notes;
    uint32_t note_count;
} LineageNode;

typedef struct LineageTree {
    Arena *arena;
    LineageNode *nodes; /* the first is what was asked for */
    uint32_t count, max;
} LineageTree;

/* An empty tree in *arena*, for at most *max* nodes (up to LINEAGE_NODES_MAX). */
bool lineage_tree_init(LineageTree *ret, Arena *arena, uint32_t max, Error *err)
    __attribute__((warn_unused_result));

/* There is no room for another node. */
bool lineage_tree_is_full(const LineageTree *tree);

/* Adds *node* (copied) and gives its number. ERROR_LIMIT when the tree is full. */
bool lineage_tree_add(LineageTree *tree, const LineageNode *node, uint32_t *ret, Error *err)
    __attribute__((warn_unused_result));

/* What *event*'s caller is as a node, without a parent. */
LineageNode lineage_tree_node_of(const LineageEvent *event, Arena *arena);

/* Adds a note to node *number*; what is beyond LINEAGE_NOTES_MAX is left out. */
bool lineage_tree_note(LineageTree *tree, uint32_t number, const LineageNote *note, Error *err)
    __attribute__((warn_unused_result));

/* The note that two records of one event differ, *other* from *event*. */
LineageNote lineage_tree_conflict(const LineageEvent *event, const LineageEvent *other);

/* The node that has *key*; LINEAGE_NONE: none, or the key is empty. */
uint32_t lineage_tree_find(const LineageTree *tree, Str key);

/* Who stands at the beginning of the chain that *number* is in. */
uint32_t lineage_tree_head(const LineageTree *tree, uint32_t number);

/* The next child of *parent* behind *after* (LINEAGE_NONE: the first), in the order in which they
 * were added; LINEAGE_NONE at the end. A parent of LINEAGE_NONE gives the heads. */
uint32_t lineage_tree_child(const LineageTree *tree, uint32_t parent, uint32_t after);

/* No event is missing between *number* and its head, and the head is somebody. */
bool lineage_tree_is_whole(const LineageTree *tree, uint32_t number);

/* Records between *number* and its head say different things. */
bool lineage_tree_is_doubtful(const LineageTree *tree, uint32_t number);

#endif
