/* zoneinfo.h - how far a time zone is from UTC at a moment, for several zones in one process.
 *
 * The C library knows one zone a process (timestamp_set_zone); calendars, mute windows and readers
 * have their own. Read from the system's compiled zones: RFC 8536 (TZif), with the rule in their
 * footer for what lies behind the last change they list. Immutable; any thread may ask.
 */
#ifndef BASE_ZONEINFO_H
#define BASE_ZONEINFO_H

#include <stdint.h>

#include "base/error.h"
#include "base/str.h"

typedef struct Zoneinfo Zoneinfo;

/* The zone *name*: "UTC", an offset such as "+09:00", or a name such as "Asia/Seoul", which is
 * looked up below TZDIR, else /usr/share/zoneinfo. ERROR_USAGE when there is none such, ERROR_INPUT
 * when its file is no TZif. The caller frees with zoneinfo_free; NULL is fine there. */
Zoneinfo *zoneinfo_open(Str name, Error *err) __attribute__((warn_unused_result));
void zoneinfo_free(Zoneinfo *zone);

/* Seconds east of UTC at *us*, microseconds since 1970 UTC. */
int32_t zoneinfo_offset(const Zoneinfo *zone, int64_t us);

#endif
