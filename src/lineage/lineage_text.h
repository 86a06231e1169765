/* lineage_text.h - an answer as a tree in text, for people.
 *
 * lineage_who -> lineage_words -> [lineage_text]. One thread.
 */
#ifndef LINEAGE_TEXT_H
#define LINEAGE_TEXT_H

#include "lineage/lineage_who.h"

/* Appends the answer; *actions_max* of what a session did are listed. */
bool lineage_text_write(const LineageAnswer *answer, unsigned actions_max, Buf *out, Error *err)
    __attribute__((warn_unused_result));

#endif
