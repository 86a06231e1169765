/* sql_rule.h - a rule that is a question in SQL, asked now and then: what it asks, how often, and
 * what it may cost.
 *
 * YAML -> [sql_rule] -> watch/sql_watch. A document that has `query` where a Sigma rule has
 * `detection` is one (docs/schedules.md). Whether the query can be understood says
 * RuleSetOptions.check.
 */
#ifndef DETECT_SQL_RULE_H
#define DETECT_SQL_RULE_H

#include "detect/sigma.h"

enum { SQL_RULE_GROUPS_MAX = 8 };

typedef struct SqlRule {
    Str query;          /* in Athena's SQL; :from and :to stand for the time that it is about */
    RuleTexts group_by; /* columns of its result that say whose finding a row is */
    Str evidence;       /* the column with an eventID, or an array of them */
    int64_t every_us;   /* between two askings while there is news */
    int64_t window_us;  /* :from and :to are multiples of it, in UTC; whole hours */
    int64_t margin_us;  /* so much around the news is asked again */
    int64_t time_us;    /* what one asking may take: time, memory of the engine, */
    uint64_t memory_bytes, read_bytes; /* and bytes of data files */
} SqlRule;

/* The rule of *document*; NULL when it is wrong. */
SqlRule *sql_rule_read(RuleReading *reading, const Yaml *document)
    __attribute__((warn_unused_result));

/* Appends the query for [*from_us*, *to_us*): literals in the place of :from and :to. */
bool sql_rule_write(const SqlRule *rule, int64_t from_us, int64_t to_us, Buf *out, Error *err)
    __attribute__((warn_unused_result));

/* Where the window begins that holds *at_us*. */
int64_t sql_rule_window(const SqlRule *rule, int64_t at_us);

#endif
