#include "decode/batch_append.h"

#include <string.h>

#include "base/hash.h"
#include "base/json.h"
#include "decode/batch_column.h"
#include "decode/batch_group.h"
#include "decode/batch_state.h"
#include "decode/text.h"

static const uint64_t GROUP_SLOTS = SLOT_BIT(S_USER_IDENTITY) | SLOT_BIT(S_TLS_DETAILS) |
                                    SLOT_BIT(S_ADDENDUM) | SLOT_BIT(S_RESOURCES);
static const uint64_t FIXED_SLOTS =
    SLOT_BIT(S_EVENT_TIME) | SLOT_BIT(S_READ_ONLY) | SLOT_BIT(S_MANAGEMENT_EVENT);

/* Columns that are not members, written for every row. */
static const uint64_t ALWAYS_SLOTS = SLOT_BIT(S_EXTRA) | SLOT_BIT(S_ISSUED_ACCESSKEY_ID);

static GroupId group_of(Slot slot)
{
    switch (slot) {
    case S_USER_IDENTITY:
        return GROUP_IDENTITY;
    case S_TLS_DETAILS:
        return GROUP_TLS;
    case S_ADDENDUM:
        return GROUP_ADDENDUM;
    default:
        return GROUP_RESOURCES;
    }
}

/* Replaces what *slot* adds to the content hash by *value_hash*, keyed by the slot. */
static void set_hash(BatchState *state, Slot slot, uint64_t value_hash)
{
    const uint64_t *keys = state->keys[SLOT_FIELDS[slot]];
    uint64_t keyed = batch_mix(value_hash ^ keys[0], keys[1]);
    state->content += keyed - state->slot_hash[slot];
    state->slot_hash[slot] = keyed;
}

static void clear_slots(BatchState *state, uint64_t slots)
{
    for (; slots; slots &= slots - 1) {
        unsigned slot = (unsigned)__builtin_ctzll(slots);
        state->content -= state->slot_hash[slot];
        state->slot_hash[slot] = 0;
        state->slot_code[slot] = 0;
    }
}

static bool hash_value(BatchState *state, FieldNode node, const RecordValue *value,
                       uint64_t *ret_hash, Error *err)
{
    Str text = {value->ptr, value->len};
    if (FIELDS[node].type == FIELD_JSON && (value->flags & VALUE_LOOSE)) {
        state->more.len = 0;
        if (!text_canonical(&state->more, text, err))
            return false;
        text = buf_str(&state->more);
    }
    *ret_hash = hash_keyed64(state->secret, text.ptr, text.len);
    return true;
}

/* The plain values among *slots* that differ from the row before: their hashes are taken first
 * and the tables that they point into are fetched meanwhile. Gives those slots. */
static uint64_t look_ahead(Batch *batch, const RecordView *view, uint64_t slots)
{
    BatchState *state = batch->state;
    uint64_t ready = 0;
    for (; slots; slots &= slots - 1) {
        unsigned slot = (unsigned)__builtin_ctzll(slots);
        const RecordValue *value = &view->values[slot];
        const BatchColumn *column = &batch->columns[SLOT_FIELDS[slot]];
        Str text = {value->ptr, value->len};
        if (value->flags || !column->lookup || batch_column_again(column, text))
            continue;
        state->value_hash[slot] = hash_keyed64(state->secret, text.ptr, text.len);
        batch_column_prefetch(column, state->value_hash[slot]);
        ready |= SLOT_BIT(slot);
    }
    return ready;
}

static bool set_column(Batch *batch, Slot slot, RecordValue value, Error *err)
{
    BatchState *state = batch->state;
    FieldNode node = SLOT_FIELDS[slot];
    BatchColumn *column = &batch->columns[node];
    if (value.flags & VALUE_ESCAPED) {
        state->scratch.len = 0;
        if (!text_unescape(&state->scratch, (Str){value.ptr, value.len}, err))
            return false;
        value = (RecordValue){state->scratch.ptr, (uint32_t)state->scratch.len, 0};
    }
    Str text = {value.ptr, value.len};
    if (batch_column_again(column, text)) {
        state->slot_code[slot] = column->last;
        set_hash(state, slot, column->hashes[column->last - 1]);
        return true;
    }
    uint64_t hash;
    if (!hash_value(state, node, &value, &hash, err) ||
        !batch_column_find(column, text, hash, &batch->bytes_held, &state->slot_code[slot], err))
        return false;
    set_hash(state, slot, hash);
    return true;
}

static bool set_group(Batch *batch, Slot slot, const RecordView *view, Error *err)
{
    BatchState *state = batch->state;
    BatchGroup *group = &batch->groups[group_of(slot)];
    BatchGroupTools tools = {.batch = batch,
                             .secret = state->secret,
                             .node_keys = (const uint64_t(*)[2])state->keys,
                             .arena = state->arena,
                             .number = slot == S_USER_IDENTITY ? view->identity : 0,
                             .scratch = &state->scratch};
    const RecordValue *value = &view->values[slot];
    uint32_t code;
    if (!batch_group_find(group, &tools, (Str){value->ptr, value->len}, &code, err))
        return false;
    state->slot_code[slot] = code;
    set_hash(state, slot, group->shapes[code - 1].hash);
    return true;
}

