/* hold.h - legal holds: what retention must leave alone, by case (docs/keep.md).
 *
 * A hold is a row of the state's table `holds`; adding and releasing one are entries of the ledger.
 * A record is held when all that a hold names fits it: account, time, principal. Used by a writer
 * that is alone, or a reader.
 */
#ifndef LAKE_HOLD_H
#define LAKE_HOLD_H

#include "base/json.h"
#include "lake/lake.h"

/* Empty texts, INT64_MIN and INT64_MAX: not said. */
typedef struct Hold {
    Str case_name;
    Str account;
    Str principal; /* a pattern, with * and ? */
    Str why;
    int64_t since_us, until_us; /* the record's time lies in [since, until) */
    int64_t at_us;              /* when it was added; hold_add fills it */
} Hold;

/* Adds a hold, with its entry of the ledger. */
bool hold_add(Lake *lake, const Hold *hold, Error *err) __attribute__((warn_unused_result));

/* Ends all holds of a case, with an entry of the ledger. ERROR_INPUT when there is none. */
bool hold_release(Lake *lake, Str case_name, Str why, Error *err)
    __attribute__((warn_unused_result));

/* Calls *visit* with each hold that is in force; texts live as long as the call. */
bool hold_each(Lake *lake, bool (*visit)(void *context, const Hold *hold, Error *err),
               void *context, Error *err) __attribute__((warn_unused_result));

/* Into a new state: what an entry of the ledger says of holds, if it does. */
bool hold_restore(Lake *lake, const Json *entry, Error *err) __attribute__((warn_unused_result));

/* Appends SQL over `cloudtrail` that is true for a record which a hold in force names, else false.
 */
bool hold_sql(Lake *lake, Buf *out, Error *err) __attribute__((warn_unused_result));

/* The same of the holds of one case. */
bool hold_sql_of(Lake *lake, Str case_name, Buf *out, Error *err)
    __attribute__((warn_unused_result));

/* What the state tells of records, as SQL: of one, or of several that lie between two times. */
typedef struct HoldTold {
    const char *account, *principal; /* empty or NULL where it is not known: any */
    const char *first, *last;        /* microseconds */
} HoldTold;

/* Appends SQL of the state: whether a hold in force may name what *told* tells. Accounts and
 * principals are those that a signal or finding has, one of several that a record has: the record
 * itself may be held where this says no (retain_held.h). */
bool hold_told_sql(const HoldTold *told, Buf *out, Error *err) __attribute__((warn_unused_result));

/* What the state tells of a log or a piece of one, as SQL. */
typedef struct HoldPlace {
    const char *account; /* empty: not known */
    const char *time;    /* microseconds: records are older */
    const char *known;   /* whether it is the time of delivery: records are a day older at most */
} HoldPlace;

/* How a hold in force may be about something whose records were not looked at. */
enum {
    HOLD_NOT = 0, /* it is about none of its records */
    HOLD_ALL = 1, /* about its account and time, whoever the principal is */
    HOLD_ASK = 2, /* its records tell (hold_names) */
};

/* Appends SQL of the state that gives one of these numbers. */
bool hold_state_sql(const HoldPlace *place, Buf *out, Error *err)
    __attribute__((warn_unused_result));

/* What a hold asks of a record; texts may be empty. */
typedef struct HoldRecord {
    Str accounts[2];   /* recipientAccountId, the identity's */
    Str principals[4]; /* the identity's ARN, principalId, userName, the session issuer's ARN */
    int64_t time_us;
} HoldRecord;

/* Whether a hold in force names the record, as hold_sql has it. */
bool hold_names(Lake *lake, const HoldRecord *record, bool *ret, Error *err)
    __attribute__((warn_unused_result));

#endif
