/* batch.h - the records of one part, column by column, dictionary first.
 *
 * collect -> decode [batch] -> derive -> detect -> filter -> lake
 *
 * The decoder appends rows; later stages read columns and write the keep mask; the lake sorts
 * and encodes. One worker owns a Batch from begin to reset; nothing in it is shared.
 *
 * Invariants
 *   1. Every per-row array has `rows` valid entries; a code of 0 means SQL NULL, a code c > 0
 *      means entry c - 1 of the column's dictionary.
 *   2. Entries hold valid UTF-8, unescaped (STRING) or the JSON text as it came (JSON).
 *   3. A column with `lookup` on holds no value twice; once its dictionary outgrew its bound,
 *      lookup is off and entries may repeat.
 *   4. hash of an entry is keyed with the lake's secret and depends on the value alone, so equal
 *      content gives equal hashes in every batch of the lake.
 *   5. memory held stays under bytes_max; batch_full says when a part must end.
 */
#ifndef DECODE_BATCH_H
#define DECODE_BATCH_H

#include "base/buf.h"
#include "decode/field.h"

/* A value of a column: bytes [offset, offset + len) of Column.bytes. */
typedef struct BatchEntry {
    uint32_t offset;
    uint32_t len;
} BatchEntry;

/* The distinct values of one leaf, and for a top-level leaf also a code per row. */
typedef struct BatchColumn {
    uint32_t *codes;     /* per row for a top-level STRING or JSON leaf; NULL inside a group */
    BatchEntry *entries; /* entry_count of them */
    uint64_t *hashes;    /* keyed hash per entry */
    uint32_t entry_count;
    uint32_t entry_cap;
    Buf bytes;       /* all entries' bytes */
    uint64_t *slots; /* open-addressing table, high half of the hash and code; NULL at first */
    uint32_t slot_mask;
    uint32_t last;    /* code of the previous lookup, tried first */
    uint32_t lookups; /* how often the table was asked */
    bool lookup;
} BatchColumn;

/* Structs and the list `resources` are kept as shapes: the shredded form of one distinct value.
 * A row holds a shape's code; 0 means that the top-level struct or list is NULL. A struct's shape
 * has exactly one element; a list's shape has one per list entry (none: an empty list). */
typedef struct BatchShape {
    uint32_t first; /* index of its first element */
    uint32_t count;
    uint64_t hash;        /* content hash over leaves and presence */
    uint32_t extra_first; /* its part of `extra` in BatchGroup.extra, without braces, */
    uint32_t extra_len;   /* such as `"userIdentity":{"x":1}`, and directly behind it its */
    uint32_t absent_len;  /* entries of `_absent` */
} BatchShape;

enum { GROUP_LEAVES_MAX = 27, GROUP_NODES_MAX = 36 };

typedef enum { GROUP_IDENTITY, GROUP_TLS, GROUP_ADDENDUM, GROUP_RESOURCES, GROUP_COUNT } GroupId;

typedef struct BatchGroup {
    FieldNode root;     /* F_USER_IDENTITY, F_TLS_DETAILS, F_ADDENDUM, F_RESOURCES */
    uint32_t *codes;    /* per row: shape code */
    BatchShape *shapes; /* shape_count of them */
    uint32_t shape_count, shape_cap;
    uint32_t element_count, element_cap;
    /* Per element: bit (node - root) is set when that STRUCT or leaf node below the root is
     * present (not NULL); the root's own bit is bit 0 and is clear only for a null list entry. */
    uint64_t *present;
    /* Per leaf below the root, indexed by node - root: a code per element (NULL for structs). */
    uint32_t *leaf_codes[GROUP_NODES_MAX];
    Buf extra; /* fragments of `extra`, see BatchShape */
    /* memo of raw JSON texts -> shape; private to batch.c */
    struct BatchMemo *memo;
} BatchGroup;

/* `derived` is kept by facet: the members that follow from the same part of a record, whose values
 * repeat as that part does. A value of a facet has a code per member, indexed by node - the facet's
 * first node: of a text as in a column, of a flag or number itself + 1, of a list that of an entry
 * of the list's own column, which holds the codes (uint32_t) of its elements. 0 is NULL. */
