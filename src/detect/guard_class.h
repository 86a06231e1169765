/* guard_class.h - texts of a member that the rules of a guard cannot tell apart.
 *
 * Each session has another access key and another time of its beginning, so that nearly every
 * userIdentity is a new text, though rules look at its type, ARN or name. What they do not look at
 * is left out of the text: those that are equal then get the same answers. Internal to guard.c.
 *
 * Invariants
 *   1. Texts of one class pass and fail the same tests of the rules that were added.
 *   2. A text in doubt (escapes, no object) has no class.
 */
#ifndef DETECT_GUARD_CLASS_H
#define DETECT_GUARD_CLASS_H

#include "base/buf.h"
#include "detect/expr.h"

enum { GUARD_CLASS_CUTS_MAX = 3, GUARD_CLASS_DEPTH_MAX = 4 };

/* A string that is cut: of the value at a path the first bytes are kept. */
typedef struct GuardClassCut {
    Str path;                            /* from the event on */
    Str segments[GUARD_CLASS_DEPTH_MAX]; /* from the member on */
    uint32_t depth;
    uint32_t keep; /* bytes; UINT32_MAX: all */
} GuardClassCut;

typedef struct GuardClass {
    GuardClassCut cuts[GUARD_CLASS_CUTS_MAX];
    uint32_t count;
} GuardClass;

/* The class of texts of *slot*, without rules; its count is 0 when all texts of the member differ.
 */
GuardClass guard_class_of(Slot slot);

/* Adds a rule's condition: what it asks of the member is kept. */
void guard_class_add(GuardClass *class, const Expr *expr);

/* Appends the text of which all texts of the class of *text* are a form; *ret* is false when it has
 * none. False with *err*: memory. */
bool guard_class_write(const GuardClass *class, Str text, Buf *out, bool *ret, Error *err)
    __attribute__((warn_unused_result));

#endif
