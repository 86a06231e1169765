#include "decode/batch_group.h"

#include <string.h>

#include "base/hash.h"
#include "base/json.h"
#include "base/mem.h"
#include "decode/batch_column.h"
#include "decode/batch_state.h"
#include "decode/record.h"
#include "decode/text.h"

enum {
    MEMO_SLOTS = 1 << 13,
    MEMO_ENTRIES_MAX = MEMO_SLOTS / 2,
    MEMO_BYTES_MAX = 8 << 20,
    MEMO_TEXT_MAX = 16 << 10, /* a longer text is not remembered */
};

typedef struct MemoEntry {
    uint64_t hash;
    uint32_t offset, len; /* of its text in BatchMemo.texts */
    uint32_t shape;       /* code, 0 for a free entry */
} MemoEntry;

/* A numbered text (RecordView.identity), to its shape. */
typedef struct Numbered {
    uint64_t number;
    uint32_t shape;
} Numbered;

/* Raw texts seen, to their shapes. When full it forgets all and starts again. */
typedef struct BatchMemo {
    Numbered numbered[RECORD_IDENTITIES];
    MemoEntry entries[MEMO_SLOTS];
    uint32_t count;
    uint32_t last; /* index of the entry found last, tried first */
    Buf texts;
} BatchMemo;

/* One shredding under way. */
typedef struct Shredding {
    BatchGroup *group;
    const BatchGroupTools *tools;
    uint32_t element;
    uint64_t hash; /* sum over the element's leaves */
    bool exact;    /* lists: each element renders back as it came */
    Buf absent;    /* entries of `_absent` */
    Error *err;
} Shredding;

static void memo_clear(BatchMemo *memo)
{
    memset(memo->numbered, 0, sizeof memo->numbered);
    memset(memo->entries, 0, sizeof memo->entries);
    memo->count = 0;
    memo->last = 0;
    memo->texts.len = 0;
}

void batch_group_reset(BatchGroup *group, FieldNode root, size_t bytes_max)
{
    group->root = root;
    group->shape_count = 0;
    group->element_count = 0;
    group->extra.len = 0;
    group->extra.max = bytes_max;
    if (group->memo)
        memo_clear(group->memo);
}

void batch_group_free(BatchGroup *group)
{
    mem_free(group->codes);
    mem_free(group->shapes);
    mem_free(group->present);
    for (int node = 0; node < GROUP_NODES_MAX; node++)
        mem_free(group->leaf_codes[node]);
    buf_free(&group->extra);
    if (group->memo)
        buf_free(&group->memo->texts);
    mem_free(group->memo);
    *group = (BatchGroup){0};
}

static bool is_below(FieldNode node, FieldNode root)
{
    return node < FIELD_COUNT && node > root && field_top(node) == root;
}

static bool grow_elements(BatchGroup *group, Error *err)
{
    uint32_t cap = group->element_cap ? group->element_cap * 2 : 64;
    uint64_t *present = mem_realloc(group->present, cap * sizeof *present, err);
    if (!present)
        return false;
    group->present = present;
    for (FieldNode node = group->root + 1; is_below(node, group->root); node++) {
        if (!field_is_leaf(node))
            continue;
        uint32_t **codes = &group->leaf_codes[node - group->root];
        uint32_t *grown = mem_realloc(*codes, cap * sizeof **codes, err);
        if (!grown)
            return false;
        *codes = grown;
    }
    group->element_cap = cap;
    return true;
}

/* A new element with nothing present. */
static bool add_element(Shredding *at)
{
    BatchGroup *group = at->group;
    if (group->element_count == group->element_cap && !grow_elements(group, at->err))
        return false;
    at->element = group->element_count++;
    group->present[at->element] = 0;
    for (int node = 1; node < GROUP_NODES_MAX; node++)
        if (group->leaf_codes[node])
            group->leaf_codes[node][at->element] = 0;
    at->tools->batch->bytes_held += 8 + 4 * GROUP_LEAVES_MAX;
    return true;
}

static void add_hash(Shredding *at, FieldNode node, uint64_t value)
{
    const uint64_t *keys = at->tools->node_keys[node];
    at->hash += batch_mix(value ^ keys[0], keys[1]);
}

