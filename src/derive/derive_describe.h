/* derive_describe.h - which lookups there are, in words, and how to get one that is missing.
 *
 * For `spoor status`. Each lookup is opened apart, so that one that can't be read hides no other.
 */
#ifndef DERIVE_DERIVE_DESCRIBE_H
#define DERIVE_DERIVE_DESCRIBE_H

#include "derive/derive.h"

enum { DERIVE_LOOKUPS = 6, DERIVE_WORDS_MAX = 4096 };

typedef enum { LOOKUP_MISSING, LOOKUP_READY, LOOKUP_BROKEN } LookupState;

/* A lookup: its key, the members that it fills, its state, and what is to be said of it. */
typedef struct DeriveLookup {
    const char *key;     /* derive.geo_city */
    const char *members; /* "country, city" */
    LookupState state;
    char words[DERIVE_WORDS_MAX]; /* what is in it; what to do; or the error */
} DeriveLookup;

/* Describes lookup number *index*, below DERIVE_LOOKUPS. */
void derive_describe(const Config *config, int index, DeriveLookup *ret);

/* "missing", "ready", "broken". */
const char *derive_describe_state(LookupState state);

#endif
