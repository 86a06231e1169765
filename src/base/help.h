/* help.h - what is printed from the tables of commands and keys: help, man pages, completions. */
#ifndef BASE_HELP_H
#define BASE_HELP_H

#include "base/buf.h"
#include "base/command.h"

/* All commands with their summaries: what `spoor --help` prints. */
bool help_overview(const Command *const *commands, Buf *ret, Error *err)
    __attribute__((warn_unused_result));

/* One screen for one command, with examples. */
bool help_command(const Command *command, Buf *ret, Error *err) __attribute__((warn_unused_result));

/* The manual page, in roff: spoor(1) for NULL, spoor-NAME(1) for a command. *commands* ends with
 * NULL. */
bool help_manual(const Command *const *commands, const Command *command, Buf *ret, Error *err)
    __attribute__((warn_unused_result));

/* The manual page spoor.yml(5). */
bool help_manual_config(Buf *ret, Error *err) __attribute__((warn_unused_result));

/* A completion script for "bash", "zsh" or "fish". ERROR_USAGE for another shell. */
bool help_completion(const Command *const *commands, const char *shell, Buf *ret, Error *err)
    __attribute__((warn_unused_result));

#endif
