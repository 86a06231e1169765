/* finding_more.h - what findings show tells beside the rule and the events: severity, product,
 * resources, what is related. */
#ifndef FINDING_MORE_H
#define FINDING_MORE_H

#include "base/buf.h"
#include "findings/finding.h"

/* Lines behind the heading. */
bool finding_more_heading(const Finding *finding, Buf *out, Error *err)
    __attribute__((warn_unused_result));

/* Resources, related findings and related signals, each with a heading where there are some. */
bool finding_more_text(Db *db, const Finding *finding, Buf *out, Error *err)
    __attribute__((warn_unused_result));

/* The same as members of a JSON object, without braces. */
bool finding_more_json(Db *db, const Finding *finding, Buf *out, Error *err)
    __attribute__((warn_unused_result));

#endif
