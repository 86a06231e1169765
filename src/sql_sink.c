#define _GNU_SOURCE /* pipe2 */
#include "sql_sink.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/cell.h"
#include "base/file.h"

enum { PAGER_WORDS_MAX = 16, PAGER_BYTES = 512 };

extern char **environ;

static bool terminal(struct winsize *ret)
{
    return isatty(STDOUT_FILENO) && ioctl(STDOUT_FILENO, TIOCGWINSZ, ret) == 0;
}

unsigned sql_sink_width(void)
{
    struct winsize size;
    return terminal(&size) ? size.ws_col : 0;
}

unsigned sql_sink_rows(void)
{
    struct winsize size;
    return terminal(&size) ? size.ws_row : 0;
}

SqlSink sql_sink_new(const char *path)
{
    return (SqlSink){
        .path = path, .clean = !path && isatty(STDOUT_FILENO), .held = buf_init(SQL_SINK_HELD_MAX)};
}

static void wait_for_more(void *context, int percent)
{
    SqlSink *sink = context;
    sql_progress_tick(&sink->progress, percent);
    if (sink->wait)
        sink->wait(sink->context);
}

WorkerSink sql_sink_worker(SqlSink *sink)
{
    sql_progress_start(&sink->progress);
    return (WorkerSink){sql_sink_put, sink, wait_for_more};
}

static bool open_sink(SqlSink *sink, Error *err)
{
    if (!sink->out)
        sink->out = sink->path ? fopen(sink->path, "wx") : stdout;
    return sink->out || error_errno(err, "cannot create '%s'", sink->path);
}

static bool fail_write(const SqlSink *sink, Error *err)
{
    return error_errno(err, "cannot write %s%s%s", sink->path ? "'" : "the result",
                       sink->path ? sink->path : "", sink->path ? "'" : "");
}

/* Writes as it is. */
static bool write_bytes(SqlSink *sink, Str bytes, Error *err)
{
    if (sink->closed || fwrite(bytes.ptr, 1, bytes.len, sink->out) == bytes.len)
        return true;
    if (!sink->pager || errno != EPIPE)
        return fail_write(sink, err);
    sink->closed = true;
    if (sink->left)
        sink->left(sink->context);
    return true;
}

/* Writes what may stand on a terminal. */
static bool write_clean(SqlSink *sink, Str bytes, Error *err)
{
    char part[4096];
    bool ok = true;
    for (size_t at = 0; ok && at < bytes.len; at += sizeof part) {
        Str piece = str_slice(bytes, at, at + sizeof part);
        memcpy(part, piece.ptr, piece.len);
        output_clean(part, piece.len, &sink->last);
        ok = write_bytes(sink, (Str){part, piece.len}, err);
    }
    return ok;
}

/* PAGER in words, NULL behind the last; false when it is empty. */
static bool split_pager(char text[PAGER_BYTES], char *ret_words[PAGER_WORDS_MAX])
{
    const char *pager = getenv("PAGER");
    size_t count = 0;
    snprintf(text, PAGER_BYTES, "%s", pager ? pager : "less -S");
    for (char *at = text; *at && count + 1 < PAGER_WORDS_MAX;) {
        while (*at == ' ')
            *at++ = '\0';
        if (*at)
            ret_words[count++] = at;
        while (*at && *at != ' ')
            at++;
    }
    ret_words[count] = NULL;
    return count > 0;
}

/* The pager begins with no signal blocked or ignored. */
static int spawn_pager(char *const *words, int input, pid_t *ret)
{
    posix_spawn_file_actions_t files;
    posix_spawnattr_t attributes;
    sigset_t none, all;
    sigemptyset(&none);
    sigemptyset(&all);
    sigaddset(&all, SIGPIPE);
    sigaddset(&all, SIGINT);
    sigaddset(&all, SIGTERM);
    sigaddset(&all, SIGHUP);
    posix_spawn_file_actions_init(&files);
    posix_spawnattr_init(&attributes);
    posix_spawn_file_actions_adddup2(&files, input, STDIN_FILENO);
    posix_spawnattr_setsigmask(&attributes, &none);
    posix_spawnattr_setsigdefault(&attributes, &all);
    posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF);
    int result = posix_spawnp(ret, words[0], &files, &attributes, words, environ);
    posix_spawn_file_actions_destroy(&files);
    posix_spawnattr_destroy(&attributes);
    return result;
}

