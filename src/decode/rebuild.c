#include "decode/rebuild.h"

#include <stdio.h>

#include "base/json.h"
#include "decode/record.h"
#include "decode/text.h"

enum { PATH_BYTES = 256, SCRATCH_BYTES_MAX = 256 << 20 };

typedef struct Rebuild {
    const Batch *batch;
    uint32_t row;
    const BatchGroup *group; /* of the struct under way */
    uint32_t element;
    const Json *absent; /* the list, or NULL */
    Buf *json;
    Error *err;
} Rebuild;

static bool put(Rebuild *at, Str text)
{
    return buf_append_str(at->json, text, at->err);
}

static bool put_name(Rebuild *at, Str name)
{
    char last = at->json->ptr[at->json->len - 1];
    return (last == '{' || buf_append_byte(at->json, ',', at->err)) &&
           json_append_string(at->json, name, at->err) && buf_append_byte(at->json, ':', at->err);
}

static bool put_member(Rebuild *at, Str name, Str raw)
{
    return put_name(at, name) && put(at, raw);
}

static bool is_absent(const Rebuild *at, Str path)
{
    for (const Json *entry = at->absent ? at->absent->first : NULL; entry; entry = entry->next)
        if (str_equal(entry->text, path))
            return true;
    return false;
}

static const BatchGroup *group_of(const Batch *batch, FieldNode top)
{
    for (int id = 0; id < GROUP_COUNT; id++)
        if (batch->groups[id].root == top)
            return &batch->groups[id];
    return NULL;
}

static bool is_present(const Rebuild *at, FieldNode node)
{
    return at->group->present[at->element] >> (node - at->group->root) & 1;
}

static bool put_leaf_value(Rebuild *at, FieldNode node, uint32_t code)
{
    Str value = batch_value(&at->batch->columns[node], code);
    return FIELDS[node].type == FIELD_JSON ? put(at, value)
                                           : json_append_string(at->json, value, at->err);
}

static bool is_field_of(FieldNode parent, Str name)
{
    for (FieldNode node = 0; node < FIELD_COUNT; node++)
        if (FIELDS[node].parent == parent && FIELDS[node].member.len &&
            str_equal(FIELDS[node].member, name))
            return true;
    return false;
}

/* How many underscores stand before "absent" or "altered"; 0 for any other name. */
static size_t mark_bars(Str name)
{
    size_t bars = 0;
    while (bars < name.len && name.ptr[bars] == '_')
        bars++;
    Str bare = str_slice(name, bars, name.len);
    return str_equal(bare, STR("absent")) || str_equal(bare, STR("altered")) ? bars : 0;
}

/* Members of `extra` that no column stands for. At the top, `_absent` and `_altered` are ours,
 * and a member of the record with such a name has one underscore more. */
static bool put_others(Rebuild *at, FieldNode parent, const Json *extra)
{
    for (const Json *member = extra ? extra->first : NULL; member; member = member->next) {
        size_t bars = parent == F_ROOT ? mark_bars(member->name) : 0;
        if (bars == 1 || is_field_of(parent, member->name))
            continue;
        Str name = str_slice(member->name, bars > 1, member->name.len);
        if (!put_member(at, name, member->raw))
            return false;
    }
    return true;
}

static bool put_struct(Rebuild *at, FieldNode node, const Json *extra, const char *path);

/* One member of a struct below *parent*; *extra* is the overlay of the struct. */
static bool put_struct_member(Rebuild *at, FieldNode node, const Json *extra, const char *above)
{
    char path[PATH_BYTES];
    const Json *over = json_member(extra, FIELDS[node].member);
    snprintf(path, sizeof path, "%s.%.*s", above, STR_ARG(FIELDS[node].member));
    if (FIELDS[node].type == FIELD_STRUCT && is_present(at, node))
        return put_name(at, FIELDS[node].member) && put_struct(at, node, over, path);
    if (over)
        return put_member(at, FIELDS[node].member, over->raw);
    if (FIELDS[node].type == FIELD_STRUCT || is_absent(at, str_of(path)))
        return true;
    uint32_t code = at->group->leaf_codes[node - at->group->root][at->element];
    return !code || (put_name(at, FIELDS[node].member) && put_leaf_value(at, node, code));
}

static bool put_struct(Rebuild *at, FieldNode node, const Json *extra, const char *path)
{
    if (!put(at, STR("{")))
        return false;
    for (FieldNode child = node + 1; child < FIELD_COUNT && FIELDS[child].parent >= node; child++)
        if (FIELDS[child].parent == node && !put_struct_member(at, child, extra, path))
            return false;
    return put_others(at, node, extra) && put(at, STR("}"));
}

