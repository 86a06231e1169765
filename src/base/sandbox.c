#include "base/sandbox.h"

#include <errno.h>
#include <linux/capability.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/fault.h"

/* Sanitizers map far more than they use. */
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
enum { LIMITS_MEMORY = false };
#else
enum { LIMITS_MEMORY = true };
#endif

static bool set_limit(int resource, const char *name, uint64_t value, Error *err)
{
    struct rlimit limit;
    if (fault_due(FAULT_SYSCALL) || getrlimit(resource, &limit) != 0)
        return error_errno(err, "the limit %s cannot be read", name);
    if (limit.rlim_max == RLIM_INFINITY || limit.rlim_max > value)
        limit.rlim_max = value;
    limit.rlim_cur = limit.rlim_max;
    return setrlimit(resource, &limit) == 0 || error_errno(err, "the limit %s cannot be set", name);
}

static bool set_limits(const SandboxOptions *options, SandboxReport *report, Error *err)
{
    report->memory = LIMITS_MEMORY && options->data_bytes;
    report->data_bytes = options->data_bytes;
    return set_limit(RLIMIT_CORE, "RLIMIT_CORE", 0, err) &&
           set_limit(RLIMIT_NOFILE, "RLIMIT_NOFILE", options->files_max, err) &&
           (!options->file_bytes ||
            set_limit(RLIMIT_FSIZE, "RLIMIT_FSIZE", options->file_bytes, err)) &&
           (!report->memory || set_limit(RLIMIT_DATA, "RLIMIT_DATA", options->data_bytes, err));
}

/* Root's rights go, but for that of reading files: the lake may belong to somebody else. */
static bool drop_privileges(Error *err)
{
    struct __user_cap_header_struct header = {_LINUX_CAPABILITY_VERSION_3, 0};
    struct __user_cap_data_struct data[_LINUX_CAPABILITY_U32S_3] = {{0, 0, 0}, {0, 0, 0}};
    if (fault_due(FAULT_SYSCALL) || syscall(SYS_capget, &header, data) != 0)
        return error_errno(err, "the privileges of the process cannot be read");
    data[0].effective &= 1U << CAP_DAC_READ_SEARCH;
    data[0].permitted &= 1U << CAP_DAC_READ_SEARCH;
    data[1].effective = data[1].permitted = 0;
    data[0].inheritable = data[1].inheritable = 0;
    return syscall(SYS_capset, &header, data) == 0 ||
           error_errno(err, "the privileges of the process cannot be given up");
}

bool sandbox_enter(const SandboxOptions *options, SandboxReport *ret, Error *err)
{
    *ret = (SandboxReport){0};
    if (!set_limits(options, ret, err) || !drop_privileges(err))
        return false;
    if (fault_due(FAULT_SYSCALL) || prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0 ||
        prctl(PR_SET_DUMPABLE, 0, 0, 0, 0) != 0)
        return error_errno(err, "the process cannot be closed to others");
    return sandbox_files(options, &ret->landlock_abi, err) && sandbox_calls(&ret->calls, err);
}

bool sandbox_describe(const SandboxReport *report, Buf *out, Error *err)
{
    bool ok = report->landlock_abi
                  ? buf_printf(out, err, "files by Landlock (ABI %u)", report->landlock_abi)
                  : buf_printf(out, err, "files NOT CONFINED: this kernel has no Landlock");
    ok = ok && buf_printf(out, err, "%s",
                          report->calls
                              ? "; system calls by seccomp"
                              : "; system calls NOT CONFINED: this kernel has no seccomp filters");
    if (!report->memory)
        return ok && buf_printf(out, err, "; memory NOT LIMITED in a build with sanitizers");
    return ok && buf_printf(out, err, "; memory at most %llu MiB",
                            (unsigned long long)(report->data_bytes >> 20));
}
