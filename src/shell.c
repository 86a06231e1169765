#include "shell.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/mem.h"
#include "shell_answer.h"
#include "shell_command.h"
#include "shell_complete.h"
#include "shell_line.h"
#include "shell_text.h"
#include "sql_culprit.h"

enum { CATALOG_BYTES_MAX = 4 << 20, COMPLETION_BYTES_MAX = 64 << 20 };

typedef struct Shell {
    ShellAnswer answer;
    ShellLine *line;
    Arena *kept; /* the catalog */
    const Catalog *catalog;
    Arena *arena;   /* of one completion */
    Buf prepared;   /* its names of prepared statements */
    Buf completing; /* its text */
    Buf pending;    /* the statement under way */
    uint64_t lines; /* read */
    uint64_t first; /* the line where the statement under way began */
    bool terminal, quits, asked;
} Shell;

/* ShellLineOptions' complete: of the statement, of which earlier lines are pending. */
static bool complete(void *context, Str line, size_t at, ShellCompletion *ret)
{
    Shell *shell = context;
    Error err = {0};
    arena_reset(shell->arena);
    shell->prepared.len = shell->completing.len = 0;
    size_t before = shell->pending.len;
    if (!shell_answer_prepared(&shell->answer, &shell->prepared, &err) ||
        !buf_append_str(&shell->completing, buf_str(&shell->pending), &err) ||
        !buf_append_str(&shell->completing, line, &err))
        return false;
    const ShellCompleteInput input = {.text = buf_str(&shell->completing),
                                      .at = before + at,
                                      .catalog = shell->catalog,
                                      .command = shell_command_name,
                                      .prepared = (const Str *)(void *)shell->prepared.ptr,
                                      .prepared_count = shell->prepared.len / sizeof(Str)};
    if (!shell_complete(&input, shell->arena, ret, &err) || ret->from < before)
        return false;
    ret->from -= before;
    return true;
}

/* True when the shell goes on behind a failure: people are told, the text's place below. */
static bool go_on(Shell *shell, Str sql, Place culprit, Error *err)
{
    if (!shell->terminal) {
        sql_culprit_show(sql, culprit);
        return error_context(err, "in the statement at line %llu",
                             (unsigned long long)shell->first);
    }
    fflush(stdout);
    fprintf(stderr, "%s\n", err->text);
    sql_culprit_show(sql, culprit);
    error_clear(err);
    return true;
}

static bool answer(Shell *shell, Str sql, Error *err)
{
    Place culprit;
    shell->asked = true;
    return shell_answer_run(&shell->answer, sql, &culprit, err) || go_on(shell, sql, culprit, err);
}

static void remember(Shell *shell, Str statement)
{
    Error err = {0};
    BUF_AUTO Buf text = buf_init(2 * SHELL_STATEMENT_MAX);
    if (shell->terminal && shell_text_join(statement, &text, &err))
        shell_line_remember(shell->line, buf_str(&text));
}

static bool run_command(Shell *shell, Str line, Error *err)
{
    BUF_AUTO Buf sql = buf_init(SHELL_STATEMENT_MAX);
    const ShellCommandInput input = {&shell->answer, shell->catalog, &shell->quits, &sql};
    shell->asked = true;
    shell->first = shell->lines;
    if (shell->terminal)
        shell_line_remember(shell->line, line);
    if (!shell_command_run(&input, line, err))
        return go_on(shell, line, (Place){0, 0}, err);
    return sql.len == 0 || answer(shell, buf_str(&sql), err);
}

/* Words that people try when they do not know the commands. */
static Str find_plain_command(const Shell *shell, Str line)
{
    Str word = str_trim(line);
    if (word.len && word.ptr[word.len - 1] == ';')
        word = str_trim(str_slice(word, 0, word.len - 1));
    if (!shell->terminal)
        return (Str){"", 0};
    if (str_equal_nocase(word, STR("exit")) || str_equal_nocase(word, STR("quit")) ||
        str_equal(word, STR("\\q")))
        return STR(".quit");
    return str_equal_nocase(word, STR("help")) || str_equal(word, STR("?")) ? STR(".help")
                                                                            : (Str){"", 0};
}

/* Answers the whole statements that are pending; what is left goes on. */
static bool run_pending(Shell *shell, bool at_end, Error *err)
{
    ShellText next = {SHELL_TEXT_BLANK, 0, 0};
    size_t done = 0;
    while (!shell->quits && !shell_line_ended()) {
        Str rest = str_slice(buf_str(&shell->pending), done, shell->pending.len);
        if (!shell_text_next(rest, &next, err))
            return false;
        if (next.state == SHELL_TEXT_BLANK || (next.state == SHELL_TEXT_OPEN && !at_end))
            break;
        Str sql = str_slice(rest, next.begin, next.end);
        bool empty = str_equal(sql, STR(";"));
        if (!empty)
            remember(shell, sql);
        if (!empty && !answer(shell, sql, err))
            return false;
        done += next.end;
    }
    if (next.state == SHELL_TEXT_BLANK)
        done = shell->pending.len;
    if (done)
        memmove(shell->pending.ptr, shell->pending.ptr + done, shell->pending.len - done);
    shell->pending.len -= done;
    return true;
}

