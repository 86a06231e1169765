#include "base/yaml.h"

#include <stdio.h>
#include <string.h>
#include <yaml.h>

#include "base/json.h"
#include "base/mem.h"
#include "base/yaml_scalar.h"

/* An anchored node that aliases copy. */
typedef struct Anchor {
    Str name;
    const Yaml *node;
    struct Anchor *next;
} Anchor;

struct YamlReader {
    yaml_parser_t parser;
    const char *name;
    size_t nodes;
    bool ended;
    uint32_t failed_line;
    /* Of the document under way. */
    Arena *arena;
    Anchor *anchors;
    size_t anchor_count;
    Error *err;
};

YamlReader *yaml_open(Str text, const char *name, Error *err)
{
    YamlReader *reader = mem_calloc(1, sizeof *reader, err);
    if (!reader)
        return NULL;
    reader->name = name;
    if (!yaml_parser_initialize(&reader->parser)) {
        mem_free(reader);
        error_set(err, ERROR_LIMIT, "out of memory: no YAML parser");
        return NULL;
    }
    yaml_parser_set_input_string(&reader->parser, (const unsigned char *)(text.ptr ? text.ptr : ""),
                                 text.len);
    return reader;
}

void yaml_close(YamlReader *reader)
{
    if (!reader)
        return;
    yaml_parser_delete(&reader->parser);
    mem_free(reader);
}

static bool fail(YamlReader *reader, size_t line, const char *what)
{
    reader->failed_line = (uint32_t)line + 1;
    return error_set(reader->err, ERROR_INPUT, "%s:%zu: %s", reader->name, line + 1, what);
}

uint32_t yaml_failed_line(const YamlReader *reader)
{
    return reader->failed_line;
}

static const Yaml *find_member(const Yaml *map, Str name)
{
    for (const Yaml *child = map->first; child; child = child->next)
        if (str_equal(child->name, name))
            return child;
    return NULL;
}

static bool next_event(YamlReader *reader, yaml_event_t *event)
{
    if (yaml_parser_parse(&reader->parser, event))
        return true;
    reader->ended = true;
    return fail(reader, reader->parser.problem_mark.line,
                reader->parser.problem ? reader->parser.problem : "not valid YAML");
}

static Yaml *new_node(YamlReader *reader, YamlKind kind, size_t line)
{
    if (++reader->nodes > YAML_NODES_MAX) {
        fail(reader, line, "too many values; aliases may expand to 200,000 at most");
        return NULL;
    }
    Yaml *node = arena_calloc(reader->arena, 1, sizeof *node, reader->err);
    if (node) {
        node->kind = kind;
        node->line = (uint32_t)line + 1;
        node->name = node->text = STR("");
    }
    return node;
}

static Yaml *take_scalar(YamlReader *reader, const yaml_event_t *event)
{
    Yaml *node = new_node(reader, YAML_TEXT, event->start_mark.line);
    Str value = {(const char *)event->data.scalar.value, event->data.scalar.length};
    const char *copy = node ? arena_text(reader->arena, value, reader->err) : NULL;
    if (!copy)
        return NULL;
    node->text = (Str){copy, value.len};
    node->quoted = event->data.scalar.style != YAML_PLAIN_SCALAR_STYLE;
    if (!node->quoted && !event->data.scalar.tag)
        yaml_scalar_resolve(node);
    return node;
}

static bool is_too_deep(YamlReader *reader, size_t line, int depth)
{
    return depth == YAML_DEPTH_MAX && !fail(reader, line, "nested deeper than 64 levels");
}

/* A copy of *node* and all below it, in place of an alias. */
static Yaml *copy_node(YamlReader *reader, const Yaml *node, size_t line, int depth)
{
    bool nested = node->kind == YAML_LIST || node->kind == YAML_MAP;
    if (nested && is_too_deep(reader, line, depth))
        return NULL;
    Yaml *copy = new_node(reader, node->kind, line);
    if (!copy)
        return NULL;
    Yaml **end = &copy->first;
    uint32_t own = copy->line;
    *copy = *node;
    copy->line = own;
    copy->next = copy->first = NULL;
    for (const Yaml *child = node->first; child; child = child->next) {
        *end = copy_node(reader, child, line, depth + 1);
        if (!*end)
            return NULL;
        (*end)->name = child->name;
        end = &(*end)->next;
    }
    return copy;
}

