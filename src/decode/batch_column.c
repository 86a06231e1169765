#include "decode/batch_column.h"

#include <string.h>

#include "base/mem.h"

enum { ENTRIES_MIN = 64, SLOTS_MIN = 256, TRIAL_ENTRIES = 1 << 12 };

/* Bytes counted per entry beside its text: entry, hash, and its share of the table. */
enum { ENTRY_COST = sizeof(BatchEntry) + 3 * sizeof(uint64_t) };

void batch_column_reset(BatchColumn *column, bool unique, size_t bytes_max)
{
    column->entry_count = 0;
    column->bytes.len = 0;
    column->bytes.max = bytes_max < UINT32_MAX ? bytes_max : UINT32_MAX;
    column->last = 0;
    column->lookups = 0;
    column->lookup = !unique;
    if (column->slots)
        memset(column->slots, 0, ((size_t)column->slot_mask + 1) * sizeof *column->slots);
}

void batch_column_free(BatchColumn *column)
{
    mem_free(column->codes);
    mem_free(column->entries);
    mem_free(column->hashes);
    mem_free(column->slots);
    buf_free(&column->bytes);
    *column = (BatchColumn){0};
}

static bool grow_entries(BatchColumn *column, Error *err)
{
    uint32_t cap = column->entry_cap ? column->entry_cap + column->entry_cap / 2 : ENTRIES_MIN;
    BatchEntry *entries = mem_realloc(column->entries, cap * sizeof *entries, err);
    if (!entries)
        return false;
    column->entries = entries;
    uint64_t *hashes = mem_realloc(column->hashes, cap * sizeof *hashes, err);
    if (!hashes)
        return false;
    column->hashes = hashes;
    column->entry_cap = cap;
    return true;
}

/* A slot holds half the hash, so that another value is told without a look at its entry. */
static uint64_t slot_word(uint64_t hash, uint32_t code)
{
    return (hash & ~(uint64_t)UINT32_MAX) | code;
}

/* Makes a table of *count* slots (a power of two) and puts all entries in. */
static bool grow_slots(BatchColumn *column, uint32_t count, Error *err)
{
    uint64_t *slots = mem_calloc(count, sizeof *slots, err);
    if (!slots)
        return false;
    for (uint32_t code = 1; code <= column->entry_count; code++) {
        uint32_t at = (uint32_t)column->hashes[code - 1] & (count - 1);
        while (slots[at])
            at = (at + 1) & (count - 1);
        slots[at] = slot_word(column->hashes[code - 1], code);
    }
    mem_free(column->slots);
    column->slots = slots;
    column->slot_mask = count - 1;
    return true;
}

/* A dictionary that is large, or that mostly fails, costs more than it saves. */
static bool outgrown(const BatchColumn *column)
{
    if (column->entry_count >= BATCH_COLUMN_ENTRIES_MAX ||
        column->bytes.len >= BATCH_COLUMN_BYTES_MAX)
        return true;
    return column->entry_count >= TRIAL_ENTRIES &&
           column->lookups < column->entry_count + column->entry_count / 4;
}

static bool add_entry(BatchColumn *column, Str value, uint64_t hash, Error *err)
{
    if (column->entry_count == column->entry_cap && !grow_entries(column, err))
        return false;
    uint32_t offset = (uint32_t)column->bytes.len;
    if (!buf_append_str(&column->bytes, value, err))
        return false;
    column->entries[column->entry_count] = (BatchEntry){offset, (uint32_t)value.len};
    column->hashes[column->entry_count] = hash;
    column->entry_count++;
    return true;
}

/* The slot where *value* is, or the free one where it belongs. */
static uint32_t find_slot(const BatchColumn *column, Str value, uint64_t hash)
{
    uint32_t at = (uint32_t)hash & column->slot_mask;
    for (uint64_t word; (word = column->slots[at]) != 0; at = (at + 1) & column->slot_mask)
        if (word >> 32 == hash >> 32 && str_equal(batch_value(column, (uint32_t)word), value))
            break;
    return at;
}

bool batch_column_find(BatchColumn *column, Str value, uint64_t hash, size_t *bytes_held,
                       uint32_t *ret_code, Error *err)
{
    uint32_t slot = 0;
    if (column->lookup) {
        column->lookups++;
        if (!column->slots || column->entry_count >= column->slot_mask / 2) {
            uint32_t count = column->slots ? 2 * (column->slot_mask + 1) : SLOTS_MIN;
            if (outgrown(column))
                column->lookup = false;
            else if (!grow_slots(column, count, err))
                return false;
        }
    }
    if (column->lookup) {
        slot = find_slot(column, value, hash);
        uint32_t code = (uint32_t)column->slots[slot];
        if (code) {
            *ret_code = column->last = code;
            return true;
        }
    }
    if (!add_entry(column, value, hash, err))
        return false;
    if (column->lookup)
        column->slots[slot] = slot_word(hash, column->entry_count);
    *bytes_held += value.len + ENTRY_COST;
    *ret_code = column->last = column->entry_count;
    return true;
}
