/* base64.h - bytes as base64, the standard alphabet with padding (RFC 4648, section 4). */
#ifndef BASE_BASE64_H
#define BASE_BASE64_H

#include "base/buf.h"

/* Appends *bytes* as base64. */
bool base64_append(Buf *out, Str bytes, Error *err) __attribute__((warn_unused_result));

/* Appends the bytes that *text* stands for. ERROR_INPUT with the place of what is no base64: no
 * white space, padded to a multiple of four, no bits left over. */
bool base64_decode(Buf *out, Str text, Error *err) __attribute__((warn_unused_result));

#endif
