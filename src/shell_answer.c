#include "shell_answer.h"

#include <inttypes.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "parser/lexer.h"
#include "setup.h"
#include "shell_line.h"
#include "sql_sink.h"

enum { PREPARED_BYTES_MAX = 16 << 20, TOKENS_BYTES_MAX = 64 << 20 };

static bool drop_output(void *context, Str bytes, Error *err)
{
    (void)context;
    (void)bytes;
    (void)err;
    return true;
}

/* WorkerSink's wait: signals that came meanwhile end the query. */
static void heed_signals(void *context)
{
    if (shell_line_interrupted() || shell_line_ended())
        worker_cancel(context);
}

static void stop_query(void *context)
{
    worker_cancel(context);
}

static void heed_signals_only(void *context, int percent)
{
    (void)percent;
    heed_signals(context);
}

static bool run_silently(ShellAnswer *answer, Str sql, Error *err)
{
    const WorkerSink sink = {drop_output, answer->worker, heed_signals_only};
    const WorkerStatement statement = {.sql = sql, .format = OUTPUT_CSV};
    WorkerAnswer given;
    return worker_run(answer->worker, &statement, &sink, &given, err);
}

/* What an earlier worker had prepared. What fails now fails again when it is executed. */
static void prepare_again(ShellAnswer *answer)
{
    Str all = buf_str(&answer->prepared);
    for (size_t at = 0; at < all.len;) {
        Error ignored = {0};
        size_t end = str_find_byte(all, '\0', at);
        if (!run_silently(answer, str_slice(all, at, end), &ignored))
            error_clear(&ignored);
        at = end + 1;
    }
}

static void end_worker(ShellAnswer *answer)
{
    worker_end(answer->worker);
    answer->worker = NULL;
}

static bool need_worker(ShellAnswer *answer, Error *err)
{
    if (answer->worker && worker_has_ended(answer->worker))
        end_worker(answer);
    if (answer->worker)
        return true;
    answer->worker = worker_start(&answer->options, err);
    if (answer->worker)
        prepare_again(answer);
    return answer->worker != NULL;
}

bool shell_answer_begin(ShellAnswer *answer, Error *err)
{
    answer->prepared = buf_init(PREPARED_BYTES_MAX);
    return !answer->terminal ||
           (need_worker(answer, err) && run_silently(answer, STR("SELECT 1"), err));
}

/* The tokens of a statement that prepares or drops something; NULL for any other. */
static const Token *read_preparing(Str sql, Buf *tokens, size_t *ret_name)
{
    Error err = {0};
    char complaint[LEXER_COMPLAINT_BYTES];
    if (!lexer_read(sql, tokens, complaint, &err) || tokens->len < 3 * sizeof(Token))
        return NULL;
    const Token *token = (const Token *)(const void *)tokens->ptr;
    if (token[0].keyword == KEYWORD_PREPARE)
        *ret_name = 1;
    else if (token[0].keyword == KEYWORD_DEALLOCATE && tokens->len > 3 * sizeof(Token))
        *ret_name = token[1].keyword == KEYWORD_PREPARE ? 2 : 1;
    else
        return NULL;
    return token;
}

static void note_prepared(ShellAnswer *answer, Str sql)
{
    BUF_AUTO Buf tokens = buf_init(TOKENS_BYTES_MAX);
    Error err = {0};
    size_t name, len = answer->prepared.len;
    if (read_preparing(sql, &tokens, &name) && !(buf_append_str(&answer->prepared, sql, &err) &&
                                                 buf_append_byte(&answer->prepared, '\0', &err)))
        answer->prepared.len = len; /* another worker will not know it */
}

/* DEALLOCATE takes the name out again. */
static void note_name(Buf *names, Str name, bool drop)
{
    Str *list = (Str *)(void *)names->ptr;
    size_t count = names->len / sizeof *list;
    for (size_t i = 0; i < count; i++)
        if (str_equal_nocase(list[i], name)) {
            list[i] = list[count - 1];
            names->len -= sizeof *list;
            count--;
        }
    Error err = {0};
    if (!drop && !buf_append(names, &name, sizeof name, &err))
        error_clear(&err);
}

bool shell_answer_prepared(const ShellAnswer *answer, Buf *out, Error *err)
{
    Str all = buf_str(&answer->prepared);
    (void)err;
    for (size_t at = 0; at < all.len;) {
        BUF_AUTO Buf tokens = buf_init(TOKENS_BYTES_MAX);
        size_t end = str_find_byte(all, '\0', at), name = 0;
        Str sql = str_slice(all, at, end);
        const Token *token = read_preparing(sql, &tokens, &name);
        if (token)
            note_name(out, str_slice(sql, token[name].place.at, token[name].place.end),
                      token[0].keyword == KEYWORD_DEALLOCATE);
        at = end + 1;
    }
    return true;
}

static void say_count(uint64_t count, const char *one, const char *many)
{
    char text[SETUP_TEXT_BYTES];
    setup_count_text(count, text);
    fprintf(stderr, "%s %s", text, count == 1 ? one : many);
}

