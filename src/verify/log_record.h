/* log_record.h - one record of a log file, as ingest would take it: decoded into a row and made a
 * record again. Used by one thread. */
#ifndef VERIFY_LOG_RECORD_H
#define VERIFY_LOG_RECORD_H

#include "base/buf.h"
#include "base/hash.h"
#include "lake/lake.h"

/* What was found in a log file. */
typedef struct LogRecord {
    uint8_t sha256[HASH_SHA256_BYTES]; /* of the inflated bytes */
    bool found;
    int32_t index;    /* in the file, from 0 */
    uint64_t content; /* its content hash */
    Buf text;         /* of the record, compact JSON; freed by the caller */
} LogRecord;

/* Decodes *stored*, a log file as it lies in its bucket, and finds the record with *record_index*,
 * from 0. False with *err* when memory ran out. */
bool log_record_find(const Lake *lake, Str stored, int32_t record_index, LogRecord *ret, Error *err)
    __attribute__((warn_unused_result));

/* The same for the first record with this eventID. */
bool log_record_find_event(const Lake *lake, Str stored, Str event_id, LogRecord *ret, Error *err)
    __attribute__((warn_unused_result));

#endif
