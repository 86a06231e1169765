#define _GNU_SOURCE /* CLONE_NEWUSER, O_DIRECTORY */
#include "support/support.h"

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/fault.h"
#include "base/sandbox.h"

enum { WORKED = 0, NOT_LOCKED = 255 };

static char readable[200], writable[200], inside[250], outside[250];
static SandboxReport report; /* what this kernel can do */

static void write_small(const char *path)
{
    int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0600);
    assert_true(fd >= 0);
    assert_int_equal(write(fd, "x", 1), 1);
    close(fd);
}

static SandboxOptions options(void)
{
    return (SandboxOptions){.readable = readable,
                            .writable = writable,
                            .data_bytes = (uint64_t)4 << 30,
                            .file_bytes = 1 << 20,
                            .files_max = 64};
}

/* What *attempt* gave in a process of its own that was locked in: an errno, or WORKED. */
static int locked_in(int (*attempt)(void))
{
    pid_t child = fork();
    assert_true(child >= 0);
    if (child == 0) {
        SandboxReport got;
        Error err = {0};
        const SandboxOptions locked = options();
        if (!sandbox_enter(&locked, &got, &err)) {
            fprintf(stderr, "%s\n", err.text);
            _exit(NOT_LOCKED);
        }
        _exit(attempt() == 0 ? WORKED : errno);
    }
    int status = 0;
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_true(WIFEXITED(status));
    assert_int_not_equal(WEXITSTATUS(status), NOT_LOCKED);
    return WEXITSTATUS(status);
}

static int failed(long result)
{
    return result < 0 ? -1 : 0;
}

static int read_inside(void)
{
    char byte;
    int fd = open(inside, O_RDONLY);
    return fd < 0 ? -1 : failed(read(fd, &byte, 1));
}

static int write_writable(void)
{
    char path[300];
    snprintf(path, sizeof path, "%s/spill", writable);
    int fd = open(path, O_RDWR | O_CREAT, 0600);
    return fd < 0 || write(fd, "x", 1) != 1 || close(fd) != 0 ? -1 : unlink(path);
}

