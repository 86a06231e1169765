#include "verify/log_record.h"

#include <string.h>

#include "base/arena.h"
#include "decode/object.h"
#include "decode/rebuild.h"

enum {
    ROWS = 8192,
    BATCH_BYTES_MAX = 96 << 20,
    ARENA_BYTES_MAX = 256 << 20,
    TEXT_BYTES_MAX = 128 << 20
};

typedef struct Finding {
    LogRecord *ret;
    Batch *batch;
    Arena *arena;
    int32_t wanted; /* -1: the one with *event_id* */
    Str event_id;
} Finding;

static bool is_wanted(const Finding *finding, const Batch *batch, uint32_t row)
{
    if (finding->wanted >= 0)
        return batch->record_index[row] == finding->wanted;
    uint32_t code = batch_code(batch, F_EVENT_ID, row);
    return code && str_equal(batch_value(batch_column(batch, F_EVENT_ID), code), finding->event_id);
}

/* The decoder's hook, and once at the end: looks through the batch and empties it. */
static bool look(void *context, Batch *batch, Error *err)
{
    Finding *finding = context;
    bool ok = true;
    for (uint32_t row = 0; ok && row < batch->rows; row++)
        if (!finding->ret->found && is_wanted(finding, batch, row)) {
            finding->ret->found = true;
            finding->ret->index = batch->record_index[row];
            finding->ret->content = batch->content_hash[row];
            ok = rebuild_record(batch, row, finding->arena, &finding->ret->text, err);
        }
    batch_reset(batch);
    return ok;
}

static bool decode(Finding *finding, Str stored, Error *err)
{
    ObjectReport report;
    const DecoderHooks hooks = {.context = finding, .batch_full = look};
    Decoder *decoder = object_decoder_new(NULL, &hooks, err);
    bool ok = decoder && object_decode(decoder, stored, 1, finding->batch, &report, err) &&
              look(finding, finding->batch, err);
    if (ok)
        memcpy(finding->ret->sha256, report.sha256, sizeof report.sha256);
    object_decoder_free(decoder);
    return ok;
}

static bool find(const Lake *lake, Str stored, Finding *finding, Error *err)
{
    *finding->ret = (LogRecord){.text = buf_init(TEXT_BYTES_MAX)};
    finding->batch = batch_new(ROWS, BATCH_BYTES_MAX, lake->secret, err);
    finding->arena = finding->batch ? arena_new(ARENA_BYTES_MAX, err) : NULL;
    bool ok = finding->arena && decode(finding, stored, err);
    arena_free(finding->arena);
    batch_free(finding->batch);
    return ok;
}

bool log_record_find(const Lake *lake, Str stored, int32_t record_index, LogRecord *ret, Error *err)
{
    Finding finding = {.ret = ret, .wanted = record_index};
    return find(lake, stored, &finding, err);
}

bool log_record_find_event(const Lake *lake, Str stored, Str event_id, LogRecord *ret, Error *err)
{
    Finding finding = {.ret = ret, .wanted = -1, .event_id = event_id};
    return find(lake, stored, &finding, err);
}
