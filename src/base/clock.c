#include "base/clock.h"

#include <errno.h>
#include <stddef.h>
#include <stdlib.h>
#include <time.h>

static int64_t read_clock(clockid_t id)
{
    struct timespec ts;
    clock_gettime(id, &ts);
    return (int64_t)ts.tv_sec * 1000000 + ts.tv_nsec / 1000;
}

#ifdef SPOOR_FAULTS
/* Builds made for tests: SPOOR_CLOCK_OFFSET_S seconds are added to a whole process's wall clock. */
static int64_t offset_us(void)
{
    const char *seconds = getenv("SPOOR_CLOCK_OFFSET_S");
    return seconds ? strtoll(seconds, NULL, 10) * 1000000 : 0;
}
#else
static int64_t offset_us(void)
{
    return 0;
}
#endif

static int64_t real_now_us(void)
{
    return read_clock(CLOCK_REALTIME) + offset_us();
}

static int64_t (*now_function)(void) = real_now_us;

int64_t clock_now_us(void)
{
    return now_function();
}

int64_t clock_monotonic_us(void)
{
    return read_clock(CLOCK_MONOTONIC);
}

void clock_sleep_us(int64_t us)
{
    struct timespec left = {.tv_sec = us / 1000000, .tv_nsec = us % 1000000 * 1000};
    while (us > 0 && nanosleep(&left, &left) != 0 && errno == EINTR)
        continue;
}

void clock_replace(int64_t (*now_us)(void))
{
    now_function = now_us ? now_us : real_now_us;
}
