/* sigma_modifier.h - modifiers of Sigma's fields, one table. Internal to sigma*.c. */
#ifndef DETECT_SIGMA_MODIFIER_H
#define DETECT_SIGMA_MODIFIER_H

#include "detect/sigma.h"

typedef enum {
    MODIFIER_CONTAINS,
    MODIFIER_STARTSWITH,
    MODIFIER_ENDSWITH,
    MODIFIER_ALL,
    MODIFIER_NEQ,
    MODIFIER_EXISTS,
    MODIFIER_CASED,
    MODIFIER_WINDASH,
    MODIFIER_RE,
    MODIFIER_FLAG, /* i, m, s */
    MODIFIER_CIDR,
    MODIFIER_BASE64,
    MODIFIER_BASE64OFFSET,
    MODIFIER_UTF16LE, /* and wide */
    MODIFIER_UTF16BE,
    MODIFIER_UTF16,
    MODIFIER_FIELDREF,
    MODIFIER_EXPAND,
    MODIFIER_ORDER, /* lt, lte, gt, gte */
    MODIFIER_PART,  /* minute, hour, day, week, month, year */
    MODIFIER_KINDS,
} ModifierKind;

typedef struct Modifier {
    const char *name;
    ModifierKind kind;
    int detail; /* RegexFlag, TestOrder or TestPart */
} Modifier;

enum { SIGMA_CHAIN_MAX = 16, SIGMA_ALTERNATIVES_MAX = 1024, SIGMA_VALUE_BYTES_MAX = 1 << 15 };

/* A field with its modifiers, in order. */
typedef struct SigmaChain {
    Str field;
    const Modifier *modifiers[SIGMA_CHAIN_MAX];
    uint32_t count;
    bool has[MODIFIER_KINDS];
    unsigned flags;  /* of the regular expression */
    TestOrder order; /* TEST_EQUAL without a comparison */
    TestPart part;
} SigmaChain;

/* Reads "field|contains|all"; false when a problem was noted. */
bool sigma_chain_read(RuleReading *reading, Str key, const Yaml *node, SigmaChain *ret);

/* What text modifiers make of one text: *texts* holds a GlobText, and then one per alternative.
 * False when a problem was noted. */
bool sigma_modifier_apply(RuleReading *reading, const SigmaChain *chain, const Yaml *node,
                          Buf *texts);

/* Alternatives of the texts in *texts* (Str each, in the arena) with placeholders filled in. */
bool sigma_modifier_expand(RuleReading *reading, const Yaml *node, Str text, Buf *ret_texts);

#endif
