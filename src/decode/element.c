#include <string.h>

#include "base/mem.h"
#include "decode/batch_append.h"
#include "decode/decoder.h"
#include "decode/repair.h"
#include "decode/row_hash.h"

enum { TALLY_MIN = 64, TALLY_MAX = 1 << 22 };

static uint64_t offset_of(const Decoder *decoder, const char *at)
{
    return decoder->messages ? decoder->message_offset
                             : decoder->window_offset + (uint64_t)(at - decoder->window);
}

/* What an attacker may make of three bytes each is bounded: pieces beyond the ceiling are counted,
 * the object itself keeps them. */
static bool quarantine(Decoder *decoder, QuarantineItem *item, Error *err)
{
    if (++decoder->report->pieces > decoder->limits.pieces_max) {
        decoder->report->flags |= OBJECT_REFUSED;
        if (decoder->report->pieces > decoder->limits.pieces_max + 1)
            return true;
        item->reason = "too many pieces: those that follow are counted only";
    }
    item->raw_bytes = item->raw.len;
    if (item->raw.len > QUARANTINE_BYTES_MAX)
        item->raw.len = QUARANTINE_BYTES_MAX;
    return !decoder->hooks.quarantine ||
           decoder->hooks.quarantine(decoder->hooks.context, item, err);
}

bool element_refuse(Decoder *decoder, const char *at, const char *end, bool is_record,
                    const char *reason, Error *err)
{
    ObjectReport *report = decoder->report;
    QuarantineItem item = {.offset = offset_of(decoder, at),
                           .record_index = is_record ? (int64_t)report->records_read : -1,
                           .reason = reason,
                           .raw = {at, (size_t)(end - at)},
                           .instead_of_stored = true};
    if (is_record) {
        report->records_read++;
        report->records_quarantined++;
    }
    return quarantine(decoder, &item, err);
}

static bool grow_tally(Decoder *decoder, Error *err)
{
    uint32_t cap = decoder->tally_cap ? decoder->tally_cap * 4 : TALLY_MIN;
    DecoderTally *grown = mem_calloc(cap, sizeof *grown, err);
    if (!grown)
        return false;
    for (uint32_t i = 0; i < decoder->tally_cap; i++) {
        if (!decoder->tally[i].count)
            continue;
        uint32_t at = (uint32_t)decoder->tally[i].content & (cap - 1);
        while (grown[at].count)
            at = (at + 1) & (cap - 1);
        grown[at] = decoder->tally[i];
    }
    mem_free(decoder->tally);
    decoder->tally = grown;
    decoder->tally_cap = cap;
    return true;
}

/* Without an eventID, a record's identity is its content and its number among equals. */
static bool identify(Decoder *decoder, Error *err)
{
    Batch *batch = decoder->batch;
    uint32_t row = batch->rows - 1;
    uint64_t content = batch->content_hash[row];
    if (decoder->tally_count >= decoder->tally_cap / 2 && decoder->tally_cap < TALLY_MAX &&
        !grow_tally(decoder, err))
        return false;
    uint64_t number = decoder->report->records_read;
    if (decoder->tally_count < decoder->tally_cap / 2) {
        uint32_t at = (uint32_t)content & (decoder->tally_cap - 1);
        while (decoder->tally[at].count && decoder->tally[at].content != content)
            at = (at + 1) & (decoder->tally_cap - 1);
        decoder->tally_count += decoder->tally[at].count == 0;
        decoder->tally[at].content = content;
        number = ++decoder->tally[at].count;
    }
    batch->identity_hash[row] = row_hash_unnamed(batch, content, number);
    return true;
}

static bool make_room(Decoder *decoder, Error *err)
{
    Batch *batch = decoder->batch;
    if (!batch_full(batch))
        return true;
    if (!decoder->hooks.batch_full)
        return error_set(err, ERROR_LIMIT, "an object does not fit a batch of %u rows",
                         batch->rows_max);
    if (!decoder->hooks.batch_full(decoder->hooks.context, batch, err))
        return false;
    return !batch_full(batch) || error_set(err, ERROR_LIMIT, "a batch was not emptied");
}

static void count_stored(ObjectReport *report, int64_t time)
{
    if (!report->records_stored || time < report->event_time_min)
        report->event_time_min = time;
    if (!report->records_stored || time > report->event_time_max)
        report->event_time_max = time;
    report->records_stored++;
    report->records_read++;
}

/* False with ERROR_INPUT when the record must take the slow path. */
static bool append(Decoder *decoder, const RecordView *view, Error *err)
{
    Batch *batch = decoder->batch;
    if (batch) {
        if (!make_room(decoder, err) ||
            !batch_append_record(batch, view, decoder->object_id,
                                 (int32_t)decoder->report->records_read, err))
            return false;
        if (!batch->identity_hash[batch->rows - 1] && !identify(decoder, err))
            return false;
    }
    count_stored(decoder->report, view->event_time);
    return !decoder->hooks.record ||
           decoder->hooks.record(decoder->hooks.context, view, err);
}

static bool take_slowly(Decoder *decoder, Str raw, Error *err)
{
    const RecordView *view;
    const char *reason;
    ObjectReport *report = decoder->report;
    record_forget(decoder->parser);
    report->records_awkward++;
    if (!shred_record(decoder->shredder, raw, &view, &reason, err)) {
        if (err->kind != ERROR_INPUT)
            return false;
        return element_refuse(decoder, raw.ptr, raw.ptr + raw.len, true,
                              "the record is not readable JSON", err);
    }
    if (reason)
        return element_refuse(decoder, raw.ptr, raw.ptr + raw.len, true, reason, err);
    if (view->altered.len) {
        QuarantineItem item = {.offset = offset_of(decoder, raw.ptr),
                               .record_index = report->records_read,
                               .reason = "the record is stored, but not as it came",
                               .raw = raw};
        report->records_altered++;
        if (!quarantine(decoder, &item, err))
            return false;
    }
    return append(decoder, view, err);
}

bool element_take(Decoder *decoder, const char *at, const char *end, const char **ret_next,
                  Error *err)
{
    if (record_parse(decoder->parser, at, end, ret_next) == RECORD_ORDINARY) {
        if (append(decoder, record_view(decoder->parser), err))
            return true;
        if (err->kind != ERROR_INPUT)
            return false;
        error_clear(err);
    } else {
        *ret_next = repair_skip(at, end);
        if (!*ret_next)
            return true;
    }
    return take_slowly(decoder, (Str){at, (size_t)(*ret_next - at)}, err);
}

bool element_take_plain(Decoder *decoder, const char *at, const char *end, const char **ret_next,
                        Error *err)
{
    const char *next;
    bool plain = record_parse(decoder->parser, at, end, &next) == RECORD_ORDINARY &&
                 !record_view(decoder->parser)->extra.len;
    *ret_next = NULL;
    if (plain && append(decoder, record_view(decoder->parser), err)) {
        *ret_next = next;
        return true;
    }
    record_forget(decoder->parser);
    if (plain && err->kind != ERROR_INPUT)
        return false;
    if (plain)
        error_clear(err);
    return true;
}
