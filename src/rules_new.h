/* rules_new.h - `spoor rules new`: the first draft of a rule. */
#ifndef RULES_NEW_H
#define RULES_NEW_H

#include "base/command.h"

/* Writes a rule with the title of the command line to standard output or to --output, made from
 * the event of --from if there is one. It is loaded and its samples are tried before anything is
 * written. Returns an EXIT_STATUS. */
int rules_new(const CommandLine *line, Error *err);

#endif
