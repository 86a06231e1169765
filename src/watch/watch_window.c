#include "watch/watch_window.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

/* How often a window holds a value. */
typedef struct Held {
    uint64_t value;
    uint32_t count;
    bool used;
} Held;

/* A table of values of a group, a power of two of places. */
typedef struct Values {
    Held *places;
    size_t cap;
} Values;

static int compare(const void *a, const void *b)
{
    const WatchWindowHit *left = a, *right = b;
    if (left->correlation != right->correlation)
        return left->correlation < right->correlation ? -1 : 1;
    if (left->group != right->group)
        return left->group < right->group ? -1 : 1;
    return (left->time_us > right->time_us) - (left->time_us < right->time_us);
}

void watch_window_sort(WatchWindowHit *hits, size_t count)
{
    if (count)
        qsort(hits, count, sizeof *hits, compare);
}

static size_t places_for(size_t count)
{
    size_t cap = 4;
    while (cap < 2 * count)
        cap *= 2;
    return cap;
}

static Held *find(const Values *values, uint64_t value)
{
    uint64_t hash = value * UINT64_C(0x9e3779b97f4a7c15);
    size_t at = (size_t)(hash ^ hash >> 32) & (values->cap - 1);
    while (values->places[at].used && values->places[at].value != value)
        at = (at + 1) & (values->cap - 1);
    values->places[at].used = true;
    values->places[at].value = value;
    return &values->places[at];
}

static bool group_reaches(const WatchWindowHit *hits, size_t count, int64_t span_us, double bound,
                          Held *places)
{
    const Values values = {places, places_for(count)};
    size_t first = 0, different = 0;
    memset(places, 0, values.cap * sizeof *places);
    for (size_t i = 0; i < count; i++) {
        different += find(&values, hits[i].value)->count++ == 0;
        while ((uint64_t)hits[i].time_us - (uint64_t)hits[first].time_us > (uint64_t)span_us)
            different -= --find(&values, hits[first++].value)->count == 0;
        if ((double)different >= bound)
            return true;
    }
    return false;
}

/* How many hits from the first on are of its group. */
static size_t group_size(const WatchWindowHit *hits, size_t count)
{
    size_t size = 1;
    while (size < count && hits[size].group == hits->group)
        size++;
    return size;
}

bool watch_window_reaches(const WatchWindowHit *hits, size_t count, int64_t span_us, double bound,
                          bool *ret, Error *err)
{
    MEM_AUTO Held *places = mem_calloc(places_for(count), sizeof *places, err);
    if (!places)
        return false;
    *ret = false;
    for (size_t at = 0, size; at < count && !*ret; at += size) {
        size = group_size(hits + at, count - at);
        *ret = (double)size >= bound && group_reaches(hits + at, size, span_us, bound, places);
    }
    return true;
}
