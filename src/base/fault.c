#include "base/fault.h"

#ifdef SPOOR_FAULTS

#include <errno.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdlib.h>

static _Atomic uint64_t counted[FAULT_KINDS];
static _Atomic uint64_t armed[FAULT_KINDS];
static _Atomic int killing; /* the armed durable step kills instead of failing */
static _Atomic int environment_read;

/* SPOOR_FAULT_DURABLE=N fails durable step N of a whole process, SPOOR_FAULT_KILL=N kills at it. */
static void read_environment(void)
{
    if (atomic_exchange(&environment_read, 1))
        return;
    const char *fail = getenv("SPOOR_FAULT_DURABLE");
    const char *kill_at = getenv("SPOOR_FAULT_KILL");
    if (kill_at) {
        atomic_store(&killing, 1);
        atomic_store(&armed[FAULT_DURABLE], strtoull(kill_at, NULL, 10));
    } else if (fail) {
        atomic_store(&armed[FAULT_DURABLE], strtoull(fail, NULL, 10));
    }
}

bool fault_due(FaultKind kind)
{
    read_environment();
    uint64_t step = atomic_fetch_add(&counted[kind], 1) + 1;
    if (step != atomic_load(&armed[kind]))
        return false;
    if (kind == FAULT_DURABLE && atomic_load(&killing))
        raise(SIGKILL);
    errno = kind == FAULT_ALLOC ? ENOMEM : ENOSPC;
    return true;
}

void fault_arm(FaultKind kind, uint64_t nth)
{
    atomic_store(&environment_read, 1);
    atomic_store(&counted[kind], 0);
    atomic_store(&armed[kind], nth);
}

uint64_t fault_count(FaultKind kind)
{
    return atomic_load(&counted[kind]);
}

#else
typedef int FaultIsCompiledOut; /* a translation unit may not be empty */
#endif
