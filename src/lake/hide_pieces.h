/* hide_pieces.h - hides what a plan says in pieces that are set apart: as they come, and in the
 * quarantine files of the lake.
 *
 * A quarantine file of which a piece changes is written anew and the old one is removed; one that
 * a killed process left is swept (sweep.h).
 */
#ifndef LAKE_HIDE_PIECES_H
#define LAKE_HIDE_PIECES_H

#include "lake/hide_state.h"
#include "lake/quarantine.h"

/* Makes of *raw*, the bytes of *piece*, what may be kept: all of them, a record in which something
 * is hidden, or nothing when they are no record; its reason says so. They live until the next
 * call; *ret_changed* says whether they are others now. */
bool hide_pieces_one(RedactWork *work, QuarantinePiece *piece, Str *raw, bool *ret_changed,
                     Error *err) __attribute__((warn_unused_result));

/* Does so with the pieces of logs that were delivered, or read where that is not known, in the
 * range or a day later. */
bool hide_pieces(const HideState *hide, HideReport *ret, Error *err)
    __attribute__((warn_unused_result));

#endif