/* One search tells that most responses hold no key; 'K' is rare. */
static bool names_a_key(const char *at, size_t len)
{
    static const char NAME[] = "\"accessKeyId\"";
    enum { BEFORE = 7, LEN = sizeof NAME - 1 };
    const char *end = at + len;
    for (const char *k = at; k < end && (k = memchr(k, 'K', (size_t)(end - k))) != NULL; k++)
        if (k - at >= BEFORE && end - k >= LEN - BEFORE && memcmp(k - BEFORE, NAME, LEN) == 0)
            return true;
    return false;
}

/* The access key that an STS, IAM or sign-in call handed out: responseElements.credentials
 * .accessKeyId. Most responses have none, which one search tells. */
static bool set_issued_key(Batch *batch, const RecordValue *value, Error *err)
{
    BatchState *state = batch->state;
    state->slot_code[S_ISSUED_ACCESSKEY_ID] = 0;
    if (value->len > 1 << 20 || !names_a_key(value->ptr, value->len))
        return true;
    static const JsonLimits LIMITS = {.depth_max = RECORD_DEPTH_MAX, .duplicates_allowed = true};
    Error ignored;
    arena_reset(state->arena);
    const Json *tree = json_read((Str){value->ptr, value->len}, &LIMITS, state->arena, &ignored);
    Str key = json_text(json_path(tree, STR("credentials.accessKeyId")), STR(""));
    if (!key.len || memchr(key.ptr, 0, key.len))
        return true;
    BatchColumn *column = &batch->columns[F_ISSUED_ACCESSKEY_ID];
    return batch_column_find(column, key, hash_keyed64(state->secret, key.ptr, key.len),
                             &batch->bytes_held, &state->slot_code[S_ISSUED_ACCESSKEY_ID], err);
}

static bool set_ready(Batch *batch, Slot slot, const RecordValue *value, Error *err)
{
    BatchState *state = batch->state;
    uint64_t hash = state->value_hash[slot];
    if (!batch_column_find(&batch->columns[SLOT_FIELDS[slot]], (Str){value->ptr, value->len}, hash,
                           &batch->bytes_held, &state->slot_code[slot], err))
        return false;
    set_hash(state, slot, hash);
    return true;
}

static bool set_slots(Batch *batch, const RecordView *view, uint64_t slots, Error *err)
{
    uint64_t ready = look_ahead(batch, view, slots & ~GROUP_SLOTS);
    for (; slots; slots &= slots - 1) {
        Slot slot = (Slot)__builtin_ctzll(slots);
        const RecordValue *value = &view->values[slot];
        bool set = ready & SLOT_BIT(slot)         ? set_ready(batch, slot, value, err)
                   : GROUP_SLOTS & SLOT_BIT(slot) ? set_group(batch, slot, view, err)
                                                  : set_column(batch, slot, *value, err);
        if (!set)
            return false;
        if (slot == S_RESPONSE_ELEMENTS && !set_issued_key(batch, value, err))
            return false;
    }
    return true;
}

static bool append_list(Buf *buf, Str entries, bool *some, Error *err)
{
    if (!entries.len)
        return true;
    bool comma = *some;
    *some = true;
    return (!comma || buf_append_byte(buf, ',', err)) && buf_append_str(buf, entries, err);
}

/* The shapes of this row that have something to add to `extra`. */
static bool append_shapes(const Batch *batch, Buf *buf, bool absent, bool *some, Error *err)
{
    for (uint64_t slots = GROUP_SLOTS & batch->state->present; slots; slots &= slots - 1) {
        Slot slot = (Slot)__builtin_ctzll(slots);
        const BatchGroup *group = &batch->groups[group_of(slot)];
        const BatchShape *shape = &group->shapes[batch->state->slot_code[slot] - 1];
        Str part = {group->extra.ptr ? group->extra.ptr + shape->extra_first : "",
                    shape->extra_len};
        if (absent)
            part = (Str){part.ptr + part.len, shape->absent_len};
        if (!append_list(buf, part, some, err))
            return false;
    }
    return true;
}

static bool append_mark(Buf *buf, const char *name, Str entries, bool *some, Error *err)
{
    if (!entries.len)
        return true;
    bool comma = *some;
    *some = true;
    return buf_printf(buf, err, "%s\"%s\":[", comma ? "," : "", name) &&
           buf_append_str(buf, entries, err) && buf_append_byte(buf, ']', err);
}

static bool shapes_are_plain(const Batch *batch)
{
    for (uint64_t slots = GROUP_SLOTS & batch->state->present; slots; slots &= slots - 1) {
        Slot slot = (Slot)__builtin_ctzll(slots);
        const BatchGroup *group = &batch->groups[group_of(slot)];
        const BatchShape *shape = &group->shapes[batch->state->slot_code[slot] - 1];
        if (shape->extra_len | shape->absent_len)
            return false;
    }
    return true;
}

