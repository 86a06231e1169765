/* record.h - one record as spans: where each top-level value stands in the inflated bytes.
 *
 * bytes -> [record] -> batch
 *
 * record_parse is the hot path. It takes the ordinary record: known members or plain new ones,
 * the usual types, strict JSON. Whatever is out of the ordinary is left to shred.h, which is slow
 * and takes everything; both give the same view and so the same row and hashes.
 *
 * It works by difference: two neighbouring records mostly share their members and many values, so
 * a record is compared with the one before, and only what differs is scanned.
 *
 * Invariants
 *   1. Spans lie in the parsed bytes or in the parser's copy of the record before.
 *   2. A slot is in `same` only if its raw value is byte for byte that of the record that the same
 *      parser returned before; record_forget starts afresh.
 *   3. Nothing at or behind `end` + RECORD_PADDING is read; the padding holds zeros.
 *   4. Two views of a process whose `identity` is the same number, not 0, have the same text of
 *      userIdentity. At most RECORD_IDENTITIES numbers are in use at a time: their lowest bits say
 *      which of these.
 *
 * One thread owns a parser.
 */
#ifndef DECODE_RECORD_H
#define DECODE_RECORD_H

#include "base/error.h"
#include "decode/slot.h"

enum {
    RECORD_PADDING = 64,              /* zero bytes that must follow the parsed bytes */
    RECORD_DEPTH_MAX = 64,            /* levels, the record's own included; real ones reach 13 */
    RECORD_BYTES_MAX = 4 << 20,       /* a longer record is cut */
    RECORD_IDENTITIES = 1024,         /* principals whose last userIdentity is known; 2^n */
    RECORD_STRUCT_BYTES_MAX = 1 << 20 /* a longer struct or list stays whole, in `extra` */
};

enum {
    VALUE_ESCAPED = 1, /* STRING: holds backslash escapes */
    VALUE_LOOSE =
        2, /* JSON: perhaps not canonical as it is: white space, or escapes spelled otherwise */
};

typedef struct RecordValue {
    const char *ptr; /* STRING: between the quotes; others: the JSON text */
    uint32_t len;
    uint32_t flags;
} RecordValue;

typedef struct RecordView {
    uint64_t present; /* slots with a value other than null */
    uint64_t same;    /* of these, the ones equal to the record before */
    RecordValue values[SLOT_MEMBERS];
    uint64_t identity;  /* number of userIdentity's text, see invariant 4; 0: it has none */
    int64_t event_time; /* microseconds UTC */
    uint8_t read_only;  /* 0, 1; 2 for NULL */
    uint8_t management;
    Str extra;   /* members of `extra` beside the groups': `"a":1,"b":{}` */
    Str absent;  /* entries of `_absent`: `"requestParameters"` */
    Str altered; /* entries of `_altered` */
} RecordView;

typedef enum {
    RECORD_ORDINARY, /* the view is filled */
    RECORD_AWKWARD,  /* not ordinary, perhaps not even JSON */
} RecordVerdict;

typedef struct RecordParser RecordParser;

/* Which build of the parser: the best for this machine, or a particular one for tests. */
typedef enum { RECORD_BEST, RECORD_SCALAR, RECORD_AVX2, RECORD_NEON } RecordBuild;

/* A parser; NULL with *err* filled, also when the machine lacks what *build* needs. */
RecordParser *record_new(RecordBuild build, Error *err) __attribute__((warn_unused_result));
void record_free(RecordParser *parser);

/* Parses the record whose '{' is at *at*. On RECORD_ORDINARY *ret_end* is behind its '}' and the
 * returned view, owned by the parser, lives until the next call. */
RecordVerdict record_parse(RecordParser *parser, const char *at, const char *end,
                           const char **ret_end);
const RecordView *record_view(const RecordParser *parser);

/* The next record is compared with nothing: call when the one before was not appended. */
void record_forget(RecordParser *parser);

/* Before the parsed bytes go away: keeps a copy of the last record to compare with. */
bool record_keep(RecordParser *parser, Error *err) __attribute__((warn_unused_result));

#endif
