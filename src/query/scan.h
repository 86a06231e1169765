/* scan.h - the data files that the scans of a statement open.
 *
 * names (scan_N) -> [scan] -> engine. The live files are listed once a statement; filters that the
 * engine folded choose among them for each scan (prune.h).
 * Threads: one per session.
 */
#ifndef QUERY_SCAN_H
#define QUERY_SCAN_H

#include "base/engine.h"
#include "lake/lake.h"
#include "planner/names.h"
#include "query/prune.h"

/* How much a scan could read, and how much it will. */
typedef struct ScanCount {
    uint64_t files, bytes, rows;
    uint32_t days;
} ScanCount;

typedef struct Scan {
    const CatalogTable *table;
    ScanCount all;    /* of the session's range of times */
    ScanCount chosen; /* after pruning */
    ScanCount more_all,
        more; /* of `all` and `chosen`, the days and files that no scan before it has */
    PruneScan prune;
} Scan;

/* A part of the lake's files, for several sessions that read it together. */
typedef struct ScanShare {
    int64_t commit_seq;     /* the files that were live behind this commit; 0: that are live now */
    uint32_t number, count; /* every count-th file, from the number-th on; 0, 0: all */
} ScanShare;

typedef struct ScanRange {
    int64_t since_us, until_us; /* only records in [since, until) are seen */
    ScanShare share;
} ScanRange;

typedef struct ScanInput {
    Lake *lake;
    Engine *engine;
    ScanRange range;
    const NamesStatement *statement;
    Str engine_sql;    /* of the statement, NUL-terminated */
    Str planning_sql;  /* the same or less, which shows the scans' filters when it is planned */
    bool newest_first; /* files of the last days are read first; else of the first days */
    Arena *arena;
} ScanInput;

/* Lists the live files, plans the statement, chooses the files of each scan and makes the views
 * scan_1, scan_2, ... for it. *ret_scans* has one entry per scan of the statement. ERROR_USAGE with
 * the engine's words when it does not take the statement. */
bool scan_prepare(const ScanInput *input, const Scan **ret_scans, Error *err)
    __attribute__((warn_unused_result));

#endif
