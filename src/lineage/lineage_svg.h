/* lineage_svg.h - an answer as a drawing: boxes below each other, indented by who opened whom.
 *
 * lineage_who -> lineage_words -> [lineage_svg]. One thread.
 */
#ifndef LINEAGE_SVG_H
#define LINEAGE_SVG_H

#include "lineage/lineage_who.h"

/* Appends an SVG document without scripts or links; *actions_max* of what a session did stand in
 * its box. */
bool lineage_svg_write(const LineageAnswer *answer, unsigned actions_max, Buf *out, Error *err)
    __attribute__((warn_unused_result));

#endif
