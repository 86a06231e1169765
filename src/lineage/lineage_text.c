#include "lineage/lineage_text.h"

#include <stdio.h>

#include "lineage/lineage_words.h"

enum { WORDS_BYTES_MAX = 4 << 20, PREFIX_BYTES_MAX = 8 * LINEAGE_NODES_MAX };

/* A tree being written. */
typedef struct Drawing {
    const LineageTree *tree;
    unsigned actions_max;
    LineagePut *to;
    Buf prefix; /* what stands before each line of the node */
    Buf words;
} Drawing;

/* Writes the lines of *drawing->words*, the first behind *first*, the others behind *others*. */
static void put_lines(Drawing *drawing, const char *first, const char *others)
{
    Str words = buf_str(&drawing->words);
    for (size_t at = 0; at < words.len;) {
        size_t end = str_find_byte(words, '\n', at);
        Buf *out = drawing->to->out;
        drawing->to->ok =
            drawing->to->ok && buf_append_str(out, buf_str(&drawing->prefix), drawing->to->err);
        lineage_put(drawing->to, at ? others : first);
        drawing->to->ok =
            drawing->to->ok && buf_append_str(out, str_slice(words, at, end), drawing->to->err);
        lineage_put(drawing->to, "\n");
        at = end + 1;
    }
}

static void put_node(Drawing *drawing, uint32_t number, const char *first, const char *rest)
{
    const LineageNode *node = &drawing->tree->nodes[number];
    bool leaf = lineage_tree_child(drawing->tree, number, LINEAGE_NONE) == LINEAGE_NONE;
    LineagePut words = {&drawing->words, drawing->to->err, drawing->to->ok};
    char others[32];
    drawing->words.len = 0;
    lineage_words_title(&words, node);
    lineage_words_details(&words, node, drawing->actions_max);
    drawing->to->ok = words.ok;
    (void)snprintf(others, sizeof others, "%s%s", rest, leaf ? "     " : "│    ");
    put_lines(drawing, first, others);
}

/* Depth is bounded by the tree's nodes. */
static void put_children(Drawing *drawing, uint32_t parent)
{
    uint32_t child = lineage_tree_child(drawing->tree, parent, LINEAGE_NONE);
    while (child != LINEAGE_NONE && drawing->to->ok) {
        uint32_t next = lineage_tree_child(drawing->tree, parent, child);
        size_t len = drawing->prefix.len;
        const char *rest = next == LINEAGE_NONE ? "   " : "│  ";
        put_node(drawing, child, next == LINEAGE_NONE ? "└─ " : "├─ ", rest);
        drawing->to->ok =
            drawing->to->ok && buf_append_str(&drawing->prefix, str_of(rest), drawing->to->err);
        put_children(drawing, child);
        drawing->prefix.len = len;
        child = next;
    }
}

static void put_tree(LineagePut *to, const LineageTree *tree, unsigned actions_max)
{
    Drawing drawing = {.tree = tree,
                       .actions_max = actions_max,
                       .to = to,
                       .prefix = buf_init(PREFIX_BYTES_MAX),
                       .words = buf_init(WORDS_BYTES_MAX)};
    to->ok = to->ok && buf_append_str(&drawing.prefix, STR("  "), to->err);
    put_node(&drawing, lineage_tree_head(tree, 0), "", "");
    put_children(&drawing, lineage_tree_head(tree, 0));
    buf_free(&drawing.prefix);
    buf_free(&drawing.words);
}

static bool is_list(const LineageAnswer *answer)
{
    return answer->kind == LINEAGE_ASK_ADDRESS || answer->kind == LINEAGE_ASK_ROLE ||
           answer->count > 1;
}

static void put_head(LineagePut *to, const LineageAnswer *answer)
{
    lineage_put(to, LINEAGE_ASK_WORDS[answer->kind]);
    lineage_put(to, " ");
    lineage_put_text(to, answer->asked);
    if (answer->kind == LINEAGE_ASK_ADDRESS || answer->kind == LINEAGE_ASK_ROLE) {
        lineage_put(to, answer->kind == LINEAGE_ASK_ADDRESS ? ": used by " : ": taken by ");
        lineage_put_counted(to, (int64_t)answer->count, "caller", "callers");
        lineage_put(to, answer->more ? ", and more (--max)" : "");
    } else if (answer->more) {
        lineage_put(to, ": there is more than is shown (--max)");
    }
    lineage_put(to, "\n");
}

static void put_entry(LineagePut *to, const LineageAnswer *answer, size_t number,
                      unsigned actions_max)
{
    const LineageEntry *entry = &answer->entries[number];
    if (is_list(answer))
        lineage_put(to, "\n");
    lineage_words_entry(to, answer, entry);
    for (size_t i = 0; i < number; i++)
        if (answer->entries[i].tree == entry->tree) {
            lineage_put(to, "who: as above, ");
            lineage_words_verdict(to, entry->tree);
            return;
        }
    lineage_put(to, "who: ");
    lineage_words_verdict(to, entry->tree);
    put_tree(to, entry->tree, actions_max);
}

bool lineage_text_write(const LineageAnswer *answer, unsigned actions_max, Buf *out, Error *err)
{
    LineagePut to = {out, err, true};
    put_head(&to, answer);
    for (size_t i = 0; to.ok && i < answer->count; i++)
        put_entry(&to, answer, i, actions_max);
    if (answer->story) {
        lineage_put(&to, "\n");
        lineage_words_story(&to, answer->story);
    }
    return to.ok;
}
