#include "lake/summary_groups.h"

#include <stddef.h>
#include <string.h>

#include "base/mem.h"
#include "decode/batch_facet.h"

enum { SLOTS_MIN = 4096, KEYS_AT_ONCE = 256 };

static const int64_t HOUR_US = INT64_C(3600000000);

const FieldNode SUMMARY_CALLER[SUMMARY_CALLERS] = {F_SCI_ARN, F_UI_ARN, F_UI_INVOKED_BY,
                                                   F_UI_PRINCIPAL_ID, F_UI_ACCOUNT_ID};

/* What a shape of userIdentity gives to keys. */
typedef struct Identity {
    uint32_t type, caller;
    uint8_t caller_leaf;
    bool known;
} Identity;

struct SummaryGroups {
    SummaryGroup *groups;
    size_t count, cap;
    uint32_t *slots; /* index + 1 of a group, 0: free */
    uint32_t mask;
    Identity *identities; /* by the shape's code */
    size_t identity_cap;
};

SummaryGroups *summary_groups_new(Error *err)
{
    SummaryGroups *self = mem_calloc(1, sizeof *self, err);
    if (!self)
        return NULL;
    self->slots = mem_calloc(SLOTS_MIN, sizeof *self->slots, err);
    self->mask = SLOTS_MIN - 1;
    if (self->slots)
        return self;
    summary_groups_free(self);
    return NULL;
}

void summary_groups_free(SummaryGroups *self)
{
    if (!self)
        return;
    mem_free(self->groups);
    mem_free(self->slots);
    mem_free(self->identities);
    mem_free(self);
}

/* ---- keys ---- */

static uint32_t identity_code(const BatchGroup *identity, uint32_t shape, FieldNode node)
{
    const uint32_t *codes = identity->leaf_codes[node - F_USER_IDENTITY];
    return codes ? codes[identity->shapes[shape - 1].first] : 0;
}

/* An empty principalId says nothing. */
static bool says(const Batch *batch, FieldNode node, uint32_t code)
{
    return code && (node != F_UI_PRINCIPAL_ID || batch_value(&batch->columns[node], code).len);
}

static void read_identity(const Batch *batch, uint32_t shape, Identity *ret)
{
    const BatchGroup *group = &batch->groups[GROUP_IDENTITY];
    *ret = (Identity){.type = shape ? identity_code(group, shape, F_UI_TYPE) : 0, .known = true};
    for (uint8_t i = 0; shape && !ret->caller && i < SUMMARY_CALLERS; i++) {
        uint32_t code = identity_code(group, shape, SUMMARY_CALLER[i]);
        if (!says(batch, SUMMARY_CALLER[i], code))
            continue;
        ret->caller = code;
        ret->caller_leaf = i;
    }
}

/* ---- a member of many keys at a time: what misses the cache does so side by side ---- */

typedef struct Keys {
    SummaryGroups *self;
    const Batch *batch;
    const uint32_t *rows;
    uint32_t count;
    SummaryKey keys[KEYS_AT_ONCE];
} Keys;

/* Texts of top-level columns. */
static void fill_texts(Keys *keys)
{
    static const struct {
        FieldNode node;
        size_t at;
    } TEXTS[] = {
        {F_RECIPIENT_ACCOUNT_ID, offsetof(SummaryKey, account)},
        {F_EVENT_SOURCE, offsetof(SummaryKey, source)},
        {F_EVENT_NAME, offsetof(SummaryKey, name)},
        {F_AWS_REGION, offsetof(SummaryKey, region)},
        {F_ERROR_CODE, offsetof(SummaryKey, error)},
        {F_EVENT_CATEGORY, offsetof(SummaryKey, category)},
    };
    for (size_t t = 0; t < sizeof TEXTS / sizeof *TEXTS; t++) {
        const uint32_t *codes = keys->batch->columns[TEXTS[t].node].codes;
        for (uint32_t i = 0; codes && i < keys->count; i++)
            memcpy((char *)&keys->keys[i] + TEXTS[t].at, &codes[keys->rows[i]], sizeof *codes);
    }
}

static void fill_times(Keys *keys)
{
    const Batch *batch = keys->batch;
    for (uint32_t i = 0; i < keys->count; i++) {
        int64_t time = batch->event_time[keys->rows[i]];
        keys->keys[i].hour = time / HOUR_US - (time % HOUR_US < 0);
    }
}

static void fill_flags(Keys *keys)
{
    const uint32_t *messages = keys->batch->columns[F_ERROR_MESSAGE].codes;
    for (uint32_t i = 0; i < keys->count; i++) {
        SummaryKey *key = &keys->keys[i];
        uint8_t read_only = keys->batch->read_only[keys->rows[i]];
        key->read_only = read_only < 2 ? (uint8_t)(read_only + 1) : 0;
        key->failed = key->error || (messages && messages[keys->rows[i]]);
    }
}

static void fill_identities(Keys *keys)
{
    const uint32_t *shapes = keys->batch->groups[GROUP_IDENTITY].codes;
    for (uint32_t i = 0; i < keys->count; i++) {
        uint32_t shape = shapes[keys->rows[i]];
        Identity *identity = &keys->self->identities[shape];
        if (!identity->known)
            read_identity(keys->batch, shape, identity);
        keys->keys[i].type = identity->type;
        keys->keys[i].caller = identity->caller;
        keys->keys[i].caller_leaf = identity->caller_leaf;
    }
}

