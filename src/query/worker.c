#include "query/worker.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <poll.h>
#include <signal.h>
#include <stdatomic.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/fault.h"
#include "base/file.h"
#include "base/file_copy.h"
#include "base/mem.h"
#include "lake/layout.h"
#include "query/worker_message.h"

enum {
    MESSAGE_MAX = WORKER_STATEMENT_MAX + WORKER_TEXT_MAX,
    ENVIRONMENT_MAX = 64,
    TICK_MS = 20,
    OBEY_US = 2 * 1000 * 1000, /* from the first signal until the last */
    SEND_SECONDS = 10,
    END_SECONDS = 1,
};

extern char **environ;

typedef enum { STATE_OPENING, STATE_READY, STATE_BROKEN } State;

struct Worker {
    pid_t pid; /* 0: none, or its end is known */
    int socket;
    State state;
    int exit_status; /* of waitpid, once pid is 0 */
    char *temp;
    char confinement[WORKER_TEXT_MAX];
    Buf in, out;
    atomic_bool cancelled;
    /* Of the running statement. */
    int64_t deadline_us;     /* 0: none */
    int64_t ending_since_us; /* 0: it is not being ended */
    bool timed_out;
    const WorkerSink *sink; /* NULL: nothing is due */
    int percent;            /* -1: not known */
};

/* Of the environment only what the loader, sanitizers and tests read: no secrets. */
static void choose_environment(char *ret[ENVIRONMENT_MAX])
{
    static const Str KEPT[] = {{"LD_LIBRARY_PATH=", 16}, {"ASAN_OPTIONS=", 13},
                               {"UBSAN_OPTIONS=", 14},   {"TSAN_OPTIONS=", 13},
                               {"SPOOR_FAULT", 11},      {"SPOOR_CLOCK_OFFSET_S=", 21}};
    size_t used = 0;
    for (char **at = environ; *at && used + 1 < ENVIRONMENT_MAX; at++)
        for (size_t i = 0; i < sizeof KEPT / sizeof *KEPT; i++)
            if (str_starts(str_of(*at), KEPT[i]) && used + 1 < ENVIRONMENT_MAX)
                ret[used++] = *at;
    ret[used] = NULL;
}

/* Between fork and exec: only what may be called there. */
static _Noreturn void become(const char *program, int socket, pid_t parent, char **environment)
{
    static char name[] = "spoor", command[] = WORKER_COMMAND;
    char *const words[] = {name, command, NULL};
    setpgid(0, 0);
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    int nothing = open("/dev/null", O_RDWR);
    if (getppid() != parent || nothing < 0 || dup2(nothing, STDIN_FILENO) < 0 ||
        dup2(nothing, STDOUT_FILENO) < 0)
        _exit(127);
#ifndef SPOOR_FAULTS
    dup2(nothing, STDERR_FILENO);
#endif
    if (socket == WORKER_SOCKET ? fcntl(socket, F_SETFD, 0) < 0 : dup2(socket, WORKER_SOCKET) < 0)
        _exit(127);
    if (syscall(SYS_close_range, WORKER_SOCKET + 1, ~0U, 0) != 0)
        for (int fd = WORKER_SOCKET + 1; fd < 1024; fd++)
            close(fd);
    execve(program, words, environment);
    _exit(127);
}

static bool start_process(Worker *worker, const char *program, Error *err)
{
    char *environment[ENVIRONMENT_MAX];
    int ends[2];
    const struct timeval patience = {.tv_sec = SEND_SECONDS};
    choose_environment(environment);
    if (fault_due(FAULT_SYSCALL) || socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) != 0)
        return error_errno(err, "no socket could be made for a query");
    pid_t parent = getpid();
    worker->socket = ends[0];
    worker->pid = fault_due(FAULT_SYSCALL) ? -1 : fork();
    if (worker->pid == 0)
        become(program, ends[1], parent, environment);
    close(ends[1]);
    if (worker->pid < 0) {
        worker->pid = 0;
        return error_errno(err, "no process could be made for a query");
    }
    setsockopt(worker->socket, SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof patience);
    return true;
}

static bool send_opening(Worker *worker, const WorkerOptions *options, Error *err)
{
    const Config *config = options->config;
    const WorkerOpening opening = {
        .lake = str_of(options->folder ? options->folder : config_text(config, CONFIG_LAKE_FOLDER)),
        .source =
            options->folder ? STR("--from") : str_of(config_source(config, CONFIG_LAKE_FOLDER)),
        .temp = str_of(worker->temp),
        .zone = str_of(config_text(config, CONFIG_DISPLAY_ZONE)),
        .since_us = options->since_us,
        .until_us = options->until_us,
        .memory_bytes = options->memory_bytes
                            ? options->memory_bytes
                            : (uint64_t)config_number(config, CONFIG_QUERY_MEMORY),
        .threads = (uint64_t)config_number(config, CONFIG_QUERY_THREADS),
        .temp_bytes = (uint64_t)config_number(config, CONFIG_QUERY_TEMP)};
    worker->out.len = 0;
    return worker_put_opening(&opening, &worker->out, err) &&
           worker_send(worker->socket, buf_str(&worker->out), err);
}

