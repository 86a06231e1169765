/* eventbridge.h - EventBridge event patterns become predicate programs.
 *
 * "EventBridge event patterns": {"detail": {"eventName": ["ConsoleLogin"], "errorCode": [{"exists":
 * false}]}}. Members are joined by AND, the matchers of an array by OR; $or multiplies patterns
 * out.
 *
 *     eventbridge.c          the pattern's tree, $or
 *     eventbridge_matcher.c  matchers: texts, numbers, operators
 *     eventbridge_shape.c    the leaves of one pattern without $or as an expression
 *     within.c               how an expression looks below objects and arrays
 */
#ifndef DETECT_EVENTBRIDGE_H
#define DETECT_EVENTBRIDGE_H

#include "detect/expr.h"

enum {
    EVENTBRIDGE_BYTES_MAX = 4096,        /* of a pattern */
    EVENTBRIDGE_COMBINATIONS_MAX = 1000, /* that $or makes */
    EVENTBRIDGE_WILDCARDS_MAX = 5,       /* in one text */
};

/* Reads a pattern into *arena*; the program looks at the whole event. ERROR_INPUT says what is
 * wrong, with the path in the pattern. */
bool eventbridge_read(Str pattern, Arena *arena, const Expr **ret, Error *err)
    __attribute__((warn_unused_result));

#endif
