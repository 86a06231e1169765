/* merge.h - few large files instead of many small ones, day by day.
 *
 * A closed day ends with at most MERGE_CLOSED_FILES small files per MERGE_FILE_BYTES, an open one
 * with at most MERGE_OPEN_FILES (merge_choose.h says which are taken). Reading is the engine's,
 * writing ours; object_id, record_index and commit_seq stay. The day's fingerprint runs are merged
 * likewise.
 *
 * Runs beside appends: it has the turn only to choose and to commit, so an append never waits for
 * a merge's reading and writing and never fails because of it. A merge commits only if all its
 * inputs are still live, else it is thrown away. Readers that opened the old files go on: they are
 * deleted when no kept snapshot needs them (expire.h). One merge runs at a time.
 */
#ifndef LAKE_MERGE_H
#define LAKE_MERGE_H

#include <stdatomic.h>

#include "base/engine.h"
#include "lake/claim.h"

enum { MERGE_FILE_BYTES = 512 << 20, MERGE_ROUND_FILES = 64 };

typedef struct MergeOptions {
    Lake *lake;
    ClaimTable *claims;
    Engine *engine; /* not locked */
    int64_t since_us;
    int64_t until_us; /* only days that lie wholly or partly in [since, until) */
    /* Becomes true, in another thread, when the end is asked for: no day is begun then, and the one
     * at hand is given up; who asks interrupts the engine. NULL: nobody does. */
    const atomic_bool *stopping;
    uint32_t slice_rows;  /* at most so many are sorted at once; 0: DAY_WRITER_ROWS */
    uint32_t round_files; /* more files than this are merged in rounds; 0: MERGE_ROUND_FILES */
} MergeOptions;

typedef struct MergeReport {
    uint64_t days;
    uint64_t files_before;
    uint64_t files_after;
    uint64_t bytes_before;
    uint64_t bytes_after;
    uint64_t rows;
    uint64_t runs_before;
    uint64_t runs_after;
} MergeReport;

/* What merging would save readers: small files of closed days beyond MERGE_CLOSED_FILES each. */
typedef struct MergeDue {
    uint64_t days;  /* closed ones that have too many */
    uint64_t files; /* that they have too many, together */
} MergeDue;

/* Counts what is due. Called by the thread that has the turn, or by a writer that is alone. */
bool merge_due(Lake *lake, MergeDue *ret, Error *err) __attribute__((warn_unused_result));

/* Merges every day that has more files or runs than it should. *ret* is filled with what was merged
 * when it fails or is stopped, too; that it was stopped is no failure. */
bool merge_lake(const MergeOptions *options, MergeReport *ret, Error *err)
    __attribute__((warn_unused_result));

#endif
