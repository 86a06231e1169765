#include "decode/object.h"

#include <string.h>

#include "base/mem.h"
#include "decode/decoder.h"

const DecoderLimits OBJECT_LIMITS_DEFAULT = {
    .whole_bytes_max = 48u << 20,
    .inflated_bytes_max = (uint64_t)3 << 30,
    .ratio_max = 250,
    .ratio_floor = 256u << 20,
    .pieces_max = 100000,
    .sha256 = true,
    .build = RECORD_BEST,
};

enum { MESSAGE_MAX = 65 << 20 };

Decoder *object_decoder_new(const DecoderLimits *limits, const DecoderHooks *hooks, Error *err)
{
    Decoder *decoder = mem_calloc(1, sizeof *decoder, err);
    if (!decoder)
        return NULL;
    decoder->limits = limits ? *limits : OBJECT_LIMITS_DEFAULT;
    if (hooks)
        decoder->hooks = *hooks;
    decoder->pair_works = sha256_pair_works();
    for (int level = 0; level < DECODER_MESSAGES_MAX; level++)
        decoder->message[level] = buf_init(MESSAGE_MAX);
    InflateLimits inflate = {.window_max = decoder->limits.whole_bytes_max,
                             .total_max = decoder->limits.inflated_bytes_max,
                             .ratio_max = decoder->limits.ratio_max,
                             .ratio_floor = decoder->limits.ratio_floor};
    decoder->inflate = inflate_new(&inflate, err);
    if (decoder->inflate)
        decoder->parser = record_new(decoder->limits.build, err);
    if (decoder->parser)
        decoder->shredder = shred_new(err);
    if (decoder->shredder)
        return decoder;
    object_decoder_free(decoder);
    return NULL;
}

void object_decoder_free(Decoder *decoder)
{
    if (!decoder)
        return;
    inflate_free(decoder->inflate);
    record_free(decoder->parser);
    shred_free(decoder->shredder);
    for (int level = 0; level < DECODER_MESSAGES_MAX; level++)
        buf_free(&decoder->message[level]);
    mem_free(decoder->pending.buffer);
    mem_free(decoder->tally);
    mem_free(decoder);
}

static void begin(Decoder *decoder, Str bytes, int64_t object_id, Batch *batch,
                  ObjectReport *report)
{
    *report = (ObjectReport){.kind = OBJECT_EMPTY};
    decoder->batch = batch;
    decoder->object_id = object_id;
    decoder->report = report;
    decoder->state = CONTAINER_TOP;
    decoder->depth = 0;
    decoder->window_offset = 0;
    decoder->messages = 0;
    decoder->seen_text = decoder->ended = false;
    if (decoder->tally_count)
        memset(decoder->tally, 0, decoder->tally_cap * sizeof *decoder->tally);
    decoder->tally_count = 0;
    inflate_start(decoder->inflate, bytes);
}

/* Takes what a window holds; *ret_left* bytes at its end wait for more text. */
static bool take_window(Decoder *decoder, Str window, bool first, bool last, size_t *ret_left,
                        Error *err)
{
    const char *at = window.ptr, *end = window.ptr + window.len;
    decoder->window = window.ptr;
    if (first && window.len >= 3 && memcmp(at, "\xef\xbb\xbf", 3) == 0)
        at += 3;
    at = container_take(decoder, at, end, last, err);
    if (!at || !record_keep(decoder->parser, err))
        return false;
    *ret_left = (size_t)(end - at);
    decoder->window_offset += window.len - *ret_left;
    return true;
}

static bool hash_piece(Decoder *decoder, HashSha256 **hash, Str piece, Error *err)
{
    if (!decoder->limits.sha256)
        return true;
    if (!*hash && !(*hash = hash_sha256_new(err)))
        return false;
    hash_sha256_add(*hash, piece.ptr, piece.len);
    return true;
}

static bool take_windows(Decoder *decoder, HashSha256 **hash, Error *err)
{
    size_t left = 0, fresh;
    bool last = false;
    for (bool first = true; !last; first = false) {
        Str window;
        if (!inflate_next(decoder->inflate, left, &window, &fresh, &last, err))
            return false;
        Str news = {window.ptr + window.len - fresh, fresh};
        bool whole = first && last, stuck = !fresh && !last;
        if (!whole && !hash_piece(decoder, hash, news, err))
            return false;
        if (!take_window(decoder, window, first, last || stuck, &left, err))
            return false;
        if (whole && decoder->limits.sha256)
            return receipt_hash_whole(decoder, news, err);
        if (stuck) { /* one value fills the window: it was refused, with all that follows */
            decoder->report->flags |= OBJECT_REFUSED;
            return true;
        }
    }
    return true;
}

