/* finding_push.h - Security Hub by command: `spoor findings push` and `pushes`. */
#ifndef FINDING_PUSH_H
#define FINDING_PUSH_H

#include "base/command.h"
#include "lake/lake.h"

/* Gives Security Hub what waits, after the findings that the command line names, or those of
 * --since, --until and --last, were put there. False when some are not taken. */
bool finding_push(const CommandLine *line, Lake *lake, Error *err)
    __attribute__((warn_unused_result));

/* Lists what was given, what waits and what was given up, and why. */
bool finding_push_list(const CommandLine *line, Lake *lake, Error *err)
    __attribute__((warn_unused_result));

#endif
