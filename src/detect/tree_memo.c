#include "detect/tree_memo.h"

#include <string.h>

#include "base/hash.h"
#include "base/mem.h"

enum { PLACES = 1 << 10, BYTES_MAX = 32 << 20, FULL_BYTES = 16 << 20, TEXT_BYTES_MAX = 16384 };

typedef struct Place {
    Str text; /* ours */
    const Json *tree;
} Place;

typedef struct Numbered {
    uint64_t number;
    const Json *tree;
} Numbered;

struct TreeMemo {
    Arena *arena;
    Numbered numbered[RECORD_IDENTITIES];
    Place places[PLACES];
};

TreeMemo *tree_memo_new(Error *err)
{
    TreeMemo *memo = mem_calloc(1, sizeof *memo, err);
    if (!memo)
        return NULL;
    memo->arena = arena_new(BYTES_MAX, err);
    if (memo->arena)
        return memo;
    mem_free(memo);
    return NULL;
}

void tree_memo_free(TreeMemo *memo)
{
    if (!memo)
        return;
    arena_free(memo->arena);
    mem_free(memo);
}

bool tree_memo_settle(TreeMemo *memo)
{
    if (arena_used(memo->arena) < FULL_BYTES)
        return false;
    arena_reset(memo->arena);
    memset(memo->numbered, 0, sizeof memo->numbered);
    memset(memo->places, 0, sizeof memo->places);
    return true;
}

static const Json *read_text(TreeMemo *memo, Str text)
{
    static const JsonLimits LIMITS = {.depth_max = JSON_DEPTH_MAX, .duplicates_allowed = true};
    ERROR_UNREAD(ignored);
    if (text.len > TEXT_BYTES_MAX)
        return NULL;
    Place *place = &memo->places[hash_fast64(text.ptr, text.len) & (PLACES - 1)];
    if (place->tree && str_equal(place->text, text))
        return place->tree;
    const char *copy = arena_text(memo->arena, text, &ignored);
    const Json *tree =
        copy ? json_read((Str){copy, text.len}, &LIMITS, memo->arena, &ignored) : NULL;
    if (tree)
        *place = (Place){{copy, text.len}, tree};
    return tree;
}

const Json *tree_memo_read(TreeMemo *memo, uint64_t number, Str text)
{
    Numbered *numbered = &memo->numbered[number & (RECORD_IDENTITIES - 1)];
    if (!number)
        return read_text(memo, text);
    if (numbered->number != number)
        *numbered = (Numbered){number, read_text(memo, text)};
    return numbered->tree;
}