static bool set_leaf(Shredding *at, FieldNode node, Str value, uint64_t hash)
{
    BatchColumn *column = &at->tools->batch->columns[node];
    uint32_t code;
    if (!batch_column_find(column, value, hash, &at->tools->batch->bytes_held, &code, at->err))
        return false;
    at->group->leaf_codes[node - at->group->root][at->element] = code;
    at->group->present[at->element] |= (uint64_t)1 << (node - at->group->root);
    add_hash(at, node, hash);
    return true;
}

static bool set_text(Shredding *at, FieldNode node, Str text)
{
    return set_leaf(at, node, text, hash_keyed64(at->tools->secret, text.ptr, text.len));
}

/* A text that holds NUL: the column gets U+FFFD in its place, `extra` the original. */
static bool set_text_without_nul(Shredding *at, FieldNode node, Str text)
{
    Buf *scratch = at->tools->scratch;
    scratch->len = 0;
    for (size_t i = 0; i < text.len; i++)
        if (!(text.ptr[i] ? buf_append_byte(scratch, (unsigned char)text.ptr[i], at->err)
                          : buf_append(scratch, "\xef\xbf\xbd", 3, at->err)))
            return false;
    return set_text(at, node, buf_str(scratch));
}

static bool set_json(Shredding *at, FieldNode node, Str raw)
{
    Buf *scratch = at->tools->scratch;
    scratch->len = 0;
    return text_canonical(scratch, raw, at->err) &&
           set_leaf(at, node, raw, hash_keyed64(at->tools->secret, scratch->ptr, scratch->len));
}

/* Takes a member as a leaf's value; *ret_exact says whether it will render back as it came. */
static bool take_leaf(Shredding *at, FieldNode node, const Json *value, bool *ret_exact)
{
    *ret_exact = false;
    if (FIELDS[node].type == FIELD_JSON) {
        *ret_exact = value->type != JSON_NULL;
        return value->type == JSON_NULL || set_json(at, node, value->raw);
    }
    switch (value->type) {
    case JSON_STRING:
        if (value->text.len && memchr(value->text.ptr, 0, value->text.len))
            return set_text_without_nul(at, node, value->text);
        *ret_exact = true;
        return set_text(at, node, value->text);
    case JSON_NUMBER:
    case JSON_TRUE:
    case JSON_FALSE:
        return set_text(at, node, value->raw);
    default:
        return true;
    }
}

static bool append_member(Shredding *at, size_t from, Str name)
{
    Buf *extra = &at->group->extra;
    return (extra->len == from || buf_append_byte(extra, ',', at->err)) &&
           json_append_string(extra, name, at->err) && buf_append_byte(extra, ':', at->err);
}

static FieldNode child_of(FieldNode parent, Str name)
{
    for (FieldNode node = parent + 1; node < FIELD_COUNT && FIELDS[node].parent >= parent; node++)
        if (FIELDS[node].parent == parent && str_equal(FIELDS[node].member, name))
            return node;
    return F_ROOT;
}

static bool take_object(Shredding *at, FieldNode node, const Json *object, size_t from);

/* A struct's member: into its column, and into `extra` when the column cannot say it all. */
static bool take_member(Shredding *at, FieldNode parent, const Json *member, size_t from)
{
    FieldNode node = child_of(parent, member->name);
    BatchGroup *group = at->group;
    bool exact = false;
    if (node != F_ROOT && FIELDS[node].type == FIELD_STRUCT && member->type == JSON_OBJECT) {
        size_t mark = group->extra.len;
        if (!append_member(at, from, member->name) || !buf_append_byte(&group->extra, '{', at->err))
            return false;
        size_t inside = group->extra.len;
        if (!take_object(at, node, member, inside))
            return false;
        if (group->extra.len > inside)
            return buf_append_byte(&group->extra, '}', at->err);
        group->extra.len = mark;
        return true;
    }
    if (node != F_ROOT && field_is_leaf(node) && !take_leaf(at, node, member, &exact))
        return false;
    return exact || (append_member(at, from, member->name) &&
                     buf_append_str(&group->extra, member->raw, at->err));
}

/* Some sources put these below sessionContext.attributes ("CloudTrail event record", 4.3): the
 * column is filled all the same, and the member's usual place is marked absent. */
