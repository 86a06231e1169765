/* json_path.h - the value at a path of a JSON text, found without reading more than it takes.
 *
 * For json_extract and its like ("athena", section 3). As in Athena, text behind the value is not
 * looked at, and text before it must be JSON. Paths are $.name, $["a name"], $[0] and what these
 * make together; a step that is a number names an element of an array or a member of an object.
 * Threads: any; nothing is kept.
 */
#ifndef NATIVES_JSON_PATH_H
#define NATIVES_JSON_PATH_H

#include "base/buf.h"

enum { JSON_PATH_STEPS_MAX = 64, JSON_PATH_BYTES_MAX = 1000, JSON_PATH_DEPTH_MAX = 1000 };

typedef struct JsonPathStep {
    Str name;
    int64_t index; /* -1: the name is no number */
} JsonPathStep;

typedef struct JsonPath {
    JsonPathStep steps[JSON_PATH_STEPS_MAX];
    uint32_t count;
    char names[JSON_PATH_BYTES_MAX];
} JsonPath;

/* Reads a path; "lax " and "strict " before it change nothing. The names are copies in *ret*.
 * ERROR_USAGE when it is none. */
bool json_path_read(Str text, JsonPath *ret, Error *err) __attribute__((warn_unused_result));

typedef enum { JSON_PATH_FOUND, JSON_PATH_ABSENT, JSON_PATH_BROKEN } JsonPathOutcome;

/* Finds the first value at *path* in *json*; *ret* is its text there, with white space as it is.
 * BROKEN: *json* up to there is no JSON. */
JsonPathOutcome json_path_find(Str json, const JsonPath *path, Str *ret);

/* As json_path_find with an empty path, and nothing but white space stands behind the value. */
JsonPathOutcome json_path_whole(Str json, Str *ret);

/* The member or element behind the one that ends at *at* of *container*, a text that
 * json_path_find gave; begin with *at* 0. *ret_name* is a member's name with its quotes. False at
 * the end, and for a value that is neither object nor array. */
bool json_path_next(Str container, size_t *at, Str *ret_name, Str *ret);

/* Appends the text of a JSON string, given with its quotes. */
bool json_path_unquote(Str quoted, Buf *out, Error *err) __attribute__((warn_unused_result));

/* Appends JSON without its white space, and with no more escapes than it needs. */
bool json_path_compact(Str json, Buf *out, Error *err) __attribute__((warn_unused_result));

#endif
