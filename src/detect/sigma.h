/* sigma.h - Sigma 2.1 documents become rules ("sigma"). Internal to detect; ruleset.h is the door.
 *
 *     sigma_collection.c  a stream of documents: action global, reset, repeat
 *     sigma_rule.c        attributes of a rule or filter
 *     sigma_detection.c   searches: maps, lists, keywords
 *     sigma_item.c        a field with its modifiers and values -> tests
 *     sigma_modifier.c    what each modifier makes of a value
 *     sigma_text.c        escapes and wildcards
 *     sigma_condition.c   conditions
 */
#ifndef DETECT_SIGMA_H
#define DETECT_SIGMA_H

#include "detect/ruleset_state.h"

/* A named search of a detection. */
typedef struct SigmaSearch {
    Str name;
    const Expr *expr; /* NULL: it was rejected */
    bool used;
    struct SigmaSearch *next;
} SigmaSearch;

/* Reads all documents of *text*. False only when memory ran out. */
bool sigma_read_stream(RuleReading *reading, Str text);

/* A rule out of a document (after collection directives). */
bool sigma_read_rule(RuleReading *reading, const Yaml *document, uint32_t number);

/* The searches of a detection or filter: all members but those that *skip* names. False when one
 * was rejected; the others were read all the same. */
bool sigma_read_searches(RuleReading *reading, const Yaml *map, const char *const *skip,
                         SigmaSearch **ret);

/* A condition over *searches*; NULL when it is wrong. */
const Expr *sigma_read_condition(RuleReading *reading, const Yaml *condition,
                                 SigmaSearch *searches);

/* An item: "field|modifier|...: values"; *key* empty for keywords. NULL when it is wrong. */
const Expr *sigma_read_item(RuleReading *reading, Str key, const Yaml *values);

/* Warns of what a text value probably does not mean: "\\*" for a wildcard, a number in quotes.
 * *bare*: no modifier changes how it is compared. */
void sigma_advise_text(RuleReading *reading, const Yaml *node, bool bare);

/* Pieces of a text with Sigma's escapes. */
bool sigma_read_text(Str text, GlobText *out, Error *err) __attribute__((warn_unused_result));

#endif