static bool put_list(Rebuild *at, const BatchShape *shape)
{
    if (!put(at, STR("[")))
        return false;
    for (uint32_t i = 0; i < shape->count; i++) {
        at->element = shape->first + i;
        if (i && !put(at, STR(",")))
            return false;
        bool ok = at->group->present[at->element] & 1 ? put_struct(at, F_RESOURCE, NULL, "")
                                                      : put(at, STR("null"));
        if (!ok)
            return false;
    }
    return put(at, STR("]"));
}

static bool put_group(Rebuild *at, FieldNode node, const Json *over)
{
    at->group = group_of(at->batch, node);
    uint32_t code = at->group->codes[at->row];
    bool list = FIELDS[node].type == FIELD_LIST;
    if (!code || (list && over))
        return !over || put_member(at, FIELDS[node].member, over->raw);
    const BatchShape *shape = &at->group->shapes[code - 1];
    if (!put_name(at, FIELDS[node].member))
        return false;
    if (list)
        return put_list(at, shape);
    char path[PATH_BYTES];
    snprintf(path, sizeof path, "%.*s", STR_ARG(FIELDS[node].member));
    at->element = shape->first;
    return put_struct(at, node, over, path);
}

static bool put_time(Rebuild *at, FieldNode node)
{
    char text[TEXT_TIME_BYTES];
    text_time_format(at->batch->event_time[at->row], text);
    return put_name(at, FIELDS[node].member) && json_append_string(at->json, str_of(text), at->err);
}

static bool put_bool(Rebuild *at, FieldNode node)
{
    const uint8_t *values = node == F_READ_ONLY ? at->batch->read_only : at->batch->management;
    uint8_t value = values[at->row];
    return value > 1 || put_member(at, FIELDS[node].member, value ? STR("true") : STR("false"));
}

static bool put_top(Rebuild *at, FieldNode node, const Json *extra)
{
    const Field *field = &FIELDS[node];
    const Json *over = json_member(extra, field->member);
    if (field->type == FIELD_STRUCT || field->type == FIELD_LIST)
        return put_group(at, node, over);
    if (over)
        return put_member(at, field->member, over->raw);
    if (is_absent(at, field->member))
        return true;
    if (field->type == FIELD_TIME)
        return put_time(at, node);
    if (field->type == FIELD_BOOL)
        return put_bool(at, node);
    uint32_t code = at->batch->columns[node].codes[at->row];
    if (code)
        return put_name(at, field->member) && put_leaf_value(at, node, code);
    return !(field->flags & FIELD_NULL_USUAL) || put_member(at, field->member, STR("null"));
}

static bool put_record(Rebuild *at, const Json *extra)
{
    if (!put(at, STR("{")))
        return false;
    for (FieldNode node = 0; node < FIELD_COUNT; node++)
        if (FIELDS[node].parent == F_ROOT && FIELDS[node].member.len && !put_top(at, node, extra))
            return false;
    return put_others(at, F_ROOT, extra) && put(at, STR("}"));
}

bool rebuild_record(const Batch *batch, uint32_t row, Arena *arena, Buf *json, Error *err)
{
    Rebuild at = {.batch = batch, .row = row, .json = json, .err = err};
    const Json *extra = NULL;
    uint32_t code = batch->columns[F_EXTRA].codes[row];
    arena_reset(arena);
    if (code) {
        /* Free-form parts may have equal names; they stay as they came. */
        static const JsonLimits LIMITS = {.depth_max = RECORD_DEPTH_MAX + 2,
                                          .duplicates_allowed = true};
        extra = json_read(batch_value(&batch->columns[F_EXTRA], code), &LIMITS, arena, err);
        if (!extra)
            return error_context(err, "extra of row %u", row);
        at.absent = json_member(extra, STR("_absent"));
    }
    return put_record(&at, extra);
}

bool rebuild_columns(const Batch *batch, uint32_t row, Buf *json, Error *err)
{
    Rebuild at = {.batch = batch, .row = row, .json = json, .err = err};
    return put_record(&at, NULL);
}

bool rebuild_alone(const Batch *batch, uint32_t row, Buf *json, Error *err)
{
    Arena *scratch = arena_new(SCRATCH_BYTES_MAX, err);
    bool ok = scratch && rebuild_record(batch, row, scratch, json, err);
    arena_free(scratch);
    return ok;
}
