/* altered.h - what `extra._altered` says of rows in which something was hidden or changed
 * (redact/). */
#ifndef DECODE_ALTERED_H
#define DECODE_ALTERED_H

#include "base/arena.h"
#include "base/str.h"

/* Kinds of entries: who hid something, which function changed the record, and its content hash as
 * it came, 16 hexadecimal digits. */
#define ALTERED_REDACTED "redacted:"
#define ALTERED_CHANGED  "changed:"
#define ALTERED_CONTENT  "content:"

/* The content hash of the record as it came, when *extra*, the column's text, has one. */
bool altered_content(Str extra, Arena *arena, uint64_t *ret);

#endif
