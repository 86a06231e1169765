/* sandbox.h - locks this process in: which files, system calls and how much it may still use.
 *
 * sandbox_enter is called once, early, by the only thread; threads that are made later are locked
 * in too, and nothing can be taken back.
 *   1. Files: below `readable` and `linked` they are read, below `writable` also made and removed,
 * and nothing else is opened but the limits of the process's control group (Landlock). Descriptors
 * that are open already stay usable.
 *   2. Calls: those of sandbox_call_table.h; what is not listed gives EPERM (seccomp). No new
 *      process, program, socket, or memory that is written and then run.
 *   3. Limits: private memory, open files, bytes of a file; no core dump, no privileges but that of
 *      reading files, and other processes of the user can neither trace it nor look into it.
 *   4. A kernel without Landlock or seccomp is no error, and the report says so. Everything that
 *      the kernel has and then refuses is one.
 */
#ifndef BASE_SANDBOX_H
#define BASE_SANDBOX_H

#include <stdbool.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/error.h"

typedef struct SandboxOptions {
    const char *readable; /* a folder */
    const char *linked;   /* another one, when a link below it leads there; NULL: none */
    const char *writable; /* a folder */
    uint64_t data_bytes;  /* memory of its own that can be written; 0: no limit */
    uint64_t file_bytes;  /* of each file that it writes; 0: no limit */
    uint64_t files_max;   /* open at once */
} SandboxOptions;

/* What holds. */
typedef struct SandboxReport {
    uint32_t landlock_abi; /* 0: the kernel has no Landlock; from 4 on TCP is closed by it too */
    bool calls;            /* false: the kernel has no seccomp filters */
    bool memory;           /* false: not limited, because sanitizers need more than can be said */
    uint64_t data_bytes;
} SandboxReport;

/* Locks the process in. ERROR_SYSTEM when a barrier that the kernel has could not be put up: the
 * caller then goes no further. */
bool sandbox_enter(const SandboxOptions *options, SandboxReport *ret, Error *err)
    __attribute__((warn_unused_result));

/* Appends one line for people, without its end: what holds, and loudly what does not. */
bool sandbox_describe(const SandboxReport *report, Buf *out, Error *err)
    __attribute__((warn_unused_result));

/* The two barriers of their own files; sandbox_enter calls them. *ret_abi* of 0 and *ret_done* of
 * false: the kernel has none. */
bool sandbox_files(const SandboxOptions *options, uint32_t *ret_abi, Error *err)
    __attribute__((warn_unused_result));
bool sandbox_calls(bool *ret_done, Error *err) __attribute__((warn_unused_result));

#endif
