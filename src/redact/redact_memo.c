#include "redact/redact_memo.h"

#include <string.h>

#include "base/mem.h"

enum { ENTRIES_MIN = 1 << 10 };

void redact_memo_clear(RedactMemo *memo)
{
    if (memo->count)
        memset(memo->entries, 0, memo->cap * sizeof *memo->entries);
    memo->count = 0;
}

void redact_memo_free(RedactMemo *memo)
{
    mem_free(memo->entries);
    *memo = (RedactMemo){NULL, 0, 0};
}

static uint32_t place_of(const RedactMemo *memo, uint32_t code, uint64_t mask)
{
    const uint64_t multiplier = UINT64_C(0x9e3779b97f4a7c15);
    uint32_t at = (uint32_t)((mask * multiplier ^ code) * multiplier >> 32) & (memo->cap - 1);
    while (memo->entries[at].code &&
           (memo->entries[at].code != code || memo->entries[at].mask != mask))
        at = (at + 1) & (memo->cap - 1);
    return at;
}

static bool grow(RedactMemo *memo, Error *err)
{
    RedactMemo grown = {.cap = memo->cap ? memo->cap * 2 : ENTRIES_MIN, .count = memo->count};
    grown.entries = mem_calloc(grown.cap, sizeof *grown.entries, err);
    if (!grown.entries)
        return false;
    for (uint32_t i = 0; i < memo->cap; i++) {
        const RedactMemoEntry *entry = &memo->entries[i];
        if (entry->code)
            grown.entries[place_of(&grown, entry->code, entry->mask)] = *entry;
    }
    mem_free(memo->entries);
    *memo = grown;
    return true;
}

RedactMemoEntry *redact_memo_find(RedactMemo *memo, uint32_t code, uint64_t mask, Error *err)
{
    if (memo->count >= memo->cap / 2 && !grow(memo, err))
        return NULL;
    RedactMemoEntry *entry = &memo->entries[place_of(memo, code, mask)];
    if (!entry->code) {
        memo->count++;
        entry->mask = mask;
    }
    return entry;
}
