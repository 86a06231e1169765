/* prune.h - which data files a scan can leave closed, from the filters that the engine folded.
 *
 * The session plans a statement first over two copies of one schema file, whose columns of scan N
 * are named sN_eventtime and so on; the plan says which filters reached each scan. Here they are
 * read (EXPLAIN, JSON) and held against the bounds that the state keeps of every file. A form that
 * is not understood prunes nothing; property test: pruned = unpruned.
 *
 * Invariants
 *   1. A file that holds a row for which the filters of an occurrence of its scan are true is kept.
 *   2. A scan that the plan does not show keeps all files.
 * Threads: any; all belongs to the caller's arena.
 */
#ifndef QUERY_PRUNE_H
#define QUERY_PRUNE_H

#include "base/arena.h"
#include "lake/parquet.h"

typedef enum {
    PRUNE_EQUAL,
    PRUNE_LESS,
    PRUNE_LESS_EQUAL,
    PRUNE_GREATER,
    PRUNE_GREATER_EQUAL,
    PRUNE_NOT_NULL /* has no constant */
} PruneOp;

/* A condition on one leaf: true for a value that stands in relation *op* to one of the constants
 * (several only with PRUNE_EQUAL). */
typedef struct PruneTerm {
    FieldNode node;
    PruneOp op;
    const Str *texts; /* count of them, for texts */
    int64_t number; /* for eventtime: microseconds UTC; for commit_seq, with PRUNE_GREATER alone */
    uint32_t count;
} PruneTerm;

/* Terms that all must hold, of one place where the plan reads the scan. */
typedef struct PruneConjunction {
    const PruneTerm *terms;
    uint32_t count;
    Str days;               /* conditions on the columns of a day (day_filter.h); may be empty */
    const int32_t *refused; /* days on which those do not hold, ascending; the scan sets it */
    size_t refused_count;
} PruneConjunction;

/* One scan: a row counts when one of its occurrences wants it. */
typedef struct PruneScan {
    PruneConjunction *occurrences;
    uint32_t count; /* 0: nothing is known */
} PruneScan;

/* Reads the plan of a statement with *scans* scans; *ret* has room for them, scan N at N - 1.
 * ERROR_SYSTEM when *plan* is no JSON of EXPLAIN. */
bool prune_read(Str plan, uint32_t scans, Arena *arena, PruneScan *ret, Error *err)
    __attribute__((warn_unused_result));

/* What is known of a data file before it is opened. */
typedef struct PruneFile {
    int32_t day; /* of all its rows */
    int64_t time_min, time_max;
    int64_t added_seq; /* the commit that made it: none of its rows came later */
    Str summary;       /* parquet.h; read only when other leaves than eventtime are asked for */
} PruneFile;

/* Whether the scan may find rows in a file. ERROR_INPUT when its summary is damaged. */
bool prune_keeps(const PruneScan *scan, const PruneFile *file, bool *ret_keep, Error *err)
    __attribute__((warn_unused_result));

/* Appends the terms for people, "eventtime >= 2024-01-01 00:00:00 and eventsource = 'a'"; nothing
 * when none are known. */
bool prune_write(const PruneScan *scan, Buf *out, Error *err) __attribute__((warn_unused_result));

#endif
