/* The SHA-256 of inflated bytes for receipts: two objects side by side where that pays. */
#include <string.h>

#include "decode/decoder.h"

enum { BLOCK = 64 };

bool receipt_hash_give(Decoder *decoder, int64_t object_id, const uint8_t sha256[HASH_SHA256_BYTES],
                       Error *err)
{
    if (decoder->hooks.hashed)
        return decoder->hooks.hashed(decoder->hooks.context, object_id, sha256, err);
    memcpy(decoder->report->sha256, sha256, HASH_SHA256_BYTES);
    return true;
}

static bool end_stream(Decoder *decoder, Sha256Stream *stream, int64_t object_id, Error *err)
{
    uint8_t sha256[HASH_SHA256_BYTES];
    sha256_pair_end(stream, sha256);
    return receipt_hash_give(decoder, object_id, sha256, err);
}

/* The object under way waits from now on; its text stays where it is. */
static void let_wait(Decoder *decoder, const Sha256Stream *stream)
{
    DecoderPending *pending = &decoder->pending;
    pending->waits = true;
    pending->stream = *stream;
    pending->object_id = decoder->object_id;
    inflate_exchange(decoder->inflate, &pending->buffer, &pending->cap);
}

static bool hash_at_once(Decoder *decoder, Str text, Error *err)
{
    uint8_t sha256[HASH_SHA256_BYTES];
    hash_sha256(text.ptr, text.len, sha256);
    return receipt_hash_give(decoder, decoder->object_id, sha256, err);
}

bool receipt_hash_whole(Decoder *decoder, Str text, Error *err)
{
    DecoderPending *pending = &decoder->pending;
    Sha256Stream stream;
    if (!decoder->hooks.hashed || inflate_room(decoder->inflate) > INFLATE_KEPT_BYTES_MAX ||
        !decoder->pair_works)
        return hash_at_once(decoder, text, err);
    sha256_pair_start(&stream, text);
    if (!pending->waits) {
        let_wait(decoder, &stream);
        return true;
    }
    sha256_pair_run(&pending->stream, &stream);
    if (pending->stream.left < BLOCK) {
        pending->waits = false;
        if (!end_stream(decoder, &pending->stream, pending->object_id, err))
            return false;
    }
    if (stream.left < BLOCK || pending->waits)
        return end_stream(decoder, &stream, decoder->object_id, err);
    let_wait(decoder, &stream);
    return true;
}

bool receipt_hash_flush(Decoder *decoder, Error *err)
{
    if (!decoder->pending.waits)
        return true;
    decoder->pending.waits = false;
    return end_stream(decoder, &decoder->pending.stream, decoder->pending.object_id, err);
}
