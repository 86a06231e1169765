/* field.h - the dictionary of fields: what columns there are, where they come from, their ids.
 *
 * Made from field_table.h. Constant data, safe for all threads. Facts of the members are in
 * "CloudTrail event record", sections 3 to 5; the table's shape is documented in
 * docs/formats/table-cloudtrail.md.
 */
#ifndef DECODE_FIELD_H
#define DECODE_FIELD_H

#include <stdbool.h>
#include <stdint.h>

#include "base/str.h"

typedef enum {
    FIELD_STRING, /* text */
    FIELD_JSON,   /* free-form part: the JSON text as it came */
    FIELD_BOOL,
    FIELD_TIME, /* microseconds since 1970 UTC */
    FIELD_INT,  /* 32 bits */
    FIELD_LONG, /* 64 bits */
    FIELD_STRUCT,
    FIELD_LIST,
} FieldType;

enum {
    FIELD_BLOOM = 1,      /* the lake writes a bloom filter for it */
    FIELD_UNIQUE = 2,     /* nearly every value differs: no dictionary is tried */
    FIELD_NULL_USUAL = 4, /* JSON null is the usual form of nothing; an absent member is marked */
    FIELD_HOISTED = 8,    /* a copy of a nested value */
    FIELD_ORIGIN = 16,    /* says where the record came from; not part of the record */
    FIELD_UNBOUNDED = 64, /* no bounds and no page index: its values lie anywhere in a file */
    FIELD_DERIVED = 32,   /* worked out from the record (derive/), not part of it */
    FIELD_SAMPLED = 128,  /* how many records the row stands for (filter/), not part of it */
};

/* Nodes of the schema, depth first. FIELD_ID_ROOT is the record itself and has no row in FIELDS. */
typedef enum {
#define FIELD(name, parent, id, type, column, member, flags) F_##name,
#include "decode/field_table.h"
#undef FIELD
    FIELD_COUNT,
    F_ROOT = -1,
} FieldNode;

typedef struct Field {
    FieldNode parent;
    int32_t id; /* Iceberg field id */
    FieldType type;
    Str column; /* lower-case name of this level */
    Str member; /* JSON member's name, empty when the column is not a member of a record */
    unsigned flags;
} Field;

/* One entry per FieldNode. */
extern const Field FIELDS[FIELD_COUNT];

/* Who made a call, for people: the first of these that is there and not empty. All lie directly in
 * userIdentity. */
enum { FIELD_PRINCIPALS = 5 };
extern const FieldNode FIELD_PRINCIPAL[FIELD_PRINCIPALS];

/* True for a node that holds values (not STRUCT, not LIST). */
static inline bool field_is_leaf(FieldNode node)
{
    return FIELDS[node].type != FIELD_STRUCT && FIELDS[node].type != FIELD_LIST;
}

/* True for a leaf whose values are texts, JSON among them. */
static inline bool field_is_text(FieldNode node)
{
    return FIELDS[node].type == FIELD_STRING || FIELDS[node].type == FIELD_JSON;
}

/* The top-level node that *node* is or lies below. */
FieldNode field_top(FieldNode node);

/* The leaf that a hoisted column is a copy of; any other node itself. */
FieldNode field_source(FieldNode node);

/* The top-level columns that a record is made of, and those that say where it came from, in the
 * order of the table, into *ret* (FIELD_COUNT); how many there are. */
size_t field_record_columns(FieldNode *ret);

/* Writes the dotted column path of *node* ("useridentity.sessioncontext.sessionissuer.arn") into
 * *path*, NUL-terminated, cut to *size*. Returns its length. */
size_t field_path(FieldNode node, char *path, size_t size);

/* Levels of Parquet's encoding: how many optional or repeated nodes lie on the path to *node*,
 * itself included, and how many repeated ones ("parquet-iceberg", section 4). All our nodes are
 * optional but list entries' elements, which are optional too. */
int field_definition_max(FieldNode node);
int field_repetition_max(FieldNode node);

#endif