Worker *worker_start(const WorkerOptions *options, Error *err)
{
    Worker *worker = mem_calloc(1, sizeof *worker, err);
    if (!worker)
        return NULL;
    worker->socket = -1;
    worker->in = buf_init(MESSAGE_MAX);
    worker->out = buf_init(MESSAGE_MAX);
    worker->temp = file_make_temp(err);
    if (worker->temp &&
        start_process(worker, options->program ? options->program : "/proc/self/exe", err) &&
        send_opening(worker, options, err))
        return worker;
    worker_end(worker);
    return NULL;
}

/* Waits for the end of a process that is ending or was killed. */
static void reap(Worker *worker)
{
    while (worker->pid && waitpid(worker->pid, &worker->exit_status, 0) < 0 && errno == EINTR)
        continue;
    worker->pid = 0;
}

static void send_kill(const Worker *worker)
{
    kill(-worker->pid, SIGKILL); /* its group, if it has one by now */
    kill(worker->pid, SIGKILL);
}

static void kill_process(Worker *worker)
{
    if (worker->pid)
        send_kill(worker);
    reap(worker);
    worker->state = STATE_BROKEN;
}

/* Asks the process to end its statement, again and again, and at last kills it. */
static void press(Worker *worker, int64_t now_us)
{
    bool timed_out = worker->deadline_us && now_us >= worker->deadline_us;
    if (!worker->ending_since_us && (timed_out || atomic_load(&worker->cancelled))) {
        worker->timed_out = timed_out && !atomic_load(&worker->cancelled);
        worker->ending_since_us = now_us;
    }
    if (worker->ending_since_us && now_us - worker->ending_since_us > OBEY_US)
        send_kill(worker);
    else if (worker->ending_since_us)
        kill(worker->pid, SIGUSR1);
}

/* WorkerWait's: returns when there is something to read. */
static bool wait_for_bytes(void *context, Error *err)
{
    Worker *worker = context;
    struct pollfd waiting = {.fd = worker->socket, .events = POLLIN};
    for (;;) {
        if (worker->sink && worker->sink->wait)
            worker->sink->wait(worker->sink->context, worker->percent);
        press(worker, clock_monotonic_us());
        int ready = poll(&waiting, 1, TICK_MS);
        if (ready > 0)
            return true;
        if (ready < 0 && errno != EINTR)
            return error_errno(err, "cannot wait for the query worker");
    }
}

static bool say_ended(const Worker *worker, Error *err)
{
    return error_set(err, ERROR_LIMIT, "the query was ended: %s",
                     worker->timed_out ? "it ran longer than query.timeout" : "interrupted");
}

/* The process has closed its socket or speaks nonsense. */
static bool fail_broken(Worker *worker, Error *err)
{
    bool ended = worker->ending_since_us != 0;
    kill_process(worker);
    if (ended)
        return say_ended(worker, err);
    if (err->kind != ERROR_NONE)
        return error_context(err, "the query worker was ended");
    if (WIFSIGNALED(worker->exit_status) && WTERMSIG(worker->exit_status) == SIGKILL)
        return error_set(err, ERROR_SYSTEM,
                         "the query worker was killed before it answered; a machine that runs out "
                         "of memory does so");
    if (WIFSIGNALED(worker->exit_status))
        return error_set(err, ERROR_SYSTEM, "the query worker died of signal %d before it answered",
                         WTERMSIG(worker->exit_status));
    return error_set(err, ERROR_SYSTEM, "the query worker ended before it answered (status %d)",
                     WEXITSTATUS(worker->exit_status));
}

/* The next message; false when the conversation is over. */
static bool next_message(Worker *worker, WorkerKind *ret_kind, Error *err)
{
    bool end;
    const WorkerWait wait = {wait_for_bytes, worker};
    return worker_receive(worker->socket, &wait, ret_kind, &worker->in, &end, err) && !end;
}

/* What a process said of itself is somebody else's text until it is here. */
static bool take_error(const Worker *worker, const WorkerDone *done, Error *err)
{
    if (worker->ending_since_us)
        return say_ended(worker, err);
    return error_set(err, (ErrorKind)done->error, "%.*s", STR_ARG(done->text));
}

static bool wait_until_open(Worker *worker, Error *err)
{
    WorkerKind kind;
    WorkerDone done;
    if (worker->state == STATE_READY)
        return true;
    if (!next_message(worker, &kind, err) ||
        (kind != WORKER_DONE && !error_set(err, ERROR_INPUT, "a message that was not due")) ||
        !worker_get_done(buf_str(&worker->in), &done, err))
        return fail_broken(worker, err);
    if (done.error != ERROR_NONE) {
        worker->state = STATE_BROKEN;
        return take_error(worker, &done, err);
    }
    Str text = str_slice(done.text, 0, sizeof worker->confinement - 1);
    memcpy(worker->confinement, text.ptr, text.len);
    worker->confinement[text.len] = '\0';
    worker->state = STATE_READY;
    return true;
}

