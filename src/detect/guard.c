#include "detect/guard.h"

#include <string.h>

#include "base/hash.h"
#include "base/mem.h"
#include "detect/required.h"

enum {
    TABLE_SLOTS = 1 << 14,
    ENTRIES_MAX = TABLE_SLOTS / 2,
    KEYS_BYTES_MAX = 64 << 20,
    KEY_BYTES_MAX = 16384,
    RULES_BYTES_MAX = 1 << 26
};

struct Guard {
    Slot slots[GUARD_SLOTS_MAX];
    unsigned slot_count;
    uint64_t mask;        /* of the slots */
    Buf rules;            /* const Rule * each */
    RequiredIndex *index; /* of their names, made at the first look; only for eventName */
    Arena *arena;         /* of the entries */
    GuardEntry **table;
    uint32_t entry_count;
    const GuardEntry *last; /* of the record before; NULL: none */
    uint64_t last_present;  /* which of its members were there */
    GuardEntry lone;        /* of a text too long to be kept */
};

Guard *guard_new(const Slot *slots, unsigned slot_count, Error *err)
{
    Guard *guard = mem_calloc(1, sizeof *guard, err);
    if (!guard)
        return NULL;
    guard->slot_count = slot_count;
    guard->rules = buf_init(RULES_BYTES_MAX);
    for (unsigned i = 0; i < slot_count; i++) {
        guard->slots[i] = slots[i];
        guard->mask |= SLOT_BIT(slots[i]);
    }
    guard->table = mem_calloc(TABLE_SLOTS, sizeof(GuardEntry *), err);
    guard->arena = guard->table ? arena_new(KEYS_BYTES_MAX, err) : NULL;
    if (guard->arena)
        return guard;
    guard_free(guard);
    return NULL;
}

void guard_free(Guard *guard)
{
    if (!guard)
        return;
    required_free(guard->index);
    arena_free(guard->arena);
    mem_free(guard->table);
    buf_free(&guard->rules);
    mem_free(guard);
}

bool guard_add(Guard *guard, const Rule *rule, Error *err)
{
    return buf_append(&guard->rules, &rule, sizeof(const Rule *), err);
}

size_t guard_count(const Guard *guard)
{
    return guard->rules.len / sizeof(const Rule *);
}

const Buf *guard_rules(const Guard *guard)
{
    return &guard->rules;
}

uint64_t guard_slots(const Guard *guard)
{
    return guard->mask;
}

void guard_forget(Guard *guard)
{
    guard->last = NULL;
}

static uint64_t hash_view(const Guard *guard, const RecordView *view)
{
    uint64_t hash = view->present & guard->mask;
    for (unsigned i = 0; i < guard->slot_count; i++) {
        const RecordValue *value = &view->values[guard->slots[i]];
        if (view->present & SLOT_BIT(guard->slots[i]))
            hash = (hash ^ hash_fast64(value->ptr, value->len)) * UINT64_C(0x9e3779b97f4a7c15);
    }
    return hash;
}

static size_t key_bytes(const Guard *guard, const RecordView *view)
{
    size_t len = sizeof(uint64_t);
    for (unsigned i = 0; i < guard->slot_count; i++)
        if (view->present & SLOT_BIT(guard->slots[i]))
            len += sizeof(uint32_t) + view->values[guard->slots[i]].len;
    return len;
}

/* Which members are there, and each with its length. */
static void write_key(const Guard *guard, const RecordView *view, char *to)
{
    uint64_t present = view->present & guard->mask;
    memcpy(to, &present, sizeof present);
    to += sizeof present;
    for (unsigned i = 0; i < guard->slot_count; i++) {
        const RecordValue *value = &view->values[guard->slots[i]];
        if (!(view->present & SLOT_BIT(guard->slots[i])))
            continue;
        memcpy(to, &value->len, sizeof value->len);
        memcpy(to + sizeof value->len, value->ptr, value->len);
        to += sizeof value->len + value->len;
    }
}

