/* The drawings of an answer whose every text is hostile: what reads them must read no more than
 * text. */
#include "lineage/lineage_svg.h"

#include <string.h>

#include "base/json.h"
#include "lineage/lineage_dot.h"
#include "lineage/lineage_json.h"
#include "support/support.h"

enum { ARENA_BYTES_MAX = 8 << 20, OUT_BYTES_MAX = 8 << 20, ACTIONS = 3 };

#define HOSTILE                                                                                    \
    "</text><script>alert(1)</script>\"];\n}\r\x1b[2J\xe2\x80\xae\\l\\\" ]]> --> &amp; '\xff {}"

static Arena *arena;
static LineageAnswer answer;

/* A user that took a role whose every text is hostile, and what is missing above the user. */
static int begin(void **state)
{
    Error err = {0};
    uint32_t number;
    static LineageTree tree;
    static LineageEntry entry;
    static LineageEvent event = {.time_us = 0};
    static LineageAction action = {
        .source = {HOSTILE, sizeof HOSTILE - 1}, .name = {HOSTILE, sizeof HOSTILE - 1}, .calls = 2};
    static LineageDeeds deeds = {.actions = &action, .count = 1, .calls = 2};
    static const LineageGap GAP = {.names = "AssumeRole",
                                   .source = "sts",
                                   .key = {HOSTILE, sizeof HOSTILE - 1},
                                   .account = {HOSTILE, sizeof HOSTILE - 1}};
    const LineageNote note = {.kind = LINEAGE_NOTE_CONFLICT,
                              .text = "differ",
                              .about = STR(HOSTILE),
                              .first = STR(HOSTILE),
                              .second = STR(HOSTILE),
                              .column = "eventname"};
    (void)state;
    for (int i = 0; i < LINEAGE_TEXTS; i++)
        event.text[i] = STR(HOSTILE);
    arena = arena_new(ARENA_BYTES_MAX, &err);
    support_ok(arena && lineage_tree_init(&tree, arena, 10, &err), &err);
    LineageNode node = {.kind = LINEAGE_SESSION,
                        .name = STR(HOSTILE),
                        .how = "",
                        .key = STR(HOSTILE),
                        .parent = 1,
                        .seen = &event,
                        .handed = &event,
                        .shared = &event,
                        .did = &deeds,
                        .asked = true};
    support_ok(lineage_tree_add(&tree, &node, &number, &err) &&
                   lineage_tree_note(&tree, number, &note, &err),
               &err);
    node = (LineageNode){
        .kind = LINEAGE_USER, .name = STR(HOSTILE), .how = "", .parent = LINEAGE_NONE, .gap = &GAP};
    support_ok(lineage_tree_add(&tree, &node, &number, &err), &err);
    entry = (LineageEntry){.tree = &tree, .event = &event, .act = LINEAGE_NONE};
    answer = (LineageAnswer){
        .kind = LINEAGE_ASK_KEY, .asked = STR(HOSTILE), .entries = &entry, .count = 1};
    return 0;
}

static int end(void **state)
{
    (void)state;
    arena_free(arena);
    return 0;
}

static size_t count_of(const char *text, const char *part)
{
    size_t count = 0;
    for (const char *at = strstr(text, part); at; at = strstr(at + 1, part))
        count++;
    return count;
}

/* No byte that a terminal or a reader of UTF-8 would stumble over. */
static void assert_printable(const Buf *out)
{
    for (size_t i = 0; i < out->len; i += json_utf8_length(out->ptr + i, out->ptr + out->len)) {
        assert_true(json_utf8_length(out->ptr + i, out->ptr + out->len) > 0);
        assert_true(out->ptr[i] == '\n' || (unsigned char)out->ptr[i] >= 0x20);
    }
}

static void an_svg_holds_no_element_but_ours(void **state)
{
    Error err = {0};
    BUF_AUTO Buf out = buf_init(OUT_BYTES_MAX);
    (void)state;
    support_ok(lineage_svg_write(&answer, ACTIONS, &out, &err) && buf_text(&out, &err), &err);
    assert_printable(&out);
    assert_int_equal(count_of(out.ptr, "<script"), 0);
    assert_int_equal(count_of(out.ptr, "\xe2\x80\xae"), 0); /* turns the direction of writing */
    assert_int_equal(count_of(out.ptr, "<text "), count_of(out.ptr, "</text>"));
    assert_int_equal(count_of(out.ptr, "<rect "), 3);
    assert_int_equal(count_of(out.ptr, "<path "), 1);
    assert_int_equal(count_of(out.ptr, "<"),
                     2 * count_of(out.ptr, "<text ") + 3 + 1 + 2 + 2); /* svg and style, twice */
    assert_true(count_of(out.ptr, "&lt;script&gt;") > 3);
}

/* Reads strings as Graphviz does; what is outside of them must be ours. */
static void a_dot_holds_no_statement_but_ours(void **state)
{
    Error err = {0};
    BUF_AUTO Buf out = buf_init(OUT_BYTES_MAX);
    BUF_AUTO Buf outside = buf_init(OUT_BYTES_MAX);
    bool inside = false;
    (void)state;
    support_ok(lineage_dot_write(&answer, ACTIONS, &out, &err) && buf_text(&out, &err), &err);
    assert_printable(&out);
    for (size_t i = 0; i < out.len; i++) {
        if (inside && out.ptr[i] == '\\')
            i++;
        else if (out.ptr[i] == '"')
            inside = !inside;
        else if (!inside)
            support_ok(buf_append_byte(&outside, (unsigned char)out.ptr[i], &err), &err);
    }
    support_ok(buf_text(&outside, &err) != NULL, &err);
    assert_false(inside);
    assert_string_equal(outside.ptr,
                        "digraph lineage {\n  rankdir=TB;\n  node [shape=box, fontname=, "
                        "fontsize=10];\n  t0n0 [label=, penwidth=2];\n  t0n1 -> t0n0;\n  t0n1 "
                        "[label=];\n}\n");
}

static void json_is_one_object_on_one_line_that_keeps_every_text(void **state)
{
    Error err = {0};
    BUF_AUTO Buf out = buf_init(OUT_BYTES_MAX);
    (void)state;
    support_ok(lineage_json_write(&answer, &out, &err) && buf_text(&out, &err), &err);
    assert_printable(&out);
    assert_int_equal(count_of(out.ptr, "\n"), 1);
    const Json *root = json_read(buf_str(&out), &JSON_LIMITS_DEFAULT, arena, &err);
    support_ok(root != NULL, &err);
    const Json *entry = json_member(root, STR("entries"))->first;
    const Json *node = json_member(entry, STR("nodes"))->first;
    Str name = json_text(json_member(node, STR("name")), STR(""));
    assert_true(str_starts(name, STR("</text><script>alert(1)</script>\"];\n}\r\x1b[2J")));
    assert_int_equal(json_member(node, STR("notes"))->count, 1);
    assert_true(json_path(node, STR("did.actions")) != NULL);
    assert_int_equal(json_path(entry, STR("who.complete"))->type, JSON_FALSE);
    assert_int_equal(json_member(entry, STR("chain"))->count, 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_svg_holds_no_element_but_ours),
        cmocka_unit_test(a_dot_holds_no_statement_but_ours),
        cmocka_unit_test(json_is_one_object_on_one_line_that_keeps_every_text),
    };
    return cmocka_run_group_tests(tests, begin, end);
}
