/* shell.h - `spoor sql` without a query: statements typed at a prompt, or read from standard input.
 *
 * shell_line -> shell_text -> [shell] -> shell_command, shell_answer. Used by the main thread.
 */
#ifndef SHELL_H
#define SHELL_H

#include "query/worker.h"

typedef struct ShellOptions {
    WorkerOptions worker;
    OutputFormat format;
    bool wide, stats;
    const char *output; /* where results go; NULL: to standard output */
    uint64_t rows_max;
    int64_t timeout_us;
} ShellOptions;

/* Answers statements until the input ends. People at a terminal are told of errors as they come;
 * from a file or pipe the first error ends it: false with *err*, ERROR_USAGE also when there was no
 * statement at all. */
bool shell_run(const ShellOptions *options, Error *err) __attribute__((warn_unused_result));

#endif
