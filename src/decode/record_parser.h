/* record_parser.h - the parser's memory and its builds. Internal to record*.c.
 *
 * record_body.inc is compiled once per instruction set, by record_avx2.c, record_neon.c and
 * record_scalar.c; record.c chooses one.
 */
#ifndef DECODE_RECORD_PARSER_H
#define DECODE_RECORD_PARSER_H

#include <string.h>

#include "base/buf.h"
#include "decode/record.h"

enum {
    RECORD_MEMBERS_MAX = 64, /* more top-level members make a record awkward */
    RECORD_UNKNOWN_MAX = 8,  /* as do more unknown ones */
    SLOT_UNKNOWN = 63,       /* a member that no column takes */
    KEY_TABLE = 256,
};

typedef enum { KIND_TEXT, KIND_JSON, KIND_BOOL, KIND_TIME, KIND_OBJECT, KIND_LIST } RecordKind;

/* A member of the record before, or of the one being parsed. */
typedef struct RecordMember {
    uint32_t start;     /* offset of its name's quote in the record */
    uint32_t total;     /* bytes to the next member's quote, or behind the closing brace */
    uint32_t value_len; /* of the raw value */
    uint16_t value_at;  /* offset of the raw value from start */
    uint8_t slot;       /* or SLOT_UNKNOWN */
    uint8_t marks;      /* MEMBER_ flags */
} RecordMember;

enum {
    MEMBER_NULL = 1, /* the column has no value */
    MEMBER_ODD = 2,  /* a bare literal where the column's type has none: `extra` keeps it too */
};

/* The scalars of a nested value, in order: what changes between two values of one form. `gap`
 * counts from the end of the token before (or the value's start) to this one, `len` is its own
 * length, without quotes. */
typedef struct RecordToken {
    uint16_t gap;
    uint16_t len;
    bool is_string;
} RecordToken;

enum { RECORD_TOKENS_MAX = 64 };

/* Tokens of the last value of a slot; complete is false when they were too many. */
typedef struct RecordTokens {
    RecordToken list[RECORD_TOKENS_MAX];
    uint32_t count;
    bool complete;
} RecordTokens;

enum {
    IDENTITY_KEY = 48, /* first bytes of a userIdentity: its type and, mostly, whose it is */
    IDENTITY_BYTES_MAX = 1024,
};

/* The last userIdentity of one principal, own copy: the principal's next one differs in few tokens,
 * wherever in the trail it comes. */
typedef struct RecordIdentity {
    uint64_t number; /* RecordView.identity of the text */
    uint32_t len;    /* 0: none */
    bool loose;
    RecordTokens tokens;
    char text[IDENTITY_BYTES_MAX + RECORD_PADDING];
} RecordIdentity;

struct RecordParser {
    RecordVerdict (*parse)(RecordParser *, const char *, const char *, const char **);
    RecordView view;
    RecordMember members[2][RECORD_MEMBERS_MAX]; /* of the record before, and room for the next */
    uint32_t current;                            /* which of the two is of the record before */
    uint32_t count;                              /* its members; 0: nothing to compare with */
    const char *before;                          /* its text */
    size_t before_len;
    RecordTokens tokens[SLOT_MEMBERS]; /* of nested values */
    RecordIdentity identities[RECORD_IDENTITIES];
    uint64_t identity_count; /* that were kept so far, from a number by chance on */
    uint8_t kinds[SLOT_COUNT];
    uint8_t key_table[KEY_TABLE]; /* slot + 1 */
    char minute[16];              /* "YYYY-MM-DDThh:mm" of the last eventTime */
    int64_t minute_us;
    Str unknown[RECORD_UNKNOWN_MAX]; /* `"name":value` of unknown members */
    Str unknown_names[RECORD_UNKNOWN_MAX];
    unsigned unknown_count;
    Buf extra;  /* RecordView.extra of the last record */
    char *kept; /* copy of the last record for record_keep */
    size_t kept_cap;
};

static inline unsigned record_key_hash(const char *name, size_t len)
{
    unsigned char first = (unsigned char)name[0], last = (unsigned char)name[len - 1];
    unsigned char middle = (unsigned char)name[len / 2];
    return (unsigned)(len * 31 + first * 7u + last * 3u + middle) & (KEY_TABLE - 1);
}

/* Where the userIdentity that begins at *at* would be kept. Reads IDENTITY_KEY bytes. */
static inline RecordIdentity *record_identity(RecordParser *parser, const char *at)
{
    uint64_t words[IDENTITY_KEY / 8], sum = 0;
    memcpy(words, at, sizeof words);
    for (unsigned i = 0; i < IDENTITY_KEY / 8; i++)
        sum = (sum ^ words[i]) * UINT64_C(0x9e3779b97f4a7c15);
    return &parser->identities[sum >> 32 & (RECORD_IDENTITIES - 1)];
}

/* Keeps *value*, whose tokens are *tokens*; gives the number that the text has from now on, 0 when
 * it cannot be kept. */
uint64_t record_remember(RecordParser *parser, RecordIdentity *identity, const RecordValue *value,
                         const RecordTokens *tokens);

/* Gives the tokens of a kept one. */
void record_recall(const RecordIdentity *identity, RecordTokens *ret);

/* record_parse by each build; only the ones that the machine can run may be called. */
RecordVerdict record_scalar_parse(RecordParser *parser, const char *at, const char *end,
                                  const char **ret_end);
RecordVerdict record_avx2_parse(RecordParser *parser, const char *at, const char *end,
                                const char **ret_end);
RecordVerdict record_neon_parse(RecordParser *parser, const char *at, const char *end,
                                const char **ret_end);

/* The slot of a member's name, or SLOT_UNKNOWN. */
unsigned record_slot(const RecordParser *parser, const char *name, size_t len);

/* What record_escape adds to the flags of a string. */
enum {
    RECORD_ESCAPE = 16,           /* any escape */
    RECORD_ESCAPE_NUL = 32,       /* U+0000 */
    RECORD_ESCAPE_RESPELLED = 64, /* one that canonical JSON spells otherwise, perhaps */
};

/* Checks the escape at *at*; gives its length, 0 when it is none or a lone surrogate. */
unsigned record_escape(const char *at, uint32_t *flags);

/* Reads the 20 characters of an eventTime through the parser's memory of the last minute. */
bool record_time(RecordParser *parser, const char *text, int64_t *ret_us);

/* Notes an unknown member; false when that makes the record awkward. */
bool record_unknown(RecordParser *parser, Str name, Str member);

/* Completes the view when all members are read; false when the record is awkward after all. */
bool record_complete(RecordParser *parser, uint64_t seen, uint64_t nulls);

#endif
