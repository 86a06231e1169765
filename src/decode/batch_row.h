/* batch_row.h - a row of the lake becomes a row of a batch again: for merging files.
 *
 * The values are those of the columns, not of a record: nothing is derived from them, and the
 * hashes stay 0 because a merge neither claims nor compares.
 */
#ifndef DECODE_BATCH_ROW_H
#define DECODE_BATCH_ROW_H

#include "decode/batch.h"

/* A row's values. Texts are indexed by top-level node: STRING and JSON as they are stored; STRUCT
 * and LIST as the JSON text of the part, with the members' JSON names. A ptr of NULL is NULL. */
typedef struct BatchRow {
    Str texts[FIELD_COUNT];
    int64_t event_time;
    uint8_t read_only;  /* 0, 1; 2 for NULL */
    uint8_t management; /* 0, 1; 2 for NULL */
    int64_t object_id;
    int32_t record_index;
    int32_t sample_factor; /* 0 for NULL */
} BatchRow;

/* Appends the row. The batch must not be full. Hoisted copies of struct members are taken from
 * the structs; only F_ISSUED_ACCESSKEY_ID has a text of its own. */
bool batch_row_append(Batch *batch, const BatchRow *row, Error *err)
    __attribute__((warn_unused_result));

#endif