static bool set_extra(Batch *batch, const RecordView *view, Error *err)
{
    BatchState *state = batch->state;
    if (!(view->extra.len | view->absent.len | view->altered.len) && shapes_are_plain(batch)) {
        if (state->slot_code[S_EXTRA])
            clear_slots(state, SLOT_BIT(S_EXTRA));
        return true;
    }
    Buf *text = &state->scratch, *absent = &state->more;
    bool some = false, some_absent = false;
    text->len = absent->len = 0;
    if (!buf_append_byte(text, '{', err) || !append_list(text, view->extra, &some, err) ||
        !append_shapes(batch, text, false, &some, err) ||
        !append_list(absent, view->absent, &some_absent, err) ||
        !append_shapes(batch, absent, true, &some_absent, err) ||
        !append_mark(text, "_absent", buf_str(absent), &some, err) ||
        !append_mark(text, "_altered", view->altered, &some, err) ||
        !buf_append_byte(text, '}', err))
        return false;
    RecordValue value = {text->ptr, (uint32_t)text->len, VALUE_LOOSE};
    return set_column(batch, S_EXTRA, value, err);
}

static void set_fixed(BatchState *state, const RecordView *view)
{
    set_hash(state, S_EVENT_TIME, (uint64_t)view->event_time);
    if (view->present & SLOT_BIT(S_READ_ONLY))
        set_hash(state, S_READ_ONLY, view->read_only);
    if (view->present & SLOT_BIT(S_MANAGEMENT_EVENT))
        set_hash(state, S_MANAGEMENT_EVENT, view->management);
}

static uint64_t identity(const Batch *batch, const RecordView *view)
{
    const BatchState *state = batch->state;
    if (!(view->present & SLOT_BIT(S_EVENT_ID)) || view->values[S_EVENT_ID].len == 0)
        return 0;
    uint64_t mixed = state->slot_hash[S_RECIPIENT_ACCOUNT_ID] + state->keys[F_OBJECT_ID][0];
    return batch_mix(mixed, state->keys[F_OBJECT_ID][1]) + state->slot_hash[S_EVENT_ID];
}

static void store_row(Batch *batch, const RecordView *view, int64_t object_id, int32_t record_index)
{
    BatchState *state = batch->state;
    uint32_t row = batch->rows++;
    uint64_t slots = (view->present & ~FIXED_SLOTS) | ALWAYS_SLOTS;
    for (; slots; slots &= slots - 1) {
        unsigned slot = (unsigned)__builtin_ctzll(slots);
        state->codes[slot][row] = state->slot_code[slot];
    }
    batch->event_time[row] = view->event_time;
    batch->read_only[row] = view->read_only;
    batch->management[row] = view->management;
    batch->object_id[row] = object_id;
    batch->record_index[row] = record_index;
    batch->sample_factor[row] = 0;
    batch->content_hash[row] = state->content;
    batch->identity_hash[row] = identity(batch, view);
}

static void forget_row(BatchState *state)
{
    state->valid = false;
    state->present = 0;
    state->content = 0;
    memset(state->slot_hash, 0, sizeof state->slot_hash);
    memset(state->slot_code, 0, sizeof state->slot_code);
}

/* Brings the state from the row before to this one. */
static bool set_row(Batch *batch, const RecordView *view, Error *err)
{
    BatchState *state = batch->state;
    uint64_t same = state->valid ? view->same : 0;
    clear_slots(state, state->present & ~view->present);
    if (!(view->present & SLOT_BIT(S_RESPONSE_ELEMENTS)))
        state->slot_code[S_ISSUED_ACCESSKEY_ID] = 0;
    if (!set_slots(batch, view, view->present & ~same & ~FIXED_SLOTS, err))
        return false;
    state->present = view->present;
    set_fixed(state, view);
    return set_extra(batch, view, err);
}

bool batch_append_record(Batch *batch, const RecordView *view, int64_t object_id,
                         int32_t record_index, Error *err)
{
    if (!set_row(batch, view, err)) {
        forget_row(batch->state);
        return false;
    }
    batch->state->valid = true;
    store_row(batch, view, object_id, record_index);
    return true;
}

void batch_append_undo(Batch *batch)
{
    uint32_t row = --batch->rows;
    forget_row(batch->state);
    for (unsigned slot = 0; slot < SLOT_COUNT; slot++)
        if (batch->state->codes[slot])
            batch->state->codes[slot][row] = 0;
}

bool batch_append_again(Batch *batch, const RecordView *view, Error *err)
{
    uint32_t row = batch->rows - 1;
    uint64_t identity_hash = batch->identity_hash[row], content = batch->content_hash[row];
    batch_append_undo(batch);
    bool ok =
        batch_append_record(batch, view, batch->object_id[row], batch->record_index[row], err);
    if (ok) {
        batch->identity_hash[row] = identity_hash;
        batch->content_hash[row] = content;
    }
    forget_row(batch->state);
    return ok;
}