static bool take_line(Shell *shell, Str line, Error *err)
{
    if (!shell->pending.len) {
        Str plain = find_plain_command(shell, line);
        Str trimmed = str_trim(line);
        shell->first = shell->lines;
        if (trimmed.len && trimmed.ptr[0] == '.')
            return run_command(shell, trimmed, err);
        if (plain.len)
            return run_command(shell, plain, err);
    }
    if (!buf_append_str(&shell->pending, line, err) ||
        !buf_append_byte(&shell->pending, '\n', err)) {
        error_context(err, "the statement is too long");
        shell->pending.len = 0;
        return go_on(shell, STR(""), (Place){0, 0}, err);
    }
    bool may_end = str_find_byte(line, ';', 0) < line.len;
    return (!may_end && shell->pending.len > line.len + 1) || run_pending(shell, false, err);
}

/* The end of the input: a file's last statement needs no ';'. */
static bool finish(Shell *shell, Error *err)
{
    if (shell->terminal)
        return true;
    if (shell_line_interrupted() || shell_line_ended())
        return error_set(err, ERROR_LIMIT, "interrupted");
    if (!run_pending(shell, true, err))
        return false;
    return shell->asked || error_set(err, ERROR_USAGE,
                                     "a query is missing: give one, or --saved NAME, or statements "
                                     "on standard input");
}

static bool read_lines(Shell *shell, Error *err)
{
    BUF_AUTO Buf text = buf_init(SHELL_STATEMENT_MAX);
    ShellLineEnd end = SHELL_LINE_TEXT;
    while (!shell->quits && end != SHELL_LINE_END) {
        const char *prompt = shell->pending.len ? "    -> " : "spoor> ";
        if (!shell_line_read(shell->line, prompt, &text, &end, err))
            return false;
        shell->lines++;
        if (end == SHELL_LINE_INTERRUPTED)
            shell->pending.len = 0;
        if (end == SHELL_LINE_TEXT && !take_line(shell, buf_str(&text), err))
            return false;
    }
    return shell->quits || finish(shell, err);
}

static void greet(const ShellOptions *options)
{
    const char *folder = config_text(options->worker.config, CONFIG_LAKE_FOLDER);
    printf("Spoor " SPOOR_VERSION ", %s%s. A statement ends with ;\n"
           ".help lists commands, TAB completes, Ctrl-D leaves.\n",
           options->worker.folder ? "the records of --from" : "lake ",
           options->worker.folder ? "" : folder);
}

static bool begin(Shell *shell, const ShellOptions *options, Error *err)
{
    const ShellLineOptions line = {shell->terminal, complete, shell};
    shell->kept = arena_new(CATALOG_BYTES_MAX, err);
    shell->arena = shell->kept ? arena_new(COMPLETION_BYTES_MAX, err) : NULL;
    shell->catalog = shell->arena ? catalog_new(shell->kept, err) : NULL;
    shell->line = shell->catalog ? shell_line_new(&line, err) : NULL;
    if (!shell->line || !shell_answer_begin(&shell->answer, err))
        return false;
    if (shell->terminal)
        greet(options);
    return !options->output || shell_answer_output(&shell->answer, options->output, err);
}

bool shell_run(const ShellOptions *options, Error *err)
{
    bool terminal = isatty(STDIN_FILENO) && isatty(STDOUT_FILENO);
    Shell shell = {.answer = {.options = options->worker,
                              .rows_max = options->rows_max,
                              .timeout_us = options->timeout_us,
                              .terminal = terminal,
                              .format = options->format,
                              .wide = options->wide,
                              .timer = options->stats || terminal},
                   .terminal = terminal,
                   .prepared = buf_init(1 << 20),
                   .completing = buf_init(2 * SHELL_STATEMENT_MAX + 2),
                   .pending = buf_init(SHELL_STATEMENT_MAX)};
    bool ok = begin(&shell, options, err) && read_lines(&shell, err);
    Error later = {0};
    if (!shell_answer_end(&shell.answer, &later) && ok) {
        *err = later;
        ok = false;
    }
    shell_line_free(shell.line);
    arena_free(shell.arena);
    arena_free(shell.kept);
    buf_free(&shell.prepared);
    buf_free(&shell.completing);
    buf_free(&shell.pending);
    return ok;
}
