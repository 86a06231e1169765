#include "lineage/lineage_tree.h"

const char *const LINEAGE_PROOF_WORDS[] = {
    [LINEAGE_PROOF_KEY] = "key",
    [LINEAGE_PROOF_TIME] = "time",
    [LINEAGE_PROOF_SWITCH] = "switch",
    [LINEAGE_PROOF_NAME] = "name",
};

const char *const LINEAGE_NOTE_WORDS[] = {
    [LINEAGE_NOTE_CONFLICT] = "conflict", [LINEAGE_NOTE_CYCLE] = "cycle",
    [LINEAGE_NOTE_LIMIT] = "limit",       [LINEAGE_NOTE_AMBIGUOUS] = "ambiguous",
    [LINEAGE_NOTE_OTHER] = "note",
};

bool lineage_tree_init(LineageTree *ret, Arena *arena, uint32_t max, Error *err)
{
    *ret = (LineageTree){.arena = arena, .max = max < LINEAGE_NODES_MAX ? max : LINEAGE_NODES_MAX};
    ret->nodes = arena_calloc(arena, ret->max, sizeof *ret->nodes, err);
    return ret->nodes != NULL;
}

bool lineage_tree_is_full(const LineageTree *tree)
{
    return tree->count >= tree->max;
}

bool lineage_tree_add(LineageTree *tree, const LineageNode *node, uint32_t *ret, Error *err)
{
    if (lineage_tree_is_full(tree))
        return error_set(err, ERROR_LIMIT, "more than %u sessions belong to this lineage",
                         tree->max);
    tree->nodes[tree->count] = *node;
    *ret = tree->count++;
    return true;
}

LineageNode lineage_tree_node_of(const LineageEvent *event, Arena *arena)
{
    LineageOrigin origin = lineage_origin_of(event, arena);
    return (LineageNode){.kind = origin.kind,
                         .name = origin.name,
                         .how = origin.how,
                         .key = event->text[LINEAGE_KEY],
                         .account = event->text[LINEAGE_OWNER],
                         .parent = LINEAGE_NONE,
                         .seen = event};
}

bool lineage_tree_note(LineageTree *tree, uint32_t number, const LineageNote *note, Error *err)
{
    LineageNode *node = &tree->nodes[number];
    if (!node->notes)
        node->notes = arena_calloc(tree->arena, LINEAGE_NOTES_MAX, sizeof *node->notes, err);
    if (!node->notes)
        return false;
    if (node->note_count < LINEAGE_NOTES_MAX)
        node->notes[node->note_count++] = *note;
    return true;
}

LineageNote lineage_tree_conflict(const LineageEvent *event, const LineageEvent *other)
{
    LineageNote note = {.kind = LINEAGE_NOTE_CONFLICT,
                        .text = "two records of one event differ",
                        .about = event->text[LINEAGE_ID]};
    LineageText text = lineage_event_difference(event, other);
    if (text == LINEAGE_TEXTS)
        return note;
    note.column = LINEAGE_EVENT_SQL[text];
    note.first = event->text[text];
    note.second = other->text[text];
    return note;
}

uint32_t lineage_tree_find(const LineageTree *tree, Str key)
{
    for (uint32_t i = 0; key.len && i < tree->count; i++)
        if (str_equal(tree->nodes[i].key, key))
            return i;
    return LINEAGE_NONE;
}

uint32_t lineage_tree_head(const LineageTree *tree, uint32_t number)
{
    while (tree->nodes[number].parent != LINEAGE_NONE)
        number = tree->nodes[number].parent;
    return number;
}

uint32_t lineage_tree_child(const LineageTree *tree, uint32_t parent, uint32_t after)
{
    uint32_t at = after == LINEAGE_NONE ? 0 : after + 1;
    while (at < tree->count && tree->nodes[at].parent != parent)
        at++;
    return at < tree->count ? at : LINEAGE_NONE;
}

bool lineage_tree_is_whole(const LineageTree *tree, uint32_t number)
{
    for (; number != LINEAGE_NONE; number = tree->nodes[number].parent) {
        const LineageNode *node = &tree->nodes[number];
        if (node->gap)
            return false;
        if (node->parent == LINEAGE_NONE)
            return node->kind != LINEAGE_SESSION && node->kind != LINEAGE_UNKNOWN &&
                   node->kind != LINEAGE_ACCOUNT;
    }
    return false;
}

bool lineage_tree_is_doubtful(const LineageTree *tree, uint32_t number)
{
    for (; number != LINEAGE_NONE; number = tree->nodes[number].parent)
        for (uint32_t i = 0; i < tree->nodes[number].note_count; i++) {
            LineageNoteKind kind = tree->nodes[number].notes[i].kind;
            if (kind == LINEAGE_NOTE_CONFLICT || kind == LINEAGE_NOTE_AMBIGUOUS)
                return true;
        }
    return false;
}
