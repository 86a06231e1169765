/* correlation_sql.h - correlations as SQL of the engine over a table of signals.
 *
 * Live and over the past the same text runs ("sigma", sections 11.4 to 11.8; architecture, D1). The
 * table `signals` has a row per match of a rule that a correlation names:
 *
 *     r INTEGER   index of the rule in its set
 *     e BIGINT    number of the event, the same for all rules that it matches
 *     t BIGINT    microseconds since 1970
 *     p0, p1, ... VARCHAR   the canonical text at each path that correlations of the set look at
 *
 * and the table `horizon` one row, t BIGINT: the time up to which events were seen, for what is
 * only known when a timespan is over (absence).
 *
 * Windows slide and are closed at both ends; hits of one time are looked at together, whatever
 * their order. Inner correlations are CTEs whose every true evaluation is a hit of the outer one.
 */
#ifndef DETECT_CORRELATION_SQL_H
#define DETECT_CORRELATION_SQL_H

#include "detect/correlation.h"
#include "detect/document.h"
#include "detect/ruleset.h"

/* The paths that the correlations of a set look at, and which of them each rule's signals need. */
typedef struct CorrelationPaths CorrelationPaths;

/* Of *set*, finished, which must live as long. NULL with *err*. */
CorrelationPaths *correlation_sql_paths(const RuleSet *set, Error *err)
    __attribute__((warn_unused_result));
void correlation_sql_paths_free(CorrelationPaths *paths);

/* How many paths there are, and one of them. */
size_t correlation_sql_path_count(const CorrelationPaths *paths);
Str correlation_sql_path(const CorrelationPaths *paths, size_t index);

/* Whether a correlation names *rule*, so that its matches are signals; whether they need a path. */
bool correlation_sql_wants(const CorrelationPaths *paths, const Rule *rule);
bool correlation_sql_needs(const CorrelationPaths *paths, const Rule *rule, size_t index);

/* Appends the query of a correlation: rows of t, e (the event that completed it), n (the value that
 * was compared), g (the group's values, a list) and fires (true when the test became true, false
 * while it stays so), by t. */
bool correlation_sql_write(const CorrelationPaths *paths, const Rule *rule, Buf *out, Error *err)
    __attribute__((warn_unused_result));

/* Appends the group of signals of the correlation's rule *index*, as a list. */
bool correlation_sql_write_group(const CorrelationPaths *paths, const Correlation *correlation,
                                 uint32_t index, Buf *out, Error *err)
    __attribute__((warn_unused_result));

/* Appends the query of what made a correlation true: rows of run and e, the first *most* of each
 * run by time, for the rows of the table `episodes` (run BIGINT, g VARCHAR[], t0 BIGINT, t1
 * BIGINT): the events of its windows that end between t0 and t1. Of an inner correlation they are
 * the events that made that one true. */
bool correlation_sql_write_hits(const CorrelationPaths *paths, const Rule *rule, uint32_t most,
                                Buf *out, Error *err) __attribute__((warn_unused_result));

/* The canonical text of the first value at *path*, of lists and maps their JSON; *ret* has no ptr
 * when there is none. It lives until the document's scratch is used again. */
bool correlation_sql_text(Document *document, const FieldPath *path, Str *ret, Error *err)
    __attribute__((warn_unused_result));

#endif
