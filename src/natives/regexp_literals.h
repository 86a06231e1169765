/* regexp_literals.h - texts that every match of a regular expression holds.
 *
 * To look for them is cheap, and most texts hold none: regexp_like then need not be asked. Read is
 * the engine's form of a pattern (regexp.h). What is not understood has no literals.
 * Threads: any; nothing is kept.
 */
#ifndef NATIVES_REGEXP_LITERALS_H
#define NATIVES_REGEXP_LITERALS_H

#include "base/buf.h"

enum {
    REGEXP_LITERALS_MAX = 32,
    REGEXP_LITERALS_BYTES_MAX = 1024,
    REGEXP_LITERALS_TEXT_MAX = 4096, /* of a text whose case is not looked at */
};

/* Appends literals of which every match of *pattern* holds one, in the form that
 * regexp_literals_held takes; *ret_found is false when none are known. */
bool regexp_literals_write(Str pattern, Buf *out, bool *ret_found, Error *err)
    __attribute__((warn_unused_result));

/* False when *text* holds none of the literals; true when it holds one, or may: letters beyond
 * ASCII have cases that are not known here, and long texts are not looked at where case is ignored.
 */
bool regexp_literals_held(Str text, Str literals);

#endif
