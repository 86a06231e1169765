/* shell_command.h - what the shell does besides SQL: lines that begin with a dot.
 *
 * shell -> [shell_command] -> shell_answer. Used by the main thread.
 */
#ifndef SHELL_COMMAND_H
#define SHELL_COMMAND_H

#include "planner/catalog.h"
#include "shell_answer.h"

/* The name of the command at *index*, with its dot; NULL behind the last. */
const char *shell_command_name(size_t index);

typedef struct ShellCommandInput {
    ShellAnswer *answer;
    const Catalog *catalog;
    bool *quits; /* becomes true when the shell is to end */
    Buf *sql;    /* takes the statement that the command stands for, if any */
} ShellCommandInput;

/* Runs the command of *line*, ".name argument ...". ERROR_USAGE names what was probably meant. */
bool shell_command_run(const ShellCommandInput *input, Str line, Error *err)
    __attribute__((warn_unused_result));

#endif
