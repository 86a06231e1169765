/* help_markdown.h - the pages of docs/ that are made from the tables of commands and keys. */
#ifndef BASE_HELP_MARKDOWN_H
#define BASE_HELP_MARKDOWN_H

#include "base/buf.h"
#include "base/command.h"

/* docs/configuration.md: every key of spoor.yml. Errors are those of *ret*: its maximum, memory. */
bool help_markdown_config(Buf *ret, Error *err) __attribute__((warn_unused_result));

/* docs/commands.md: every command with its options and examples. *commands* ends with NULL. */
bool help_markdown_commands(const Command *const *commands, Buf *ret, Error *err)
    __attribute__((warn_unused_result));

#endif
