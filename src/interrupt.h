/* interrupt.h - Ctrl-C, a deadline and a regular tick, taken by one waiting thread.
 *
 * interrupt_start blocks SIGINT and SIGTERM in the calling thread, so it must be called before
 * other threads are made: they inherit the mask. The first signal, or the deadline, calls *stop*
 * once; a second signal ends the process as if it had never been caught. SIGHUP is taken, too, when
 * somebody wants it: it calls *reload*, or *stop* when it came because the terminal went away.
 */
#ifndef INTERRUPT_H
#define INTERRUPT_H

#include <stdbool.h>
#include <stdint.h>

#include "base/error.h"

typedef struct Interrupt Interrupt;

/* What is called from the waiting thread; each may be NULL. */
typedef struct InterruptCalls {
    void (*stop)(void *context, bool timed_out);
    void (*tick)(void *context);   /* about every 200 ms */
    void (*reload)(void *context); /* SIGHUP; NULL: that keeps the action it has */
    void *context;
} InterruptCalls;

/* Starts waiting; *timeout_us* of 0 is no deadline. NULL with *err*. */
Interrupt *interrupt_start(const InterruptCalls *calls, int64_t timeout_us, Error *err)
    __attribute__((warn_unused_result));

/* Blocks SIGHUP in the calling thread, and those that it makes: it waits for an interrupt_start
 * that wants it. */
void interrupt_hold_hangup(void);

/* Ends the waiting thread and unblocks the signals; NULL is fine. True when *stop* was called. */
bool interrupt_end(Interrupt *interrupt);

#endif