static Yaml *take_alias(YamlReader *reader, const yaml_event_t *event, int depth)
{
    Str name = str_of((const char *)event->data.alias.anchor);
    for (const Anchor *anchor = reader->anchors; anchor; anchor = anchor->next)
        if (str_equal(anchor->name, name))
            return copy_node(reader, anchor->node, event->start_mark.line, depth);
    fail(reader, event->start_mark.line, "an alias of nothing that stands before it");
    return NULL;
}

static bool note_anchor(YamlReader *reader, const yaml_char_t *name, const Yaml *node)
{
    if (!name)
        return true;
    if (++reader->anchor_count > YAML_ANCHORS_MAX)
        return fail(reader, node->line - 1, "more than 1,000 anchors");
    Anchor *anchor = arena_alloc(reader->arena, sizeof *anchor, reader->err);
    const char *copy =
        anchor ? arena_text(reader->arena, str_of((const char *)name), reader->err) : NULL;
    if (!copy)
        return false;
    *anchor = (Anchor){str_of(copy), node, reader->anchors};
    reader->anchors = anchor;
    return true;
}

static Yaml *take_node(YamlReader *reader, const yaml_event_t *event, int depth);

static Yaml *take_next(YamlReader *reader, yaml_event_type_t end, bool *ret_end, int depth)
{
    yaml_event_t event;
    Yaml *node = NULL;
    *ret_end = false;
    if (!next_event(reader, &event))
        return NULL;
    if (event.type == end)
        *ret_end = true;
    else
        node = take_node(reader, &event, depth);
    yaml_event_delete(&event);
    return node;
}

static bool fill_list(YamlReader *reader, Yaml *list, int depth)
{
    Yaml **last = &list->first;
    for (;;) {
        bool end;
        Yaml *node = take_next(reader, YAML_SEQUENCE_END_EVENT, &end, depth);
        if (!node)
            return end;
        *last = node;
        last = &node->next;
        list->count++;
    }
}

static bool is_full(YamlReader *reader, const Yaml *map)
{
    return map->count == YAML_MEMBERS_MAX &&
           !fail(reader, map->line - 1, "more than 10,000 members in one map");
}

/* Members of *from* that *map* has not itself: a merge key. */
static bool merge(YamlReader *reader, Yaml *map, const Yaml *from, int depth)
{
    if (from->kind == YAML_LIST) {
        for (const Yaml *each = from->first; each; each = each->next)
            if (each->kind != YAML_MAP || !merge(reader, map, each, depth))
                return each->kind == YAML_MAP || fail(reader, each->line - 1, "'<<' takes maps");
        return true;
    }
    if (from->kind != YAML_MAP)
        return fail(reader, from->line - 1, "'<<' takes a map");
    for (const Yaml *member = from->first; member; member = member->next) {
        if (find_member(map, member->name))
            continue;
        Yaml *copy = is_full(reader, map) ? NULL : copy_node(reader, member, map->line - 1, depth);
        if (!copy)
            return false;
        copy->name = member->name;
        copy->next = map->first;
        map->first = copy;
        map->count++;
    }
    return true;
}

static bool add_member(YamlReader *reader, Yaml *map, Yaml ***last, const Yaml *key, Yaml *value)
{
    if (is_full(reader, map))
        return false;
    if (find_member(map, key->text)) {
        reader->failed_line = key->line;
        return error_set(reader->err, ERROR_INPUT, "%s:%u: '%.*s' stands here twice", reader->name,
                         key->line, STR_ARG(str_slice(key->text, 0, 80)));
    }
    value->name = key->text;
    **last = value;
    *last = &value->next;
    map->count++;
    return true;
}

static bool fill_map(YamlReader *reader, Yaml *map, int depth)
{
    Yaml **last = &map->first;
    const Yaml *merged = NULL;
    for (;;) {
        bool end;
        const Yaml *key = take_next(reader, YAML_MAPPING_END_EVENT, &end, depth);
        if (!key)
            return end && (!merged || merge(reader, map, merged, depth));
        if (key->kind == YAML_LIST || key->kind == YAML_MAP)
            return fail(reader, key->line - 1, "a key must be one value");
        Yaml *value = take_next(reader, YAML_NO_EVENT, &end, depth);
        if (!value)
            return false;
        bool merges = !key->quoted && str_equal(key->text, STR("<<"));
        if (merged && merges)
            return fail(reader, key->line - 1, "'<<' stands here twice");
        if (merges)
            merged = value;
        else if (!add_member(reader, map, &last, key, value))
            return false;
    }
}

