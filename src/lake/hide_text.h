/* hide_text.h - hides what a plan says in texts that came of records and are kept beside them.
 *
 * redact -> [hide_text] -> hide_state, hide_quarantine
 *
 * A text is known by where it stood in its record: a path, "@principal" for the one of several
 * members that names who called (field.h), "@group" for a JSON object of paths and texts, as
 * correlations group by, "@resource TYPE" for a resource that a request named. Conditions of
 * redactions cannot be asked without the record: all of a plan are in force, as they are for what
 * correlations look at when it comes. Used by one thread.
 */
#ifndef LAKE_HIDE_TEXT_H
#define LAKE_HIDE_TEXT_H

#include "base/buf.h"
#include "redact/redact_value.h"

typedef struct HideText HideText;

/* For *plan*, borrowed. NULL with *err*; the caller frees. */
HideText *hide_text_new(const RedactPlan *plan, Error *err) __attribute__((warn_unused_result));
void hide_text_free(HideText *self);

/* Appends to *ret* what becomes of *text*, which stood at *place*; *ret_removed*: nothing is left.
 * A DbFunction (base/db.h) of a HideText. */
bool hide_text_at(void *self, Str place, Str text, Buf *ret, bool *ret_removed, Error *err)
    __attribute__((warn_unused_result));

/* The same plan, for whole records. */
RedactWork *hide_text_work(HideText *self);

#endif
