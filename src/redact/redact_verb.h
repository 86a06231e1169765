/* redact_verb.h - what stands in place of a value that is hidden.
 *
 *   remove    nothing
 *   mask      ***
 *   truncate  its first characters
 *   hash      hmac:KEY:32 hexadecimal digits: HMAC-SHA-256 of the value, its first 128 bits. The
 * same value has the same one, wherever it stands, so that joins go on working. A text of this form
 * is left as it is, so that hiding twice is hiding once.
 */
#ifndef REDACT_REDACT_VERB_H
#define REDACT_REDACT_VERB_H

#include "base/buf.h"

typedef enum { REDACT_REMOVE, REDACT_MASK, REDACT_TRUNCATE, REDACT_HASH, REDACT_VERBS } RedactVerb;

enum { REDACT_KEY_ID_MAX = 32, REDACT_KEY_BYTES_MIN = 16, REDACT_KEY_BYTES_MAX = 4096 };

/* A key of hashes: its id stands in each of them, so that those of another key are told. */
typedef struct RedactKey {
    Str id;
    Str bytes;
} RedactKey;

/* What a value becomes. */
typedef struct RedactAction {
    RedactVerb verb;
    uint32_t keep; /* of truncate: characters */
} RedactAction;

/* The verb's name in files. */
const char *redact_verb_name(RedactVerb verb);

/* Appends what *text* becomes; nothing of REMOVE. *key* is that of HASH. */
bool redact_verb_write(RedactAction action, const RedactKey *key, Str text, Buf *out, Error *err)
    __attribute__((warn_unused_result));

/* The first hash under the id of *key* that begins at *from* or behind: bytes [*ret_from, *ret_to).
 */
bool redact_verb_find_hash(const RedactKey *key, Str text, size_t from, size_t *ret_from,
                           size_t *ret_to);

#endif
