/* finding_insights.h - grouped counts of findings by command: `spoor findings insights`. */
#ifndef FINDING_INSIGHTS_H
#define FINDING_INSIGHTS_H

#include "base/command.h"
#include "lake/lake.h"

/* Without a name one line for each insight, else the groups of one; "check" reads the files, for
 * which no lake is opened. */
bool finding_insights(const CommandLine *line, Lake *none, Error *err)
    __attribute__((warn_unused_result));

#endif