static int use_memory(void)
{
    void *memory = mmap(NULL, 1 << 20, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    return memory == MAP_FAILED ? -1 : munmap(memory, 1 << 20);
}

static int signal_itself(void)
{
    signal(SIGUSR1, SIG_IGN);
    return raise(SIGUSR1);
}

static int send_on_open_socket(void)
{
    return failed(send(STDERR_FILENO, "", 0, MSG_NOSIGNAL)) && errno != ENOTSOCK ? -1 : 0;
}

static void what_is_needed_still_works(void **state)
{
    (void)state;
    assert_int_equal(locked_in(read_inside), WORKED);
    assert_int_equal(locked_in(write_writable), WORKED);
    assert_int_equal(locked_in(use_memory), WORKED);
    assert_int_equal(locked_in(signal_itself), WORKED);
    assert_int_equal(locked_in(send_on_open_socket), WORKED);
}

static int read_passwd(void)
{
    return failed(open("/etc/passwd", O_RDONLY));
}

static int read_outside(void)
{
    return failed(open(outside, O_RDONLY));
}

static int read_through_parent(void)
{
    char path[400];
    snprintf(path, sizeof path, "%s/../outside", readable);
    return failed(open(path, O_RDONLY));
}

static int list_root(void)
{
    return failed(open("/", O_RDONLY | O_DIRECTORY));
}

static int read_environment(void)
{
    return failed(open("/proc/self/environ", O_RDONLY));
}

static int read_parents_memory(void)
{
    char path[64];
    snprintf(path, sizeof path, "/proc/%d/mem", (int)getppid());
    return failed(open(path, O_RDWR));
}

static int open_device(void)
{
    return failed(open("/dev/null", O_RDWR));
}

static int write_outside(void)
{
    return failed(open(outside, O_WRONLY));
}

static int cut_outside(void)
{
    return failed(open(outside, O_WRONLY | O_TRUNC));
}

static int write_readable(void)
{
    return failed(open(inside, O_WRONLY));
}

static int make_in_readable(void)
{
    char path[300];
    snprintf(path, sizeof path, "%s/new", readable);
    return failed(open(path, O_WRONLY | O_CREAT, 0600));
}

static int make_in_tmp(void)
{
    return failed(open("/tmp/spoor-escape", O_WRONLY | O_CREAT, 0600));
}

static int remove_inside(void)
{
    return unlink(inside);
}

static int rename_inside(void)
{
    char path[300];
    snprintf(path, sizeof path, "%s/moved", writable);
    return rename(inside, path);
}

static int make_folder_in_readable(void)
{
    char path[300];
    snprintf(path, sizeof path, "%s/folder", readable);
    return mkdir(path, 0700);
}

static void files_elsewhere_are_out_of_reach(void **state)
{
    (void)state;
    static int (*const ATTEMPTS[])(void) = {
        read_passwd,    read_outside,     read_through_parent,
        list_root,      read_environment, read_parents_memory,
        open_device,    write_outside,    cut_outside,
        write_readable, make_in_readable, make_in_tmp,
        remove_inside,  rename_inside,    make_folder_in_readable};
    if (!report.landlock_abi)
        skip();
    for (size_t i = 0; i < sizeof ATTEMPTS / sizeof *ATTEMPTS; i++) {
        int got = locked_in(ATTEMPTS[i]);
        if (got != EACCES && got != EPERM && got != EXDEV)
            fail_msg("attempt %zu on a file gave %d", i, got);
    }
    assert_int_equal(access(inside, F_OK), 0);
}

/* A call as it stands, without a library between. */
static long call_number;
static unsigned long call_arguments[5];

static int call(void)
{
    return failed(syscall(call_number, call_arguments[0], call_arguments[1], call_arguments[2],
                          call_arguments[3], call_arguments[4]));
}

typedef struct Refused {
    const char *name;
    long number;
    unsigned long arguments[5];
} Refused;

static void calls_that_leave_the_process_are_refused(void **state)
{
    (void)state;
    static struct sockaddr_un address = {.sun_family = AF_UNIX, .sun_path = "x"};
    static char shell[] = "/bin/sh", proc[] = "proc";
    const Refused CALLS[] = {
        {"socket of the internet", SYS_socket, {AF_INET, SOCK_STREAM}},
        {"socket of the system", SYS_socket, {AF_UNIX, SOCK_STREAM}},
        {"netlink", SYS_socket, {AF_NETLINK, SOCK_RAW}},
        {"socketpair", SYS_socketpair, {AF_UNIX, SOCK_STREAM}},
        {"connect", SYS_connect, {2, (unsigned long)&address, sizeof address}},
        {"bind", SYS_bind, {2, (unsigned long)&address, sizeof address}},
        {"listen", SYS_listen, {2, 1}},
        {"accept", SYS_accept4, {2}},
        {"sendto elsewhere", SYS_sendto, {2, 0, 0, 0, (unsigned long)&address}},
        {"sendmsg", SYS_sendmsg, {2}},
        {"recvmsg", SYS_recvmsg, {2}},
        {"execve", SYS_execve, {(unsigned long)shell}},
        {"execveat", SYS_execveat, {(unsigned long)AT_FDCWD, (unsigned long)shell}},
        {"a new process", SYS_clone, {SIGCHLD}},
        {"a new name space", SYS_unshare, {CLONE_NEWUSER}},
        {"setns", SYS_setns, {2}},
        {"ptrace me", SYS_ptrace, {PTRACE_TRACEME}},
        {"ptrace the parent", SYS_ptrace, {PTRACE_ATTACH, (unsigned long)getpid()}},
        {"process_vm_readv", SYS_process_vm_readv, {(unsigned long)getpid()}},
        {"process_vm_writev", SYS_process_vm_writev, {(unsigned long)getpid()}},
        {"kill of the parent", SYS_kill, {(unsigned long)getpid(), 0}},
        {"kill of all", SYS_kill, {(unsigned long)-1, 0}},
        {"kill of the group", SYS_kill, {0, 0}},
        {"tgkill", SYS_tgkill, {(unsigned long)getpid(), (unsigned long)getpid(), 0}},
        {"tkill", SYS_tkill, {(unsigned long)getpid(), 0}},
        {"pidfd_open", SYS_pidfd_open, {(unsigned long)getpid()}},
        {"pidfd_send_signal", SYS_pidfd_send_signal, {2}},
        {"mount", SYS_mount, {(unsigned long)proc, (unsigned long)"/", (unsigned long)proc}},
        {"umount", SYS_umount2, {(unsigned long)"/"}},
        {"pivot_root", SYS_pivot_root, {(unsigned long)"/", (unsigned long)"/"}},
        {"chroot", SYS_chroot, {(unsigned long)"/"}},
        {"chdir", SYS_chdir, {(unsigned long)"/"}},
        {"bpf", SYS_bpf, {0}},
        {"perf_event_open", SYS_perf_event_open, {0}},
        {"userfaultfd", SYS_userfaultfd, {0}},
        {"io_uring_setup", SYS_io_uring_setup, {1}},
        {"io_uring_enter", SYS_io_uring_enter, {2}},
        {"io_uring_register", SYS_io_uring_register, {2}},
        {"keyctl", SYS_keyctl, {0}},
        {"add_key", SYS_add_key, {0}},
        {"request_key", SYS_request_key, {0}},
        {"init_module", SYS_init_module, {0}},
        {"kexec_load", SYS_kexec_load, {0}},
        {"reboot", SYS_reboot, {0}},
        {"symlinkat",
         SYS_symlinkat,
         {(unsigned long)"/etc/passwd", (unsigned long)AT_FDCWD, (unsigned long)"x"}},
        {"linkat", SYS_linkat, {0}},
        {"mknodat", SYS_mknodat, {(unsigned long)AT_FDCWD, (unsigned long)"x", S_IFIFO}},
        {"fchmodat", SYS_fchmodat, {(unsigned long)AT_FDCWD, (unsigned long)inside, 0777}},
        {"fchownat", SYS_fchownat, {(unsigned long)AT_FDCWD, (unsigned long)inside}},
        {"setuid", SYS_setuid, {0}},
        {"setgid", SYS_setgid, {0}},
        {"capset", SYS_capset, {0}},
        {"a higher limit", SYS_prlimit64, {0, RLIMIT_NOFILE, (unsigned long)&address}},
        {"prctl that lets others trace it", SYS_prctl, {PR_SET_DUMPABLE, 1}},
        {"memory that runs",
         SYS_mmap,
         {0, 4096, PROT_READ | PROT_WRITE | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS}},
        {"memory made to run", SYS_mprotect, {0, 4096, PROT_EXEC}},
        {"an owner of signals", SYS_fcntl, {2, F_SETOWN, (unsigned long)getpid()}},
        {"ioctl", SYS_ioctl, {2, 0x5412 /* TIOCSTI */}},
        {"memfd_create", SYS_memfd_create, {(unsigned long)"x"}},
        {"pipe", SYS_pipe2, {0}},
        {"shmget", SYS_shmget, {0}},
        {"settimeofday", SYS_settimeofday, {0}},
        {"syslog", SYS_syslog, {0}},
        {"a second filter", SYS_seccomp, {0}},
    };
    if (!report.calls)
        skip();
    for (size_t i = 0; i < sizeof CALLS / sizeof *CALLS; i++) {
        call_number = CALLS[i].number;
        memcpy(call_arguments, CALLS[i].arguments, sizeof call_arguments);
        int got = locked_in(call);
        if (got != EPERM)
            fail_msg("%s gave %d", CALLS[i].name, got);
    }
}

static int new_call(void)
{
    return failed(syscall(5000));
}

static void a_call_of_a_later_kernel_is_absent(void **state)
{
    (void)state;
    if (!report.calls)
        skip();
    assert_int_equal(locked_in(new_call), ENOSYS);
}

static int big_file(void)
{
    char path[300];
    snprintf(path, sizeof path, "%s/big", writable);
    signal(SIGXFSZ, SIG_IGN);
    int fd = open(path, O_WRONLY | O_CREAT, 0600);
    return fd < 0 ? -1 : ftruncate(fd, 2 << 20);
}

static int many_files(void)
{
    for (int i = 0; i < 100; i++)
        if (open(inside, O_RDONLY) < 0)
            return -1;
    return 0;
}

static int core_dumps(void)
{
    struct rlimit limit;
    return getrlimit(RLIMIT_CORE, &limit) == 0 && limit.rlim_max == 0 ? 0 : -1;
}

static int much_memory(void)
{
    return mmap(NULL, (size_t)8 << 30, PROT_READ | PROT_WRITE,
                MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0) == MAP_FAILED
               ? -1
               : 0;
}

static void limits_hold(void **state)
{
    (void)state;
    assert_int_equal(locked_in(big_file), EFBIG);
    assert_int_equal(locked_in(many_files), EMFILE);
    assert_int_equal(locked_in(core_dumps), WORKED);
    if (report.memory)
        assert_int_equal(locked_in(much_memory), ENOMEM);
}

static void a_barrier_that_fails_is_an_error(void **state)
{
    (void)state;
    for (uint64_t nth = 1; nth <= 3; nth++) {
        pid_t child = fork();
        if (child == 0) {
            SandboxReport got;
            Error err = {0};
            const SandboxOptions locked = options();
            fault_arm(FAULT_SYSCALL, nth);
            _exit(!sandbox_enter(&locked, &got, &err) && err.kind == ERROR_SYSTEM ? 0 : 1);
        }
        int status = 0;
        assert_int_equal(waitpid(child, &status, 0), child);
        assert_int_equal(status, 0);
    }
}

static void what_does_not_hold_is_said(void **state)
{
    (void)state;
    Error err = {0};
    BUF_AUTO Buf text = buf_init(1000);
    const SandboxReport none = {0}, all = {6, true, true, (uint64_t)3 << 30};
    support_ok(sandbox_describe(&none, &text, &err) && buf_text(&text, &err), &err);
    assert_non_null(strstr(text.ptr, "files NOT CONFINED"));
    assert_non_null(strstr(text.ptr, "calls NOT CONFINED"));
    text.len = 0;
    support_ok(sandbox_describe(&all, &text, &err) && buf_text(&text, &err), &err);
    assert_string_equal(text.ptr, "files by Landlock (ABI 6); system calls by seccomp; memory at "
                                  "most 3072 MiB");
}

/* A process that is locked in writes what held into a pipe. */
static void look_at_kernel(void)
{
    int ends[2];
    assert_int_equal(pipe(ends), 0);
    pid_t child = fork();
    if (child == 0) {
        Error err = {0};
        const SandboxOptions locked = options();
        bool ok = sandbox_enter(&locked, &report, &err);
        _exit(ok && write(ends[1], &report, sizeof report) == sizeof report ? 0 : NOT_LOCKED);
    }
    close(ends[1]);
    assert_int_equal(read(ends[0], &report, sizeof report), sizeof report);
    close(ends[0]);
    assert_int_equal(waitpid(child, NULL, 0), child);
}

static int begin(void **state)
{
    (void)state;
    const char *folder = support_folder();
    snprintf(readable, sizeof readable, "%s/lake", folder);
    snprintf(writable, sizeof writable, "%s/temp", folder);
    snprintf(inside, sizeof inside, "%s/file", readable);
    snprintf(outside, sizeof outside, "%s/outside", folder);
    assert_int_equal(mkdir(readable, 0700), 0);
    assert_int_equal(mkdir(writable, 0700), 0);
    write_small(inside);
    write_small(outside);
    look_at_kernel();
    return 0;
}

static int end(void **state)
{
    (void)state;
    support_folder_end();
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_needed_still_works),
        cmocka_unit_test(files_elsewhere_are_out_of_reach),
        cmocka_unit_test(calls_that_leave_the_process_are_refused),
        cmocka_unit_test(a_call_of_a_later_kernel_is_absent),
        cmocka_unit_test(limits_hold),
        cmocka_unit_test(a_barrier_that_fails_is_an_error),
        cmocka_unit_test(what_does_not_hold_is_said),
    };
    return cmocka_run_group_tests(tests, begin, end);
}