static bool has_key(const Guard *guard, const GuardEntry *entry, const RecordView *view)
{
    uint64_t present = view->present & guard->mask, own;
    const char *at = entry->key.ptr;
    memcpy(&own, at, sizeof own);
    at += sizeof own;
    if (own != present)
        return false;
    for (unsigned i = 0; i < guard->slot_count; i++) {
        const RecordValue *value = &view->values[guard->slots[i]];
        uint32_t len;
        if (!(present & SLOT_BIT(guard->slots[i])))
            continue;
        memcpy(&len, at, sizeof len);
        at += sizeof len;
        if (len != value->len || memcmp(at, value->ptr, len) != 0)
            return false;
        at += len;
    }
    return true;
}

/* Tries the rules that may pass at all; what the members refute is left out. */
static bool work_out(Guard *guard, Document *document, Arena *arena, GuardEntry *entry, Error *err)
{
    size_t count = guard_count(guard), tried = count;
    const Rule *const *rules = (const Rule *const *)(void *)guard->rules.ptr;
    if (!guard->index && guard->mask & SLOT_BIT(S_EVENT_NAME)) {
        guard->index = required_new(rules, count, err);
        if (!guard->index)
            return false;
    }
    if (guard->index && !required_look(guard->index, document, &rules, &tried, err))
        return false;
    const Rule **open = arena_alloc(arena, (tried + 1) * sizeof *open, err);
    if (!open)
        return false;
    entry->rules = open;
    entry->certain = entry->count = 0;
    for (size_t i = 0; i < tried; i++) {
        Truth truth = expr_partial(rules[i]->expr, document, guard->mask);
        if (truth == TRUTH_FALSE)
            continue;
        open[entry->count++] = rules[i];
        if (truth == TRUTH_TRUE) { /* the order within a list does not matter */
            open[entry->count - 1] = open[entry->certain];
            open[entry->certain++] = rules[i];
        }
    }
    return true;
}

static void start_afresh(Guard *guard)
{
    memset(guard->table, 0, TABLE_SLOTS * sizeof *guard->table);
    arena_reset(guard->arena);
    guard->entry_count = 0;
    guard->last = NULL;
}

static const GuardEntry *add_entry(Guard *guard, const RecordView *view, uint64_t hash,
                                   Document *document, Error *err)
{
    size_t len = key_bytes(guard, view);
    if (guard->entry_count == ENTRIES_MAX || arena_used(guard->arena) > KEYS_BYTES_MAX / 2)
        start_afresh(guard);
    uint32_t at = (uint32_t)hash & (TABLE_SLOTS - 1);
    while (guard->table[at])
        at = (at + 1) & (TABLE_SLOTS - 1);
    GuardEntry *entry = arena_alloc(guard->arena, sizeof *entry, err);
    char *key = entry ? arena_alloc(guard->arena, len, err) : NULL;
    if (!key)
        return NULL;
    write_key(guard, view, key);
    *entry = (GuardEntry){.hash = hash, .key = {key, len}};
    if (!work_out(guard, document, guard->arena, entry, err))
        return NULL;
    guard->table[at] = entry;
    guard->entry_count++;
    return entry;
}

static const GuardEntry *find(const Guard *guard, const RecordView *view, uint64_t hash)
{
    for (uint32_t at = (uint32_t)hash & (TABLE_SLOTS - 1); guard->table[at];
         at = (at + 1) & (TABLE_SLOTS - 1))
        if (guard->table[at]->hash == hash && has_key(guard, guard->table[at], view))
            return guard->table[at];
    return NULL;
}

const GuardEntry *guard_look(Guard *guard, const RecordView *view, Document *document, Error *err)
{
    uint64_t present = view->present & guard->mask;
    if (guard->last && present == guard->last_present && (view->same & guard->mask) == present)
        return guard->last;
    if (key_bytes(guard, view) > KEY_BYTES_MAX) {
        guard->last = NULL;
        bool ok = work_out(guard, document, document_arena(document), &guard->lone, err);
        return ok ? &guard->lone : NULL;
    }
    uint64_t hash = hash_view(guard, view);
    const GuardEntry *entry = find(guard, view, hash);
    if (!entry)
        entry = add_entry(guard, view, hash, document, err);
    guard->last = entry;
    guard->last_present = present;
    return entry;
}
