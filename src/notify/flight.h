/* flight.h - messages on their way, many at a time, a few to each target.
 *
 * sending -> [flight] -> courier
 *
 * A receiver that hangs keeps the places of its own target and no other's. Calls over HTTP are
 * waited for by the courier's thread; what else takes long is sent by threads, which see a
 * written message and its target alone; files are written at once.
 */
#ifndef NOTIFY_FLIGHT_H
#define NOTIFY_FLIGHT_H

#include <stdatomic.h>

#include "notify/sending.h"

enum {
    FLIGHT_OF_TARGET = 4,   /* messages to one target at a time */
    FLIGHT_THREADS_MAX = 64 /* messages that threads send at a time */
};

typedef struct Flight Flight;

/* Places for messages to *targets*, which is borrowed, as *with* is. Once *stopping* is true, no
 * thread begins to send (NULL: nobody asks). NULL with *err*; the caller frees. */
Flight *flight_new(const Targets *targets, const SendingWith *with, const atomic_bool *stopping,
                   Error *err) __attribute__((warn_unused_result));

/* Waits for what threads are sending, seconds at most; calls under way are given up. NULL is fine.
 */
void flight_free(Flight *flight);

/* How many more messages may be sent to *target* now. */
int flight_room(const Flight *flight, const Target *target);

/* Whether this message has a place: it is on its way, or back. */
bool flight_has(const Flight *flight, int64_t message);

/* How many have. */
int flight_count(const Flight *flight);

/* A place for a message to *target*, which has room, nothing of it written. The caller writes it,
 * and lets it go or puts it down; the place is the flight's. */
Sending *flight_begin(Flight *flight, const OutboxDelivery *delivery, const Target *target);

/* Lets a written message go. False with *err*: it did not, and the caller puts it down. */
bool flight_go(Flight *flight, Sending *sending, Error *err) __attribute__((warn_unused_result));

/* The message is not sent: it is back, with *why*. */
void flight_put_down(Sending *sending, const Error *why);

/* Waits for something to come back, *wait_us* at most. ERROR_SYSTEM. */
bool flight_wait(Flight *flight, int64_t wait_us, Error *err) __attribute__((warn_unused_result));

/* Waits until no thread sends any more, and a second for what is called; once the end is asked for,
 * what waited for a thread is back, neither sent nor failed. */
void flight_land(Flight *flight);

/* Takes the next message that is back, from *at* (0 first), which moves behind it; NULL: there are
 * no more. It keeps its place until flight_clear. */
const Sending *flight_back(Flight *flight, int *at);

/* Frees the places of those that were taken. */
void flight_clear(Flight *flight);

#endif
