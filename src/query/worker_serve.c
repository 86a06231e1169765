/* The process that runs the SQL of users. The order matters: the lake is opened, then the process
 * is locked in while it has one thread, then the engine makes its threads. */
#define _GNU_SOURCE /* fopencookie */
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <unistd.h>

#include "base/file.h"
#include "base/mem.h"
#include "base/sandbox.h"
#include "base/timestamp.h"
#include "lake/lake.h"
#include "lake/layout.h"
#include "query/record_output.h"
#include "query/session.h"
#include "query/worker.h"
#include "query/worker_message.h"

enum {
    MESSAGE_MAX = WORKER_STATEMENT_MAX + WORKER_TEXT_MAX,
    FILES_MAX = 65536,
    MEMORY_FACTOR = 2, /* of query.memory, which is only what the engine counts */
};

/* Stacks of threads, the parser's trees, and what allocators keep. */
static const uint64_t MEMORY_MORE = (uint64_t)4 << 30;

typedef struct Serving {
    Config *config;
    Lake *lake;
    Session *session;
    Buf in, out;  /* messages */
    size_t shift; /* of the user's text in the statement that runs */
} Serving;

/* For the signal that cancels. */
static _Atomic(Session *) interruptible;
static atomic_bool cancelled;

static void cancel(int signal_number)
{
    (void)signal_number;
    atomic_store(&cancelled, true);
    Session *session = atomic_load(&interruptible);
    if (session)
        session_interrupt(session); /* sets a flag of the engine */
}

static void take_signals(void)
{
    sigset_t none;
    struct sigaction action = {.sa_handler = cancel, .sa_flags = SA_RESTART};
    sigemptyset(&action.sa_mask);
    sigaction(SIGUSR1, &action, NULL);
    signal(SIGINT, SIG_IGN);
    signal(SIGPIPE, SIG_IGN);
    signal(SIGXFSZ, SIG_IGN);
    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, NULL);
}

static bool answer(Serving *serving, const WorkerDone *done, Error *err)
{
    serving->out.len = 0;
    return worker_put_done(done, &serving->out, err) &&
           worker_send(WORKER_SOCKET, buf_str(&serving->out), err);
}

static bool set_number(Config *config, ConfigKey key, uint64_t number, Error *err)
{
    char text[32];
    int len = snprintf(text, sizeof text, "%llu", (unsigned long long)number);
    return config_set(config, key, (Str){text, (size_t)len}, WORKER_COMMAND, err);
}

static bool configure(Serving *serving, const WorkerOpening *opening, Error *err)
{
    serving->config = config_new(err);
    return serving->config &&
           set_number(serving->config, CONFIG_QUERY_MEMORY, opening->memory_bytes, err) &&
           set_number(serving->config, CONFIG_QUERY_THREADS, opening->threads, err) &&
           set_number(serving->config, CONFIG_QUERY_TEMP, opening->temp_bytes, err);
}

static bool open_lake(Serving *serving, const WorkerOpening *opening, Error *err)
{
    MEM_AUTO char *folder = mem_text(opening->lake.ptr, opening->lake.len, err);
    if (!folder)
        return false;
    serving->lake = lake_open(folder, LAKE_READ, err);
    return serving->lake ||
           error_context(err, "lake '%s' (set by %.*s)", folder, STR_ARG(opening->source));
}

/* EngineTell's. */
static void tell_progress(void *context, double percent)
{
    Serving *serving = context;
    Error err = {0};
    serving->out.len = 0;
    if (percent >= 0 && percent <= 100 &&
        worker_put_progress((uint64_t)percent, &serving->out, &err) &&
        !worker_send(WORKER_SOCKET, buf_str(&serving->out), &err))
        error_clear(&err); /* the next message will tell */
}

