/* zone.h - names of time zones: which mean UTC, and which are offsets.
 *
 * names -> [zone] -> type, printer. The engine knows zones by their names alone, "Asia/Seoul";
 * offsets such as "+09:00" are reckoned with where they are written.
 * Threads: any.
 */
#ifndef NATIVES_ZONE_H
#define NATIVES_ZONE_H

#include "base/str.h"

enum { ZONE_TEXT_BYTES = 8 };

/* True for "UTC", "Z", "GMT", "Etc/UTC" and their like, and for an offset of nothing. */
bool zone_is_utc(Str zone);

/* Minutes east of UTC when *zone* is an offset: "+9", "+09", "+0900", "+09:00", also behind "UTC"
 * or "GMT"; at most 14 hours. False when it is none. */
bool zone_offset(Str zone, int *ret_minutes);

/* "+09:00" of minutes; NUL-terminated. */
void zone_write(int minutes, char text[ZONE_TEXT_BYTES]);

#endif
