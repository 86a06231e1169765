/* redact_path.h - a path of a redaction: which values of a record are hidden.
 *
 * Names with dots between them: `requestParameters.password`. Case of ASCII letters does not
 * matter; in quotes a name may hold anything: `requestParameters."my.key"`. `*` is any one name,
 * `**` any number of them, `[*]` any element of a list and `[3]` the fourth one. A name goes
 * through lists by itself, and a member whose own name holds dots is met as the names between them,
 * too: what should be hidden is hidden, whatever the service made of it.
 *
 * A path is walked by states: sets of the places in it that the names so far can stand for. Nothing
 * changes once it is read; safe for all threads.
 */
#ifndef REDACT_REDACT_PATH_H
#define REDACT_REDACT_PATH_H

#include <stdint.h>

#include "base/arena.h"
#include "base/str.h"

enum { REDACT_STEPS_MAX = 24 };

typedef enum {
    REDACT_NAME,  /* a member of this name */
    REDACT_ANY,   /* any member */
    REDACT_DEEP,  /* any number of members and elements */
    REDACT_EACH,  /* any element */
    REDACT_INDEX, /* the element of this number */
} RedactStepKind;

typedef struct RedactStep {
    RedactStepKind kind;
    Str name;
    uint32_t index;
} RedactStep;

typedef struct RedactPath {
    Str text;
    RedactStep steps[REDACT_STEPS_MAX];
    uint32_t count;
} RedactPath;

/* Bit i: the first i steps are done. */
typedef uint32_t RedactState;

/* Reads *text*, of which the path keeps a copy in *arena*. ERROR_INPUT says what is wrong. */
bool redact_path_read(Str text, Arena *arena, RedactPath *ret, Error *err)
    __attribute__((warn_unused_result));

/* The state at the record itself; behind a member of it; behind an element of a list. 0: the path
 * goes elsewhere. */
RedactState redact_path_start(const RedactPath *path);
RedactState redact_path_member(const RedactPath *path, RedactState at, Str name);
RedactState redact_path_element(const RedactPath *path, RedactState at, uint32_t index);

/* Behind some element, whichever it is. */
RedactState redact_path_some(const RedactPath *path, RedactState at);

/* Behind a member of what is here, or of an element of it. */
RedactState redact_path_into(const RedactPath *path, RedactState at, Str name);

/* Whether what stands here is what the path names. */
static inline bool redact_path_ends(const RedactPath *path, RedactState at)
{
    return at >> path->count & 1;
}

/* The last name that must still come behind *at*, so that nothing is named where no member's name
 * ends with it; empty: there is none. */
Str redact_path_needle(const RedactPath *path, RedactState at);

#endif
