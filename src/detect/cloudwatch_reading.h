/* cloudwatch_reading.h - a filter pattern while it is read. Internal to cloudwatch*.c. */
#ifndef DETECT_CLOUDWATCH_READING_H
#define DETECT_CLOUDWATCH_READING_H

#include "detect/cloudwatch.h"
#include "detect/steps.h"

typedef struct CloudWatchReading {
    Str text;
    size_t at;
    TestMeaning meaning;
    Arena *arena;
    Buf *regexes; /* Regex * each */
    unsigned regex_count, wildcard_count, depth;
    Error *err;
} CloudWatchReading;

/* The three languages; *reading* stands behind the bracket, or at the first term. NULL with the
 * reading's error. */
const Expr *cloudwatch_json_read(CloudWatchReading *reading);
const Expr *cloudwatch_fields_read(CloudWatchReading *reading, CloudWatchPattern *pattern);
const Expr *cloudwatch_words_read(CloudWatchReading *reading);

/* A line as an object of the pattern's fields; NULL in *ret* when their number differs. */
bool cloudwatch_fields_event(const CloudWatchPattern *pattern, Str line, Arena *arena,
                             const Json **ret, Error *err);

/* ERROR_INPUT that names what was expected, the place and what stands there. Returns false. */
bool cloudwatch_lex_fail(const CloudWatchReading *reading, const char *expected);

/* Skips blanks; whether the text has ended. */
void cloudwatch_lex_space(CloudWatchReading *reading);
bool cloudwatch_lex_end(const CloudWatchReading *reading);

/* Whether *word* stands here; it is then taken. */
bool cloudwatch_lex_take(CloudWatchReading *reading, Str word);

/* Letters, digits, '_' and those of *more*; may be empty. */
Str cloudwatch_lex_name(CloudWatchReading *reading, const char *more);

/* A text in double quotes, unescaped, at whose first quote the reading stands. */
bool cloudwatch_lex_quoted(CloudWatchReading *reading, Str *ret);

/* "= operand", "<= number" and the like as a test; *stops* ends an operand without quotes. NULL
 * with the reading's error. */
const Test *cloudwatch_lex_comparison(CloudWatchReading *reading, const char *stops);

/* An empty test; a test of a text in which '*' is a run of characters if *live*, that may stand
 * anywhere in the value if *inside*. */
Test *cloudwatch_lex_test(CloudWatchReading *reading, TestKind kind);
Test *cloudwatch_lex_text(CloudWatchReading *reading, Str text, bool live, bool inside);

/* "%...%" as a test; the reading stands at the first '%'. */
Test *cloudwatch_regex_read(CloudWatchReading *reading);

#endif
