#include "lineage/lineage_forward.h"

typedef struct Forward {
    const LineageReader *reader;
    LineageTree *tree;
    unsigned max;
} Forward;

/* The console changes the key of a session every few minutes: what it did stands under all of them.
 * An empty text: nothing can be asked. */
static LineageWhose whose_of(const LineageNode *node)
{
    bool arn = str_starts(node->name, STR("arn:"));
    if (arn && node->seen && node->seen->text[LINEAGE_CONSOLE].len &&
        node->seen->text[LINEAGE_CREATED].len)
        return (LineageWhose){LINEAGE_BY_PRINCIPAL, node->seen->text[LINEAGE_ARN],
                              node->seen->text[LINEAGE_CREATED]};
    if (node->key.len)
        return (LineageWhose){LINEAGE_BY_KEY, node->key, STR("")};
    return (LineageWhose){LINEAGE_BY_PRINCIPAL, arn ? node->name : STR(""), STR("")};
}

static bool count_deeds(const Forward *forward, uint32_t number, Error *err)
{
    LineageNode *node = &forward->tree->nodes[number];
    const LineageWhose whose = whose_of(node);
    if (!whose.text.len)
        return true;
    LineageDeeds *deeds = arena_calloc(forward->reader->arena, 1, sizeof *deeds, err);
    node->did = deeds;
    return deeds && lineage_read_deeds(forward->reader, &whose, deeds, err);
}

/* A key that is in the tree already: the other account's record, another record of the event, or a
 * circle. */
static bool meet_again(const Forward *forward, uint32_t number, uint32_t known,
                       const LineageEvent *event, Error *err)
{
    LineageNode *node = &forward->tree->nodes[known];
    LineageNote note = {.kind = LINEAGE_NOTE_CYCLE,
                        .text = "it opened a session that it came from, or that is shown elsewhere",
                        .about = event->text[LINEAGE_ID],
                        .first = node->name};
    if (node->handed && str_equal(node->handed->text[LINEAGE_ID], event->text[LINEAGE_ID])) {
        note = lineage_tree_conflict(node->handed, event);
        if (node->handed == event || !note.column)
            return true;
    }
    return lineage_tree_note(forward->tree, number, &note, err);
}

static bool add_opened(const Forward *forward, uint32_t number, const LineageEvent *event,
                       Error *err)
{
    LineageTree *tree = forward->tree;
    uint32_t known = lineage_tree_find(tree, event->text[LINEAGE_ISSUED]), added;
    if (known != LINEAGE_NONE)
        return meet_again(forward, number, known, event, err);
    Str name = lineage_event_opened(event, tree->arena);
    const LineageNode node = {.kind = LINEAGE_SESSION,
                              .name = name.len ? name : event->text[LINEAGE_ARN],
                              .how = "",
                              .key = event->text[LINEAGE_ISSUED],
                              .account = event->text[LINEAGE_RECIPIENT],
                              .parent = number,
                              .handed = event,
                              .proof = LINEAGE_PROOF_KEY};
    return lineage_tree_add(tree, &node, &added, err);
}

static bool list_opened(const Forward *forward, uint32_t number, Error *err)
{
    static const LineageNote LEFT_OUT = {.kind = LINEAGE_NOTE_LIMIT,
                                         .text = "it opened more sessions than are shown (--max)"};
    LineageEvents events;
    LineageAsk ask = {.where = " AND issued_accesskey_id IS NOT NULL",
                      .from_us = forward->reader->since_us,
                      .until_us = forward->reader->until_us,
                      .max = forward->max};
    const LineageNode *node = &forward->tree->nodes[number];
    ask.by = node->key.len ? LINEAGE_BY_KEY : LINEAGE_BY_PRINCIPAL;
    ask.text = node->key.len ? node->key : node->name;
    if (!node->key.len && !str_starts(node->name, STR("arn:")))
        return true;
    if (!lineage_read_events(forward->reader, &ask, &events, err))
        return false;
    bool ok = true;
    size_t i = 0;
    for (; ok && i < events.count && !lineage_tree_is_full(forward->tree); i++)
        ok = add_opened(forward, number, &events.items[i], err);
    bool left = events.more || i < events.count;
    return ok && (!left || lineage_tree_note(forward->tree, number, &LEFT_OUT, err));
}

/* Nodes from the *from*th on were added level by level. */
bool lineage_forward_follow(const LineageReader *reader, LineageTree *tree, uint32_t number,
                            unsigned depth, unsigned max, Error *err)
{
    static const LineageNote DEEP = {.kind = LINEAGE_NOTE_LIMIT,
                                     .text = "what it opened in turn is behind --depth"};
    const Forward forward = {reader, tree, max};
    uint32_t next = tree->count;
    bool ok = count_deeds(&forward, number, err) && (!depth || list_opened(&forward, number, err));
    for (unsigned level = 1; ok && next < tree->count; level++) {
        uint32_t end = tree->count;
        for (; ok && next < end; next++)
            ok = count_deeds(&forward, next, err) &&
                 (level < depth ? list_opened(&forward, next, err)
                                : lineage_tree_note(tree, next, &DEEP, err));
    }
    return ok;
}
