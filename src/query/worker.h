/* worker.h - runs the SQL of users in a process of its own that is locked in.
 *
 * client: worker_start -> worker_run ... -> worker_end. The process is this program once more,
 * "spoor query-worker", which calls worker_serve: it opens the lake, locks itself in (sandbox.h:
 * the lake is read, a private temporary folder written, nothing else), and only then starts the
 * engine and answers. It gets the texts of statements and gives bytes: nothing is shared.
 * Used by one thread; worker_cancel may be called from another.
 */
#ifndef QUERY_WORKER_H
#define QUERY_WORKER_H

#include "base/config.h"
#include "query/output.h"
#include "query/scan.h"

typedef struct Worker Worker;

/* The word behind the program's name, and the descriptor it then finds its socket at. */
#define WORKER_COMMAND "query-worker"
enum { WORKER_SOCKET = 3 };

typedef struct WorkerOptions {
    const char *program;  /* NULL: this one */
    const char *folder;   /* of the lake; NULL: lake.folder */
    const Config *config; /* lake.folder, display.zone, query.memory, query.threads, query.temp */
    int64_t since_us, until_us; /* only records in [since, until) are seen */
    uint64_t memory_bytes;      /* instead of query.memory; 0: that */
} WorkerOptions;

/* Starts the process and does not wait until it is ready. NULL with *err*. */
Worker *worker_start(const WorkerOptions *options, Error *err) __attribute__((warn_unused_result));

typedef struct WorkerStatement {
    Str sql;
    OutputFormat format; /* OUTPUT_FORMATS: as Parquet into worker_export */
    unsigned width;      /* as OutputStyle */
    bool wide;
    uint64_t rows_max;
    int64_t timeout_us; /* 0: none */
    uint64_t read_max;  /* bytes of data files that it may open; 0: any */
} WorkerStatement;

/* Where the bytes of a result go; false with *err* ends the query. */
typedef struct WorkerSink {
    bool (*put)(void *context, Str bytes, Error *err);
    void *context;
    /* Called many times a second while there is nothing to put; *percent* is how much of the query
     * is done, -1 when that is not known. May be NULL. */
    void (*wait)(void *context, int percent);
} WorkerSink;

typedef struct WorkerAnswer {
    uint64_t rows;
    ScanCount scanned;
    ScanCount scannable; /* of how much */
    Place culprit;       /* of an error, in the statement's text; {0, 0}: nowhere */
} WorkerAnswer;

/* Runs one statement. What the engine says of it comes back with its own kind of error; ERROR_LIMIT
 * behind timeout or cancel; ERROR_SYSTEM when the process died or spoke nonsense, and it answers
 * nothing more then. */
bool worker_run(Worker *worker, const WorkerStatement *statement, const WorkerSink *sink,
                WorkerAnswer *ret, Error *err) __attribute__((warn_unused_result));

/* Ends the running statement, or the next one; from any thread. A process that does not obey within
 * two seconds is killed. */
void worker_cancel(Worker *worker);

/* True when the process is gone, or of no use any more: it answers nothing. */
bool worker_has_ended(const Worker *worker);

/* What confines the process, in a line for people; known behind the first statement. */
const char *worker_confinement(const Worker *worker);

/* Ends the process and copies what the last statement exported to *path*, which must not exist. */
bool worker_export(Worker *worker, const char *path, Error *err)
    __attribute__((warn_unused_result));

/* Ends the process, removes its temporary folder; NULL is fine. */
void worker_end(Worker *worker);

/* The process itself: answers on WORKER_SOCKET until it is closed, and does not return. */
_Noreturn void worker_serve(void);

#endif
