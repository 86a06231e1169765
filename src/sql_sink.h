/* sql_sink.h - where the bytes of a result go: a file, standard output, or a pager.
 *
 * worker -> [sql_sink] -> people. A terminal gets no control characters; what is taller than it
 * goes through PAGER, else `less -S`, started without a shell. While nothing comes, the sink says
 * how far the query is (sql_progress.h). Used by one thread.
 */
#ifndef SQL_SINK_H
#define SQL_SINK_H

#include <stdio.h>
#include <sys/types.h>

#include "query/worker.h"
#include "sql_progress.h"

enum { SQL_SINK_HELD_MAX = 1 << 20 };

typedef struct SqlSink {
    const char *path;               /* NULL: `out` as it is given, else standard output */
    FILE *out;                      /* a file of `path` is made once there is something for it */
    bool clean;                     /* it is a terminal */
    bool keep_open;                 /* `out` is the caller's */
    unsigned page_rows, page_width; /* of the terminal; 0: there is no paging */
    void (*wait)(void *context);    /* as WorkerSink's; may be NULL */
    void (*left)(void *context);    /* nobody reads on; may be NULL */
    void *context;
    /* Its own. */
    SqlProgress progress;
    unsigned char last;
    bool closed; /* the pager was left: nobody reads on */
    Buf held;    /* until it is known whether it is tall */
    unsigned lines;
    pid_t pager; /* 0: none */
} SqlSink;

/* A sink for *path*, or NULL for standard output; zero-initialised otherwise. */
SqlSink sql_sink_new(const char *path);

/* The sink as the worker wants it; it borrows *sink*. */
WorkerSink sql_sink_worker(SqlSink *sink);

/* Takes bytes. False with *err* when they cannot be written. */
bool sql_sink_put(void *sink, Str bytes, Error *err) __attribute__((warn_unused_result));

/* Ends the result: what is held is written, the file closed, the pager waited for. Makes the file
 * even when nothing came, if *ok*, and removes it else: half a result is none. Returns *ok* unless
 * writing fails now. */
bool sql_sink_end(SqlSink *sink, bool ok, Error *err) __attribute__((warn_unused_result));

/* The columns and rows of the terminal at standard output; 0 when there is none. */
unsigned sql_sink_width(void);
unsigned sql_sink_rows(void);

#endif
