/* object_name.h - what the key of a log or digest file says ("CloudTrail digest files", section 2;
 * "CloudTrail event record", section 1.1).
 *
 * Names are read from the right, since a trail's name may hold '_', '.' and '-'. Texts borrow from
 * the key. Nothing here looks at an object's content.
 */
#ifndef COLLECT_OBJECT_NAME_H
#define COLLECT_OBJECT_NAME_H

#include "base/buf.h"

/* What the parts of a digest file's key are. */
typedef struct DigestName {
    Str prefix;       /* before "AWSLogs/", without its slash; empty for none */
    Str organization; /* o-...; empty for none */
    Str account;
    Str region; /* that is covered */
    Str trail;
    Str home_region; /* of the trail */
    int64_t end_us;  /* end of what the digest covers, in whole seconds */
    bool backfill;
} DigestName;

/* What the parts of a log file's key are. */
typedef struct LogName {
    Str account;
    Str region;
    int64_t delivered_us; /* to the minute */
} LogName;

/* Reads *key* as a digest file's. False when it is none, when its folders and its name do not say
 * the same, or when it holds control characters. */
bool object_name_digest(Str key, DigestName *ret);

/* Writes the key that *name* stands for, after what *ret* holds. */
bool object_name_digest_key(const DigestName *name, Buf *ret, Error *err)
    __attribute__((warn_unused_result));

/* Reads *key* as a log file's, by its name alone. False when it is none. */
bool object_name_log(Str key, LogName *ret);

#endif
