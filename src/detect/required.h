/* required.h - rules by the names of calls without which they cannot match.
 *
 * Most rules name the eventName they are about. Of a new name only those rules need to be looked at
 * that require it, and those that require none. One worker owns an index.
 */
#ifndef DETECT_REQUIRED_H
#define DETECT_REQUIRED_H

#include "detect/ruleset.h"

typedef struct RequiredIndex RequiredIndex;

/* An index of *rules*, which live as long. NULL with *err*. */
RequiredIndex *required_new(const Rule *const *rules, size_t count, Error *err)
    __attribute__((warn_unused_result));
void required_free(RequiredIndex *index);

/* The rules that the document's eventName leaves possible, in the order of the set; the list lives
 * until the next look. */
bool required_look(RequiredIndex *index, Document *document, const Rule *const **ret_rules,
                   size_t *ret_count, Error *err) __attribute__((warn_unused_result));

/* The exact names, as tests hold them, of which an event must have one at *slot* to match,
 * regardless of case; false when *expr* requires none. Appends Str to *ret_names*. */
bool required_names(const Expr *expr, Slot slot, Buf *ret_names, Error *err);

#endif
