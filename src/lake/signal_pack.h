/* signal_pack.h - the signals that correlations look at, many of a commit in one blob.
 *
 * detect -> [signal_pack] -> state -> watch (correlations), query (the table `signals`)
 *
 * A rule that only correlations name may match a third of all records; a row of the state for each
 * would cost more than the record (docs/adr/0009-signal-packs.md). Those of a part become one blob:
 * columns of variable-length numbers, texts as codes of dictionaries, all under zstd
 * (docs/formats/signal-pack.md).
 *
 * A SignalPack is made by a part's worker; a reader is used by one thread.
 */
#ifndef LAKE_SIGNAL_PACK_H
#define LAKE_SIGNAL_PACK_H

#include "lake/signals.h"

/* The texts of a signal, in their order within a pack. */
typedef enum {
    PACK_EVENT_ID,
    PACK_EVENT_SOURCE,
    PACK_EVENT_NAME,
    PACK_AWS_REGION,
    PACK_ACCOUNT,
    PACK_ADDRESS,
    PACK_ERROR_CODE,
    PACK_PRINCIPAL,
    PACK_GROUP_BY, /* a JSON object: path -> the canonical text there */
    PACK_TEXTS,
} PackText;

/* A number of a signal in a pack: the pack's own above these bits, its place below. Numbers of
 * signals that are rows of the state are smaller than those of any pack. */
enum { PACK_PLACE_BITS = 24 };
#define PACK_FIRST_ID (INT64_C(1) << 20)

/* Packs those hits of *signals* that are packed and whose row has no VERDICT_DUPLICATE; an empty
 * pack when there are none. *ret* is the caller's to empty (signal_pack_free). */
bool signal_pack_make(const SignalHits *signals, const Batch *batch, const uint8_t *verdicts,
                      SignalPack *ret, Error *err) __attribute__((warn_unused_result));
void signal_pack_free(SignalPack *pack);

/* One signal of a pack; texts without a value have no `ptr`. */
typedef struct PackedSignal {
    int64_t place; /* in its pack */
    int64_t rule;  /* row of the state's `rules` */
    int64_t time_us, object_id, record_index;
    bool shown; /* a row of `signals` tells it, too */
    Str texts[PACK_TEXTS];
    uint32_t group_code; /* the same for equal group_by within the pack; 0: none */
} PackedSignal;

typedef struct PackReader PackReader;

/* Opens a pack's blob, which is not needed afterwards. NULL with *err*: ERROR_INPUT when it is no
 * pack of ours. */
PackReader *signal_pack_open(Str blob, Error *err) __attribute__((warn_unused_result));
void signal_pack_close(PackReader *reader);

/* How many different group_by there are; their codes are 1 to this. */
uint32_t signal_pack_groups(const PackReader *reader);

/* The next signal, in the order of places; false at the end. Texts live as long as the reader. */
bool signal_pack_next(PackReader *reader, PackedSignal *ret);

/* What becomes of a text of a pack: appended to *ret*, or *ret_removed*. */
typedef bool (*PackEdit)(void *context, PackText text, Str value, Buf *ret, bool *ret_removed,
                         Error *err);

/* Gives each distinct text of the pack *blob* to *edit*, and appends the pack with what became of
 * them; *ret_changed* is false, and nothing is appended, when all stay. Signals keep their places.
 */
bool signal_pack_edit(Str blob, PackEdit edit, void *context, Buf *ret, bool *ret_changed,
                      Error *err) __attribute__((warn_unused_result));

#endif
