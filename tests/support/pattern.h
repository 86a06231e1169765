/* pattern.h - vectors of pattern languages: data files of one JSON document a line. */
#ifndef SUPPORT_PATTERN_H
#define SUPPORT_PATTERN_H

#include "base/file.h"
#include "base/json.h"
#include "support/support.h"

/* Whether the vector holds; else *why* says what differs. */
typedef bool (*PatternCheck)(const Json *vector, Buf *why);

/* Tries each line of tests/FILE that is no comment ('#'); at least *count* there are. */
void pattern_test_run(const char *file, size_t count, PatternCheck check);

/* Whether the vector's `error`, if it has one, is a part of what was said. */
bool pattern_test_says(const Json *vector, const Error *said);

/* Frees the regular expressions (Regex * each) that a pattern left. */
void pattern_test_free(const Buf *regexes);

#endif