/* "3 rows; 1 of 7 days, 2 of 40 files (1.2 MiB) opened; 0.013 s" */
static void say_timer(const WorkerAnswer *given, int64_t started_us)
{
    char size[SETUP_TEXT_BYTES];
    setup_bytes_text(given->scanned.bytes, size);
    say_count(given->rows, "row", "rows");
    if (given->scannable.files)
        fprintf(stderr,
                "; %" PRIu32 " of %" PRIu32 " days, %" PRIu64 " of %" PRIu64 " files (%s) opened",
                given->scanned.days, given->scannable.days, given->scanned.files,
                given->scannable.files, size);
    fprintf(stderr, "; %.3f s\n", (double)(clock_monotonic_us() - started_us) / 1e6);
}

static SqlSink make_sink(ShellAnswer *answer)
{
    SqlSink sink = sql_sink_new(answer->path[0] ? answer->path : NULL);
    sink.wait = heed_signals;
    sink.left = stop_query;
    sink.context = answer->worker;
    if (answer->path[0]) {
        sink.out = answer->file;
        sink.keep_open = true;
    } else if (answer->terminal) {
        sink.page_rows = sql_sink_rows();
        sink.page_width = sql_sink_width();
    }
    return sink;
}

/* A blank line parts tables that nobody typed between. */
static bool part_results(const ShellAnswer *answer, SqlSink *sink, Error *err)
{
    bool people = answer->format == OUTPUT_TABLE || answer->format == OUTPUT_MARKDOWN;
    return answer->terminal || !people || answer->statements < 2 ||
           sql_sink_put(sink, STR("\n"), err);
}

static bool run_shown(ShellAnswer *answer, WorkerStatement *statement, WorkerAnswer *ret,
                      Error *err)
{
    SqlSink sink = make_sink(answer);
    const WorkerSink given = sql_sink_worker(&sink);
    bool ok =
        part_results(answer, &sink, err) && worker_run(answer->worker, statement, &given, ret, err);
    if (sink.closed)
        error_clear(err); /* the pager was left before the end */
    ok = sql_sink_end(&sink, ok || sink.closed, err);
    if (answer->path[0])
        answer->file = sink.out;
    return ok;
}

/* PREPARE and DEALLOCATE give no rows that could be written into a file. */
static bool is_preparing(Str sql)
{
    BUF_AUTO Buf tokens = buf_init(TOKENS_BYTES_MAX);
    size_t name;
    return read_preparing(sql, &tokens, &name) != NULL;
}

/* The worker ends by it: nobody changes the file while it is copied. */
static bool run_exported(ShellAnswer *answer, WorkerStatement *statement, WorkerAnswer *ret,
                         Error *err)
{
    statement->format = OUTPUT_FORMATS;
    SqlSink sink = make_sink(answer);
    sink.page_rows = 0;
    const WorkerSink given = sql_sink_worker(&sink);
    bool ok = worker_run(answer->worker, statement, &given, ret, err);
    sql_progress_end(&sink.progress);
    buf_free(&sink.held);
    ok = ok && worker_export(answer->worker, answer->parquet, err);
    if (ok)
        fprintf(stderr, "%" PRIu64 " rows in %s\n", ret->rows, answer->parquet);
    if (ok)
        answer->parquet[0] = '\0';
    return ok;
}

bool shell_answer_run(ShellAnswer *answer, Str sql, Place *ret_culprit, Error *err)
{
    int64_t started_us = clock_monotonic_us();
    WorkerAnswer given = {0};
    WorkerStatement statement = {.sql = sql,
                                 .format = answer->format,
                                 .width = answer->path[0] ? 0 : sql_sink_width(),
                                 .wide = answer->wide,
                                 .rows_max = answer->rows_max,
                                 .timeout_us = answer->timeout_us};
    *ret_culprit = (Place){0, 0};
    answer->statements++;
    if (answer->terminal)
        (void)shell_line_interrupted(); /* of what came before */
    if (!need_worker(answer, err))
        return false;
    bool exported = answer->parquet[0] && !is_preparing(sql);
    bool ok = exported ? run_exported(answer, &statement, &given, err)
                       : run_shown(answer, &statement, &given, err);
    if (ok)
        note_prepared(answer, sql);
    *ret_culprit = given.culprit;
    if (ok && answer->timer && !exported)
        say_timer(&given, started_us);
    return ok;
}

bool shell_answer_say(const ShellAnswer *answer, Str text, Error *err)
{
    SqlSink sink = sql_sink_new(NULL);
    if (answer->terminal) {
        sink.page_rows = sql_sink_rows();
        sink.page_width = sql_sink_width();
    }
    bool ok = sql_sink_put(&sink, text, err);
    return sql_sink_end(&sink, ok, err);
}

static bool close_file(ShellAnswer *answer, Error *err)
{
    bool ok = !answer->file || fclose(answer->file) == 0 ||
              error_errno(err, "cannot write '%s'", answer->path);
    answer->file = NULL;
    answer->path[0] = '\0';
    return ok;
}

bool shell_answer_output(ShellAnswer *answer, const char *path, Error *err)
{
    if (!close_file(answer, err))
        return false;
    if (!path)
        return true;
    answer->file = fopen(path, "wx");
    if (!answer->file)
        return error_errno(err, "cannot create '%s'", path);
    snprintf(answer->path, sizeof answer->path, "%s", path);
    return true;
}

bool shell_answer_end(ShellAnswer *answer, Error *err)
{
    bool ok = close_file(answer, err);
    end_worker(answer);
    buf_free(&answer->prepared);
    return ok;
}
