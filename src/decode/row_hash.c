#include "decode/row_hash.h"

#include <stdio.h>

#include "base/hash.h"
#include "base/json.h"
#include "decode/batch_state.h"
#include "decode/record.h"
#include "decode/text.h"

enum { PATH_BYTES = 128 };

/* Columns that decode may fill from another place than their member's own: they count as part of
 * `extra` (batch_group.c, take_aliases). */
static const FieldNode ALIASES[] = {F_SC_SOURCE_IDENTITY, F_SC_EC2_ROLE_DELIVERY};

static uint64_t keyed(const Batch *batch, FieldNode node, uint64_t value_hash)
{
    const uint64_t *keys = batch->state->keys[node];
    return batch_mix(value_hash ^ keys[0], keys[1]);
}

static bool text_hash(const Batch *batch, FieldNode node, Str text, uint64_t *ret, Error *err)
{
    Buf *canonical = &batch->state->more;
    if (FIELDS[node].type == FIELD_JSON) {
        canonical->len = 0;
        if (!text_canonical(canonical, text, err))
            return error_context(err, "column %.*s", STR_ARG(FIELDS[node].column));
        text = buf_str(canonical);
    }
    *ret = hash_keyed64(batch->state->secret, text.ptr, text.len);
    return true;
}

static const BatchGroup *group_of(const Batch *batch, FieldNode root)
{
    for (int g = 0; g < GROUP_COUNT; g++)
        if (batch->groups[g].root == root)
            return &batch->groups[g];
    return NULL;
}

static bool is_listed(const Json *list, FieldNode node)
{
    char path[PATH_BYTES];
    int len = snprintf(path, sizeof path, "userIdentity.sessionContext.%.*s",
                       STR_ARG(FIELDS[node].member));
    for (const Json *entry = list ? list->first : NULL; entry; entry = entry->next)
        if (str_equal(entry->text, (Str){path, (size_t)len}))
            return true;
    return false;
}

/* What the alias columns add to the hash of userIdentity's shape although decode left it out. */
static bool alias_hash(const Batch *batch, const BatchShape *shape, Str extra, uint64_t *ret,
                       Error *err)
{
    static const JsonLimits LIMITS = {.depth_max = RECORD_DEPTH_MAX + 2,
                                      .duplicates_allowed = true};
    *ret = 0;
    if (!extra.ptr)
        return true;
    arena_reset(batch->state->arena);
    const Json *tree = json_read(extra, &LIMITS, batch->state->arena, err);
    if (!tree)
        return error_context(err, "column extra");
    const Json *absent = json_member(tree, STR("_absent"));
    for (size_t i = 0; i < sizeof ALIASES / sizeof *ALIASES; i++) {
        FieldNode node = ALIASES[i];
        uint32_t code =
            batch->groups[GROUP_IDENTITY].leaf_codes[node - F_USER_IDENTITY][shape->first];
        if (code && is_listed(absent, node)) {
            Str value = batch_value(&batch->columns[node], code);
            *ret += keyed(batch, node, hash_keyed64(batch->state->secret, value.ptr, value.len));
        }
    }
    return true;
}

static bool group_hash(const Batch *batch, FieldNode node, const BatchRow *row, uint64_t *ret,
                       Error *err)
{
    const BatchGroup *group = group_of(batch, node);
    uint64_t aliases = 0;
    const BatchShape *shape = &group->shapes[group->codes[batch->rows - 1] - 1];
    if (node == F_USER_IDENTITY && !alias_hash(batch, shape, row->texts[F_EXTRA], &aliases, err))
        return false;
    *ret = shape->hash - aliases;
    return true;
}

/* The hash of *node*'s value; *ret_present is false for NULL, which adds nothing. */
static bool value_hash(const Batch *batch, FieldNode node, const BatchRow *row, uint64_t *ret,
                       bool *ret_present, Error *err)
{
    *ret_present = true;
    switch (node) {
    case F_EVENT_TIME:
        *ret = (uint64_t)row->event_time;
        return true;
    case F_READ_ONLY:
        *ret = row->read_only;
        *ret_present = row->read_only != 2;
        return true;
    case F_MANAGEMENT_EVENT:
        *ret = row->management;
        *ret_present = row->management != 2;
        return true;
    default:
        *ret_present = row->texts[node].ptr != NULL;
        if (!*ret_present)
            return true;
        return field_is_leaf(node) ? text_hash(batch, node, row->texts[node], ret, err)
                                   : group_hash(batch, node, row, ret, err);
    }
}

bool row_hash(Batch *batch, const BatchRow *row, Error *err)
{
    uint32_t at = batch->rows - 1;
    uint64_t content = 0, event_id = 0, account = 0;
    for (unsigned slot = 0; slot <= SLOT_MEMBERS; slot++) {
        FieldNode node = SLOT_FIELDS[slot];
        uint64_t value = 0;
        bool present;
        if (!value_hash(batch, node, row, &value, &present, err))
            return false;
        if (!present)
            continue;
        uint64_t added = keyed(batch, node, value);
        content += added;
        event_id = node == F_EVENT_ID ? added : event_id;
        account = node == F_RECIPIENT_ACCOUNT_ID ? added : account;
    }
    const uint64_t *keys = batch->state->keys[F_OBJECT_ID];
    batch->content_hash[at] = content;
    batch->identity_hash[at] =
        row->texts[F_EVENT_ID].len ? batch_mix(account + keys[0], keys[1]) + event_id : 0;
    return true;
}

uint64_t row_hash_unnamed(const Batch *batch, uint64_t content, uint64_t number)
{
    const uint64_t *keys = batch->state->keys[F_RECORD_INDEX];
    return batch_mix(content + number * keys[0], keys[1]);
}