/* Ends the hash of an object that came in several windows. */
static bool end_hash(Decoder *decoder, HashSha256 *hash, bool ok, Error *err)
{
    uint8_t sha256[HASH_SHA256_BYTES];
    if (!hash)
        return ok;
    hash_sha256_end(hash, sha256);
    return ok && receipt_hash_give(decoder, decoder->object_id, sha256, err);
}

/* What of the stored bytes was not inflated. */
static bool report_rest(Decoder *decoder, const InflateReport *inflated, Error *err)
{
    if (!inflated->problem || !decoder->hooks.quarantine)
        return true;
    QuarantineItem item = {.offset = inflated->inflated,
                           .record_index = -1,
                           .reason = inflated->problem,
                           .raw = inflated->rest,
                           .raw_bytes = inflated->rest.len,
                           .instead_of_stored = true};
    if (item.raw.len > QUARANTINE_BYTES_MAX)
        item.raw.len = QUARANTINE_BYTES_MAX;
    return decoder->hooks.quarantine(decoder->hooks.context, &item, err);
}

static void conclude(Decoder *decoder, const InflateReport *inflated)
{
    static const unsigned INCOMPLETE =
        OBJECT_TRUNCATED | OBJECT_BROKEN | OBJECT_REFUSED | OBJECT_BAD_CHECKSUM;
    ObjectReport *report = decoder->report;
    report->flags |= inflated->flags;
    report->inflated_bytes = inflated->inflated;
    report->complete = !(report->flags & INCOMPLETE);
    if (report->kind == OBJECT_DIGEST)
        return;
    bool found = report->records_stored || decoder->state != CONTAINER_TOP;
    if (found || (decoder->seen_text && !report->records_quarantined && report->complete))
        report->kind = OBJECT_RECORDS;
    else if (decoder->seen_text || inflated->problem)
        report->kind = OBJECT_UNKNOWN;
}

/* An object without text says that it is no log: AWS writes an empty list of records at least. */
static bool refuse_empty(Decoder *decoder, const InflateReport *inflated, Error *err)
{
    if (decoder->seen_text || inflated->problem)
        return true;
    decoder->report->flags |= OBJECT_TRUNCATED;
    return element_refuse(decoder, decoder->window, decoder->window, false, "the object is empty",
                          err);
}

bool object_decode(Decoder *decoder, Str bytes, int64_t object_id, Batch *batch, ObjectReport *ret,
                   Error *err)
{
    begin(decoder, bytes, object_id, batch, ret);
    HashSha256 *hash = NULL;
    bool ok = take_windows(decoder, &hash, err);
    ok = end_hash(decoder, hash, ok, err);
    InflateReport inflated = inflate_report(decoder->inflate);
    ok = ok && report_rest(decoder, &inflated, err) && refuse_empty(decoder, &inflated, err);
    conclude(decoder, &inflated);
    return ok;
}

bool object_refuse(Decoder *decoder, Str bytes, const char *reason, int64_t object_id,
                   ObjectReport *ret, Error *err)
{
    QuarantineItem item = {.record_index = -1,
                           .reason = reason,
                           .raw = str_slice(bytes, 0, QUARANTINE_BYTES_MAX),
                           .raw_bytes = bytes.len,
                           .instead_of_stored = true};
    uint8_t sha256[HASH_SHA256_BYTES];
    *ret = (ObjectReport){
        .kind = OBJECT_UNKNOWN, .flags = OBJECT_REFUSED, .inflated_bytes = bytes.len, .pieces = 1};
    decoder->report = ret;
    hash_sha256(bytes.ptr, bytes.len, sha256);
    return receipt_hash_give(decoder, object_id, sha256, err) &&
           (!decoder->hooks.quarantine ||
            decoder->hooks.quarantine(decoder->hooks.context, &item, err));
}

bool object_decoder_flush(Decoder *decoder, Error *err)
{
    return receipt_hash_flush(decoder, err);
}
