/* fault.h - makes the Nth allocation or system call fail, in builds made for it.
 *
 * Every allocation (base/mem) and every system call that can fail (base/file, base/db) asks
 * fault_due first. In a release build the question is a constant and costs nothing. In a build
 * with SPOOR_FAULTS it counts, and answers true for the one step that fault_arm named.
 * Thread safe: the counters are atomic.
 */
#ifndef BASE_FAULT_H
#define BASE_FAULT_H

#include <stdbool.h>
#include <stdint.h>

/* What a step is; faults are armed for one kind at a time. */
typedef enum { FAULT_ALLOC, FAULT_SYSCALL, FAULT_DURABLE, FAULT_KINDS } FaultKind;

#ifdef SPOOR_FAULTS
/* Counts one step of *kind*; true when this step is the one to fail (errno is then ENOSPC).
 * When SPOOR_FAULT_KILL is armed instead, the process is killed at that step. */
bool fault_due(FaultKind kind);

/* Lets step number *nth* of *kind* fail, counted from now; 0 arms nothing and only counts. */
void fault_arm(FaultKind kind, uint64_t nth);

/* Steps of *kind* counted since it was last armed. */
uint64_t fault_count(FaultKind kind);
#else
static inline bool fault_due(FaultKind kind)
{
    (void)kind;
    return false;
}
#endif

#endif