static bool take_aliases(Shredding *at, const Json *attributes)
{
    static const FieldNode ALIASES[] = {F_SC_SOURCE_IDENTITY, F_SC_EC2_ROLE_DELIVERY};
    BatchGroup *group = at->group;
    for (size_t i = 0; i < sizeof ALIASES / sizeof *ALIASES; i++) {
        FieldNode node = ALIASES[i];
        const Json *value = json_member(attributes, FIELDS[node].member);
        if (!value || value->type != JSON_STRING ||
            group->leaf_codes[node - group->root][at->element])
            continue;
        uint64_t before = at->hash;
        if (memchr(value->text.ptr, 0, value->text.len) || !set_text(at, node, value->text))
            continue;
        at->hash = before; /* it is counted as part of `extra` */
        if (!buf_printf(&at->absent, at->err, "%s\"userIdentity.sessionContext.%.*s\"",
                        at->absent.len ? "," : "", STR_ARG(FIELDS[node].member)))
            return false;
    }
    return true;
}

/* Shreds an object into struct *node*; what is left goes to extra, whose members begin at
 * *from*. */
static bool take_object(Shredding *at, FieldNode node, const Json *object, size_t from)
{
    at->group->present[at->element] |= (uint64_t)1 << (node - at->group->root);
    add_hash(at, node, 1);
    for (const Json *member = object->first; member; member = member->next)
        if (!take_member(at, node, member, from))
            return false;
    if (node == F_SESSION_CONTEXT)
        return take_aliases(at, json_member(object, STR("attributes")));
    return true;
}

static bool take_struct(Shredding *at, const Json *value)
{
    BatchGroup *group = at->group;
    size_t mark = group->extra.len;
    if (value->type != JSON_OBJECT)
        return error_set(at->err, ERROR_INPUT, "an object was expected");
    if (!add_element(at) ||
        !buf_printf(&group->extra, at->err, "\"%.*s\":{", STR_ARG(FIELDS[group->root].member)))
        return false;
    size_t inside = group->extra.len;
    if (!take_object(at, group->root, value, inside))
        return false;
    if (group->extra.len == inside)
        group->extra.len = mark;
    else if (!buf_append_byte(&group->extra, '}', at->err))
        return false;
    return true;
}

/* `arn` is what Athena's table makes of `ARN`; some services write it so. */
static bool take_resource_alias(Shredding *at, const Json *element)
{
    const Json *arn = json_member(element, STR("arn"));
    bool fill = arn && arn->type == JSON_STRING && !json_member(element, STR("ARN")) &&
                !memchr(arn->text.ptr, 0, arn->text.len);
    return !fill || set_text(at, F_RES_ARN, arn->text);
}

static bool take_element(Shredding *at, const Json *element)
{
    BatchGroup *group = at->group;
    size_t mark = group->extra.len;
    if (!add_element(at))
        return false;
    if (element->type != JSON_OBJECT) {
        at->exact &= element->type == JSON_NULL;
        return true;
    }
    group->present[at->element] |= 1;
    if (!take_object(at, F_RESOURCE, element, mark) || !take_resource_alias(at, element))
        return false;
    at->exact &= group->extra.len == mark;
    group->extra.len = mark;
    return true;
}

static bool take_list(Shredding *at, const Json *value)
{
    BatchGroup *group = at->group;
    if (value->type != JSON_ARRAY)
        return error_set(at->err, ERROR_INPUT, "an array was expected");
    uint64_t chained = at->tools->node_keys[group->root][0] + value->count;
    for (const Json *element = value->first; element; element = element->next) {
        at->hash = 0;
        if (!take_element(at, element))
            return false;
        chained = batch_mix(chained ^ at->hash, at->tools->node_keys[group->root][1] | 1);
    }
    at->hash = chained;
    if (at->exact)
        return true;
    return buf_printf(&group->extra, at->err, "\"%.*s\":", STR_ARG(FIELDS[group->root].member)) &&
           buf_append_str(&group->extra, value->raw, at->err);
}

static bool grow_shapes(BatchGroup *group, Error *err)
{
    if (group->shape_count < group->shape_cap)
        return true;
    uint32_t cap = group->shape_cap ? group->shape_cap * 2 : 64;
    BatchShape *grown = mem_realloc(group->shapes, cap * sizeof *grown, err);
    if (!grown)
        return false;
    group->shapes = grown;
    group->shape_cap = cap;
    return true;
}

bool batch_group_room(BatchGroup *group, uint32_t count, Error *err)
{
    while (group->element_cap - group->element_count < count)
        if (!grow_elements(group, err))
            return false;
    return grow_shapes(group, err);
}

