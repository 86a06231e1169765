/* sql_store.h - what a question found, or failed at, goes into the state, with how far
 * its rule was asked: one transaction. Internal to sql_watch.c. */
#ifndef WATCH_SQL_STORE_H
#define WATCH_SQL_STORE_H

#include "findings/automation.h"
#include "watch/sql_ask.h"

/* How far a rule was asked. */
typedef struct SqlProgress {
    int64_t evaluated_seq;
    int64_t pass_seq; /* 0: no pass is under way */
    int64_t pass_us;  /* the end of what this pass asked about; INT64_MIN: nothing yet */
    int64_t due_us;
    int failures; /* in a row */
} SqlProgress;

typedef struct SqlStore {
    Db *db;
    Automation *automation; /* NULL: none */
    Str rule_id;
    int64_t rule; /* row of the state's `rules` */
    const SqlProgress *progress;
    const SqlQuestion *question;
    const SqlAnswer *answer;
} SqlStore;

/* Rows become findings, the pass goes on behind the window, the run is recorded. */
bool sql_store_answer(const SqlStore *store, Error *err) __attribute__((warn_unused_result));

/* Nothing but that it failed, why, and until when it waits. */
bool sql_store_failure(const SqlStore *store, const Error *why, int64_t due_us, Error *err)
    __attribute__((warn_unused_result));

#endif
