/* evaluation_pace.h - how often correlations are evaluated while records come in.
 *
 * Each time costs, so there is a longest time between two, which holds while there is much to read.
 * When nothing is left to read and there are news, it is as short as makes evaluations a twentieth
 * of the time. Any thread.
 */
#ifndef EVALUATION_PACE_H
#define EVALUATION_PACE_H

#include <pthread.h>
#include <stdbool.h>
#include <stdint.h>

typedef struct EvaluationPace {
    pthread_mutex_t lock; /* protects the others */
    int64_t longest_us;   /* between two */
    int64_t last_us;      /* when the last one began */
    int64_t cost_us;      /* what it took */
    uint64_t seen;        /* signals that it looked at */
} EvaluationPace;

/* Begins now: the first is due in *longest_us*, or earlier as said above. */
void evaluation_pace_begin(EvaluationPace *self, int64_t longest_us);
void evaluation_pace_end(EvaluationPace *self);

/* Whether one is due, with so many *signals* so far; *rests* when there is nothing to read. Who is
 * told so does it: no other is. */
bool evaluation_pace_take(EvaluationPace *self, uint64_t signals, bool rests);

/* What the one that was taken looked at, and what it took. */
void evaluation_pace_note(EvaluationPace *self, uint64_t signals, int64_t cost_us);

#endif
