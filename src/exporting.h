/* exporting.h - an export as its command runs it: the process that runs SQL, and the folder that
 * its answers go to.
 *
 * worker -> [exporting] -> export/. Used by one thread; exporting_stop may be called from another.
 */
#ifndef EXPORTING_H
#define EXPORTING_H

#include <stdatomic.h>

#include "base/command.h"
#include "export/export_groups.h"
#include "query/worker.h"

typedef struct Exporting {
    const CommandLine *line;
    const char *folder; /* of the lake; NULL: the configured one */
    Str condition;      /* Athena's SQL; empty: all events */
    int64_t since_us, until_us;
    ExportFolder *out;
    bool again; /* what is written is in another file, too: it counts no events */
    _Atomic(Worker *) worker;
    atomic_bool stopped;
} Exporting;

/* Starts the process; line, folder and condition are set. The caller ends it with exporting_end. */
bool exporting_start(Exporting *exporting, Error *err) __attribute__((warn_unused_result));
void exporting_end(Exporting *exporting);

/* Ends the running statement, and all that follow; InterruptCalls' stop. */
void exporting_stop(void *exporting, bool timed_out);

/* Runs a statement whose text has the condition from *at* on, and shows where it errs. */
bool exporting_run(Exporting *exporting, const WorkerStatement *statement, size_t at,
                   const WorkerSink *sink, WorkerAnswer *ret, Error *err)
    __attribute__((warn_unused_result));

/* Writes the events of the condition, record by record. */
bool exporting_records(Exporting *exporting, const ExportFormat *format, const ExportHow *how,
                       Error *err) __attribute__((warn_unused_result));

/* Writes them as events.csv, or as events.parquet. */
bool exporting_csv(Exporting *exporting, Error *err) __attribute__((warn_unused_result));
bool exporting_parquet(Exporting *exporting, Error *err) __attribute__((warn_unused_result));

#endif
