/* clock.h - the time, replaceable in tests. Microseconds; wall time since 1970 UTC. */
#ifndef BASE_CLOCK_H
#define BASE_CLOCK_H

#include <stdint.h>

/* Wall time. It may step backwards: compare durations by clock_monotonic_us. Builds with
 * SPOOR_FAULTS add SPOOR_CLOCK_OFFSET_S of the environment, in seconds. */
int64_t clock_now_us(void);

/* A clock that never goes back; its zero means nothing. */
int64_t clock_monotonic_us(void);

/* Returns after *us* microseconds, not before. */
void clock_sleep_us(int64_t us);

/* Replaces the wall clock for tests; NULL brings the real one back. Call before threads start. */
void clock_replace(int64_t (*now_us)(void));

#endif
