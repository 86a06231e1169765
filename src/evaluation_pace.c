#include "evaluation_pace.h"

#include "base/clock.h"

enum { SHARE = 20, SHORTEST_US = 1000000 };

void evaluation_pace_begin(EvaluationPace *self, int64_t longest_us)
{
    *self = (EvaluationPace){.longest_us = longest_us, .last_us = clock_monotonic_us()};
    pthread_mutex_init(&self->lock, NULL);
}

void evaluation_pace_end(EvaluationPace *self)
{
    pthread_mutex_destroy(&self->lock);
}

static int64_t interval(const EvaluationPace *self, bool hurries)
{
    int64_t shorter = self->cost_us * SHARE > SHORTEST_US ? self->cost_us * SHARE : SHORTEST_US;
    return hurries && shorter < self->longest_us ? shorter : self->longest_us;
}

bool evaluation_pace_take(EvaluationPace *self, uint64_t signals, bool rests)
{
    int64_t now = clock_monotonic_us();
    pthread_mutex_lock(&self->lock);
    bool due = now - self->last_us >= interval(self, rests && signals != self->seen);
    if (due)
        self->last_us = now;
    pthread_mutex_unlock(&self->lock);
    return due;
}

void evaluation_pace_note(EvaluationPace *self, uint64_t signals, int64_t cost_us)
{
    pthread_mutex_lock(&self->lock);
    self->seen = signals;
    self->cost_us = cost_us;
    pthread_mutex_unlock(&self->lock);
}