static bool finish_shape(Shredding *at, uint32_t first, size_t extra_from)
{
    BatchGroup *group = at->group;
    if (!grow_shapes(group, at->err))
        return false;
    size_t extra_len = group->extra.len - extra_from;
    if (!buf_append_str(&group->extra, buf_str(&at->absent), at->err))
        return false;
    group->shapes[group->shape_count++] = (BatchShape){
        .first = first,
        .count = group->element_count - first,
        .hash = at->hash,
        .extra_first = (uint32_t)extra_from,
        .extra_len = (uint32_t)extra_len,
        .absent_len = (uint32_t)at->absent.len,
    };
    at->tools->batch->bytes_held += sizeof(BatchShape) + extra_len + at->absent.len;
    return true;
}

static bool shred(BatchGroup *group, const BatchGroupTools *tools, Str raw, Error *err)
{
    static const JsonLimits LIMITS = {.depth_max = RECORD_DEPTH_MAX};
    arena_reset(tools->arena);
    const Json *value = json_read(raw, &LIMITS, tools->arena, err);
    if (!value)
        return false;
    Shredding at = {
        .group = group, .tools = tools, .exact = true, .absent = buf_init(1024), .err = err};
    uint32_t first = group->element_count;
    size_t extra_from = group->extra.len;
    bool ok = (group->root == F_RESOURCES ? take_list(&at, value) : take_struct(&at, value)) &&
              finish_shape(&at, first, extra_from);
    buf_free(&at.absent);
    if (!ok) {
        group->element_count = first;
        group->extra.len = extra_from;
    }
    return ok;
}

static bool memo_matches(const BatchMemo *memo, const MemoEntry *entry, Str raw)
{
    Str kept = {memo->texts.ptr + entry->offset, entry->len};
    return str_equal(kept, raw);
}

static uint32_t memo_slot(const BatchMemo *memo, Str raw, uint64_t hash)
{
    uint32_t at = (uint32_t)hash & (MEMO_SLOTS - 1);
    for (; memo->entries[at].shape; at = (at + 1) & (MEMO_SLOTS - 1))
        if (memo->entries[at].hash == hash && memo_matches(memo, &memo->entries[at], raw))
            break;
    return at;
}

static bool memo_add(BatchGroup *group, Batch *batch, Str raw, uint64_t hash, Error *err)
{
    BatchMemo *memo = group->memo;
    if (raw.len > MEMO_TEXT_MAX)
        return true;
    if (memo->count >= MEMO_ENTRIES_MAX || memo->texts.len + raw.len > MEMO_BYTES_MAX)
        memo_clear(memo);
    uint32_t slot = memo_slot(memo, raw, hash);
    uint32_t offset = (uint32_t)memo->texts.len;
    if (!buf_append_str(&memo->texts, raw, err))
        return false;
    memo->entries[slot] = (MemoEntry){hash, offset, (uint32_t)raw.len, group->shape_count};
    memo->count++;
    memo->last = slot;
    batch->bytes_held += raw.len;
    return true;
}

static bool find_text(BatchGroup *group, const BatchGroupTools *tools, Str raw, uint32_t *ret_code,
                      Error *err)
{
    BatchMemo *memo = group->memo;
    const MemoEntry *last = &memo->entries[memo->last];
    if (last->shape && memo_matches(memo, last, raw)) {
        *ret_code = last->shape;
        return true;
    }
    uint64_t hash = hash_keyed64(tools->secret, raw.ptr, raw.len);
    uint32_t slot = memo_slot(memo, raw, hash);
    if (memo->entries[slot].shape) {
        memo->last = slot;
        *ret_code = memo->entries[slot].shape;
        return true;
    }
    if (!shred(group, tools, raw, err) || !memo_add(group, tools->batch, raw, hash, err))
        return false;
    *ret_code = group->shape_count;
    return true;
}

bool batch_group_find(BatchGroup *group, const BatchGroupTools *tools, Str raw, uint32_t *ret_code,
                      Error *err)
{
    if (!group->memo) {
        group->memo = mem_calloc(1, sizeof *group->memo, err);
        if (!group->memo)
            return false;
        group->memo->texts = buf_init(MEMO_BYTES_MAX + MEMO_TEXT_MAX);
    }
    Numbered *numbered = &group->memo->numbered[tools->number & (RECORD_IDENTITIES - 1)];
    if (tools->number && numbered->number == tools->number) {
        *ret_code = numbered->shape;
        return true;
    }
    if (!find_text(group, tools, raw, ret_code, err))
        return false;
    *numbered = (Numbered){tools->number, *ret_code};
    return true;
}
