/* watch_state.h - what the files of watch share. Internal to watch/. */
#ifndef WATCH_WATCH_STATE_H
#define WATCH_WATCH_STATE_H

#include "base/arena.h"
#include "base/buf.h"
#include "base/engine.h"
#include "detect/correlation_sql.h"
#include "watch/watch.h"
#include "watch/watch_sieve.h"

#define WATCH_NEVER INT64_MIN

/* A correlation that is watched. */
typedef struct Watched {
    const Rule *rule;
    Str rule_id;
    int64_t row; /* of the state's `rules` */
    int64_t since_seq, evaluated_seq;
    int64_t horizon_us; /* up to which it was evaluated; WATCH_NEVER: never */
    uint64_t untold;    /* in the evaluation under way */
} Watched;

/* Of a detection, in the evaluation under way: its signals, and those that are new. */
typedef struct WatchCount {
    uint64_t fresh;
    int64_t fresh_min, fresh_max;
} WatchCount;

/* A time for which a correlation was true. */
typedef struct WatchEpisode {
    const Watched *watched;
    int64_t run; /* its number in the correlation's query */
    Str group;   /* JSON array of the group's texts */
    Str event_id;
    int64_t signal; /* that completed it */
    int64_t first_us, last_us;
    double value;
} WatchEpisode;

/* A signal that belongs to an episode. */
typedef struct WatchHit {
    size_t episode;
    int64_t signal;
} WatchHit;

struct Watch {
    Lake *lake;
    const RuleSet *set;
    const int64_t *ids;
    CorrelationPaths *paths;
    Watched *list;
    size_t count;
    Arena *arena; /* of the watch */
    WatchReport report;
    /* Of the evaluation under way. */
    Arena *texts;
    WatchSieve *sieve;
    int64_t seq, horizon_us;
    int64_t settle_us; /* how long events may come behind their time (lake/delivery_lag.h) */
    uint64_t *counts;  /* signals, by index of the rule */
    WatchCount *fresh; /* the same */
    Buf episodes, hits;
};

/* Fills the engine's table `stored` with the signals between *from_us* and *to_us* that matter to a
 * correlation (watch_sieve.h), and the watch's counts of all. "New" are signals behind
 * *evaluated_seq*. */
bool watch_load(Watch *watch, Engine *engine, int64_t from_us, int64_t to_us, int64_t evaluated_seq,
                Error *err) __attribute__((warn_unused_result));

/* Asks one correlation of what is loaded; adds to the watch's episodes and hits. */
bool watch_ask(Watch *watch, Engine *engine, Watched *watched, Error *err)
    __attribute__((warn_unused_result));

/* Stores episodes and hits and how far each correlation was evaluated, in one transaction. */
bool watch_store(Watch *watch, Error *err) __attribute__((warn_unused_result));

/* Whether *rule* is, or is made of, the detection *index*. */
bool watch_is_made_of(const Rule *rule, uint32_t index);

#endif
