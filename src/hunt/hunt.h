/* hunt.h - scans log objects with rules, without a lake: what matched, in the order of time.
 *
 * collect -> decode -> detect -> [hunt]
 *
 * Matches of correlated rules become signals in files, which the engine is asked for at the end.
 * Workers read objects side by side; each keeps its matches in memory of its own, under a ceiling
 * for all: matches beyond it are counted and not kept. Threads: those of one pool; a Hunt is read
 * by one thread when it is done.
 */
#ifndef HUNT_HUNT_H
#define HUNT_HUNT_H

#include <stddef.h>

#include "cloud/aws.h"
#include "collect/object_list.h"
#include "derive/derive.h"
#include "detect/document.h"
#include "detect/ruleset.h"
#include "findings/story.h"

/* Events that are asked for again. */
typedef struct HuntWanted {
    const uint64_t *numbers; /* ascending */
    size_t count;
    int64_t since_us, until_us; /* [since, until] holds their times */
} HuntWanted;

/* Takes an event that was asked for again; *document* lives during the call. */
typedef bool (*HuntRecalled)(void *to, uint64_t number, Document *document, Error *err);

/* Where given events came from: each function may be NULL, and returns false with *err*. */
typedef struct HuntOrigin {
    void *context;
    /* Calls *take* for the events that are wanted, in any order; one that is gone is passed over.
     */
    bool (*recall)(void *context, const HuntWanted *wanted, HuntRecalled take, void *to,
                   Error *err);
    /* The name of the object that held event *number*; it lives until the next call. */
    bool (*object)(void *context, uint64_t number, Str *ret, Error *err);
} HuntOrigin;

typedef struct HuntOptions {
    const ObjectList *objects; /* sorted; NULL: records are given (hunt_begin) */
    Aws *aws;                  /* for objects of S3; NULL when there are none */
    const RuleSet *rules;      /* finished */
    Derive *derive;            /* lookups of derived members */
    RuleLevel level_min;
    int64_t since_us, until_us; /* only records in [since, until) */
    int jobs;
    int64_t horizon_us; /* of given records: up to when there are some, though not all are given;
                         * 0: all are */
    HuntOrigin origin;  /* of given records */
    const Rule *only;   /* keep matches of this rule alone, even a silent one; NULL: of all */
    size_t bytes_max;   /* of kept matches, all workers together; and of the engine's memory */
} HuntOptions;

/* One match. Texts live as long as the Hunt. */
typedef StoryMatch HuntMatch;

typedef struct HuntReport {
    uint64_t objects, unreadable, records, quarantined, matches, dropped, signals;
    uint64_t
        incomplete;  /* objects of which something could not be read: cut, broken, no log at all */
    int64_t last_us; /* time of the latest record that was looked at; 0: none */
    uint64_t bytes, inflated_bytes;
    double seconds;
    char first_unreadable[200], first_incomplete[200];
} HuntReport;

typedef struct Hunt Hunt;

/* Scans all objects. NULL with *err*: memory, or no thread. */
Hunt *hunt_run(const HuntOptions *options, Error *err) __attribute__((warn_unused_result));
void hunt_free(Hunt *hunt);

/* A hunt of events that are given: hunt_begin, hunt_take for each, hunt_end. NULL with *err*. */
Hunt *hunt_begin(const HuntOptions *options, Error *err) __attribute__((warn_unused_result));

/* What an event that is given is. */
typedef struct HuntEvent {
    Document *document;
    int64_t time_us;
    uint64_t number; /* another one for each event */
    int worker;      /* who gives it, below HuntOptions.jobs: each is one thread */
} HuntEvent;

/* Counts *event* and takes what *count* rules found: *rules* match it. False with *err*: memory. */
bool hunt_take(Hunt *hunt, const HuntEvent *event, const Rule *const *rules, size_t count,
               Error *err) __attribute__((warn_unused_result));

/* Asks the correlations and sorts; then it is as hunt_run leaves it. */
bool hunt_end(Hunt *hunt, Error *err) __attribute__((warn_unused_result));

/* What was read. */
const HuntReport *hunt_report(const Hunt *hunt);

/* The matches kept, by time, eventID and place of the rule; they lie one behind the other. */
size_t hunt_count(const Hunt *hunt);
const HuntMatch *hunt_match(const Hunt *hunt, size_t index);

#endif
