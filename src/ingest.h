/* ingest.h - what `ingest` and `quarantine retry` share: run over a list, print what came of it. */
#ifndef INGEST_H
#define INGEST_H

#include "base/command.h"
#include "cloud/aws.h"
#include "collect/object_list.h"
#include "lake/lake.h"
#include "pipeline.h"
#include "rules.h"

/* Options of both commands: --rules, --no-detect, --jobs, --format. */
#define INGEST_OPTIONS                                                                               \
    RULES_OPTIONS,                                                                                   \
        {"no-detect", 0, VALUE_FLAG, NULL, NULL, CONFIG_NONE, "try no rules on the records"},        \
        {"jobs", 'j', VALUE_NUMBER, "N", NULL, CONFIG_INGEST_JOBS, "part workers, 0 for all cores"}, \
    {                                                                                                \
        "format", 'f', VALUE_CHOICE, "FORMAT", "text|json", CONFIG_NONE, "of the reconciliation"     \
    }

/* What is ingested. */
typedef struct IngestInput {
    ObjectList *list; /* not sorted yet; with *next* empty */
    Aws *aws;         /* for objects of S3; NULL when there are none */
    bool endless;     /* *next* goes on until it is interrupted: that is no failure */
    bool again;       /* read objects again that are in already */
    /* By a service: no reconciliation and no progress are printed, *end* sees the report; questions
     * and alarms are looked at beside it, not at its end. */
    bool served;
    /* As IngestOptions.next, tick and anew; NULL: what is listed is all. */
    bool (*next)(void *context, ObjectList *list, bool *ret_more, Error *err);
    void (*tick)(void *context, const IngestReport *so_far, bool stopping);
    bool (*anew)(void *context);
    /* Called at the end, however it comes: settles what is left, and fills what of the report is
     * the caller's; NULL: nothing is. */
    bool (*end)(void *context, IngestReport *report, Error *err);
    void *context;
} IngestInput;

/* Ingests *input* into *lake* and prints the reconciliation on standard output. Returns an exit
 * status; EXIT_STATUS_FAILURE comes with *err*. */
int ingest_run(const CommandLine *line, Lake *lake, const IngestInput *input, Error *err);

#endif
