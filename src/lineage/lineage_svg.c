#include "lineage/lineage_svg.h"

#include <stdio.h>

#include "base/json.h"
#include "lineage/lineage_words.h"

enum {
    BODY_BYTES_MAX = 64 << 20,
    WORDS_BYTES_MAX = 1 << 20,
    TAG_BYTES = 256,
    MARGIN = 16,
    INDENT = 28,
    LINE = 16,  /* height of a line of text */
    GLYPH = 73, /* width of a character of it, in tenths: DejaVu Sans Mono has 72.2 */
    PAD = 8,    /* around the text of a box */
    SPACE = 14, /* between boxes */
    COLUMNS_MAX = 160
};

#define STYLE                                                                                      \
    "<style>text{font:12px monospace;white-space:pre}rect{fill:#fff;stroke:#667}.asked{stroke:"    \
    "#c40;stroke-width:2}path{fill:none;stroke:#667}.guess{stroke-dasharray:4 3}.title{font-"      \
    "weight:bold}</style>\n"

/* A drawing under way. */
typedef struct Drawing {
    const LineageTree *tree;
    unsigned actions_max;
    LineagePut body;
    int y;     /* where the next box begins */
    int right; /* of what was drawn */
    int tops[LINEAGE_NODES_MAX];
    int lefts[LINEAGE_NODES_MAX];
} Drawing;

static int columns_of(Str line)
{
    int columns = 0;
    const char *end = line.ptr + line.len;
    for (const char *at = line.ptr; at < end; columns++) {
        unsigned len = json_utf8_length(at, end);
        at += len ? len : 1;
    }
    return columns;
}

/* The first COLUMNS_MAX characters. */
static Str cut(Str line)
{
    const char *at = line.ptr, *end = line.ptr + line.len;
    for (int i = 0; i < COLUMNS_MAX && at < end; i++) {
        unsigned len = json_utf8_length(at, end);
        at += len ? len : 1;
    }
    return (Str){line.ptr, (size_t)(at - line.ptr)};
}

static void put_line(Drawing *drawing, Str line, int x, int y, bool title)
{
    char tag[TAG_BYTES];
    Str shown = cut(line);
    (void)snprintf(tag, sizeof tag, "<text x=\"%d\" y=\"%d\"%s>", x, y,
                   title ? " class=\"title\"" : "");
    lineage_put(&drawing->body, tag);
    lineage_put_xml(&drawing->body, shown);
    lineage_put(&drawing->body, shown.len < line.len ? "...</text>\n" : "</text>\n");
}

/* How many lines *words* has, and how wide the widest is, in characters. */
static int measure(Str words, int *ret_columns)
{
    int lines = 0;
    *ret_columns = 0;
    for (size_t at = 0; at < words.len; lines++) {
        size_t end = str_find_byte(words, '\n', at);
        Str line = str_slice(words, at, end), shown = cut(line);
        int columns = columns_of(shown) + (shown.len < line.len ? 3 : 0);
        *ret_columns = columns > *ret_columns ? columns : *ret_columns;
        at = end + 1;
    }
    return lines;
}

/* A box with *words*; its left upper corner is at (x, drawing->y). */
static void put_box(Drawing *drawing, Str words, int x, const char *class)
{
    char tag[TAG_BYTES];
    int columns, lines = measure(words, &columns);
    int width = columns * GLYPH / 10 + 2 * PAD, height = lines * LINE + 2 * PAD, y = drawing->y;
    (void)snprintf(tag, sizeof tag,
                   "<rect x=\"%d\" y=\"%d\" width=\"%d\" height=\"%d\" rx=\"4\"%s/>\n", x, y, width,
                   height, class);
    lineage_put(&drawing->body, tag);
    for (size_t at = 0, i = 0; at < words.len; i++) {
        size_t end = str_find_byte(words, '\n', at);
        put_line(drawing, str_slice(words, at, end), x + PAD, y + PAD + (int)(i + 1) * LINE - 4,
                 i == 0);
        at = end + 1;
    }
    drawing->y += height + SPACE;
    if (x + width > drawing->right)
        drawing->right = x + width;
}

/* From the parent's left edge down and to the right. */
static void put_arrow(Drawing *drawing, const LineageNode *node, uint32_t number)
{
    char tag[TAG_BYTES];
    int x = drawing->lefts[node->parent] + INDENT / 2, to = drawing->tops[number] + PAD + LINE / 2;
    (void)snprintf(tag, sizeof tag, "<path d=\"M%d %dV%dH%d\"%s/>\n", x,
                   drawing->tops[node->parent] + 2 * PAD + LINE, to, drawing->lefts[number],
                   node->proof == LINEAGE_PROOF_KEY ? "" : " class=\"guess\"");
    lineage_put(&drawing->body, tag);
}

/* Boxes lie over arrows: what a node's box hides of one is not wanted. */
static void put_node(Drawing *drawing, uint32_t number, int depth)
{
    const LineageNode *node = &drawing->tree->nodes[number];
    BUF_AUTO Buf text = buf_init(WORDS_BYTES_MAX);
    LineagePut words = {&text, drawing->body.err, drawing->body.ok};
    lineage_words_title(&words, node);
    lineage_words_details(&words, node, drawing->actions_max);
    drawing->body.ok = words.ok;
    drawing->tops[number] = drawing->y;
    drawing->lefts[number] = MARGIN + depth * INDENT;
    if (node->parent != LINEAGE_NONE)
        put_arrow(drawing, node, number);
    put_box(drawing, buf_str(&text), drawing->lefts[number], node->asked ? " class=\"asked\"" : "");
}

/* Depth is bounded by the tree's nodes. */
static void put_below(Drawing *drawing, uint32_t number, int depth)
{
    put_node(drawing, number, depth);
    uint32_t child = lineage_tree_child(drawing->tree, number, LINEAGE_NONE);
    for (; child != LINEAGE_NONE && drawing->body.ok;
         child = lineage_tree_child(drawing->tree, number, child))
        put_below(drawing, child, depth + 1);
}

static void put_entry(Drawing *drawing, const LineageAnswer *answer, const LineageEntry *entry)
{
    BUF_AUTO Buf text = buf_init(WORDS_BYTES_MAX);
    LineagePut words = {&text, drawing->body.err, drawing->body.ok};
    lineage_words_entry(&words, answer, entry);
    lineage_put(&words, "who: ");
    lineage_words_verdict(&words, entry->tree);
    drawing->body.ok = words.ok;
    put_box(drawing, buf_str(&text), MARGIN, "");
    drawing->tree = entry->tree;
    put_below(drawing, lineage_tree_head(entry->tree, 0), 0);
    drawing->y += SPACE;
}

bool lineage_svg_write(const LineageAnswer *answer, unsigned actions_max, Buf *out, Error *err)
{
    char tag[TAG_BYTES];
    BUF_AUTO Buf body = buf_init(BODY_BYTES_MAX);
    Drawing drawing = {
        .actions_max = actions_max, .body = {&body, err, true}, .y = MARGIN, .right = 0};
    for (size_t i = 0; drawing.body.ok && i < answer->count; i++)
        put_entry(&drawing, answer, &answer->entries[i]);
    LineagePut to = {out, err, drawing.body.ok};
    (void)snprintf(tag, sizeof tag,
                   "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"%d\" height=\"%d\">\n",
                   drawing.right + MARGIN, drawing.y + MARGIN);
    lineage_put(&to, tag);
    lineage_put(&to, STYLE);
    to.ok = to.ok && buf_append_str(out, buf_str(&body), err);
    lineage_put(&to, "</svg>\n");
    return to.ok;
}
