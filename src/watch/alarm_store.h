/* alarm_store.h - the states of alarms, and what became of them, in the lake's state.
 *
 * alarm_run -> [alarm_store]; notices of kind "alarm" are told by notify/. All calls are within
 * the caller's transaction.
 */
#ifndef WATCH_ALARM_STORE_H
#define WATCH_ALARM_STORE_H

#include "base/db.h"
#include "watch/alarm_set.h"

enum { ALARM_STORE_HELD_BYTES = 320 };

/* What the state has of an alarm. */
typedef struct AlarmRow {
    AlarmState state;
    int64_t since_us;    /* of this state */
    int64_t evaluated_s; /* up to where */
    bool pending;        /* the change is to be told */
    int64_t pending_s;   /* since when */
    int64_t released_s;  /* when its suppressor left ALARM; -1: it is in it; 0: it never was */
    char held[ALARM_STORE_HELD_BYTES]; /* why what is pending waits; empty: it does not */
} AlarmRow;

/* Reads the row of *alarm*; a new alarm gets one, INSUFFICIENT_DATA since *now_us*, evaluated up to
 * *evaluated_s*. What the alarm says of itself is brought up to date. */
bool alarm_store_open(Db *db, const Alarm *alarm, int64_t now_us, int64_t evaluated_s,
                      AlarmRow *ret, Error *err) __attribute__((warn_unused_result));

/* Writes the row. */
bool alarm_store_save(Db *db, const Alarm *alarm, const AlarmRow *row, Error *err)
    __attribute__((warn_unused_result));

/* Removes alarms that *set* has not; their history stays. */
bool alarm_store_prune(Db *db, const AlarmSet *set, Error *err) __attribute__((warn_unused_result));

/* A change of state, or what came of one. */
typedef struct AlarmChange {
    const char *kind; /* "StateUpdate" or "Action" */
    int64_t at_us;
    AlarmState before, after;
    Str reason, reason_data; /* reason_data may be empty */
} AlarmChange;

/* Adds to the history; a StateUpdate's reason becomes the alarm's. */
bool alarm_store_add(Db *db, const Alarm *alarm, const AlarmChange *change, Error *err)
    __attribute__((warn_unused_result));

/* The notice of the newest StateUpdate of *alarm*. */
bool alarm_store_tell(Db *db, const Alarm *alarm, int64_t at_us, Error *err)
    __attribute__((warn_unused_result));

/* Sets the state of the alarm *name* until its next evaluation, as SetAlarmState does, in a
 * transaction of its own. ERROR_USAGE when there is no such alarm. */
bool alarm_store_set(Db *db, Str name, AlarmState state, Str reason, int64_t now_us, Error *err)
    __attribute__((warn_unused_result));

#endif
