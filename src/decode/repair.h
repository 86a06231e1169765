/* repair.h - a record that is not strict JSON is rewritten into one that is, with as little loss
 * as can be, so that no event is hidden by making it ugly.
 *
 * Invariant: what repair_record gives is strict JSON of at most RECORD_DEPTH_MAX levels (equal
 * names may remain), whatever the input.
 */
#ifndef DECODE_REPAIR_H
#define DECODE_REPAIR_H

#include "base/buf.h"

enum { REPAIR_MEMBER_BYTES_MAX = 64 << 10, REPAIR_UNKNOWN_BYTES_MAX = 1 << 20 };

/* The end of the value that begins at *at*, found by counting brackets outside strings, without
 * any check; NULL when it does not end before *end*. For scalars, up to a delimiter. */
const char *repair_skip(const char *at, const char *end);

/* Appends the object *raw* (from '{' to its '}', as repair_skip finds it) to *text* as strict
 * JSON, and to *altered* what was done, as JSON strings with commas between: "utf8:member",
 * "surrogate:", "escape:", "control:", "literal:", "syntax:", "cut:". Parts nested too deep become
 * the text "[cut: N bytes]". With *cut* so do long members, and beyond REPAIR_UNKNOWN_BYTES_MAX
 * unknown members are left out, so that the result is small whatever the record.
 * False with *err* when memory runs out. */
bool repair_record(Str raw, bool cut, Buf *text, Buf *altered, Error *err)
    __attribute__((warn_unused_result));

#endif
