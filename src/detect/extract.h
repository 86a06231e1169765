/* extract.h - the values that a rule or pattern looked at, as TestMetricFilter gives them. */
#ifndef DETECT_EXTRACT_H
#define DETECT_EXTRACT_H

#include "detect/expr.h"

/* Adds to the members of a JSON object under way in *out* ("{" stands there, its "}" follows) the
 * paths that *expr* names, each once, with a text: of the first scalar there that a pattern's test
 * takes, else of the first. What is not there is left out. */
bool extract_append(const Expr *expr, Document *document, Buf *out, Error *err)
    __attribute__((warn_unused_result));

#endif
