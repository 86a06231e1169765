/* shell_answer.h - answers the shell's statements in a worker that is kept from one to the next.
 *
 * shell -> [shell_answer] -> worker -> sql_sink. A worker that ended (killed, or because a file was
 * exported) is started again before the next statement, and what was prepared is prepared again.
 * Used by the main thread.
 */
#ifndef SHELL_ANSWER_H
#define SHELL_ANSWER_H

#include <stdio.h>

#include "query/worker.h"

enum { SHELL_PATH_BYTES = 4096, SHELL_STATEMENT_MAX = 1 << 20 };

typedef struct ShellAnswer {
    WorkerOptions options;
    uint64_t rows_max;
    int64_t timeout_us;
    bool terminal; /* people type, and read */
    /* How results are written. */
    OutputFormat format;
    bool wide;
    bool timer;                     /* say how long it took and what was read */
    char parquet[SHELL_PATH_BYTES]; /* the next result goes there; empty: it does not */
    char path[SHELL_PATH_BYTES];    /* all results go there; empty: to standard output */
    FILE *file;                     /* at `path`, once it was made */
    /* Its own. */
    Worker *worker;
    Buf prepared; /* the statements that prepared or dropped something, a NUL behind each */
    uint64_t statements;
} ShellAnswer;

/* Before the first statement; with people at a terminal the worker is started and waited for. */
bool shell_answer_begin(ShellAnswer *answer, Error *err) __attribute__((warn_unused_result));

/* Answers one statement. *ret_culprit as worker_run's, {0, 0} when there is none. */
bool shell_answer_run(ShellAnswer *answer, Str sql, Place *ret_culprit, Error *err)
    __attribute__((warn_unused_result));

/* Writes *text* of the shell's own to standard output, through the pager when it is tall. */
bool shell_answer_say(const ShellAnswer *answer, Str text, Error *err)
    __attribute__((warn_unused_result));

/* Where results go from now on; NULL: to standard output. */
bool shell_answer_output(ShellAnswer *answer, const char *path, Error *err)
    __attribute__((warn_unused_result));

/* Appends the names of prepared statements to *out*, Str each, which borrow from *answer*. */
bool shell_answer_prepared(const ShellAnswer *answer, Buf *out, Error *err)
    __attribute__((warn_unused_result));

/* Ends the worker and closes what is open; false when what was written cannot be. */
bool shell_answer_end(ShellAnswer *answer, Error *err);

#endif
