/* lake_reapply.h - `spoor lake reapply`: the filters in force, applied to what is in the lake. */
#ifndef LAKE_REAPPLY_COMMAND_H
#define LAKE_REAPPLY_COMMAND_H

#include "base/command.h"

/* Says what would change, asks, and does it. False with *err*: ERROR_USAGE when it may not ask. */
bool lake_reapply(const CommandLine *line, Error *err) __attribute__((warn_unused_result));

#endif
