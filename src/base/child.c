#define _GNU_SOURCE /* pipe2 */
#include "base/child.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/fault.h"

enum { TICK_US = 10000 };

extern char **environ;

typedef struct Child {
    const char *name;
    pid_t pid;
    int out; /* read end of its standard output */
    int64_t end_us;
} Child;

/* What happens between this process and the program: its files and its signals. */
static int prepare(posix_spawn_file_actions_t *files, posix_spawnattr_t *signals, int out)
{
    sigset_t none, pipe;
    sigemptyset(&none);
    sigemptyset(&pipe);
    sigaddset(&pipe, SIGPIPE);
    int number = posix_spawn_file_actions_adddup2(files, out, STDOUT_FILENO);
    if (!number)
        number = posix_spawn_file_actions_addopen(files, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
    if (!number)
        number = posix_spawn_file_actions_addclosefrom_np(files, STDERR_FILENO + 1);
    if (!number)
        number = posix_spawnattr_setsigmask(signals, &none);
    if (!number)
        number = posix_spawnattr_setsigdefault(signals, &pipe);
    if (!number)
        number = posix_spawnattr_setflags(signals, POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF);
    return number;
}

static int spawn(Child *child, char *const *words, int out)
{
    posix_spawn_file_actions_t files;
    posix_spawnattr_t signals;
    int number = posix_spawn_file_actions_init(&files);
    if (number)
        return number;
    number = posix_spawnattr_init(&signals);
    if (!number) {
        number = prepare(&files, &signals, out);
        if (!number)
            number = posix_spawnp(&child->pid, words[0], &files, &signals, words, environ);
        posix_spawnattr_destroy(&signals);
    }
    posix_spawn_file_actions_destroy(&files);
    return number;
}

static bool start(Child *child, char *const *words, Error *err)
{
    int ends[2];
    if (fault_due(FAULT_SYSCALL) || pipe2(ends, O_CLOEXEC) != 0)
        return error_errno(err, "no pipe could be made for '%s'", child->name);
    int number = fault_due(FAULT_SYSCALL) ? EAGAIN : spawn(child, words, ends[1]);
    close(ends[1]);
    child->out = ends[0];
    if (!number)
        return true;
    close(ends[0]);
    errno = number;
    return error_errno(err, "cannot run '%s'", child->name);
}

static bool too_long(const Child *child, Error *err)
{
    return error_set(err, ERROR_BUSY, "'%s' did not end in time", child->name);
}

/* Takes what it prints until it closes its output. */
static bool take_output(const Child *child, Buf *output, Error *err)
{
    for (;;) {
        int64_t left = child->end_us - clock_monotonic_us();
        struct pollfd waiting = {.fd = child->out, .events = POLLIN};
        if (left <= 0)
            return too_long(child, err);
        if (poll(&waiting, 1, (int)(left / 1000) + 1) <= 0)
            continue;
        char more; /* tells a full buffer from the end */
        bool full = output->len == output->max;
        ssize_t got = read(child->out, full ? &more : output->ptr + output->len,
                           full ? 1 : output->max - output->len);
        if (got == 0)
            return true;
        if (got > 0 && full)
            return error_set(err, ERROR_LIMIT, "'%s' printed more than %zu bytes", child->name,
                             output->max);
        if (got > 0)
            output->len += (size_t)got;
        else if (errno != EINTR)
            return error_errno(err, "cannot read what '%s' prints", child->name);
    }
}

static bool check_status(const Child *child, int status, Error *err)
{
    if (WIFSIGNALED(status))
        return error_set(err, ERROR_ACCESS, "'%s' was ended by signal %d", child->name,
                         WTERMSIG(status));
    return WEXITSTATUS(status) == 0 || error_set(err, ERROR_ACCESS, "'%s' ended with status %d",
                                                 child->name, WEXITSTATUS(status));
}

/* Waits for its end, which may come later than that of its output. */
static bool take_status(Child *child, Error *err)
{
    for (;;) {
        int status;
        pid_t ended = waitpid(child->pid, &status, WNOHANG);
        if (ended == child->pid) {
            child->pid = 0;
            return check_status(child, status, err);
        }
        if (ended < 0 && errno != EINTR) {
            child->pid = 0;
            return error_errno(err, "cannot wait for '%s'", child->name);
        }
        if (clock_monotonic_us() >= child->end_us)
            return too_long(child, err);
        clock_sleep_us(TICK_US);
    }
}

bool child_run(char *const *words, int64_t timeout_us, Buf *output, Error *err)
{
    Child child = {.name = words[0], .end_us = clock_monotonic_us() + timeout_us};
    if (!buf_reserve(output, output->max - output->len, err) || !start(&child, words, err))
        return false;
    bool ok = take_output(&child, output, err) && take_status(&child, err);
    close(child.out);
    if (child.pid) {
        kill(child.pid, SIGKILL);
        while (waitpid(child.pid, NULL, 0) < 0 && errno == EINTR)
            continue;
    }
    return ok;
}
