/* decode_target.h - what the fuzz targets of decode share: decode some bytes, check invariants.
 * Included by the targets and by the test that replays their corpora. */
#ifndef FUZZ_DECODE_TARGET_H
#define FUZZ_DECODE_TARGET_H

#include <assert.h>
#include <stdlib.h>

#include "base/json.h"
#include "decode/object.h"
#include "decode/rebuild.h"
#include "decode/text.h"

typedef struct DecodeTarget {
    Decoder *decoders[2]; /* the best build and the scalar one */
    Batch *batches[2];
    Arena *arena, *scratch;
} DecodeTarget;

static bool target_take(void *context, Batch *batch, Error *err)
{
    (void)context;
    (void)err;
    batch_reset(batch);
    return true;
}

static bool target_quarantine(void *context, const QuarantineItem *item, Error *err)
{
    (void)context;
    (void)err;
    assert(item->reason && (item->raw.len || !item->raw_bytes));
    return true;
}

/* Made once and kept: limits are small, so that a few kB reach them. */
static DecodeTarget *decode_target(void)
{
    static DecodeTarget target;
    static const uint8_t secret[BATCH_SECRET_BYTES] = {5};
    if (target.arena)
        return &target;
    Error err;
    DecoderHooks hooks = {.batch_full = target_take, .quarantine = target_quarantine};
    for (int i = 0; i < 2; i++) {
        DecoderLimits limits = OBJECT_LIMITS_DEFAULT;
        limits.whole_bytes_max = 1 << 16;
        limits.inflated_bytes_max = 1 << 22;
        limits.build = i ? RECORD_SCALAR : RECORD_BEST;
        target.decoders[i] = object_decoder_new(&limits, &hooks, &err);
        target.batches[i] = batch_new(1000, (size_t)32 << 20, secret, &err);
        assert(target.decoders[i] && target.batches[i]);
    }
    target.arena = arena_new((size_t)64 << 20, &err);
    target.scratch = arena_new((size_t)64 << 20, &err);
    return &target;
}

/* Every row renders to strict JSON, and every text is valid UTF-8. */
static void target_check(const DecodeTarget *target, const Batch *batch)
{
    static const JsonLimits LIMITS = {.depth_max = JSON_DEPTH_MAX, .duplicates_allowed = true};
    Error err;
    for (uint32_t row = 0; row < batch->rows; row++) {
        Buf json = buf_init((size_t)64 << 20);
        bool ok = rebuild_record(batch, row, target->scratch, &json, &err);
        assert(ok);
        arena_reset(target->arena);
        assert(json_read(buf_str(&json), &LIMITS, target->arena, &err));
        assert(text_utf8_valid(json.ptr, json.len));
        buf_free(&json);
    }
}

static void target_run(Str bytes)
{
    DecodeTarget *target = decode_target();
    ObjectReport reports[2];
    for (int i = 0; i < 2; i++) {
        Error err;
        batch_reset(target->batches[i]);
        bool ok =
            object_decode(target->decoders[i], bytes, 1, target->batches[i], &reports[i], &err);
        assert(ok);
        ObjectReport *report = &reports[i];
        assert(report->records_read == report->records_stored + report->records_quarantined);
    }
    Batch *a = target->batches[0], *b = target->batches[1];
    assert(reports[0].records_stored == reports[1].records_stored && a->rows == b->rows);
    for (uint32_t row = 0; row < a->rows; row++)
        assert(a->content_hash[row] == b->content_hash[row] &&
               a->identity_hash[row] == b->identity_hash[row]);
    target_check(target, a);
}

#endif
