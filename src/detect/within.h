/* within.h - event patterns below one member: objects fit as a whole. Internal to detect.
 *
 * "EventBridge event patterns", B1: fields that a pattern names below an array must come from the
 * same element of it; a member "a.b" is the same as a member b of a. An expression WITHIN has the
 * path of a member and an expression over what stands there, whose items look at their last step
 * only. An item that asks for absence looks at the whole event instead.
 *
 * Invariants
 *   1. Of each array that is gone through one element is taken; any may be.
 *   2. What is not there fits only absence; an expression WITHIN it is tried all the same.
 *   3. Looking costs at most WITHIN_TRIES_MAX elements; beyond, nothing fits.
 */
#ifndef DETECT_WITHIN_H
#define DETECT_WITHIN_H

#include "detect/expr.h"

enum { WITHIN_TRIES_MAX = 1 << 18 };

/* Whether the event fits *expr*, which is WITHIN. */
bool within_holds(const Expr *expr, Document *document);

/* Whether a leaf (a scalar or null) stands at *path*, gone through arrays, anywhere in the event.
 */
bool within_leaf(const FieldPath *path, Document *document);

#endif
