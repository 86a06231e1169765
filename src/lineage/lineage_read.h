/* lineage_read.h - asks a lake for the events that lineage needs.
 *
 * lineage_back, lineage_forward, lineage_instance -> [lineage_read] -> session
 *
 * A step asks for one value of a column that has bloom filters (lookup.h), or for a few seconds, so
 * that few files are opened; --since and --until bound only what a session did, not how it came to
 * be. One thread owns a reader; what it gives lives in its arena.
 */
#ifndef LINEAGE_READ_H
#define LINEAGE_READ_H

#include "lineage/lineage_event.h"
#include "query/session.h"

typedef struct LineageReader {
    Session *session; /* of all times */
    Arena *arena;
    int64_t since_us, until_us; /* INT64_MIN, INT64_MAX: open */
} LineageReader;

/* Which column is looked up. */
typedef enum {
    LINEAGE_BY_KEY,
    LINEAGE_BY_ISSUED_KEY,
    LINEAGE_BY_EVENT_ID,
    LINEAGE_BY_SHARED_ID,
    LINEAGE_BY_PRINCIPAL, /* ARN of the caller */
    LINEAGE_BY_ISSUER,    /* ARN of the role behind the caller's session */
    LINEAGE_BY_ADDRESS,
} LineageBy;

/* What to look for. *where* is further SQL ("": none), *newest* asks for the last events; the times
 * are INT64_MIN and INT64_MAX where open. */
typedef struct LineageAsk {
    LineageBy by;
    Str text;
    const char *where;
    int64_t from_us, until_us;
    unsigned max;
    bool newest;
} LineageAsk;

/* The events whose column is *text*, in the order of time, at most *max*; since those of one second
 * have no order, the id decides then. */
bool lineage_read_events(const LineageReader *reader, const LineageAsk *ask, LineageEvents *ret,
                         Error *err) __attribute__((warn_unused_result));

/* The first event whose column is *text*; NULL: none. Only its second is read whole. */
bool lineage_read_first(const LineageReader *reader, LineageBy by, Str text,
                        const LineageEvent **ret, Error *err) __attribute__((warn_unused_result));

/* The CreateAccessKey that made the long-term *key*, letters and digits; NULL: none. There is no
 * filter for it: names of calls are read. */
bool lineage_read_made(const LineageReader *reader, Str key, const LineageEvent **ret, Error *err)
    __attribute__((warn_unused_result));

/* Whether there is any event of the trail of *account* between the two. */
bool lineage_read_any(const LineageReader *reader, Str account, int64_t from_us, int64_t until_us,
                      bool *ret, Error *err) __attribute__((warn_unused_result));

/* Calls that may have handed out credentials, of the seconds from *from_us* to *until_us*. */
bool lineage_read_handings(const LineageReader *reader, int64_t from_us, int64_t until_us,
                           LineageEvents *ret, Error *err) __attribute__((warn_unused_result));

/* Events that name the instance *id* in their parameters, answer or details and are of one of the
 * calls *names*, an SQL list; within the range of the reader. */
bool lineage_read_instance(const LineageReader *reader, Str id, const char *names, unsigned max,
                           LineageEvents *ret, Error *err) __attribute__((warn_unused_result));

/* One kind of call that a session made. */
typedef struct LineageAction {
    Str source, name;
    int64_t calls, failed, denied; /* denied: of the failed */
    int64_t first_us, last_us;
} LineageAction;

typedef struct LineageDeeds {
    LineageAction *actions; /* the most frequent first */
    size_t count;
    int64_t calls, failed, denied; /* of all actions */
    int64_t first_us, last_us;
    bool more; /* actions than are read */
} LineageDeeds;

/* Whose deeds: of a key, or of a principal and, where *created* is not empty, its session of that
 * creation date. */
typedef struct LineageWhose {
    LineageBy by;
    Str text, created;
} LineageWhose;

/* What was done, within the range of the reader. */
bool lineage_read_deeds(const LineageReader *reader, const LineageWhose *whose, LineageDeeds *ret,
                        Error *err) __attribute__((warn_unused_result));

/* A session or user that made calls, from a look-up's point of view. */
typedef struct LineageCaller {
    Str arn, key, created;
    int64_t calls, first_us, last_us;
    Str event_id; /* one of its events */
} LineageCaller;

typedef struct LineageCallers {
    LineageCaller *items; /* the most frequent first */
    size_t count;
    bool more;
} LineageCallers;

/* Who called from an address, as a role or as a session, at most *max*; within the range. */
bool lineage_read_callers(const LineageReader *reader, LineageBy by, Str text, unsigned max,
                          LineageCallers *ret, Error *err) __attribute__((warn_unused_result));

/* The sessions of the instance *id*'s own role: their name is its id. */
bool lineage_read_own_sessions(const LineageReader *reader, Str id, unsigned max,
                               LineageCallers *ret, Error *err) __attribute__((warn_unused_result));

#endif
