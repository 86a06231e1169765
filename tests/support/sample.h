/* sample.h - batches for tests of the lake, made from records by the decoder. */
#ifndef SUPPORT_SAMPLE_H
#define SUPPORT_SAMPLE_H

#include "decode/batch.h"
#include "decode/object.h"

/* A batch with the records of a JSON text ({"Records":[...]}, an array, or JSON lines); the test
 * fails when something is quarantined. The caller frees with batch_free. */
Batch *sample_batch(Str json);

/* As sample_batch, with hashes keyed by *secret* (borrowed for the batch's life) and rows of the
 * object *object_id*. */
Batch *sample_batch_keyed(Str json, const uint8_t *secret, int64_t object_id);

/* *count* different records over two days with all groups, odd values and lists, as JSON text. */
void sample_records(Buf *out, int count);

/* The secret that the sample's hashes are keyed with. */
const uint8_t *sample_secret(void);

#endif