static bool open_all(Serving *serving, const WorkerOpening *opening, Buf *confinement, Error *err)
{
    SandboxReport report;
    MEM_AUTO char *temp = mem_text(opening->temp.ptr, opening->temp.len, err);
    MEM_AUTO char *zone = temp ? mem_text(opening->zone.ptr, opening->zone.len, err) : NULL;
    if (!zone || !timestamp_set_zone(zone, err) || !configure(serving, opening, err) ||
        !open_lake(serving, opening, err))
        return false;
    char data[LAYOUT_PATH_BYTES];
    if (!layout_path(data, err, serving->lake->folder, "cloudtrail/data"))
        return false;
    const SandboxOptions locked = {.readable = serving->lake->folder,
                                   .linked = file_exists(data) ? data : NULL,
                                   .writable = temp,
                                   .data_bytes =
                                       MEMORY_FACTOR * opening->memory_bytes + MEMORY_MORE,
                                   .file_bytes = opening->temp_bytes,
                                   .files_max = FILES_MAX};
    const SessionOptions options = {.config = serving->config,
                                    .since_us = opening->since_us,
                                    .until_us = opening->until_us,
                                    .temp = temp};
    if (!sandbox_enter(&locked, &report, err) || !sandbox_describe(&report, confinement, err))
        return false;
    serving->session = session_open(serving->lake, &options, err);
    if (serving->session)
        session_watch(serving->session, tell_progress, serving);
    temp = NULL; /* the session borrows it, and lives as long as the process */
    atomic_store(&interruptible, serving->session);
    return serving->session != NULL;
}

/* Takes what the client opens and says whether it is open. */
static bool begin(Serving *serving, Error *err)
{
    WorkerOpening opening;
    WorkerKind kind;
    bool end;
    BUF_AUTO Buf confinement = buf_init(WORKER_TEXT_MAX);
    if (!worker_receive(WORKER_SOCKET, NULL, &kind, &serving->in, &end, err) || end ||
        kind != WORKER_OPEN || !worker_get_opening(buf_str(&serving->in), &opening, err))
        return false;
    bool ok = open_all(serving, &opening, &confinement, err);
    const WorkerDone done = {.error = ok ? ERROR_NONE : err->kind,
                             .text = ok ? buf_str(&confinement) : str_of(err->text)};
    return answer(serving, &done, err) && ok;
}

/* fopencookie's: what the result's writer gives goes out as messages. */
static ssize_t put_output(void *context, const char *bytes, size_t len)
{
    Serving *serving = context;
    Error err = {0};
    for (size_t at = 0; at < len; at += WORKER_OUTPUT_MAX) {
        size_t part = len - at < WORKER_OUTPUT_MAX ? len - at : WORKER_OUTPUT_MAX;
        serving->out.len = 0;
        if (!worker_put_output((Str){bytes + at, part}, &serving->out, &err) ||
            !worker_send(WORKER_SOCKET, buf_str(&serving->out), &err))
            return 0;
    }
    return (ssize_t)len;
}

static bool write_rows(Serving *serving, const WorkerQuery *query, EngineResult *result, FILE *out,
                       uint64_t *ret_rows, Error *err)
{
    const OutputStyle style = {.format = (OutputFormat)query->format,
                               .width = (unsigned)query->width,
                               .wide = query->wide != 0,
                               .types = session_output(serving->session),
                               .rows_max = query->rows_max};
    if (query->format == OUTPUT_RECORDS)
        return record_output_write(serving->lake, result, query->rows_max, out, ret_rows, err);
    bool ok = output_write(result, &style, out, ret_rows, err);
    engine_result_free(result);
    return ok;
}

/* Writes *result* and ends it. */
static bool write_result(Serving *serving, const WorkerQuery *query, EngineResult *result,
                         uint64_t *ret_rows, Error *err)
{
    FILE *out = fopencookie(serving, "w", (cookie_io_functions_t){.write = put_output});
    if (!out) {
        engine_result_free(result);
        return error_errno(err, "cannot write the result");
    }
    setvbuf(out, NULL, _IOFBF, WORKER_OUTPUT_MAX);
    bool ok = write_rows(serving, query, result, out, ret_rows, err);
    return (fclose(out) == 0 || !ok || error_errno(err, "cannot write the result")) && ok;
}

