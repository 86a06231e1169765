/* format_spec.h - one conversion of format(): %[number$][flags][width][.precision]letter.
 *
 * As Java's Formatter has them ("athena", section 3). The printer takes a format apart with it, and
 * the engine's call does one conversion at a time. Threads: any.
 */
#ifndef NATIVES_FORMAT_SPEC_H
#define NATIVES_FORMAT_SPEC_H

#include "base/error.h"
#include "base/str.h"

enum { FORMAT_SPEC_WIDTH_MAX = 1000 };

typedef struct FormatSpec {
    uint32_t argument; /* from 1; 0: the next one */
    bool previous;     /* %<s: the argument before again */
    bool left, plus, blank, zeros, groups, parentheses, alternate;
    uint32_t width;
    int precision; /* -1: none */
    char letter;   /* the conversion */
    char time;     /* behind t: the part of a time */
} FormatSpec;

/* Reads the conversion at *at*, which stands on its % and is moved behind it. ERROR_USAGE. */
bool format_spec_read(Str text, size_t *at, FormatSpec *ret, Error *err)
    __attribute__((warn_unused_result));

#endif
