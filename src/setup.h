/* setup.h - what several commands open from the command line: the lake, printed sizes.
 */
#ifndef SETUP_H
#define SETUP_H

#include "base/command.h"
#include "lake/lake.h"
#include "lake/publish.h"

/* Opens the lake that the configuration names; a writer waits up to 10 minutes for another one,
 * saying so on standard error. NULL with *err* that says which folder and where it was set. */
Lake *setup_lake(const CommandLine *line, LakeMode mode, Error *err)
    __attribute__((warn_unused_result));

/* Gives *lake* who asks the buckets in which things of it are kept, unless it has one. */
bool setup_lake_aws(Lake *lake, const Config *config, Error *err)
    __attribute__((warn_unused_result));

/* Which snapshots stay, by the configuration. */
PublishPolicy setup_policy(const CommandLine *line);

/* Publishes what is not published yet; the lake is a writer's, and nobody else holds a claim. */
bool setup_publish(const CommandLine *line, Lake *lake, Error *err)
    __attribute__((warn_unused_result));

/* Whether ingest fills the column `derived` (lake.derived). */
bool setup_writes_derived(const Config *config);

enum { SETUP_TEXT_BYTES = 32 };

/* "1.4 GiB", "812 B". */
void setup_bytes_text(uint64_t bytes, char ret[SETUP_TEXT_BYTES]);

/* "2,900": a number with separators, for people. */
void setup_count_text(uint64_t count, char ret[SETUP_TEXT_BYTES]);

/* Columns of the terminal on standard output; *fallback* when it is none. */
size_t setup_columns(size_t fallback);

#endif
