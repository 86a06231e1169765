/* sql_ask.h - questions of rules, asked of a lake: what their rows say, and which events they name.
 *
 * detect/sql_rule -> [sql_ask] -> query/worker; findings, samples and back-tests read the answer.
 * Questions run in the process that runs the SQL of users, each under its rule's budget; the
 * process stays for the next one. Used by one thread.
 */
#ifndef WATCH_SQL_ASK_H
#define WATCH_SQL_ASK_H

#include <stdatomic.h>

#include "base/arena.h"
#include "base/config.h"
#include "detect/sql_rule.h"
#include "findings/finding_episode.h"

enum { SQL_ASK_ROWS_MAX = 10000, SQL_ASK_EVENTS_MAX = 10000 };

typedef struct SqlAskOptions {
    const char *folder;  /* of the lake */
    const char *program; /* NULL: this one */
    const Config *config;
    const atomic_bool *stopping; /* true ends a question; may be NULL */
} SqlAskOptions;

typedef struct SqlAsk SqlAsk;

/* Who asks; *options* is copied, what it points at is borrowed. NULL with *err*; the caller frees.
 */
SqlAsk *sql_ask_open(const SqlAskOptions *options, Error *err) __attribute__((warn_unused_result));
void sql_ask_free(SqlAsk *ask);

/* Ends the process until the next question. */
void sql_ask_rest(SqlAsk *ask);

/* A row of the result. */
typedef struct SqlRow {
    Str group;            /* JSON object: column -> text */
    int64_t first_us;     /* of column eventtime */
    int64_t last_us;      /* of column lasttime, else the same */
    double value;         /* of column value, else 0 */
    const Str *event_ids; /* its evidence */
    uint32_t event_count;
} SqlRow;

typedef struct SqlAnswer {
    SqlRow *rows; /* by time */
    size_t row_count;
    FindingHit *events; /* of the lake that rows name, by eventID; `rule` is not set */
    size_t event_count;
    uint64_t read_bytes; /* of data files */
    double seconds;
} SqlAnswer;

/* What is asked, about event times in [from, to). */
typedef struct SqlQuestion {
    const SqlRule *rule;
    int64_t from_us, to_us;
} SqlQuestion;

/* Asks; the answer lives in *arena*. ERROR_LIMIT: it is over its budget, or was stopped;
 * ERROR_USAGE: the query is wrong, or a row says less than it must. *ret* tells time and bytes all
 * the same. */
bool sql_ask(SqlAsk *ask, const SqlQuestion *question, Arena *arena, SqlAnswer *ret, Error *err)
    __attribute__((warn_unused_result));

/* The event of that eventID, or NULL. */
const FindingHit *sql_ask_event(const SqlAnswer *answer, Str event_id);

#endif
