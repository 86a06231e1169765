/* object.h - an object (a file of a bucket or folder) becomes rows of a batch: decode's entry.
 *
 * collect -> [decode] -> derive
 *
 * Looks at the content, never at the name: gzip of one or many members or plain text; the usual
 * container {"Records":[...]}, arrays, single records, JSON lines, concatenated JSON, and the
 * envelopes of EventBridge, CloudWatch Logs and LookupEvents ("CloudTrail event record", 1, 11,
 * 12). Digest files are recognised and set apart.
 *
 * Invariants
 *   1. records_read = records_stored + records_quarantined.
 *   2. Every byte that was not stored is handed to `quarantine` with a reason, or is white space,
 *      punctuation of a container, or an envelope's own member.
 *   3. What one object needs beyond the batch is bounded by DecoderLimits, whatever its content.
 *
 * One worker thread owns a Decoder; nothing in it is shared.
 */
#ifndef DECODE_OBJECT_H
#define DECODE_OBJECT_H

#include "base/hash.h"
#include "decode/batch.h"
#include "decode/record.h"

typedef struct DecoderLimits {
    size_t whole_bytes_max;      /* inflated whole up to this; beyond, in windows of this size */
    uint64_t inflated_bytes_max; /* a larger object is refused */
    unsigned ratio_max;          /* inflated to stored bytes, above ratio_floor */
    size_t ratio_floor;          /* inflated bytes below which the ratio does not matter */
    uint32_t pieces_max;         /* set apart of one object; more are counted only */
    bool sha256;                 /* ObjectReport.sha256 is computed */
    RecordBuild build;
} DecoderLimits;

/* 48 MiB whole, 3 GiB in all, ratio 250 above 256 MiB, 100,000 pieces, with SHA-256. */
extern const DecoderLimits OBJECT_LIMITS_DEFAULT;

typedef enum {
    OBJECT_RECORDS, /* CloudTrail records, or a container that holds none */
    OBJECT_DIGEST,  /* a digest file: kept for verification, nothing is stored */
    OBJECT_EMPTY,   /* no bytes, or white space only: truncated, as AWS writes none */
    OBJECT_UNKNOWN, /* nothing recognisable */
} ObjectKind;

enum {
    OBJECT_TRUNCATED = 1,        /* ends early: the gzip data or the JSON text */
    OBJECT_BROKEN = 2,           /* bad gzip data, or JSON that is none */
    OBJECT_TRAILING_GARBAGE = 4, /* bytes behind the last gzip member */
    OBJECT_SEVERAL_MEMBERS = 8,  /* more than one gzip member */
    OBJECT_REFUSED = 16,         /* a ceiling was reached: too large, a bomb, too many pieces */
    OBJECT_BAD_CHECKSUM = 32,    /* gzip CRC or size differ from the data */
    OBJECT_ENVELOPES = 64,       /* records came in envelopes */
};

typedef struct ObjectReport {
    ObjectKind kind;
    unsigned flags;          /* OBJECT_ flags, warnings */
    bool complete;           /* read to its end and nothing was cut off: a receipt may say done */
    uint64_t inflated_bytes; /* all members */
    uint8_t sha256[HASH_SHA256_BYTES]; /* of the inflated bytes; zeros when switched off or when
                                        * the hook `hashed` gives it */
    uint32_t records_read;
    uint32_t records_stored;
    uint32_t records_quarantined;           /* instead of stored */
    uint32_t records_altered;               /* stored, and kept raw beside */
    uint32_t records_awkward;               /* took the slow path */
    uint32_t pieces;                        /* set apart, with those that were counted only */
    int64_t event_time_min, event_time_max; /* of the stored ones; 0 when none */
} ObjectReport;

/* A piece that was not stored as it came. Texts live during the call. */
typedef struct QuarantineItem {
    uint64_t offset; /* of its first byte in the inflated bytes; of stored bytes that could not be
                      * inflated: how many were */
    int64_t record_index;   /* of the record in the object; -1 when it is none */
    const char *reason;     /* one line, for the operator */
    Str raw;                /* its bytes, at most QUARANTINE_BYTES_MAX of them */
    uint64_t raw_bytes;     /* how many there were */
    bool instead_of_stored; /* false: the record is stored too, altered */
} QuarantineItem;

enum { QUARANTINE_BYTES_MAX = 8 << 20 };

/* What object_decode calls. Each may return false with *err* filled, which ends the decoding. */
typedef struct DecoderHooks {
    void *context;
    /* batch_full became true inside an object: the callee takes the rows away and resets the
     * batch. NULL: decoding ends with ERROR_LIMIT instead. */
    bool (*batch_full)(void *context, Batch *batch, Error *err);
    /* Each record that is stored or, without a batch, counted: its view, which lives during the
     * call; with a batch its row is the last one. NULL: nobody looks. */
    bool (*record)(void *context, const RecordView *view, Error *err);
    /* NULL: pieces are counted only. */
    bool (*quarantine)(void *context, const QuarantineItem *item, Error *err);
    /* The SHA-256 of an object's inflated bytes is known: during its own decoding, a later one's,
     * or object_decoder_flush. Two objects are hashed side by side, which is 1.6 times as fast as
     * one after the other. NULL: ObjectReport.sha256 has it at once. */
    bool (*hashed)(void *context, int64_t object_id, const uint8_t sha256[HASH_SHA256_BYTES],
                   Error *err);
} DecoderHooks;

typedef struct Decoder Decoder;

/* A decoder; *limits* NULL for the default ones. NULL with *err* filled. */
Decoder *object_decoder_new(const DecoderLimits *limits, const DecoderHooks *hooks, Error *err)
    __attribute__((warn_unused_result));
void object_decoder_free(Decoder *decoder);

/* Decodes *bytes* (the stored object, borrowed during the call; no padding needed), appending its
 * records to *batch* with *object_id*. *batch* NULL: records are parsed and counted only.
 *
 * Hostile or broken content is no failure: it is reported and quarantined. False only when a hook
 * failed or memory ran out; the batch then holds part of the object. */
bool object_decode(Decoder *decoder, Str bytes, int64_t object_id, Batch *batch, ObjectReport *ret,
                   Error *err) __attribute__((warn_unused_result));

/* Reports *bytes* as an object of which nothing can be stored, for *reason*, and sets all of them
 * apart. Otherwise as object_decode. */
bool object_refuse(Decoder *decoder, Str bytes, const char *reason, int64_t object_id,
                   ObjectReport *ret, Error *err) __attribute__((warn_unused_result));

/* Calls `hashed` for the object that still waits for a partner, if any: before its receipt is
 * needed. False when the hook failed. */
bool object_decoder_flush(Decoder *decoder, Error *err) __attribute__((warn_unused_result));

#endif
