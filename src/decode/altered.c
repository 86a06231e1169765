#include "decode/altered.h"

#include "base/hash.h"
#include "base/json.h"

enum { DEPTH_MAX = 100 };

bool altered_content(Str extra, Arena *arena, uint64_t *ret)
{
    static const JsonLimits LIMITS = {.depth_max = DEPTH_MAX, .duplicates_allowed = true};
    uint8_t bytes[sizeof *ret];
    Error ignored = {0};
    Str prefix = STR(ALTERED_CONTENT);
    if (!extra.len)
        return false;
    arena_reset(arena);
    const Json *list = json_member(json_read(extra, &LIMITS, arena, &ignored), STR("_altered"));
    for (const Json *entry = list ? list->first : NULL; entry; entry = entry->next) {
        if (!str_starts(entry->text, prefix) ||
            !hash_unhex(str_slice(entry->text, prefix.len, entry->text.len), bytes, sizeof bytes))
            continue;
        *ret = 0;
        for (size_t i = 0; i < sizeof bytes; i++)
            *ret = *ret << 8 | bytes[i];
        return true;
    }
    return false;
}
