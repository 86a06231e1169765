/* sweep.h - removes files that the state does not name.
 *
 * They are what a killed process left: written, but never committed. Only the writer sweeps, and
 * only files older than the moment at which it opened the lake. Published metadata is not touched
 * here (see publish.h).
 */
#ifndef LAKE_SWEEP_H
#define LAKE_SWEEP_H

#include "lake/lake.h"

typedef struct SweepReport {
    uint64_t files;
    uint64_t bytes;
    uint64_t named;   /* files that the state names and that exist */
    uint64_t missing; /* files that the state names and that do not exist */
} SweepReport;

/* Sweeps data files, fingerprint runs, quarantine files and tmp/. *dry_run* only counts. */
bool sweep_lake(Lake *lake, bool dry_run, SweepReport *ret, Error *err)
    __attribute__((warn_unused_result));

#endif
