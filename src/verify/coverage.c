#include "verify/coverage.h"

#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/hash.h"
#include "base/hash_set.h"
#include "base/mem.h"

enum { TEXTS_BYTES_MAX = 64 << 20 };

#define MINUTE_US INT64_C(60000000)
/* Digests end every hour and come some minutes later. */
#define OVERDUE_US  (90 * MINUTE_US)
#define ROUNDING_US (5 * MINUTE_US)

typedef struct Range {
    int64_t from_us, to_us;
} Range;

/* An account and region. */
typedef struct Zone {
    Str account, region;
    Range *ranges; /* once sorted: apart from one another, ascending */
    size_t count, cap;
    bool sorted;
    int64_t newest_log_us; /* INT64_MIN: none */
} Zone;

struct Coverage {
    uint8_t secret[HASH_SECRET_BYTES];
    HashSet listed;  /* logs that valid digests list */
    uint64_t *noted; /* hashes of the logs that lie in the store */
    size_t noted_count, noted_cap;
    Zone *zones;
    size_t zone_count, zone_cap, last_zone;
    Arena *texts;
};

Coverage *coverage_new(Error *err)
{
    Coverage *self = mem_calloc(1, sizeof *self, err);
    if (!self)
        return NULL;
    self->texts = arena_new(TEXTS_BYTES_MAX, err);
    if (self->texts && hash_set_init(&self->listed, err) &&
        hash_random(self->secret, sizeof self->secret, err))
        return self;
    coverage_free(self);
    return NULL;
}

void coverage_free(Coverage *self)
{
    if (!self)
        return;
    for (size_t i = 0; i < self->zone_count; i++)
        mem_free(self->zones[i].ranges);
    mem_free(self->zones);
    hash_set_free(&self->listed);
    mem_free(self->noted);
    arena_free(self->texts);
    mem_free(self);
}

static uint64_t hash_of(const Coverage *self, Str bucket, Str key)
{
    return hash_keyed64(self->secret, bucket.ptr, bucket.len) * 31 +
           hash_keyed64(self->secret, key.ptr, key.len);
}

bool coverage_add_log(Coverage *self, Str bucket, Str key, Error *err)
{
    return hash_set_add(&self->listed, hash_of(self, bucket, key), NULL, err);
}

bool coverage_has_log(const Coverage *self, Str bucket, Str key)
{
    return hash_set_has(&self->listed, hash_of(self, bucket, key));
}

bool coverage_is_whole(const Coverage *self)
{
    for (size_t i = 0; i < self->noted_count; i++)
        if (!hash_set_has(&self->listed, self->noted[i]))
            return false;
    return true;
}

static Zone *find_zone(Coverage *self, Str account, Str region)
{
    for (size_t i = 0; i < self->zone_count; i++) {
        Zone *zone = &self->zones[(self->last_zone + i) % self->zone_count];
        if (str_equal(zone->region, region) && str_equal(zone->account, account)) {
            self->last_zone = (size_t)(zone - self->zones);
            return zone;
        }
    }
    return NULL;
}

static Zone *add_zone(Coverage *self, Str account, Str region, Error *err)
{
    Zone *zones = mem_grow(self->zones, self->zone_count + 1, &self->zone_cap, sizeof *zones, err);
    if (!zones)
        return NULL;
    self->zones = zones;
    char *account_text = arena_text(self->texts, account, err);
    char *region_text = account_text ? arena_text(self->texts, region, err) : NULL;
    if (!region_text)
        return NULL;
    Zone *zone = &self->zones[self->zone_count++];
    *zone = (Zone){
        .account = str_of(account_text), .region = str_of(region_text), .newest_log_us = INT64_MIN};
    return zone;
}

bool coverage_add_digest(Coverage *self, Str account, Str region, const int64_t range_us[2],
                         Error *err)
{
    Zone *zone = find_zone(self, account, region);
    if (!zone && !(zone = add_zone(self, account, region, err)))
        return false;
    Range *last = zone->count ? &zone->ranges[zone->count - 1] : NULL;
    if (last && range_us[1] >= last->from_us && range_us[0] <= last->from_us) {
        last->from_us = range_us[0]; /* the usual walk goes back in time without a gap */
        if (range_us[1] > last->to_us)
            last->to_us = range_us[1];
        return true;
    }
    Range *ranges = mem_grow(zone->ranges, zone->count + 1, &zone->cap, sizeof *ranges, err);
    if (!ranges)
        return false;
    zone->ranges = ranges;
    ranges[zone->count++] = (Range){range_us[0], range_us[1]};
    zone->sorted = false;
    return true;
}

bool coverage_note_log(Coverage *self, Str bucket, Str key, const LogName *name, Error *err)
{
    Zone *zone = find_zone(self, name->account, name->region);
    if (!zone && !(zone = add_zone(self, name->account, name->region, err)))
        return false;
    if (name->delivered_us > zone->newest_log_us)
        zone->newest_log_us = name->delivered_us;
    uint64_t *noted =
        mem_grow(self->noted, self->noted_count + 1, &self->noted_cap, sizeof *noted, err);
    if (!noted)
        return false;
    self->noted = noted;
    noted[self->noted_count++] = hash_of(self, bucket, key);
    return true;
}

static int compare_ranges(const void *a, const void *b)
{
    const Range *left = a, *right = b;
    return (left->from_us > right->from_us) - (left->from_us < right->from_us);
}

static void sort_ranges(Zone *zone)
{
    size_t kept = 0;
    if (zone->count)
        qsort(zone->ranges, zone->count, sizeof *zone->ranges, compare_ranges);
    for (size_t i = 0; i < zone->count; i++) {
        Range *last = kept ? &zone->ranges[kept - 1] : NULL;
        if (!last || zone->ranges[i].from_us > last->to_us)
            zone->ranges[kept++] = zone->ranges[i];
        else if (zone->ranges[i].to_us > last->to_us)
            last->to_us = zone->ranges[i].to_us;
    }
    zone->count = kept;
    zone->sorted = true;
}

bool coverage_covers(Coverage *self, Str account, Str region, int64_t delivered_us)
{
    Zone *zone = find_zone(self, account, region);
    if (!zone)
        return false;
    if (!zone->sorted)
        sort_ranges(zone);
    size_t low = 0, high = zone->count;
    while (low < high) {
        size_t middle = (low + high) / 2;
        if (zone->ranges[middle].to_us < delivered_us + ROUNDING_US)
            low = middle + 1;
        else
            high = middle;
    }
    return low < zone->count && zone->ranges[low].from_us <= delivered_us - ROUNDING_US;
}

bool coverage_overdue(const Coverage *self, size_t *at, CoverageOverdue *ret)
{
    while (*at < self->zone_count) {
        const Zone *zone = &self->zones[(*at)++];
        int64_t newest = INT64_MIN;
        for (size_t i = 0; i < zone->count; i++)
            newest = zone->ranges[i].to_us > newest ? zone->ranges[i].to_us : newest;
        if (newest == INT64_MIN || zone->newest_log_us == INT64_MIN ||
            zone->newest_log_us - newest <= OVERDUE_US)
            continue;
        *ret = (CoverageOverdue){zone->account, zone->region, newest, zone->newest_log_us};
        return true;
    }
    return false;
}
