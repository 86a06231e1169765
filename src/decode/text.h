/* text.h - small conversions of the decoder: UTF-8, JSON escapes, times, canonical JSON.
 *
 * Pure functions, safe for all threads.
 */
#ifndef DECODE_TEXT_H
#define DECODE_TEXT_H

#include "base/buf.h"
#include "base/error.h"
#include "base/str.h"

enum { TEXT_TIME_BYTES = 48 };

/* True when all bytes are valid UTF-8. */
bool text_utf8_valid(const char *ptr, size_t len);

/* Length of the JSON escape at *at* (its backslash) before *end*: 2, 6, or 12 for a surrogate
 * pair; 0 when it is none. The code point goes to *ret_code*; a lone surrogate gives 6 and its
 * own number. */
unsigned text_escape(const char *at, const char *end, uint32_t *ret_code);

/* Appends the inside of a JSON string with its escapes resolved. *raw* must be strict. */
bool text_unescape(Buf *buf, Str raw, Error *err) __attribute__((warn_unused_result));

/* Writes *code* as UTF-8 and returns its length, 1 to 4. */
unsigned text_put_utf8(char *to, uint32_t code);

/* "YYYY-MM-DDThh:mm:ssZ", exactly, as microseconds since 1970. */
bool text_time(Str text, int64_t *ret_us);

/* As text_time, and what is seen elsewhere: fractions, offsets, no zone (UTC), a space for T,
 * basic form, seconds or milliseconds since 1970. */
bool text_time_any(Str text, int64_t *ret_us);

/* Writes the form that text_time reads, and a NUL, into *ret*; cut to whole seconds. */
void text_time_format(int64_t time_us, char ret[TEXT_TIME_BYTES]);

/* Appends strict JSON text without white space and with each string in its one canonical
 * spelling. Order of members stays. */
bool text_canonical(Buf *buf, Str json, Error *err) __attribute__((warn_unused_result));

#endif
