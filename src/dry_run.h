/* dry_run.h - what an ingest would read: objects, bytes, requests, their price, the time.
 */
#ifndef DRY_RUN_H
#define DRY_RUN_H

#include "base/command.h"
#include "lake/lake.h"
#include "sources.h"

/* Lists all of *sources* and prints on standard output what ingesting them into *lake* would take;
 * *lake* NULL: there is none yet. Nothing is read but listings, and nothing is written. */
bool dry_run(const CommandLine *line, Lake *lake, Sources *sources, Error *err)
    __attribute__((warn_unused_result));

#endif
