/* batch_facet.h - the values of `derived` in a batch, facet by facet.
 *
 * decode -> derive [batch_facet] -> lake. Ingest lists the values of a facet once per distinct part
 * of the records (derive/derive_batch.h), merging finds those of rows that it reads again.
 * One worker owns the batch.
 */
#ifndef DECODE_BATCH_FACET_H
#define DECODE_BATCH_FACET_H

#include "decode/batch.h"

/* The first node of each facet; those of the next one follow. The last is behind the last facet. */
extern const FieldNode BATCH_FACETS[FACET_COUNT + 1];

/* The facet of *node*, which lies below F_DERIVED. */
FacetId batch_facet_of(FieldNode node);

/* Forgets all values; keeps memory. */
void batch_facet_reset(Batch *batch);

/* Frees all. */
void batch_facet_free(Batch *batch);

/* Gives the facet the values 0 to *count* - 1, all members NULL. False: memory. */
bool batch_facet_begin(Batch *batch, FacetId id, uint32_t count, Error *err)
    __attribute__((warn_unused_result));

/* The facet's own codes per row, all 0 at first; NULL: memory. */
uint32_t *batch_facet_rows(Batch *batch, FacetId id, Error *err);

/* Sets a member of a value. */
void batch_facet_set(Batch *batch, FieldNode node, uint32_t value, uint32_t code);

/* The code of a text of *node*; 0 of a NULL pointer, and of what no file may hold (NUL, damaged
 * UTF-8). */
bool batch_facet_text(Batch *batch, FieldNode node, Str text, uint32_t *ret, Error *err)
    __attribute__((warn_unused_result));

/* The code of a list of *node*, whose elements have *codes*. */
bool batch_facet_list(Batch *batch, FieldNode node, const uint32_t *codes, size_t count,
                      uint32_t *ret, Error *err) __attribute__((warn_unused_result));

/* The value with these codes of the facet's members, FACET_MEMBERS_MAX of them: an old one, or a
 * new one. Values begin at 1. */
bool batch_facet_find(Batch *batch, FacetId id, const uint32_t *codes, uint32_t *ret, Error *err)
    __attribute__((warn_unused_result));

#endif
