/* gunzip.h - a gzip text of moderate size, inflated whole. For logs: decode/inflate.h. Any thread.
 */
#ifndef BASE_GUNZIP_H
#define BASE_GUNZIP_H

#include "base/buf.h"

/* Whether *bytes* begin as gzip does. */
bool gunzip_is_packed(Str bytes);

/* Appends what the one gzip member *packed* holds. ERROR_INPUT when it is broken or something lies
 * behind it, ERROR_LIMIT when it is more than *ret* may hold. */
bool gunzip(Str packed, Buf *ret, Error *err) __attribute__((warn_unused_result));

#endif
