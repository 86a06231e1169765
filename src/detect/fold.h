/* fold.h - text in lower case, as rules compare it: ASCII and the simple mappings of Unicode
 * ("sigma", section 4). Constant data, safe for all threads. */
#ifndef DETECT_FOLD_H
#define DETECT_FOLD_H

#include "base/buf.h"

/* Appends *text* in lower case; a character maps to one character, bytes that are no UTF-8 stay. */
bool fold_append(Buf *out, Str text, Error *err) __attribute__((warn_unused_result));

/* True when fold_append would change nothing: no capital of ASCII, and ASCII only. */
bool fold_is_folded(Str text);

#endif
