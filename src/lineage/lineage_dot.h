/* lineage_dot.h - an answer as a graph in the language of Graphviz.
 *
 * lineage_who -> lineage_words -> [lineage_dot]. One thread.
 */
#ifndef LINEAGE_DOT_H
#define LINEAGE_DOT_H

#include "lineage/lineage_who.h"

/* Appends a digraph; *actions_max* of what a session did stand in its box. */
bool lineage_dot_write(const LineageAnswer *answer, unsigned actions_max, Buf *out, Error *err)
    __attribute__((warn_unused_result));

#endif
