/* repair.h - a record that is not strict JSON is rewritten into one that is, with as little loss
 * as can be, so that no event is hidden by making it ugly.
 *
 * Invariant: what repair_record gives is strict JSON of at most RECORD_DEPTH_MAX levels (equal
 * names may remain), whatever the input.
 */
#ifndef DECODE_REPAIR_H
#define DECODE_REPAIR_H

#include "base/buf.h"

/* The end of the value that begins at *at*, found by counting brackets outside strings, without
 * any check; NULL when it does not end before *end*. For scalars, up to a delimiter. */
const char *repair_skip(const char *at, const char *end);

/* Appends the object *raw* (from '{' to its '}', as repair_skip finds it) to *text* as strict
 * JSON, and to *altered* what was done, as JSON strings with commas between: "utf8:member",
 * "surrogate:", "escape:", "control:", "literal:", "syntax:", "cut:". Parts nested too deep, and
 * long members of a record beyond RECORD_BYTES_MAX, become the text "[cut: N bytes]".
 * False with *err* when memory runs out. */
bool repair_record(Str raw, Buf *text, Buf *altered, Error *err)
    __attribute__((warn_unused_result));

#endif