/* Members of `derived`. */
static void fill_derived(Keys *keys)
{
    static const struct {
        FacetId id;
        FieldNode node;
        size_t at;
        size_t bytes;
    } MEMBERS[] = {
        {FACET_PRINCIPAL, F_D_PRINCIPAL, offsetof(SummaryKey, principal), sizeof(uint32_t)},
        {FACET_ACTION, F_D_ACTION, offsetof(SummaryKey, action), sizeof(uint32_t)},
        {FACET_PERSON, F_D_IS_HUMAN, offsetof(SummaryKey, human), 1},
        {FACET_PERSON, F_D_IS_CONSOLE, offsetof(SummaryKey, console), 1},
    };
    for (size_t m = 0; keys->batch->derived.filled && m < sizeof MEMBERS / sizeof *MEMBERS; m++) {
        const BatchFacet *facet = &keys->batch->derived.facets[MEMBERS[m].id];
        unsigned member = (unsigned)(MEMBERS[m].node - BATCH_FACETS[MEMBERS[m].id]);
        for (uint32_t i = 0; facet->any[member] && i < keys->count; i++) {
            uint32_t code = facet->values[member][facet->codes[keys->rows[i]]];
            uint8_t flag = (uint8_t)code;
            memcpy((char *)&keys->keys[i] + MEMBERS[m].at,
                   MEMBERS[m].bytes == 1 ? (const void *)&flag : &code, MEMBERS[m].bytes);
        }
    }
}

static void fill(Keys *keys)
{
    memset(keys->keys, 0, keys->count * sizeof *keys->keys);
    fill_texts(keys);
    fill_times(keys);
    fill_flags(keys);
    fill_identities(keys);
    fill_derived(keys);
}

static uint64_t hash_of(const SummaryKey *key)
{
    uint64_t words[sizeof *key / sizeof(uint64_t)];
    uint64_t hash = 0;
    memcpy(words, key, sizeof words);
    for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
        hash = (hash ^ words[i]) * UINT64_C(0x9e3779b97f4a7c15);
        hash ^= hash >> 32;
    }
    return hash;
}

/* ---- groups ---- */

static uint32_t slot_of(const SummaryGroups *self, const SummaryKey *key, uint64_t hash)
{
    uint32_t at = (uint32_t)hash & self->mask;
    for (; self->slots[at]; at = (at + 1) & self->mask) {
        const SummaryGroup *group = &self->groups[self->slots[at] - 1];
        if (group->hash == hash && memcmp(&group->key, key, sizeof *key) == 0)
            break;
    }
    return at;
}

/* Twice as many slots, into which the groups are put anew. */
static bool grow_slots(SummaryGroups *self, Error *err)
{
    uint32_t count = 2 * (self->mask + 1);
    uint32_t *slots = mem_calloc(count, sizeof *slots, err);
    if (!slots)
        return false;
    mem_free(self->slots);
    self->slots = slots;
    self->mask = count - 1;
    for (size_t i = 0; i < self->count; i++)
        slots[slot_of(self, &self->groups[i].key, self->groups[i].hash)] = (uint32_t)i + 1;
    return true;
}

static bool add_group(SummaryGroups *self, const SummaryKey *key, uint64_t hash, int64_t time,
                      Error *err)
{
    if (2 * self->count > self->mask && !grow_slots(self, err))
        return false;
    SummaryGroup *grown = mem_grow(self->groups, self->count + 1, &self->cap, sizeof *grown, err);
    if (!grown)
        return false;
    self->groups = grown;
    self->groups[self->count] =
        (SummaryGroup){.key = *key, .hash = hash, .first_us = time, .last_us = time, .events = 1};
    uint32_t at = slot_of(self, key, hash);
    self->slots[at] = (uint32_t)++self->count;
    return true;
}

static bool count_row(SummaryGroups *self, const SummaryKey *key, int64_t time, Error *err)
{
    uint64_t hash = hash_of(key);
    uint32_t at = slot_of(self, key, hash);
    if (!self->slots[at])
        return add_group(self, key, hash, time, err);
    SummaryGroup *group = &self->groups[self->slots[at] - 1];
    group->events++;
    if (time < group->first_us)
        group->first_us = time;
    if (time > group->last_us)
        group->last_us = time;
    return true;
}

/* Forgets all; *batch* comes next. */
static bool begin(SummaryGroups *self, const Batch *batch, Error *err)
{
    size_t shapes = (size_t)batch->groups[GROUP_IDENTITY].shape_count + 1;
    Identity *grown = mem_grow(self->identities, shapes, &self->identity_cap, sizeof *grown, err);
    if (!grown)
        return false;
    self->identities = grown;
    memset(self->identities, 0, shapes * sizeof *grown);
    memset(self->slots, 0, ((size_t)self->mask + 1) * sizeof *self->slots);
    self->count = 0;
    return true;
}

static bool count_rows(SummaryGroups *self, const Batch *batch, const uint32_t *rows,
                       uint32_t count, Error *err)
{
    Keys keys;
    keys.self = self;
    keys.batch = batch;
    keys.rows = rows;
    keys.count = count;
    bool ok = true;
    fill(&keys);
    for (uint32_t i = 0; ok && i < count; i++)
        ok = count_row(self, &keys.keys[i], batch->event_time[rows[i]], err);
    return ok;
}

bool summary_groups_count(SummaryGroups *self, const Batch *batch, const uint32_t *rows,
                          uint32_t count, Error *err)
{
    bool ok = begin(self, batch, err);
    for (uint32_t first = 0; ok && first < count; first += KEYS_AT_ONCE) {
        uint32_t more = count - first < KEYS_AT_ONCE ? count - first : KEYS_AT_ONCE;
        ok = count_rows(self, batch, rows + first, more, err);
    }
    return ok;
}

const SummaryGroup *summary_groups_items(const SummaryGroups *self, size_t *ret_count)
{
    *ret_count = self->count;
    return self->groups;
}
