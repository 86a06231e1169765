/* json_write.h - a JSON document written member by member, commas where they belong.
 *
 * The first failure stays: later calls write nothing, and the caller asks once, at the end. A
 * JsonWriter lives on the stack of one thread and borrows its Buf and Error.
 */
#ifndef BASE_JSON_WRITE_H
#define BASE_JSON_WRITE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/buf.h"

typedef struct JsonWriter {
    Buf *out;
    Error *err; /* filled when *ok* is false */
    bool ok;
} JsonWriter;

/* Opens an object ('{') or an array ('['): the member *name*, or an element where *name* is NULL.
 * Names are literals of the program that need no escaping. */
void json_write_open(JsonWriter *to, const char *name, char bracket);

/* Closes what was opened last: '}' or ']'. */
void json_write_close(JsonWriter *to, char bracket);

/* A string of any bytes; an element where *name* is NULL. */
void json_write_text(JsonWriter *to, const char *name, Str text);

/* As json_write_text; an empty text is left out. */
void json_write_some(JsonWriter *to, const char *name, Str text);

/* An array of *count* strings. */
void json_write_texts(JsonWriter *to, const char *name, const Str *texts, size_t count);

/* A value that is JSON already; an element where *name* is NULL. */
void json_write_value(JsonWriter *to, const char *name, Str json);

/* A number; an element where *name* is NULL. */
void json_write_int(JsonWriter *to, const char *name, int64_t number);

#endif
