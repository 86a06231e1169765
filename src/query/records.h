/* records.h - rows that a session gives as the records that they were made of.
 *
 * session -> rows -> lake/reread -> decode/rebuild -> [records] -> JSON texts
 *
 * Members whose columns are not asked for are missing. Used by one thread.
 */
#ifndef QUERY_RECORDS_H
#define QUERY_RECORDS_H

#include "hunt/hunt.h"
#include "lake/lake.h"
#include "query/session.h"

typedef struct Records Records;

/* A record; it lives during the call. */
typedef struct RecordsRow {
    Str text; /* JSON, with RECORD_PADDING zero bytes behind it */
    int64_t time_us;
    uint64_t number;  /* of its object and place there: another one for each event */
    bool redacted;    /* filters hid something in it */
    uint64_t content; /* then: the content hash that its record had (decode/altered.h) */
} RecordsRow;

/* False with *err* ends the reading. */
typedef bool (*RecordsTake)(void *context, const RecordsRow *row, Error *err);

/* NULL with *err*. */
Records *records_new(const Lake *lake, Error *err) __attribute__((warn_unused_result));
void records_free(Records *records);

/* What a match shows of its event, and where that came from. */
bool records_shown(FieldNode top);

/* "SELECT ..." of *count* top-level columns. */
bool records_select(Buf *sql, const FieldNode *tops, size_t count, Error *err)
    __attribute__((warn_unused_result));

/* "eventtime <operator> TIMESTAMP '...'", to the second. */
bool records_put_time(Buf *sql, const char *operator, int64_t time_us, Error *err)
    __attribute__((warn_unused_result));

/* Who made a call, as a match shows it: an expression. */
bool records_put_principal(Buf *sql, Error *err) __attribute__((warn_unused_result));

/* A query that selects *tops*, F_EVENT_TIME, F_EXTRA, F_OBJECT_ID and F_RECORD_INDEX among them. */
typedef struct RecordsQuery {
    Session *session;
    Str sql;
    const FieldNode *tops;
    size_t count;
} RecordsQuery;

/* Who takes records. */
typedef struct RecordsReader {
    RecordsTake take;
    void *context;
} RecordsReader;

/* Calls *reader* for each row of *result*, which it ends and whose columns are *tops*, as in
 * RecordsQuery. */
bool records_of_result(Records *records, EngineResult *result, const FieldNode *tops, size_t count,
                       const RecordsReader *reader, Error *err) __attribute__((warn_unused_result));

/* Calls *take* for each row of *query*. */
bool records_each(Records *records, const RecordsQuery *query, RecordsTake take, void *context,
                  Error *err) __attribute__((warn_unused_result));

/* Calls *take* for those events that the session sees, with the members that a match shows
 * (HuntOrigin). */
bool records_recall(Records *records, Session *session, const HuntWanted *wanted, HuntRecalled take,
                    void *to, Error *err) __attribute__((warn_unused_result));

/* The number of a record, and the object of a number. */
uint64_t records_number(int64_t object_id, int32_t record_index);
int64_t records_object(uint64_t number);

#endif