static bool send_query(Worker *worker, const WorkerStatement *statement, Error *err)
{
    const WorkerQuery query = {statement->sql,  (uint64_t)statement->format, statement->width,
                               statement->wide, statement->rows_max,         statement->read_max};
    worker->out.len = 0;
    if (!worker_put_query(&query, &worker->out, err))
        return false;
    return worker_send(worker->socket, buf_str(&worker->out), err) || fail_broken(worker, err);
}

static void take_answer(const WorkerDone *done, const WorkerStatement *statement, WorkerAnswer *ret)
{
    *ret = (WorkerAnswer){
        .rows = done->rows,
        .scanned = {.files = done->files, .bytes = done->bytes, .days = (uint32_t)done->days},
        .scannable = {
            .files = done->all_files, .bytes = done->all_bytes, .days = (uint32_t)done->all_days}};
    if (done->culprit_at <= done->culprit_end && done->culprit_end <= statement->sql.len)
        ret->culprit = (Place){(uint32_t)done->culprit_at, (uint32_t)done->culprit_end};
}

static bool take_result(Worker *worker, const WorkerStatement *statement, const WorkerSink *sink,
                        WorkerAnswer *ret, Error *err)
{
    WorkerKind kind;
    WorkerDone done;
    while (next_message(worker, &kind, err)) {
        if (kind == WORKER_DONE) {
            if (!worker_get_done(buf_str(&worker->in), &done, err))
                break;
            take_answer(&done, statement, ret);
            return done.error == ERROR_NONE || take_error(worker, &done, err);
        }
        uint64_t percent;
        if (kind == WORKER_PROGRESS) {
            if (!worker_get_progress(buf_str(&worker->in), &percent, err))
                break;
            worker->percent = (int)percent;
            continue;
        }
        if (kind != WORKER_OUTPUT) {
            error_set(err, ERROR_INPUT, "a message that was not due");
            break;
        }
        if (!sink->put(sink->context, buf_str(&worker->in), err)) {
            kill_process(worker);
            return false;
        }
    }
    return fail_broken(worker, err);
}

bool worker_run(Worker *worker, const WorkerStatement *statement, const WorkerSink *sink,
                WorkerAnswer *ret, Error *err)
{
    *ret = (WorkerAnswer){0};
    if (worker->state == STATE_BROKEN)
        return error_set(err, ERROR_SYSTEM, "the query worker has ended");
    worker->deadline_us = statement->timeout_us ? clock_monotonic_us() + statement->timeout_us : 0;
    worker->ending_since_us = 0;
    worker->timed_out = false;
    worker->sink = sink;
    worker->percent = -1;
    bool ok = wait_until_open(worker, err) && send_query(worker, statement, err) &&
              take_result(worker, statement, sink, ret, err);
    worker->sink = NULL;
    atomic_store(&worker->cancelled, false);
    return ok;
}

void worker_cancel(Worker *worker)
{
    atomic_store(&worker->cancelled, true);
}

bool worker_has_ended(const Worker *worker)
{
    return worker->state == STATE_BROKEN;
}

const char *worker_confinement(const Worker *worker)
{
    return worker->confinement;
}

/* Closing the socket asks the process to end; what it says until then is nothing to anybody. */
static void end_process(Worker *worker)
{
    char bytes[4096];
    const struct timeval patience = {.tv_sec = END_SECONDS};
    if (worker->pid && worker->state != STATE_BROKEN) {
        setsockopt(worker->socket, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
        shutdown(worker->socket, SHUT_WR);
        int64_t end_us = clock_monotonic_us() + END_SECONDS * 1000000;
        while (read(worker->socket, bytes, sizeof bytes) > 0 && clock_monotonic_us() < end_us)
            continue;
    }
    kill_process(worker);
}

bool worker_export(Worker *worker, const char *path, Error *err)
{
    char made[LAYOUT_PATH_BYTES];
    FileInfo info;
    bool link;
    end_process(worker); /* nobody changes the file from now on */
    if (!layout_path(made, err, worker->temp, "export.parquet"))
        return false;
    int folder = file_open_folder(worker->temp);
    bool ok = file_info_in(folder, "export.parquet", made, &info, &link, err) &&
              ((info.is_regular && !link) ||
               error_set(err, ERROR_INPUT, "the query worker made no file"));
    file_close_folder(folder);
    return ok && file_copy(made, path, NULL, err);
}

void worker_end(Worker *worker)
{
    Error err = {0};
    if (!worker)
        return;
    end_process(worker);
    if (worker->socket >= 0)
        close(worker->socket);
    if (worker->temp && !file_remove_tree(worker->temp, &err))
        error_clear(&err); /* a temporary folder that stays does no harm */
    mem_free(worker->temp);
    buf_free(&worker->in);
    buf_free(&worker->out);
    mem_free(worker);
}
