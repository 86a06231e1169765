/* reapplying.h - what filters make of rows that are in the lake: each becomes its record again, and
 * that is tried as ingest tries one that comes.
 *
 * lake/reread -> rows -> decode/rebuild -> records -> filter -> redact -> derive -> rows ->
 * lake/reapply
 *
 * Differences: rules are not tried, what raised a signal is what the lake has signals of; what was
 * sampled stands for others already, and samples pass over it; a function that changed a record is
 * not called with it again; and a record on which a function fails stays, without it. Used by one
 * thread.
 */
#ifndef REAPPLYING_H
#define REAPPLYING_H

#include "derive/derive.h"
#include "lake/reapply.h"

typedef struct Reapplying Reapplying;

/* Over *set* and *derive*, both kept; *writes_derived* fills the column `derived`, which is filled
 * anyway where it was. NULL with *err*; the caller frees. */
typedef struct ReapplyingParts {
    FilterSet *set;
    Derive *derive;
    bool writes_derived;
} ReapplyingParts;
Reapplying *reapplying_new(Lake *lake, const ReapplyingParts *parts, Error *err)
    __attribute__((warn_unused_result));
void reapplying_free(Reapplying *self);

/* What lake/reapply calls; *ids* as there. They live as long as *self*. */
ReapplyFilters reapplying_filters(Reapplying *self, const int64_t *ids);

#endif