/* Starts the pager; without one the terminal scrolls. */
static void start_pager(SqlSink *sink)
{
    char text[PAGER_BYTES], *words[PAGER_WORDS_MAX];
    int ends[2];
    if (!split_pager(text, words) || strcmp(words[0], "cat") == 0 || pipe2(ends, O_CLOEXEC) != 0)
        return;
    FILE *out = fdopen(ends[1], "w");
    if (!out || spawn_pager(words, ends[0], &sink->pager) != 0) {
        sink->pager = 0;
        if (out)
            fclose(out);
        else
            close(ends[1]);
    } else {
        sink->out = out;
        signal(SIGPIPE, SIG_IGN); /* who leaves the pager has seen enough */
    }
    close(ends[0]);
}

/* How many lines of the terminal the bytes take: long ones are broken, but for the pager's. */
static unsigned count_lines(const SqlSink *sink, Str bytes)
{
    unsigned lines = 0;
    for (size_t at = 0; at < bytes.len;) {
        size_t end = str_find_byte(bytes, '\n', at);
        size_t width = sink->page_width ? cell_width(str_slice(bytes, at, end)) : 0;
        lines += 1 + (width ? (unsigned)((width - 1) / sink->page_width) : 0);
        at = end + 1;
    }
    return lines;
}

static bool release(SqlSink *sink, Error *err)
{
    sink->page_rows = 0;
    bool ok = write_clean(sink, buf_str(&sink->held), err);
    buf_free(&sink->held);
    return ok;
}

/* Holds the bytes until they are too tall for the terminal. */
static bool hold(SqlSink *sink, Str bytes, Error *err)
{
    sink->lines += count_lines(sink, bytes);
    bool tall = sink->lines + 2 > sink->page_rows;
    if (!tall && sink->held.len + bytes.len <= SQL_SINK_HELD_MAX)
        return buf_append_str(&sink->held, bytes, err);
    if (tall)
        start_pager(sink);
    return release(sink, err) && write_clean(sink, bytes, err);
}

bool sql_sink_put(void *context, Str bytes, Error *err)
{
    SqlSink *sink = context;
    sql_progress_end(&sink->progress);
    if (!open_sink(sink, err))
        return false;
    if (!sink->clean)
        return write_bytes(sink, bytes, err);
    return sink->page_rows ? hold(sink, bytes, err) : write_clean(sink, bytes, err);
}

static bool end_pager(SqlSink *sink)
{
    int status;
    fclose(sink->out); /* that it cannot be written does not matter */
    signal(SIGPIPE, SIG_DFL);
    while (waitpid(sink->pager, &status, 0) < 0 && errno == EINTR)
        continue;
    sink->pager = 0;
    return true;
}

/* Closes the file of `path`, which is of this sink's making; half a result is removed. */
static bool end_file(SqlSink *sink, bool ok, Error *err)
{
    Error second = {0};
    if (!sink->out)
        return ok;
    if (fclose(sink->out) != 0 && ok)
        ok = fail_write(sink, err);
    if (!ok && !file_remove(sink->path, &second))
        error_clear(&second); /* the first failure is told */
    return ok;
}

bool sql_sink_end(SqlSink *sink, bool ok, Error *err)
{
    sql_progress_end(&sink->progress);
    if (ok && !open_sink(sink, err))
        return false;
    if (sink->out && sink->page_rows && !release(sink, ok ? err : &(Error){0}))
        ok = false;
    buf_free(&sink->held);
    if (sink->pager)
        return end_pager(sink) && ok;
    if (!sink->path || sink->keep_open)
        return !sink->out || fflush(sink->out) == 0 || !ok ? ok : fail_write(sink, err);
    return end_file(sink, ok, err);
}
