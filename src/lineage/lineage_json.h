/* lineage_json.h - an answer as one JSON object, on one line; docs/lineage.md lists its members.
 *
 * lineage_who -> [lineage_json]. One thread.
 */
#ifndef LINEAGE_JSON_H
#define LINEAGE_JSON_H

#include "lineage/lineage_who.h"

/* Appends the answer and a line's end. */
bool lineage_json_write(const LineageAnswer *answer, Buf *out, Error *err)
    __attribute__((warn_unused_result));

#endif
