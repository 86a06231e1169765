/* regex.h - regular expressions of rules: PCRE2 with bounds, without what cannot be bounded.
 *
 * Look-around, back-references, atomic groups, possessive quantifiers, recursion and callouts are
 * refused ("sigma", section 6.2); a match that takes too many steps is none. A
 * Regex is made by one thread and then safe for all of them.
 */
#ifndef DETECT_REGEX_H
#define DETECT_REGEX_H

#include "base/arena.h"

typedef enum {
    REGEX_IGNORE_CASE = 1, /* i */
    REGEX_LINES = 2,       /* m: ^ and $ also at line ends */
    REGEX_DOT_ALL = 4,     /* s: . also matches a line break */
} RegexFlag;

typedef struct Regex Regex;

/* Compiles *pattern*. ERROR_INPUT with what is wrong and at which byte. Freed by regex_free. */
Regex *regex_new(Str pattern, unsigned flags, Error *err) __attribute__((warn_unused_result));
void regex_free(Regex *regex);

/* What it was made of, as long as it lives. */
Str regex_pattern(const Regex *regex);
unsigned regex_flags(const Regex *regex);

/* Whether the pattern is found anywhere in *text*; false also when it gave up. */
bool regex_match(const Regex *regex, Str text);

/* Memory that matches of one worker share. NULL with *err*. */
typedef struct RegexScratch RegexScratch;
RegexScratch *regex_scratch_new(Error *err) __attribute__((warn_unused_result));
void regex_scratch_free(RegexScratch *scratch);

/* As regex_match, with the worker's memory. */
bool regex_match_with(const Regex *regex, Str text, RegexScratch *scratch);

#endif
