#include "lake/retain_judge.h"

#include "base/mem.h"
#include "decode/object.h"
#include "lake/hold.h"

enum { ROWS = 8192, BATCH_BYTES_MAX = 96 << 20 };

struct RetainJudge {
    Lake *lake;
    Batch *batch;
    Decoder *decoder;
    bool held; /* a record of the object under way is */
};

static Str text_of(const Batch *batch, FieldNode node, uint32_t row)
{
    uint32_t code = batch_code(batch, node, row);
    return code ? batch_value(batch_column(batch, node), code) : STR("");
}

/* The decoder's hook, and once at the end: looks through the batch and empties it. */
static bool look(void *context, Batch *batch, Error *err)
{
    RetainJudge *self = context;
    bool ok = true;
    for (uint32_t row = 0; ok && !self->held && row < batch->rows; row++) {
        const HoldRecord record = {
            .accounts = {text_of(batch, F_RECIPIENT_ACCOUNT_ID, row),
                         text_of(batch, F_UI_ACCOUNT_ID, row)},
            .principals = {text_of(batch, F_UI_ARN, row), text_of(batch, F_UI_PRINCIPAL_ID, row),
                           text_of(batch, F_UI_USER_NAME, row), text_of(batch, F_SCI_ARN, row)},
            .time_us = batch->event_time[row]};
        ok = hold_names(self->lake, &record, &self->held, err);
    }
    batch_reset(batch);
    return ok;
}

RetainJudge *retain_judge_new(Lake *lake, Error *err)
{
    RetainJudge *self = mem_calloc(1, sizeof *self, err);
    if (!self)
        return NULL;
    const DecoderHooks hooks = {.context = self, .batch_full = look};
    self->lake = lake;
    self->batch = batch_new(ROWS, BATCH_BYTES_MAX, lake->secret, err);
    self->decoder = self->batch ? object_decoder_new(NULL, &hooks, err) : NULL;
    if (self->decoder)
        return self;
    retain_judge_free(self);
    return NULL;
}

void retain_judge_free(RetainJudge *self)
{
    if (!self)
        return;
    object_decoder_free(self->decoder);
    batch_free(self->batch);
    mem_free(self);
}

bool retain_judge_held(RetainJudge *self, Str bytes, bool *ret, Error *err)
{
    ObjectReport report;
    self->held = false;
    batch_reset(self->batch);
    if (!object_decode(self->decoder, bytes, 1, self->batch, &report, err) ||
        !look(self, self->batch, err))
        return false;
    *ret = self->held || report.kind != OBJECT_RECORDS || !report.complete ||
           report.records_quarantined > 0;
    return true;
}
