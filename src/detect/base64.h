/* base64.h - bytes as base64, the standard alphabet with padding. */
#ifndef DETECT_BASE64_H
#define DETECT_BASE64_H

#include "base/buf.h"

/* Appends *bytes* as base64. */
bool base64_append(Buf *out, Str bytes, Error *err) __attribute__((warn_unused_result));

#endif
