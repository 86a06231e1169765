/* test_part.h - parts of dates as they are written, for rules. */
#ifndef DETECT_TEST_PART_H
#define DETECT_TEST_PART_H

#include "detect/test.h"

/* The *part* of a date: "2024-05-06T23:59:01Z", without seconds or zone, a space for T, or seconds
 * since 1970 (milliseconds above 10^12) in UTC. No zone is worked out; weeks are those of ISO 8601.
 * False when *text* is none ("sigma", section 6.2). */
bool test_part_of(Str text, TestPart part, int *ret);

#endif
