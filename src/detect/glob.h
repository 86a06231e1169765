/* glob.h - a text with wildcards: what string values of rules become.
 *
 * Literal bytes, ANY (a run of any characters, also none), ONE (exactly one character of UTF-8) and
 * DASH (any of - / and the three long dashes of Windows commands). Front ends build the pieces and
 * the escaping of their language; matching is over bytes, without recursion, at most pieces times
 * bytes. Safe for all threads once made.
 */
#ifndef DETECT_GLOB_H
#define DETECT_GLOB_H

#include "base/arena.h"
#include "base/buf.h"

typedef enum { GLOB_LITERAL, GLOB_ANY, GLOB_ONE, GLOB_DASH } GlobKind;

/* A character of a pattern: a byte of a literal, or a wildcard. */
typedef struct GlobPiece {
    uint8_t kind; /* GlobKind */
    char byte;
} GlobPiece;

typedef enum {
    GLOB_EXACT,  /* the text is `literal` */
    GLOB_PREFIX, /* begins with it */
    GLOB_SUFFIX, /* ends with it */
    GLOB_INFIX,  /* holds it */
    GLOB_GENERAL,
} GlobShape;

typedef struct Glob {
    GlobShape shape;
    bool folded; /* case is ignored: `literal` is in lower case, and so must be what is matched */
    Str literal;
    const GlobPiece *pieces; /* of GLOB_GENERAL */
    uint32_t count;
} Glob;

/* Pieces under way; `pieces` holds GlobPiece. */
typedef struct GlobText {
    Buf pieces;
} GlobText;

enum { GLOB_PIECES_MAX = 1 << 16 };

GlobText glob_text(void);
void glob_text_free(GlobText *text);
bool glob_add(GlobText *text, GlobKind kind, char byte, Error *err)
    __attribute__((warn_unused_result));

/* How many pieces, and one of them. */
uint32_t glob_count(const GlobText *text);
GlobPiece glob_piece(const GlobText *text, uint32_t index);

/* True when a piece is ANY, ONE or DASH. */
bool glob_is_live(const GlobText *text);

/* The pattern in *arena*; *folded*: case is ignored. NULL with *err*. */
const Glob *glob_new(const GlobText *text, bool folded, Arena *arena, Error *err)
    __attribute__((warn_unused_result));

/* Whether all of *text* matches; for a folded pattern in the form of fold_append. */
bool glob_match(const Glob *glob, Str text);

#endif
