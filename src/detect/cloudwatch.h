/* cloudwatch.h - CloudWatch Logs filter patterns become predicate programs.
 *
 * "CloudWatch Logs filter patterns": `{ $.eventName = "ConsoleLogin" }` for JSON events, `[ip,
 * user, status = 4*]` for fields between blanks, terms for any text. The program looks at a tree
 * that cloudwatch_event makes of an event: of a JSON event it is the document itself, so that a
 * pattern for JSON also holds of a record's view.
 *
 *     cloudwatch_json.c    { ... }: selectors, comparisons, && and ||
 *     cloudwatch_fields.c  [ ... ]: fields, and how a line is cut into them
 *     cloudwatch_words.c   terms
 *     cloudwatch_lex.c     texts, numbers, values, errors
 *     cloudwatch_regex.c   the regular expressions that the service takes
 */
#ifndef DETECT_CLOUDWATCH_H
#define DETECT_CLOUDWATCH_H

#include "detect/expr.h"

typedef enum { CLOUDWATCH_WORDS, CLOUDWATCH_FIELDS, CLOUDWATCH_JSON } CloudWatchKind;

typedef struct CloudWatchPattern {
    CloudWatchKind kind;
    const Expr *expr;
    const Str *fields; /* of FIELDS: "$ip" each; "..." for the one that takes any number */
    uint32_t field_count;
} CloudWatchPattern;

enum {
    CLOUDWATCH_CHARACTERS_MAX = 1024, /* of a pattern */
    CLOUDWATCH_REGEX_MAX = 2,         /* of a pattern for JSON or fields */
    CLOUDWATCH_WILDCARDS_MAX = 3,     /* selectors with one */
    CLOUDWATCH_DEPTH_MAX = 64,        /* nesting of parentheses */
};

/* Reads a pattern into *arena*. Its regular expressions are appended to *regexes* (Regex * each),
 * also when it is refused; the caller frees them after all use. ERROR_INPUT says what is expected
 * at which character (from 1). */
bool cloudwatch_read(Str pattern, Arena *arena, Buf *regexes, CloudWatchPattern *ret, Error *err)
    __attribute__((warn_unused_result));

/* What `expr` looks at of the event *text*: NULL when the pattern cannot match it, because it is no
 * JSON, or has another number of fields. *json* is the event read as JSON, or NULL; *arena* holds
 * the tree. False with *err*: memory. */
bool cloudwatch_event(const CloudWatchPattern *pattern, Str text, const Json *json, Arena *arena,
                      const Json **ret, Error *err) __attribute__((warn_unused_result));

#endif