/* The statement of a query; *ret_at* is where the user's text begins in it. */
static bool write_statement(const WorkerQuery *query, Buf *sql, size_t *ret_at, Error *err)
{
    *ret_at = 0;
    return query->format == OUTPUT_RECORDS
               ? record_output_statement(RECORD_OUTPUT_RECORD, query->sql, sql, ret_at, err)
               : buf_append_str(sql, query->sql, err);
}

static bool run(Serving *serving, const WorkerQuery *query, uint64_t *ret_rows, Error *err)
{
    const char *path;
    BUF_AUTO Buf sql = buf_init(MESSAGE_MAX);
    if (query->format == OUTPUT_FORMATS)
        return session_export(serving->session, query->sql, &path, ret_rows, err) &&
               output_check_rows(*ret_rows, query->rows_max, err);
    session_limit_read(serving->session, query->read_max);
    if (!write_statement(query, &sql, &serving->shift, err))
        return false;
    EngineResult *result = session_query(serving->session, buf_str(&sql), err);
    if (atomic_load(&cancelled) && result)
        session_interrupt(serving->session); /* the signal came before there was a query */
    return result && write_result(serving, query, result, ret_rows, err);
}

/* Where an error is in the user's text. */
static Place culprit_of(const Serving *serving)
{
    Place culprit = session_culprit(serving->session);
    if (culprit.at < serving->shift)
        return (Place){0, 0};
    culprit.at -= (uint32_t)serving->shift;
    culprit.end -= (uint32_t)serving->shift;
    return culprit;
}

/* Answers one statement; false when there is nobody left to answer. */
static bool serve_query(Serving *serving, const WorkerQuery *query)
{
    Error err = {0};
    uint64_t rows = 0;
    bool ok = run(serving, query, &rows, &err);
    ScanCount scanned = session_scanned(serving->session);
    ScanCount all = session_scannable(serving->session);
    Place culprit = ok ? (Place){0, 0} : culprit_of(serving);
    if (!ok && serving->shift)
        record_output_blame(query->sql, culprit, &err);
    const WorkerDone done = {.error = ok ? ERROR_NONE : err.kind,
                             .text = str_of(ok ? "" : err.text),
                             .culprit_at = culprit.at,
                             .culprit_end = culprit.end,
                             .rows = rows,
                             .days = scanned.days,
                             .files = scanned.files,
                             .bytes = scanned.bytes,
                             .all_days = all.days,
                             .all_files = all.files,
                             .all_bytes = all.bytes};
    Error later = {0};
    return answer(serving, &done, &later);
}

static bool serve_next(Serving *serving)
{
    Error err = {0};
    WorkerQuery query;
    WorkerKind kind;
    bool end;
    if (!worker_receive(WORKER_SOCKET, NULL, &kind, &serving->in, &end, &err) || end ||
        kind != WORKER_QUERY || !worker_get_query(buf_str(&serving->in), &query, &err) ||
        query.format > OUTPUT_RECORDS)
        return false;
    atomic_store(&cancelled, false);
    serving->shift = 0;
    return serve_query(serving, &query);
}

_Noreturn void worker_serve(void)
{
    Error err = {0};
    static Serving serving;
    serving.in = buf_init(MESSAGE_MAX);
    serving.out = buf_init(MESSAGE_MAX);
    take_signals();
    bool ok = begin(&serving, &err);
    while (ok && serve_next(&serving))
        continue;
    atomic_store(&interruptible, NULL);
    lake_close(serving.lake);
    _exit(ok ? 0 : 1); /* the system frees an engine faster than it does itself */
}
