#include "serve_state.h"

#include <pthread.h>
#include <string.h>

#include "base/clock.h"
#include "base/mem.h"
#include "serve_metrics.h"

static const int64_t STALL_US = INT64_C(300000000);

struct ServeState {
    Lake *lake;
    int64_t started_us;   /* wall time */
    pthread_mutex_t lock; /* protects what is below */
    IngestReport report;
    uint64_t life;    /* a number that grows when something is done */
    int64_t alive_us; /* when it last did; monotonic */
    bool asking;
    uint64_t asked; /* how often the sources were */
    uint64_t round;
};

ServeState *serve_state_new(Lake *lake, Error *err)
{
    ServeState *self = mem_calloc(1, sizeof *self, err);
    if (!self)
        return NULL;
    self->lake = lake;
    self->started_us = clock_now_us();
    self->alive_us = clock_monotonic_us();
    pthread_mutex_init(&self->lock, NULL);
    return self;
}

void serve_state_free(ServeState *self)
{
    if (self)
        pthread_mutex_destroy(&self->lock);
    mem_free(self);
}

void serve_state_note(ServeState *self, const IngestReport *so_far)
{
    uint64_t life = so_far->listed + so_far->ingested + so_far->quarantined + so_far->unreadable +
                    so_far->parts;
    pthread_mutex_lock(&self->lock);
    if (life != self->life || self->asking)
        self->alive_us = clock_monotonic_us();
    self->life = life;
    self->report = *so_far;
    pthread_mutex_unlock(&self->lock);
}

void serve_state_ask(ServeState *self, bool asking, uint64_t round)
{
    pthread_mutex_lock(&self->lock);
    self->alive_us = clock_monotonic_us();
    self->asking = asking;
    self->asked += asking;
    self->round = round;
    pthread_mutex_unlock(&self->lock);
}

bool serve_state_is_alive(ServeState *self, Buf *ret_why, Error *err)
{
    pthread_mutex_lock(&self->lock);
    int64_t quiet_s = (clock_monotonic_us() - self->alive_us) / 1000000;
    bool alive = quiet_s < STALL_US / 1000000, asking = self->asking;
    pthread_mutex_unlock(&self->lock);
    ret_why->len = 0;
    bool told = alive
                    ? buf_printf(ret_why, err, "%s\n",
                                 asking ? "ok: the sources are asked" : "ok: objects are read")
                    : buf_printf(ret_why, err, "nothing was done for %lld s\n", (long long)quiet_s);
    return alive && told;
}

bool serve_state_is_ready(ServeState *self)
{
    pthread_mutex_lock(&self->lock);
    bool ready = self->asked > 1 || self->round > 0;
    pthread_mutex_unlock(&self->lock);
    return ready;
}

bool serve_state_metrics(ServeState *self, Buf *ret, Error *err)
{
    pthread_mutex_lock(&self->lock);
    const ServeFigures figures = {.report = self->report,
                                  .started_us = self->started_us,
                                  .rounds = self->round,
                                  .quiet_us = clock_monotonic_us() - self->alive_us};
    pthread_mutex_unlock(&self->lock);
    return serve_metrics_write(self->lake, &figures, ret, err);
}
