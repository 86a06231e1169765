/* backtest.h - which events of a lake a rule matches, at the speed of a scan.
 *
 * rule -> detect/rule_sql -> session -> rows -> [backtest] -> events that match
 *
 * The engine chooses rows by the rule's condition, of the columns that it reads and those that a
 * match shows. Where the condition does not tell, the record is rebuilt from its row and the rule
 * itself is asked, so that what is found is what the matcher finds. What a rule asks of lookups is
 * asked of each address of the lake beforehand (addresses.h). Used by one thread.
 */
#ifndef QUERY_BACKTEST_H
#define QUERY_BACKTEST_H

#include "base/config.h"
#include "derive/derive.h"
#include "detect/correlation_sql.h"
#include "detect/ruleset.h"
#include "hunt/hunt.h"
#include "lake/lake.h"
#include "query/scan.h"

typedef struct Backtest Backtest;

typedef struct BacktestOptions {
    Lake *lake;           /* borrowed */
    const Config *config; /* query.memory, query.threads, query.temp */
    Derive *derive;       /* lookups of derived members */
    int64_t since_us, until_us;
    const CorrelationPaths *paths; /* what correlations look at in events; NULL: nothing */
} BacktestOptions;

/* NULL with *err*. */
Backtest *backtest_open(const BacktestOptions *options, Error *err)
    __attribute__((warn_unused_result));
void backtest_close(Backtest *backtest);

/* An event that matches; it lives during the call. */
typedef struct BacktestEvent {
    Document *document; /* of the members that the rule reads, and those that a match shows */
    int64_t time_us;
    uint64_t number; /* of its object and place there: another one for each event */
    bool counted;    /* an example of events that the engine counts (backtest_count) */
} BacktestEvent;

/* False with *err* ends the run. */
typedef bool (*BacktestTake)(void *context, const BacktestEvent *event, Error *err);

typedef struct BacktestReport {
    uint64_t candidates; /* rows that the conditions chose */
    uint64_t matches;
    uint64_t asked;      /* candidates that the rule itself was asked of */
    ScanCount scanned;   /* what was opened */
    ScanCount scannable; /* of how much */
} BacktestReport;

/* Calls *take* for each event that *rule*, a detection, matches, in no order; adds to *report*.
 * False with *err*. */
bool backtest_run(Backtest *backtest, const Rule *rule, BacktestTake take, void *context,
                  BacktestReport *report, Error *err) __attribute__((warn_unused_result));

/* HuntOrigin's recall: gives events of the lake again. *context* is a Backtest. */
bool backtest_recall(void *context, const HuntWanted *wanted, HuntRecalled take, void *to,
                     Error *err) __attribute__((warn_unused_result));

/* How many events of a day and a principal match. */
typedef struct BacktestTally {
    int64_t time_us; /* the day's beginning */
    Str principal;   /* it lives during the call; empty: none */
    uint64_t count;
} BacktestTally;

typedef struct BacktestCounting {
    BacktestTake take;
    bool (*count)(void *context, const BacktestTally *tally, Error *err);
    void *context;
    uint32_t examples; /* how many events are taken of those that are counted */
} BacktestCounting;

/* As backtest_run, but events of which the condition tells are counted by the engine, by day and
 * principal, which takes much less time when there are many; the rule is asked of the others. All
 * that match are those that `count` gets and those that `take` gets without `counted`. */
bool backtest_count(Backtest *backtest, const Rule *rule, const BacktestCounting *counting,
                    BacktestReport *report, Error *err) __attribute__((warn_unused_result));

#endif
