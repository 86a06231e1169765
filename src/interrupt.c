#include "interrupt.h"

#include <signal.h>
#include <stdatomic.h>
#include <time.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/mem.h"
#include "base/pool.h"

enum { TICK_NS = 200 * 1000 * 1000 };

struct Interrupt {
    InterruptCalls calls;
    int64_t deadline_us; /* 0: none */
    sigset_t signals;
    sigset_t before;
    Pool *pool;
    bool on_terminal[3]; /* standard input, output, error at the start */
    atomic_bool ended;
    atomic_bool stopped;
};

static void stop(Interrupt *interrupt, bool timed_out)
{
    if (atomic_exchange(&interrupt->stopped, true) || !interrupt->calls.stop)
        return;
    interrupt->calls.stop(interrupt->calls.context, timed_out);
}

/* The second signal is meant: the default action ends the process. */
static void end_process(int signal_number, const sigset_t *signals)
{
    signal(signal_number, SIG_DFL);
    raise(signal_number);
    pthread_sigmask(SIG_UNBLOCK, signals, NULL);
}

/* A terminal that went away is none any more. */
static bool lost_terminal(const Interrupt *interrupt)
{
    bool lost = false;
    for (int fd = 0; fd < 3; fd++)
        lost |= interrupt->on_terminal[fd] && !isatty(fd);
    return lost;
}

static void hang_up(Interrupt *interrupt)
{
    if (lost_terminal(interrupt))
        stop(interrupt, false);
    else
        interrupt->calls.reload(interrupt->calls.context);
}

static void wait_for_signals(void *argument, int worker)
{
    Interrupt *interrupt = argument;
    const struct timespec tick = {.tv_nsec = TICK_NS};
    (void)worker;
    while (!atomic_load(&interrupt->ended)) {
        int got = sigtimedwait(&interrupt->signals, NULL, &tick);
        if ((got == SIGINT || got == SIGTERM) && atomic_load(&interrupt->stopped))
            end_process(got, &interrupt->signals);
        else if (got == SIGINT || got == SIGTERM)
            stop(interrupt, false);
        else if (got == SIGHUP && !atomic_load(&interrupt->ended))
            hang_up(interrupt);
        if (interrupt->deadline_us && clock_monotonic_us() >= interrupt->deadline_us)
            stop(interrupt, true);
        if (interrupt->calls.tick && !atomic_load(&interrupt->ended))
            interrupt->calls.tick(interrupt->calls.context);
    }
}

Interrupt *interrupt_start(const InterruptCalls *calls, int64_t timeout_us, Error *err)
{
    Interrupt *interrupt = mem_calloc(1, sizeof *interrupt, err);
    if (!interrupt)
        return NULL;
    interrupt->calls = *calls;
    interrupt->deadline_us = timeout_us ? clock_monotonic_us() + timeout_us : 0;
    sigemptyset(&interrupt->signals);
    sigaddset(&interrupt->signals, SIGINT);
    sigaddset(&interrupt->signals, SIGTERM);
    if (calls->reload)
        sigaddset(&interrupt->signals, SIGHUP);
    for (int fd = 0; fd < 3; fd++)
        interrupt->on_terminal[fd] = isatty(fd) != 0;
    sigaddset(&interrupt->signals, SIGUSR1); /* wakes the waiting thread at the end */
    pthread_sigmask(SIG_BLOCK, &interrupt->signals, &interrupt->before);
    interrupt->pool = pool_new(1, 1, err);
    if (!interrupt->pool) {
        pthread_sigmask(SIG_SETMASK, &interrupt->before, NULL);
        mem_free(interrupt);
        return NULL;
    }
    pool_run(interrupt->pool, wait_for_signals, interrupt);
    return interrupt;
}

void interrupt_hold_hangup(void)
{
    sigset_t hangup;
    sigemptyset(&hangup);
    sigaddset(&hangup, SIGHUP);
    pthread_sigmask(SIG_BLOCK, &hangup, NULL);
}

bool interrupt_end(Interrupt *interrupt)
{
    if (!interrupt)
        return false;
    atomic_store(&interrupt->ended, true);
    kill(getpid(), SIGUSR1);
    pool_free(interrupt->pool);
    const struct timespec none = {0};
    while (sigtimedwait(&interrupt->signals, NULL, &none) > 0)
        continue; /* what came too late must not end the process now */
    bool stopped = atomic_load(&interrupt->stopped);
    pthread_sigmask(SIG_SETMASK, &interrupt->before, NULL);
    mem_free(interrupt);
    return stopped;
}
