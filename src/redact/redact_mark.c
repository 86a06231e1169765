#include "redact/redact_mark.h"

#include <inttypes.h>
#include <stdio.h>

#include "base/json.h"
#include "base/mem.h"
#include "decode/altered.h"

enum { ARENA_BYTES_MAX = 64 << 20, TEXT_BYTES_MAX = 64 << 20, DEPTH_MAX = 100 };

struct RedactMarker {
    const RedactPlan *plan;
    Arena *arena;
    Buf text;
};

RedactMarker *redact_marker_new(const RedactPlan *plan, Error *err)
{
    RedactMarker *marker = mem_calloc(1, sizeof *marker, err);
    if (!marker)
        return NULL;
    marker->plan = plan;
    marker->text = buf_init(TEXT_BYTES_MAX);
    marker->arena = arena_new(ARENA_BYTES_MAX, err);
    if (marker->arena)
        return marker;
    redact_marker_free(marker);
    return NULL;
}

void redact_marker_free(RedactMarker *marker)
{
    if (!marker)
        return;
    arena_free(marker->arena);
    buf_free(&marker->text);
    mem_free(marker);
}

/* One entry of the list; *ret_some says whether there was one before. */
static bool add(Buf *text, const char *kind, Str what, bool *ret_some, Error *err)
{
    bool comma = *ret_some;
    *ret_some = true;
    return buf_printf(text, err, "%s\"%s%.*s\"", comma ? "," : "", kind, STR_ARG(what));
}

static bool is_listed(const Json *list, const char *kind, Str what)
{
    Str prefix = str_of(kind);
    for (const Json *entry = list ? list->first : NULL; entry; entry = entry->next)
        if (str_starts(entry->text, prefix) &&
            (!what.ptr || str_equal(str_slice(entry->text, prefix.len, entry->text.len), what)))
            return true;
    return false;
}

/* The entries that were there, and those of this row that were not. */
static bool write_list(RedactMarker *marker, const Json *before, uint64_t changed, uint64_t content,
                       Error *err)
{
    char hash[2 * sizeof content + 1];
    Buf *text = &marker->text;
    bool some = false, ok = buf_append_str(text, STR("\"_altered\":["), err);
    for (const Json *entry = before ? before->first : NULL; ok && entry; entry = entry->next) {
        ok = (!some || buf_append_byte(text, ',', err)) && buf_append_str(text, entry->raw, err);
        some = true;
    }
    for (; ok && changed; changed &= changed - 1) {
        const Redaction *who = &marker->plan->list[__builtin_ctzll(changed)];
        const char *kind = who->function ? ALTERED_CHANGED : ALTERED_REDACTED;
        ok = is_listed(before, kind, who->name) || add(text, kind, who->name, &some, err);
    }
    snprintf(hash, sizeof hash, "%016" PRIx64, content);
    return ok &&
           (is_listed(before, ALTERED_CONTENT, (Str){NULL, 0}) ||
            add(text, ALTERED_CONTENT, str_of(hash), &some, err)) &&
           buf_append_byte(text, ']', err);
}

static bool write_others(Buf *text, const Json *extra, Error *err)
{
    bool ok = true;
    for (const Json *member = extra ? extra->first : NULL; ok && member; member = member->next)
        if (!str_equal(member->name, STR("_altered")))
            ok = json_append_string(text, member->name, err) && buf_append_byte(text, ':', err) &&
                 buf_append_str(text, member->raw, err) && buf_append_byte(text, ',', err);
    return ok;
}

bool redact_marker_write(RedactMarker *marker, Str extra, uint64_t changed, uint64_t content,
                         Str *ret, Error *err)
{
    static const JsonLimits LIMITS = {.depth_max = DEPTH_MAX, .duplicates_allowed = true};
    const Json *tree = NULL;
    Buf *text = &marker->text;
    text->len = 0;
    arena_reset(marker->arena);
    if (extra.len && !(tree = json_read(extra, &LIMITS, marker->arena, err)))
        return error_context(err, "column extra");
    bool ok = buf_append_byte(text, '{', err) && write_others(text, tree, err) &&
              write_list(marker, json_member(tree, STR("_altered")), changed, content, err) &&
              buf_append_byte(text, '}', err);
    *ret = buf_str(text);
    return ok;
}
