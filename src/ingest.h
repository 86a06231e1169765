/* ingest.h - what `ingest` and `quarantine retry` share: run over a list, print what came of it. */
#ifndef INGEST_H
#define INGEST_H

#include "base/command.h"
#include "collect/object_list.h"
#include "lake/lake.h"
#include "rules.h"

/* Options of both commands: --rules, --no-detect, --jobs, --format. */
#define INGEST_OPTIONS                                                                               \
    RULES_OPTIONS,                                                                                   \
        {"no-detect", 0, VALUE_FLAG, NULL, NULL, CONFIG_NONE, "try no rules on the records"},        \
        {"jobs", 'j', VALUE_NUMBER, "N", NULL, CONFIG_INGEST_JOBS, "part workers, 0 for all cores"}, \
    {                                                                                                \
        "format", 'f', VALUE_CHOICE, "FORMAT", "text|json", CONFIG_NONE, "of the reconciliation"     \
    }

/* Ingests *list* (not sorted yet) into *lake* and prints the reconciliation on standard output.
 * *again* reads objects again that are in already. Returns an exit status; EXIT_STATUS_FAILURE
 * comes with *err*. */
int ingest_run(const CommandLine *line, Lake *lake, ObjectList *list, bool again, Error *err);

#endif
