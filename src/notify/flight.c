#include "notify/flight.h"

#include "base/clock.h"
#include "base/mem.h"
#include "base/pool.h"

enum { LOOK_US = 20000 };

static const int64_t LAND_US = 1000000;

typedef enum PlaceState { PLACE_FREE, PLACE_AWAY, PLACE_BACK, PLACE_TAKEN } PlaceState;

typedef struct Place {
    Sending sending; /* first: a sending is its place */
    const Flight *flight;
    atomic_int state; /* a PlaceState; the thread that sends sets PLACE_BACK */
} Place;

struct Flight {
    const Targets *targets;
    const SendingWith *with;
    const atomic_bool *stopping;
    HttpClient *http;
    Pool *pool;    /* NULL: no target is of a kind that needs it */
    Place *places; /* FLIGHT_OF_TARGET for each target, in their order */
    int place_count;
};

static PlaceState state_of(const Place *place)
{
    return (PlaceState)atomic_load(&place->state);
}

static void set_state(Place *place, PlaceState state)
{
    atomic_store(&place->state, (int)state);
}

/* Threads for what waits for its receiver, if there is such a target. */
static bool open_pool(Flight *flight, Error *err)
{
    int slow = 0;
    for (int i = 0; i < targets_count(flight->targets); i++)
        slow += targets_at(flight->targets, i)->is_slow;
    int places = slow * FLIGHT_OF_TARGET;
    if (slow)
        flight->pool =
            pool_new(places < FLIGHT_THREADS_MAX ? places : FLIGHT_THREADS_MAX, places, err);
    return !slow || flight->pool;
}

Flight *flight_new(const Targets *targets, const SendingWith *with, const atomic_bool *stopping,
                   Error *err)
{
    int places = targets_count(targets) * FLIGHT_OF_TARGET;
    const HttpOptions http = {.ca_file = with->ca_file, .parallel = places ? places : 1};
    Flight *flight = mem_calloc(1, sizeof *flight, err);
    if (!flight)
        return NULL;
    flight->targets = targets;
    flight->with = with;
    flight->stopping = stopping;
    flight->place_count = places;
    flight->places = mem_calloc((size_t)places + 1, sizeof *flight->places, err);
    flight->http = flight->places ? http_client_new(&http, err) : NULL;
    if (flight->http && open_pool(flight, err))
        return flight;
    flight_free(flight);
    return NULL;
}

void flight_free(Flight *flight)
{
    if (!flight)
        return;
    pool_free(flight->pool);
    for (int i = 0; flight->places && i < flight->place_count; i++)
        if (state_of(&flight->places[i]) != PLACE_FREE)
            sending_end(&flight->places[i].sending);
    http_client_free(flight->http);
    mem_free(flight->places);
    mem_free(flight);
}

/* The places of *target*. */
static Place *places_of(const Flight *flight, const Target *target)
{
    int i = 0;
    while (targets_at(flight->targets, i) != target)
        i++;
    return &flight->places[(ptrdiff_t)i * FLIGHT_OF_TARGET];
}

/* How many messages a target has on its way at most: what PagerDuty is told of an incident, that it
 * begins and that it ends, has an order. */
static int most_of(const Target *target)
{
    return target->kind == TARGET_PAGERDUTY ? 1 : FLIGHT_OF_TARGET;
}

int flight_room(const Flight *flight, const Target *target)
{
    const Place *places = places_of(flight, target);
    int room = most_of(target);
    for (int i = 0; i < FLIGHT_OF_TARGET; i++)
        room -= state_of(&places[i]) != PLACE_FREE;
    return room;
}

bool flight_has(const Flight *flight, int64_t message)
{
    for (int i = 0; i < flight->place_count; i++)
        if (state_of(&flight->places[i]) != PLACE_FREE &&
            flight->places[i].sending.delivery.id == message)
            return true;
    return false;
}

int flight_count(const Flight *flight)
{
    int count = 0;
    for (int i = 0; i < flight->place_count; i++)
        count += state_of(&flight->places[i]) != PLACE_FREE;
    return count;
}

Sending *flight_begin(Flight *flight, const OutboxDelivery *delivery, const Target *target)
{
    Place *place = places_of(flight, target);
    while (state_of(place) != PLACE_FREE)
        place++;
    sending_begin(&place->sending, delivery, flight->with, target);
    place->flight = flight;
    set_state(place, PLACE_AWAY);
    return &place->sending;
}

static bool is_stopping(const Flight *flight)
{
    return flight->stopping && atomic_load(flight->stopping);
}

static void send_slowly(void *argument, int worker)
{
    Place *place = argument;
    (void)worker;
    if (!is_stopping(place->flight))
        sending_run(&place->sending);
    set_state(place, PLACE_BACK);
}

bool flight_go(Flight *flight, Sending *sending, Error *err)
{
    Place *place = (Place *)sending;
    if (sending_is_call(sending))
        return sending_call(sending, flight->http, err);
    if (sending->target->is_slow)
        pool_run(flight->pool, send_slowly, place);
    else
        send_slowly(place, 0);
    return true;
}

void flight_put_down(Sending *sending, const Error *why)
{
    sending->why = *why;
    set_state((Place *)sending, PLACE_BACK);
}

/* Takes the answers that have come; *ret_away* is how many messages are under way still. */
static bool take_answers(Flight *flight, int *ret_away)
{
    bool any = false;
    *ret_away = 0;
    for (int i = 0; i < flight->place_count; i++) {
        Place *place = &flight->places[i];
        HttpCall *call = place->sending.call;
        if (state_of(place) == PLACE_AWAY && call && http_call_done(call)) {
            sending_answered(&place->sending);
            set_state(place, PLACE_BACK);
        }
        any |= state_of(place) == PLACE_BACK;
        *ret_away += state_of(place) == PLACE_AWAY;
    }
    return any;
}

bool flight_wait(Flight *flight, int64_t wait_us, Error *err)
{
    int away;
    int64_t end = clock_monotonic_us() + wait_us;
    while (!take_answers(flight, &away) && away && clock_monotonic_us() < end &&
           !is_stopping(flight))
        if (!http_pump(flight->http, LOOK_US, err))
            return false;
    return true;
}

void flight_land(Flight *flight)
{
    Error ignored = {0};
    int away = 1;
    int64_t end = clock_monotonic_us() + LAND_US;
    for (bool ok = true; ok && away && clock_monotonic_us() < end;) {
        ok = http_pump(flight->http, LOOK_US, &ignored);
        take_answers(flight, &away);
    }
    if (flight->pool)
        pool_wait(flight->pool);
}

const Sending *flight_back(Flight *flight, int *at)
{
    for (; *at < flight->place_count; ++*at)
        if (state_of(&flight->places[*at]) == PLACE_BACK) {
            set_state(&flight->places[*at], PLACE_TAKEN);
            return &flight->places[(*at)++].sending;
        }
    return NULL;
}

void flight_clear(Flight *flight)
{
    for (int i = 0; i < flight->place_count; i++)
        if (state_of(&flight->places[i]) == PLACE_TAKEN) {
            sending_end(&flight->places[i].sending);
            set_state(&flight->places[i], PLACE_FREE);
        }
}
