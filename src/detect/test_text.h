/* test_text.h - many texts as one test: exact ones sorted, the others as patterns. */
#ifndef DETECT_TEST_TEXT_H
#define DETECT_TEST_TEXT_H

#include "detect/test.h"

/* A TEXT test that any of *texts* (GlobText each) passes; *folded*: case is ignored. NULL with
 * *err*. */
const Test *test_text_new(const Buf *texts, bool folded, Arena *arena, Error *err)
    __attribute__((warn_unused_result));

#endif
