/* yaml.h - a stream of YAML documents as trees in an arena.
 *
 * For rules and other content that people write. Plain scalars get the types of YAML 1.1, as the
 * field's tools read them ("sigma", section 1), and keep their text; each node knows its line.
 * Aliases and merge keys are expanded under a ceiling. One thread owns a reader.
 *
 * Invariants
 *   1. A map has no two members of one name; names are the texts of scalar keys.
 *   2. A tree lives as long as its arena; it borrows nothing.
 *   3. Nesting is at most YAML_DEPTH_MAX, nodes of a stream at most YAML_NODES_MAX, members of a
 *      map at most YAML_MEMBERS_MAX, anchors of a document at most YAML_ANCHORS_MAX; aliases count
 *      as what they stand for.
 */
#ifndef BASE_YAML_H
#define BASE_YAML_H

#include <stdint.h>

#include "base/arena.h"
#include "base/buf.h"

enum {
    YAML_DEPTH_MAX = 64,
    YAML_NODES_MAX = 200000,
    YAML_MEMBERS_MAX = 10000,
    YAML_ANCHORS_MAX = 1000,
};

typedef enum {
    YAML_NULL_VALUE,
    YAML_BOOLEAN,
    YAML_INTEGER,
    YAML_FLOAT,
    YAML_TEXT,
    YAML_DATE, /* a date or time without quotes */
    YAML_LIST,
    YAML_MAP,
} YamlKind;

typedef struct Yaml Yaml;
struct Yaml {
    YamlKind kind;
    uint32_t line;   /* from 1 */
    uint32_t count;  /* members or elements */
    bool boolean;    /* of a BOOLEAN */
    bool quoted;     /* a scalar that stands in quotes or in a block */
    Str name;        /* of a member; NUL-terminated */
    Str text;        /* of a scalar, as written, else empty; NUL-terminated */
    int64_t integer; /* of an INTEGER */
    double real;     /* of an INTEGER or FLOAT */
    Yaml *first;
    Yaml *next;
};

typedef struct YamlReader YamlReader;

/* A reader of *text*, which is borrowed; *name* is what errors call it. NULL with *err*. */
YamlReader *yaml_open(Str text, const char *name, Error *err) __attribute__((warn_unused_result));
void yaml_close(YamlReader *reader);

/* The next document, in *arena*; NULL at the end. False with *err*, ERROR_INPUT with file and line:
 * the text is no YAML, and nothing behind it can be read. */
bool yaml_next(YamlReader *reader, Arena *arena, const Yaml **ret_document, Error *err)
    __attribute__((warn_unused_result));

/* The line, from 1, at which yaml_next failed. */
uint32_t yaml_failed_line(const YamlReader *reader);

/* The member *name* of a map, or NULL. */
const Yaml *yaml_member(const Yaml *map, const char *name);

/* True for a scalar that is no null. */
bool yaml_is_scalar(const Yaml *node);

/* What a node is, for messages: "a list", "a number". */
const char *yaml_kind_name(const Yaml *node);

/* Says what stands where something else was expected: ERROR_INPUT, "FILE:LINE: NAME: expected
 * EXPECTED, not 'TEXT'". Always returns false. */
bool yaml_wrong(const Yaml *node, const char *file, const char *expected, Error *err);

/* Appends the node as JSON; integers and floats as numbers, dates as texts. */
bool yaml_write_json(const Yaml *node, Buf *out, Error *err) __attribute__((warn_unused_result));

#endif
