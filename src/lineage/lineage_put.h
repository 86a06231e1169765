/* lineage_put.h - texts of events written so that they cannot do anything where they are read.
 *
 * What an attacker chose is shown, but visibly: control characters, those that turn the direction
 * of writing, and bytes that are not UTF-8 become \u{202e} or \x{1b}; long texts are cut. The first
 * failure stays, as in json_write.h. One thread.
 */
#ifndef LINEAGE_PUT_H
#define LINEAGE_PUT_H

#include "base/buf.h"

enum { LINEAGE_PUT_BYTES_MAX = 400 }; /* of one text, shown */

typedef struct LineagePut {
    Buf *out;
    Error *err;
    bool ok;
} LineagePut;

/* Words of ours. */
void lineage_put(LineagePut *to, const char *words);

/* A text of an event. */
void lineage_put_text(LineagePut *to, Str text);

/* "2026-10-31 07:01:00 UTC"; "?" for INT64_MIN. */
void lineage_put_time(LineagePut *to, int64_t time_us);

/* "12,345" */
void lineage_put_count(LineagePut *to, int64_t count);

/* "1 call", "2 calls" */
void lineage_put_counted(LineagePut *to, int64_t count, const char *one, const char *many);

/* A text with what XML would read escaped: <, >, &, quotes. The text was made safe before. */
void lineage_put_xml(LineagePut *to, Str text);

/* As a string of DOT, with its quotes, lines ended by *line_end* ("\\l"). Made safe before. */
void lineage_put_dot(LineagePut *to, Str text, const char *line_end);

#endif
