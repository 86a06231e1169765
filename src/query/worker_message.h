/* worker_message.h - what a query worker and its client say to each other over a socket.
 *
 * client -> [OPEN, then QUERY for each statement] -> worker -> [OUTPUT or PROGRESS ..., DONE] ->
 * client.
 * A message is its kind and its length, 4 bytes each, then its fields: numbers of 8 bytes, texts
 * with their length in front. Both sides take the other for hostile: a kind that is not due, a
 * length above the kind's ceiling and fields that do not fill the message end the conversation.
 */
#ifndef QUERY_WORKER_MESSAGE_H
#define QUERY_WORKER_MESSAGE_H

#include "base/buf.h"
#include "base/error.h"

typedef enum {
    WORKER_OPEN,     /* WorkerOpening */
    WORKER_QUERY,    /* WorkerQuery */
    WORKER_OUTPUT,   /* bytes of the result */
    WORKER_DONE,     /* WorkerDone; also answers OPEN */
    WORKER_PROGRESS, /* how much of the statement is done */
    WORKER_KINDS,
} WorkerKind;

enum {
    WORKER_STATEMENT_MAX = 4 << 20,
    WORKER_OUTPUT_MAX = 64 << 10,
    WORKER_TEXT_MAX = 4096, /* paths, errors */
};

/* Called before each reading; false with *err* ends it. */
typedef struct WorkerWait {
    bool (*wait)(void *context, Error *err);
    void *context;
} WorkerWait;

/* What a worker opens. */
typedef struct WorkerOpening {
    Str lake, source; /* the folder, and where it was set */
    Str temp, zone;
    int64_t since_us, until_us;
    uint64_t memory_bytes, threads, temp_bytes;
} WorkerOpening;

typedef struct WorkerQuery {
    Str sql;
    uint64_t format; /* an OutputFormat; OUTPUT_FORMATS writes export.parquet into `temp` */
    uint64_t width;
    uint64_t wide; /* 0 or 1 */
    uint64_t rows_max;
    uint64_t read_max; /* bytes of data files; 0: any */
} WorkerQuery;

typedef struct WorkerDone {
    uint64_t error; /* an ErrorKind */
    Str text;       /* of the error; for OPEN what confines the worker */
    uint64_t culprit_at, culprit_end;
    uint64_t rows, days, files, bytes;       /* of the result; what was opened for it */
    uint64_t all_days, all_files, all_bytes; /* of how many */
} WorkerDone;

/* Append the message of a kind to *out*, which must be large enough for the kind's ceiling. */
bool worker_put_opening(const WorkerOpening *opening, Buf *out, Error *err)
    __attribute__((warn_unused_result));
bool worker_put_query(const WorkerQuery *query, Buf *out, Error *err)
    __attribute__((warn_unused_result));
bool worker_put_done(const WorkerDone *done, Buf *out, Error *err)
    __attribute__((warn_unused_result));
bool worker_put_progress(uint64_t percent, Buf *out, Error *err)
    __attribute__((warn_unused_result));
bool worker_put_output(Str bytes, Buf *out, Error *err) __attribute__((warn_unused_result));

/* Read the fields of a message; texts point into it. ERROR_INPUT. */
bool worker_get_opening(Str fields, WorkerOpening *ret, Error *err)
    __attribute__((warn_unused_result));
bool worker_get_query(Str fields, WorkerQuery *ret, Error *err) __attribute__((warn_unused_result));
bool worker_get_progress(Str fields, uint64_t *ret_percent, Error *err)
    __attribute__((warn_unused_result));
bool worker_get_done(Str fields, WorkerDone *ret, Error *err) __attribute__((warn_unused_result));

/* Sends all of *bytes* through the connected socket. */
bool worker_send(int socket, Str bytes, Error *err) __attribute__((warn_unused_result));

/* Reads one message; its fields replace what *fields* holds. *ret_end* is true when the other side
 * has closed instead. *wait* may be NULL. ERROR_INPUT for what is no message. */
bool worker_receive(int socket, const WorkerWait *wait, WorkerKind *ret_kind, Buf *fields,
                    bool *ret_end, Error *err) __attribute__((warn_unused_result));

#endif
