#include "generate/calls.h"

#include <assert.h>
#include <math.h>
#include <string.h>

/* Templates are written as JSON; the preprocessor makes strings of them. */
#define J(...) #__VA_ARGS__
#define NONE   ""

static const Call CALLS[] = {
#define CALL(caller, version, service, name, read_only, shape, request, response)                  \
    {CALLER_##caller, version, service, name, read_only, SHAPE_##shape, request, response},
#include "generate/call_table.h"
#undef CALL
};

enum { CALL_COUNT = sizeof CALLS / sizeof *CALLS, SWAP_REACH = 6 };

_Static_assert(CALL_COUNT <= (int)CALLS_MAX, "CALLS_MAX holds the table");

/* Rank r weighs 1 / (r + 1)^exponent: service noise has few names, people have many. */
static double exponent_of(Caller caller)
{
    return caller == CALLER_MACHINE || caller == CALLER_SERVICE ? 1.6 : 0.8;
}

size_t calls_count(void)
{
    return CALL_COUNT;
}

const Call *calls_at(size_t index)
{
    assert(index < CALL_COUNT);
    return &CALLS[index];
}

/* Each account has its own favourites: neighbours in rank change places. */
static void swap_neighbours(Random *random, uint16_t *order, uint16_t count)
{
    for (uint16_t i = 0; i < count; i++) {
        uint16_t left = (uint16_t)(count - i);
        uint32_t other = i + random_below(random, left < SWAP_REACH ? left : SWAP_REACH);
        uint16_t held = order[i];
        order[i] = order[other];
        order[other] = held;
    }
}

static void add_caller(Random *random, Caller caller, CallMix *mix)
{
    uint16_t begin = mix->begins[caller];
    uint16_t end = begin;
    for (int i = 0; i < CALL_COUNT; i++)
        if (CALLS[i].caller == caller)
            mix->order[end++] = (uint16_t)i;
    swap_neighbours(random, mix->order + begin, (uint16_t)(end - begin));
    uint32_t sum = 0;
    for (uint16_t i = begin; i < end; i++)
        mix->sums[i] = sum += 1 + (uint32_t)(1e6 / pow(i - begin + 1, exponent_of(caller)));
    mix->begins[caller + 1] = end;
}

void calls_mix(Random *random, CallMix *ret)
{
    *ret = (CallMix){.begins = {0}};
    for (Caller caller = 0; caller < CALLERS; caller++)
        add_caller(random, caller, ret);
}

bool calls_is_global(const Call *call)
{
    static const char *const SERVICES[] = {"iam", "organizations", "route53", "cloudfront",
                                           "ce",  "health"};
    for (size_t i = 0; i < sizeof SERVICES / sizeof *SERVICES; i++)
        if (strcmp(call->service, SERVICES[i]) == 0)
            return true;
    return false;
}

static const Call *draw(const CallMix *mix, Caller caller, Random *random)
{
    uint16_t low = mix->begins[caller];
    uint16_t high = (uint16_t)(mix->begins[caller + 1] - 1);
    assert(mix->begins[caller + 1] > low);
    uint32_t drawn = random_below(random, mix->sums[high]);
    while (low < high) {
        uint16_t middle = (uint16_t)((low + high) / 2);
        if (drawn < mix->sums[middle])
            high = middle;
        else
            low = (uint16_t)(middle + 1);
    }
    return &CALLS[mix->order[low]];
}

const Call *calls_draw(const CallMix *mix, Caller caller, bool home, Random *random)
{
    const Call *call = draw(mix, caller, random);
    /* No caller has only global calls, so that this ends. */
    while (!home && calls_is_global(call))
        call = draw(mix, caller, random);
    return call;
}