static Yaml *take_node(YamlReader *reader, const yaml_event_t *event, int depth)
{
    bool list = event->type == YAML_SEQUENCE_START_EVENT;
    size_t line = event->start_mark.line;
    if (event->type == YAML_ALIAS_EVENT)
        return take_alias(reader, event, depth);
    if (event->type == YAML_SCALAR_EVENT) {
        Yaml *scalar = take_scalar(reader, event);
        return scalar && note_anchor(reader, event->data.scalar.anchor, scalar) ? scalar : NULL;
    }
    if (is_too_deep(reader, line, depth))
        return NULL;
    Yaml *node = new_node(reader, list ? YAML_LIST : YAML_MAP, line);
    if (!node)
        return NULL;
    const yaml_char_t *anchor =
        list ? event->data.sequence_start.anchor : event->data.mapping_start.anchor;
    bool ok = list ? fill_list(reader, node, depth + 1) : fill_map(reader, node, depth + 1);
    return ok && note_anchor(reader, anchor, node) ? node : NULL;
}

bool yaml_next(YamlReader *reader, Arena *arena, const Yaml **ret_document, Error *err)
{
    *ret_document = NULL;
    reader->arena = arena;
    reader->anchors = NULL;
    reader->anchor_count = 0;
    reader->err = err;
    while (!reader->ended) {
        yaml_event_t event;
        if (!next_event(reader, &event))
            return false;
        bool is_node = event.type == YAML_SCALAR_EVENT || event.type == YAML_SEQUENCE_START_EVENT ||
                       event.type == YAML_MAPPING_START_EVENT || event.type == YAML_ALIAS_EVENT;
        reader->ended = event.type == YAML_STREAM_END_EVENT;
        const Yaml *node = is_node ? take_node(reader, &event, 0) : NULL;
        yaml_event_delete(&event);
        if (is_node) {
            *ret_document = node;
            reader->ended |= !node;
            return node != NULL;
        }
    }
    return true;
}

const Yaml *yaml_member(const Yaml *map, const char *name)
{
    return map && map->kind == YAML_MAP ? find_member(map, str_of(name)) : NULL;
}

bool yaml_is_scalar(const Yaml *node)
{
    return node && node->kind != YAML_NULL_VALUE && node->kind != YAML_LIST &&
           node->kind != YAML_MAP;
}

const char *yaml_kind_name(const Yaml *node)
{
    static const char *const NAMES[] = {"nothing", "true or false", "a number", "a number",
                                        "a text",  "a date",        "a list",   "a map"};
    return NAMES[node->kind];
}

enum { SHOWN_BYTES = 80 };

bool yaml_wrong(const Yaml *node, const char *file, const char *expected, Error *err)
{
    Str name = str_slice(node->name, 0, str_utf8_prefix(node->name, SHOWN_BYTES));
    Str text = str_slice(node->text, 0, str_utf8_prefix(node->text, SHOWN_BYTES));
    const char *quote = text.len ? "'" : "";
    if (!text.len)
        text = str_of(yaml_kind_name(node));
    return error_set(err, ERROR_INPUT, "%.300s:%u: %.*s%sexpected %.300s, not %s%.*s%s", file,
                     node->line, STR_ARG(name), name.len ? ": " : "", expected, quote,
                     STR_ARG(text), quote);
}

static bool write_children(const Yaml *node, Buf *out, Error *err)
{
    bool map = node->kind == YAML_MAP;
    bool ok = buf_append_byte(out, map ? '{' : '[', err);
    for (const Yaml *child = node->first; ok && child; child = child->next)
        ok = (child == node->first || buf_append_byte(out, ',', err)) &&
             (!map ||
              (json_append_string(out, child->name, err) && buf_append_byte(out, ':', err))) &&
             yaml_write_json(child, out, err);
    return ok && buf_append_byte(out, map ? '}' : ']', err);
}

bool yaml_write_json(const Yaml *node, Buf *out, Error *err)
{
    switch (node->kind) {
    case YAML_NULL_VALUE:
        return buf_printf(out, err, "null");
    case YAML_BOOLEAN:
        return buf_printf(out, err, node->boolean ? "true" : "false");
    case YAML_INTEGER:
        return buf_printf(out, err, "%lld", (long long)node->integer);
    case YAML_FLOAT:
        return buf_printf(out, err, "%.17g", node->real);
    case YAML_LIST:
    case YAML_MAP:
        return write_children(node, out, err);
    default:
        return json_append_string(out, node->text, err);
    }
}
