/* type.h - the light types of Athena SQL: enough to resolve functions, fields and operators.
 *
 * sql -> parser -> names -> [types] -> printer. A Type is immutable and lives in an arena or in
 * static memory; two types are the same when type_equal says so, whatever their addresses.
 *
 * Invariants
 *   1. ARRAY has one part, MAP two (key, value), ROW one or more with a name each (an unnamed field
 *      has a name of length 0), FUNCTION its arguments and then its result.
 *   2. Depth is at most TYPE_DEPTH_MAX, so functions over types may call themselves.
 *   3. VARIABLE stands in signatures of functions only.
 *   4. The engine holds a TIMESTAMP_TZ as the moment in UTC, without a zone: two of them compare as
 *      they are, and the zone says only what the clock on the wall shows.
 * Threads: any.
 */
#ifndef PLANNER_TYPE_H
#define PLANNER_TYPE_H

#include "base/arena.h"
#include "base/buf.h"

enum { TYPE_DEPTH_MAX = 24, TYPE_PARTS_MAX = 256 };

typedef enum {
    TYPE_UNKNOWN, /* of NULL */
    TYPE_BOOLEAN,
    TYPE_TINYINT,
    TYPE_SMALLINT,
    TYPE_INTEGER,
    TYPE_BIGINT,
    TYPE_DECIMAL,
    TYPE_REAL,
    TYPE_DOUBLE,
    TYPE_VARCHAR,
    TYPE_CHAR,
    TYPE_VARBINARY,
    TYPE_JSON,
    TYPE_DATE,
    TYPE_TIME,
    TYPE_TIMESTAMP,
    TYPE_TIMESTAMP_TZ,
    TYPE_INTERVAL_DAY,  /* interval day to second */
    TYPE_INTERVAL_YEAR, /* interval year to month */
    TYPE_UUID,
    TYPE_IPADDRESS,
    TYPE_IPPREFIX,
    TYPE_ARRAY,
    TYPE_MAP,
    TYPE_ROW,
    TYPE_FUNCTION,
    TYPE_VARIABLE,
    TYPE_KINDS
} TypeKind;

typedef struct Type Type;
struct Type {
    TypeKind kind;
    uint32_t precision, scale; /* of DECIMAL */
    /* Of TIMESTAMP_TZ: where it is shown; empty: UTC. Of TIMESTAMP: "UTC" when it is known to be a
     * moment in UTC, as all stored times are. */
    Str zone;
    char variable;  /* of VARIABLE: its letter */
    uint32_t count; /* parts */
    const Type *const *parts;
    const Str *names; /* of ROW: count of them */
};

/* The type of *kind* that needs nothing else. Static. */
const Type *type_simple(TypeKind kind);

/* A TIMESTAMP that is known to be a moment in UTC. Static. */
const Type *type_moment(void);

/* Made in *arena*; NULL with *err* filled. decimal: precision 1 to 38, scale at most that. */
const Type *type_decimal(Arena *arena, uint32_t precision, uint32_t scale, Error *err);
const Type *type_zoned(Arena *arena, Str zone, Error *err);
const Type *type_array(Arena *arena, const Type *element, Error *err);
const Type *type_map(Arena *arena, const Type *key, const Type *value, Error *err);

/* A ROW (names given) or FUNCTION (names NULL) of *count* parts; the arrays are copied. */
const Type *type_of_parts(Arena *arena, TypeKind kind, const Type *const *parts, const Str *names,
                          uint32_t count, Error *err);

/* Reads a type as Athena writes it, "array(row(arn varchar, type varchar))"; in signatures also
 * variables, one capital letter each, and "function(T, boolean)". ERROR_USAGE when it is none. */
const Type *type_read(Str text, Arena *arena, Error *err) __attribute__((warn_unused_result));

/* The simple type that a word names ("bigint", "int", "string", "timestamp with time zone"), or
 * NULL. */
const Type *type_named(Str word);

/* Same kind, parts, names and zone. */
bool type_equal(const Type *a, const Type *b);

/* The type that values of both have ("athena", section 3: Trino's implicit coercions), or NULL when
 * there is none. May allocate in *arena*; NULL with *err* filled only when that fails. */
const Type *type_common(const Type *a, const Type *b, Arena *arena, Error *err);

/* True when a value of *from* may stand where *to* is wanted. */
bool type_coerces(const Type *from, const Type *to);

/* True for TINYINT to DOUBLE, and for TINYINT to BIGINT. */
bool type_is_number(const Type *type);
bool type_is_integer(const Type *type);

/* True for DATE to TIMESTAMP_TZ. */
bool type_is_time(const Type *type);

/* The index of a ROW's field, without regard to case; -1 when there is none. */
int type_field(const Type *row, Str name);

/* Appends the name as Athena writes it, and as the engine does. */
bool type_write(const Type *type, Buf *out, Error *err) __attribute__((warn_unused_result));
bool type_write_engine(const Type *type, Buf *out, Error *err) __attribute__((warn_unused_result));

#endif