typedef enum {
    FACET_ADDRESS,   /* of sourceIPAddress */
    FACET_ACCOUNT,   /* of recipientAccountId, else userIdentity.accountId */
    FACET_PRINCIPAL, /* of userIdentity */
    FACET_CLIENT,    /* of userAgent */
    FACET_PERSON,    /* is_console and is_human, of several */
    FACET_ACTION,    /* of eventSource, eventName, readOnly */
    FACET_CALENDAR,  /* of userIdentity, its account and eventTime */
    FACET_COUNT,
} FacetId;

enum { FACET_MEMBERS_MAX = 9 };

typedef struct BatchFacet {
    const uint32_t *codes; /* per row: a value; those of another column, or `own` */
    uint32_t *own;
    uint32_t *values[FACET_MEMBERS_MAX]; /* per member, by value: its code */
    bool any[FACET_MEMBERS_MAX];         /* a value has the member */
    uint32_t value_count, value_cap;
    uint32_t *slots; /* private to batch_facet.c */
    uint32_t slot_mask;
} BatchFacet;

typedef struct BatchDerived {
    BatchFacet facets[FACET_COUNT];
    bool filled; /* else it is NULL in all rows */
    bool always; /* all rows have it, else those with a value of 0 have not */
} BatchDerived;

typedef struct Batch {
    uint32_t rows;
    uint32_t rows_max;
    size_t bytes_max;
    BatchColumn columns[FIELD_COUNT]; /* leaves of type STRING and JSON, groups' leaves included */
    BatchGroup groups[GROUP_COUNT];
    BatchDerived derived;
    int64_t *event_time;    /* microseconds UTC */
    uint8_t *read_only;     /* 0 false, 1 true, 2 NULL */
    uint8_t *management;    /* 0 false, 1 true, 2 NULL */
    int64_t *object_id;     /* of the receipt */
    int32_t *record_index;  /* position in the object, from 0 */
    int32_t *sample_factor; /* how many records the row stands for; 0 is NULL: itself */
    uint64_t
        *identity_hash; /* fingerprint, high half: keyed hash of (recipientAccountId, eventID) */
    uint64_t *content_hash;      /* fingerprint, low half: keyed hash of all members */
    const uint64_t *stored_hash; /* that of rows as they are; NULL: content_hash (batch_edit.h) */
    uint64_t *edit_hashes;       /* its memory; private to batch_edit.c */
    size_t bytes_held;           /* see batch_bytes */
    struct BatchState *state;    /* of the row before and scratch memory; private to batch_*.c */
} Batch;

enum { BATCH_SECRET_BYTES = 192 };

/* A batch for at most *rows_max* rows and about *bytes_max* bytes of values. *secret* keys the
 * hashes (BATCH_SECRET_BYTES bytes, borrowed for the batch's life). NULL with *err* filled. */
Batch *batch_new(uint32_t rows_max, size_t bytes_max, const uint8_t *secret, Error *err)
    __attribute__((warn_unused_result));

/* Frees all; NULL is fine. */
void batch_free(Batch *batch);

/* Forgets rows and dictionaries; keeps memory for the next part. */
void batch_reset(Batch *batch);

/* True when the next record of up to 4 MiB may not fit: the part must end now. */
bool batch_full(const Batch *batch);

/* Bytes used for values, dictionaries and rows; compared with bytes_max by batch_full. Since
 * memory grows by halves, up to 1.5 times as much may be allocated. */
size_t batch_bytes(const Batch *batch);

/* The entry's text; *code* must not be 0. Valid until the batch changes. */
static inline Str batch_value(const BatchColumn *column, uint32_t code)
{
    BatchEntry entry = column->entries[code - 1];
    return (Str){column->bytes.ptr + entry.offset, entry.len};
}

/* The code of *row* in leaf *node*, wherever it lives: a top-level column, a struct's leaf
 * (through the row's shape), or a hoisted copy. Not for list leaves. 0 is NULL. */
uint32_t batch_code(const Batch *batch, FieldNode node, uint32_t row);

/* The column whose entries batch_code's result indexes: for a hoisted copy, its source. */
const BatchColumn *batch_column(const Batch *batch, FieldNode node);

#endif
