/* shell_line.h - lines of the shell: edited on a terminal, with history and completion, or read
 * from a file or pipe.
 *
 * terminal -> [shell_line] -> shell. On a terminal SIGINT drops the line; SIGTERM and SIGHUP end
 * the input. Used by the main thread, and there is one at a time: signals have no owner.
 */
#ifndef SHELL_LINE_H
#define SHELL_LINE_H

#include "base/buf.h"
#include "shell_complete.h"

typedef struct ShellLine ShellLine;

typedef enum {
    SHELL_LINE_TEXT,        /* a line */
    SHELL_LINE_INTERRUPTED, /* Ctrl-C: what was typed is dropped */
    SHELL_LINE_END,         /* Ctrl-D, the end of the file, or a signal to end */
} ShellLineEnd;

typedef struct ShellLineOptions {
    bool terminal; /* standard input and output are one */
    /* Finds what may stand at byte *at* of *line*, the line under way; *ret* lives until the next
     * call. False when nothing may. */
    bool (*complete)(void *context, Str line, size_t at, ShellCompletion *ret);
    void *context;
} ShellLineOptions;

/* Begins and takes over SIGINT, SIGTERM and SIGHUP; NULL with *err*. */
ShellLine *shell_line_new(const ShellLineOptions *options, Error *err)
    __attribute__((warn_unused_result));

/* Reads a line, without its end, into *ret*; *prompt* is shown on a terminal. ERROR_LIMIT when it
 * is longer than ret->max: *ret_end* is SHELL_LINE_END then. */
bool shell_line_read(ShellLine *line, const char *prompt, Buf *ret, ShellLineEnd *ret_end,
                     Error *err) __attribute__((warn_unused_result));

/* Keeps a statement, of one line, for the arrow keys and for later shells. */
void shell_line_remember(ShellLine *line, Str statement);

/* True once after SIGINT; true for ever after SIGTERM or SIGHUP. */
bool shell_line_interrupted(void);
bool shell_line_ended(void);

/* Gives the terminal and the signals back; NULL is fine. */
void shell_line_free(ShellLine *line);

#endif
