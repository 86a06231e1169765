#include "generate/slots.h"

#include <assert.h>

enum {
    BIG_PER_MILLE = 8,
    BIG_MIN = 40,
    LATE_PER_MILLE = 210, /* makes half of all events older than 190 s */
    QUIET_EVENTS = 20,
};

/* How busy the hours of a day are, UTC. */
static const uint8_t HOURS[24] = {7,  7,  7,  7,  7,  8,  9,  11, 13, 14, 14, 13,
                                  12, 13, 14, 14, 13, 12, 10, 9,  9,  8,  8,  7};

/* The weight of all slots. */
static uint32_t weight_of_day(void)
{
    uint32_t sum = 0;
    for (int hour = 0; hour < 24; hour++)
        sum += HOURS[hour];
    return sum * (SLOTS_OF_DAY / 24);
}

/* How many events must wait before a slot gets any. */
static uint32_t draw_threshold(uint32_t file_events, Random *random)
{
    return file_events ? file_events : 1 + random_below(random, QUIET_EVENTS);
}

/* More than its share, now and then: a job that does everything at once. */
static uint32_t draw_big(uint64_t left, Random *random)
{
    if (left < BIG_MIN || !random_chance(random, BIG_PER_MILLE))
        return 0;
    uint32_t wish = BIG_MIN + random_rank(random, SLOTS_FILE_EVENTS_MAX - BIG_MIN);
    return left < wish ? (uint32_t)left : wish;
}

void slots_plan(uint64_t events, uint32_t file_events, Random *random, Slots *ret)
{
    uint64_t given = 0;
    uint32_t weights = weight_of_day();
    uint32_t passed = 0;
    uint32_t threshold = draw_threshold(file_events, random);
    int last = (int)random_below(random, SLOTS_OF_DAY);
    *ret = (Slots){.file_events = file_events};
    for (int slot = 0; slot < SLOTS_OF_DAY; slot++) {
        passed += HOURS[slot * 24 / SLOTS_OF_DAY];
        uint64_t until = (uint64_t)((double)events * passed / weights);
        uint64_t owed = until > given ? until - given : 0;
        if (owed < threshold)
            continue;
        uint64_t take = file_events ? owed / file_events * file_events : owed;
        uint32_t big = file_events ? 0 : draw_big(events - given - take, random);
        assert(take + big <= UINT32_MAX);
        ret->events[slot] = (uint32_t)take + big;
        ret->whole[slot] = big > 0 && ret->events[slot] <= SLOTS_FILE_EVENTS_MAX;
        given += ret->events[slot];
        threshold = draw_threshold(file_events, random);
        last = slot;
    }
    assert(given <= events && events - given <= UINT32_MAX - ret->events[last]);
    ret->events[last] += (uint32_t)(events - given);
}

uint32_t slots_file(const Slots *slots, int slot, uint32_t left, uint32_t files, Random *random)
{
    uint32_t most = slots->file_events ? slots->file_events : SLOTS_FILE_EVENTS_MAX;
    uint32_t events = left;
    assert(left > 0);
    if (slots->file_events == 0 && !slots->whole[slot] && files + 1 < SLOTS_FILES_MAX &&
        left >= QUIET_EVENTS) {
        /* Three files in a slot mostly; each takes about its part of what is left. */
        uint32_t part = left / (1 + random_below(random, SLOTS_FILES_MAX - files));
        events = part < left ? 1 + part / 2 + random_below(random, part + 1) : left;
    }
    events = events < left ? events : left;
    return events < most ? events : most;
}

int slots_delay(Random *random)
{
    return random_chance(random, LATE_PER_MILLE) ? SLOTS_SECONDS : 0;
}
