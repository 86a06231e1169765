#include "lineage/lineage_dot.h"

#include <stdio.h>

#include "lineage/lineage_words.h"

enum { LABEL_BYTES_MAX = 1 << 20, NAME_BYTES = 128 };

static void put_node(LineagePut *to, size_t tree, uint32_t number, const LineageNode *node,
                     unsigned actions_max)
{
    char name[NAME_BYTES];
    BUF_AUTO Buf label = buf_init(LABEL_BYTES_MAX);
    LineagePut words = {&label, to->err, to->ok};
    lineage_words_title(&words, node);
    lineage_words_details(&words, node, actions_max);
    to->ok = words.ok;
    (void)snprintf(name, sizeof name, "  t%zun%u [label=", tree, number);
    lineage_put(to, name);
    lineage_put_dot(to, buf_str(&label), "\\l");
    lineage_put(to, node->asked ? ", penwidth=2];\n" : "];\n");
    if (node->parent == LINEAGE_NONE)
        return;
    (void)snprintf(name, sizeof name, "  t%zun%u -> t%zun%u", tree, node->parent, tree, number);
    lineage_put(to, name);
    lineage_put(to, node->proof == LINEAGE_PROOF_KEY ? ";\n" : " [style=dashed];\n");
}

bool lineage_dot_write(const LineageAnswer *answer, unsigned actions_max, Buf *out, Error *err)
{
    LineagePut to = {out, err, true};
    lineage_put(&to, "digraph lineage {\n  rankdir=TB;\n  node [shape=box, fontname=\"monospace\", "
                     "fontsize=10];\n");
    for (size_t i = 0; i < answer->count; i++)
        for (uint32_t n = 0; n < answer->entries[i].tree->count; n++)
            put_node(&to, i, n, &answer->entries[i].tree->nodes[n], actions_max);
    lineage_put(&to, "}\n");
    return to.ok;
}
