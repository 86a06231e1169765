/* sandbox_call_table.h - the system calls of a process that is locked in, for x86_64 and aarch64.
 *
 * CALL(name, RULE): the first that matches decides; what is not listed gives EPERM, and what is
 * newer than this list ENOSYS, so that libraries fall back. Often used ones come first.
 *   ALLOW     always
 *   THREAD    only a thread of this process
 *   NO_EXEC   unless the third argument asks for memory that can be run
 *   FCNTL     copies, flags and locks of descriptors; never who gets a signal
 *   PRCTL     names of threads and of memory
 *   OWN       when the first argument is this process
 *   NO_ADDRESS  when the fifth argument is NULL: on the socket that is connected already
 *   NO_CHANGE   when the third argument is NULL: a limit is read
 *   ABSENT    ENOSYS: what the filter cannot look into; libraries then use the older call
 */
/* clang-format off */
CALL(futex, ALLOW) CALL(read, ALLOW) CALL(pread64, ALLOW) CALL(pwrite64, ALLOW) CALL(write, ALLOW)
CALL(madvise, ALLOW) CALL(mmap, NO_EXEC) CALL(munmap, ALLOW) CALL(mprotect, NO_EXEC)
CALL(sched_yield, ALLOW) CALL(getrandom, ALLOW) CALL(sendto, NO_ADDRESS)
CALL(fstat, ALLOW) CALL(newfstatat, ALLOW) CALL(openat, ALLOW) CALL(close, ALLOW)
CALL(clock_gettime, ALLOW) CALL(clock_getres, ALLOW) CALL(clock_nanosleep, ALLOW)
CALL(nanosleep, ALLOW) CALL(gettimeofday, ALLOW) CALL(times, ALLOW)
/* memory */
CALL(brk, ALLOW) CALL(mremap, ALLOW) CALL(msync, ALLOW) CALL(membarrier, ALLOW)
/* files: which ones is Landlock's matter */
CALL(readv, ALLOW) CALL(writev, ALLOW) CALL(preadv, ALLOW) CALL(pwritev, ALLOW)
CALL(lseek, ALLOW) CALL(statx, ALLOW) CALL(statfs, ALLOW) CALL(fstatfs, ALLOW)
CALL(faccessat, ALLOW) CALL(readlinkat, ALLOW) CALL(getdents64, ALLOW)
CALL(getcwd, ALLOW) CALL(ftruncate, ALLOW) CALL(fallocate, ALLOW) CALL(fsync, ALLOW)
CALL(fdatasync, ALLOW) CALL(fadvise64, ALLOW) CALL(mkdirat, ALLOW) CALL(unlinkat, ALLOW)
CALL(renameat, ALLOW) CALL(renameat2, ALLOW) CALL(dup, ALLOW) CALL(dup3, ALLOW) CALL(umask, ALLOW)
CALL(fcntl, FCNTL) CALL(ppoll, ALLOW)
/* threads and signals of this process */
CALL(clone, THREAD) CALL(clone3, ABSENT) CALL(set_robust_list, ALLOW) CALL(rseq, ALLOW)
CALL(set_tid_address, ALLOW) CALL(exit, ALLOW) CALL(exit_group, ALLOW) CALL(gettid, ALLOW)
CALL(getpid, ALLOW) CALL(getppid, ALLOW) CALL(tgkill, OWN) CALL(sched_getaffinity, ALLOW)
CALL(rt_sigaction, ALLOW) CALL(rt_sigprocmask, ALLOW) CALL(rt_sigreturn, ALLOW)
CALL(sigaltstack, ALLOW) CALL(restart_syscall, ALLOW) CALL(prctl, PRCTL)
/* what it may know */
CALL(uname, ALLOW) CALL(sysinfo, ALLOW) CALL(getrusage, ALLOW) CALL(prlimit64, NO_CHANGE)
CALL(getuid, ALLOW) CALL(geteuid, ALLOW) CALL(getgid, ALLOW) CALL(getegid, ALLOW)
CALL(getcpu, ALLOW)
#ifdef __x86_64__
CALL(open, ALLOW) CALL(stat, ALLOW) CALL(lstat, ALLOW) CALL(access, ALLOW) CALL(readlink, ALLOW)
CALL(mkdir, ALLOW) CALL(rmdir, ALLOW) CALL(unlink, ALLOW) CALL(rename, ALLOW) CALL(dup2, ALLOW)
CALL(poll, ALLOW) CALL(getrlimit, ALLOW) CALL(time, ALLOW)
#endif
    /* clang-format on */
