#include "filter_hide.h"

#include "base/cell.h"
#include "base/json.h"
#include "base/mem.h"
#include "decode/batch_append.h"
#include "decode/rebuild.h"
#include "redact/redact_batch.h"

enum { BATCH_BYTES = 16 << 20, TEXT_BYTES_MAX = 64 << 20, DEPTH_MAX = 100 };

struct FilterHide {
    RedactBatch *redact; /* NULL: nothing is hidden */
    Batch *batch;        /* of one row */
    Arena *arena;        /* of the two trees */
    Buf before, after;   /* the record as JSON */
    uint8_t secret[BATCH_SECRET_BYTES];
};

FilterHide *filter_hide_new(const FilterSet *set, Error *err)
{
    FilterHide *self = mem_calloc(1, sizeof *self, err);
    if (!self)
        return NULL;
    self->before = buf_init(TEXT_BYTES_MAX);
    self->after = buf_init(TEXT_BYTES_MAX);
    self->arena = arena_new(4 * (size_t)TEXT_BYTES_MAX, err);
    bool ok = self->arena != NULL;
    if (ok && filter_set_plan(set)->count) {
        self->redact = redact_batch_new(filter_set_plan(set), err);
        self->batch = self->redact ? batch_new(1, BATCH_BYTES, self->secret, err) : NULL;
        ok = self->batch != NULL;
    }
    if (ok)
        return self;
    filter_hide_free(self);
    return NULL;
}

void filter_hide_free(FilterHide *self)
{
    if (!self)
        return;
    redact_batch_free(self->redact);
    batch_free(self->batch);
    arena_free(self->arena);
    buf_free(&self->before);
    buf_free(&self->after);
    mem_free(self);
}

bool filter_hide_take(FilterHide *self, const RecordView *view, const FilterVerdict *verdict,
                      uint64_t *ret_changed, Error *err)
{
    const RedactRows rows = {&verdict->redactions, &verdict->changed_by};
    bool stored = !verdict->by && !verdict->failed;
    *ret_changed = 0;
    self->before.len = self->after.len = 0;
    if (!self->redact || !stored || !verdict->redactions)
        return true;
    batch_reset(self->batch);
    if (!batch_append_record(self->batch, view, 0, 0, err) ||
        !rebuild_record(self->batch, 0, self->arena, &self->before, err) ||
        (verdict->changed && !batch_append_again(self->batch, verdict->changed, err)) ||
        !redact_batch_run(self->redact, self->batch, &rows, err))
        return false;
    *ret_changed = redact_batch_changed(self->redact)[0];
    return rebuild_record(self->batch, 0, self->arena, &self->after, err);
}

static bool put_value(const char *indent, char sign, const Json *member, Buf *out, Error *err)
{
    Str shown = str_slice(member->raw, 0, str_utf8_prefix(member->raw, FILTER_HIDE_VALUE_BYTES));
    return buf_printf(out, err, "%s%c ", indent, sign) && cell_visible(member->name, out, err) &&
           buf_append_str(out, STR(": "), err) && cell_visible(shown, out, err) &&
           buf_append_str(out, shown.len < member->raw.len ? STR("...\n") : STR("\n"), err);
}

static bool put_member(const char *indent, const Json *before, const Json *after, Buf *out,
                       Error *err)
{
    const Json *now = json_member(after, before->name);
    if (now && json_equal(before, now))
        return true;
    return put_value(indent, '-', before, out, err) &&
           (!now || put_value(indent, '+', now, out, err));
}

bool filter_hide_diff(FilterHide *self, const char *indent, Buf *out, Error *err)
{
    static const JsonLimits LIMITS = {.depth_max = DEPTH_MAX, .duplicates_allowed = true};
    if (!self->before.len)
        return true;
    arena_reset(self->arena);
    const Json *before = json_read(buf_str(&self->before), &LIMITS, self->arena, err);
    const Json *after = before ? json_read(buf_str(&self->after), &LIMITS, self->arena, err) : NULL;
    bool ok = after != NULL;
    for (const Json *member = ok ? after->first : NULL; ok && member; member = member->next)
        ok = json_member(before, member->name) || put_value(indent, '+', member, out, err);
    for (const Json *member = ok ? before->first : NULL; ok && member; member = member->next)
        ok = put_member(indent, member, after, out, err);
    return ok;
}
