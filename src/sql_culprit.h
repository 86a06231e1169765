/* sql_culprit.h - the line of a statement that an error speaks of, with marks under the place. */
#ifndef SQL_CULPRIT_H
#define SQL_CULPRIT_H

#include "base/buf.h"
#include "parser/place.h"

/* Appends the line and a line of '^' below the place, both with two spaces in front and fit for a
 * terminal of *width* columns (0: any), as "...part of it..." when it is long. Nothing when the
 * place is nowhere in the text. */
bool sql_culprit_write(Str sql, Place culprit, unsigned width, Buf *out, Error *err)
    __attribute__((warn_unused_result));

/* The same onto standard error, when that is a terminal. */
void sql_culprit_show(Str sql, Place culprit);

#endif
