/* batch_rows.h - rows made from JSON texts, for the tests of the batch. */
#ifndef UNIT_DECODE_BATCH_ROWS_H
#define UNIT_DECODE_BATCH_ROWS_H

#include "decode/object.h"
#include "support/support.h"

static const uint8_t rows_secret[BATCH_SECRET_BYTES] = {1, 9};

/* A batch with one row per record of *text*, any container. The caller frees it. */
static inline Batch *rows_of(const char *text)
{
    Error err = {0};
    ObjectReport report;
    Batch *batch = batch_new(1000, (size_t)64 << 20, rows_secret, &err);
    Decoder *decoder = object_decoder_new(NULL, NULL, &err);
    support_ok(batch && decoder, &err);
    support_ok(object_decode(decoder, str_of(text), 5, batch, &report, &err), &err);
    object_decoder_free(decoder);
    return batch;
}

/* The text of a leaf, "" for NULL. */
static inline Str row_text(const Batch *batch, FieldNode node, uint32_t row)
{
    uint32_t code = batch_code(batch, node, row);
    return code ? batch_value(batch_column(batch, node), code) : STR("");
}

static inline void row_is(const Batch *batch, FieldNode node, uint32_t row, const char *expect)
{
    Str text = row_text(batch, node, row);
    if (!str_equal(text, str_of(expect)))
        fail_msg("%.*s of row %u is '%.*s', expected '%s'", STR_ARG(FIELDS[node].column), row,
                 STR_ARG(text), expect);
}

#define ROW_TIME "\"eventTime\":\"2024-01-02T03:04:05Z\""

#endif
