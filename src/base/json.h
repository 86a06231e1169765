/* json.h - strict JSON as a tree in an arena, and JSON text written safely.
 *
 * For documents of ordinary size (requests, samples, findings, odd records); the hot path of
 * decode has its own scanner. RFC 8259: UTF-8 without byte order mark, the number grammar, paired
 * surrogates. Numbers keep their text, since values may exceed 2^53. Thread safe: a tree belongs
 * to its arena, nothing else is shared.
 *
 * Invariants
 *   1. A tree borrows from the text it was read from; both must outlive its use.
 *   2. `text` of a string is valid UTF-8; it may hold NUL bytes.
 *   3. Reading uses stack in proportion to depth_max only.
 */
#ifndef BASE_JSON_H
#define BASE_JSON_H

#include <stdint.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/error.h"
#include "base/str.h"

typedef enum {
    JSON_NULL,
    JSON_FALSE,
    JSON_TRUE,
    JSON_NUMBER,
    JSON_STRING,
    JSON_ARRAY,
    JSON_OBJECT,
} JsonType;

typedef struct Json Json;
struct Json {
    JsonType type;
    uint32_t count; /* members or elements */
    bool shadowed;  /* a later member of the same object has the same name */
    Str name;       /* of a member, unescaped; empty otherwise */
    Str text;       /* of a string, unescaped; of a number, as written */
    Str raw;        /* the value as it stands in the source */
    Json *first;    /* first member or element, in the order of the source */
    Json *next;     /* next one of the same parent */
};

enum { JSON_DEPTH_MAX = 128 };

typedef struct JsonLimits {
    unsigned depth_max;      /* nesting of arrays and objects, at most JSON_DEPTH_MAX */
    bool duplicates_allowed; /* else two members of one name are an error */
} JsonLimits;

/* Depth 64, no duplicate names. */
extern const JsonLimits JSON_LIMITS_DEFAULT;

/* Reads *text*, one value with optional white space around it, into *arena*. NULL with *err*
 * filled: ERROR_INPUT with the byte position, ERROR_LIMIT for the depth or the arena's ceiling. */
const Json *json_read(Str text, const JsonLimits *limits, Arena *arena, Error *err)
    __attribute__((warn_unused_result));

/* The member *name* of an object (of several, the last), or NULL; NULL for anything but an object.
 */
const Json *json_member(const Json *object, Str name);

/* The value below *object* along dotted member names ("a.b.c"), or NULL. */
const Json *json_path(const Json *object, Str path);

/* Same value: objects regardless of order, numbers by their text. Shadowed members count not. */
bool json_equal(const Json *a, const Json *b);

/* A string's text, or *fallback* for anything else and for NULL. */
Str json_text(const Json *value, Str fallback);

/* The value as a 64-bit integer. False for anything but an integral number within range. */
bool json_int(const Json *value, int64_t *ret);

/* Appends *text* (any bytes) as a JSON string with its quotes: control characters escaped, bytes
 * that are not UTF-8 as U+FFFD. */
bool json_append_string(Buf *buf, Str text, Error *err) __attribute__((warn_unused_result));

/* As json_append_string, and <, >, & and U+2028/9 escaped too, for text inside HTML. */
bool json_append_html_safe(Buf *buf, Str text, Error *err) __attribute__((warn_unused_result));

/* Appends a tree as compact JSON, shadowed members left out. */
bool json_append(Buf *buf, const Json *value, Error *err) __attribute__((warn_unused_result));

/* Length of the valid UTF-8 sequence at *at* (1 to 4), 0 when there is none before *end*. */
unsigned json_utf8_length(const char *at, const char *end);

#endif
