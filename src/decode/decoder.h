/* decoder.h - what object.c, container.c and element.c share. Internal to decode.
 *
 * object.c feeds windows of text; container.c finds the elements in them (records and envelopes);
 * element.c makes a row of each.
 */
#ifndef DECODE_DECODER_H
#define DECODE_DECODER_H

#include "base/buf.h"
#include "base/sha256_pair.h"
#include "decode/inflate.h"
#include "decode/object.h"
#include "decode/shred.h"

/* Where in the containers the text stands between two elements. */
typedef enum {
    CONTAINER_TOP,     /* between whole values */
    CONTAINER_LIST,    /* in an array at the top */
    CONTAINER_RECORDS, /* in the array of {"Records":[ */
    CONTAINER_TAIL,    /* behind that array, in its object */
} ContainerState;

/* What was met last in a list of records. */
typedef enum { LIST_START, LIST_VALUE, LIST_COMMA } ListPlace;

/* How often each content was met in this object, for records without an eventID. */
typedef struct DecoderTally {
    uint64_t content;
    uint32_t count;
} DecoderTally;

/* An object whose hash waits for a partner, with the memory of its text. */
typedef struct DecoderPending {
    bool waits;
    Sha256Stream stream;
    int64_t object_id;
    char *buffer;
    size_t cap;
} DecoderPending;

enum { DECODER_MESSAGES_MAX = 2 };

struct Decoder {
    DecoderLimits limits;
    DecoderHooks hooks;
    Inflate *inflate;
    RecordParser *parser;
    Shredder *shredder;
    DecoderPending pending;
    bool pair_works; /* sha256_pair_works(), asked once: the question is slow in a guest */
    Buf message[DECODER_MESSAGES_MAX]; /* unescaped messages of envelopes, padded; one per level */
    DecoderTally *tally;
    uint32_t tally_count, tally_cap;

    /* Of the object under way. */
    Batch *batch;
    int64_t object_id;
    ObjectReport *report;
    ContainerState state;
    unsigned depth;     /* of envelopes */
    const char *window; /* its first byte is at window_offset of the inflated bytes */
    uint64_t window_offset;
    unsigned messages; /* levels of messages; above 0 positions are of the outermost envelope */
    uint64_t message_offset;
    ListPlace place; /* in a list */
    bool seen_text;  /* anything but white space was met */
    bool ended;      /* the text ended within a value, or the rest is of no use */
};

/* Takes elements from [at, end) and gives the place up to which all is done. *last*: no more text
 * follows, so nothing may be left. NULL with *err* filled. */
const char *container_take(Decoder *decoder, const char *at, const char *end, bool last,
                           Error *err);

/* Takes the record that begins with the '{' at *at*. *ret_next* is behind it, or NULL when it
 * does not end before *end* (nothing was done then). */
bool element_take(Decoder *decoder, const char *at, const char *end, const char **ret_next,
                  Error *err);

/* Takes the object at *at* when one look tells that it is a record: it parses as one and has no
 * member that is not a record's, so it is no envelope. *ret_next* is NULL when it is not taken. */
bool element_take_plain(Decoder *decoder, const char *at, const char *end, const char **ret_next,
                        Error *err);

/* Hands [at, end) to the quarantine with *reason*; it counts as a record when *is_record*. */
bool element_refuse(Decoder *decoder, const char *at, const char *end, bool is_record,
                    const char *reason, Error *err);

/* Hashes *text*, the whole text of the object under way, in the window of decoder->inflate: into
 * the report, or for the hook `hashed`. May keep the window. */
bool receipt_hash_whole(Decoder *decoder, Str text, Error *err);

/* Gives the digest of an object to whom it belongs: the hook, or the report. */
bool receipt_hash_give(Decoder *decoder, int64_t object_id, const uint8_t sha256[HASH_SHA256_BYTES],
                       Error *err);

/* Ends the hash that waits for a partner, if any. */
bool receipt_hash_flush(Decoder *decoder, Error *err);

#endif
