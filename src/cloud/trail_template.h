/* trail_template.h - the AWS side of a trail as a text for the tool that makes it.
 *
 * The texts lie in content/trail, one for each tool. A line "#: if FEATURE..." keeps the lines up
 * to its "#: end" when all features are wanted, "#: unless FEATURE..." when not all are; they nest.
 */
#ifndef CLOUD_TRAIL_TEMPLATE_H
#define CLOUD_TRAIL_TEMPLATE_H

#include "base/buf.h"

/* How deeply conditions may nest. */
enum { TRAIL_TEMPLATE_DEPTH_MAX = 8 };

/* Writes *text* after what *ret* holds, with the lines that belong to *features* (*count* names).
 * ERROR_INPUT with the line when a condition is no condition or has no end. */
bool trail_template_expand(Str text, const Str *features, int count, Buf *ret, Error *err)
    __attribute__((warn_unused_result));

/* The text for *tool* ("cloudformation", "terraform", "awscli"; or "ask", the script that asks AWS
 * how a trail is set up) as content/trail has it. Empty when there is none. */
Str trail_template_text(Str tool);

#endif
