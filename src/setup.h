/* setup.h - what several commands open from the command line: the lake, files, the terminal.
 */
#ifndef SETUP_H
#define SETUP_H

#include "base/amount.h"
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

/* What a word behind a command does; false with *err*. */
typedef struct SetupVerb {
    const char *name;
    bool (*run)(const CommandLine *line, Lake *lake, Error *err);
    bool needs_none; /* no lake: *run* gets NULL */
} SetupVerb;

/* Runs what the first argument names, of verbs that end with one without a name, on the lake opened
 * for reading. The exit status; ERROR_USAGE lists the verbs. */
int setup_run_verb(const CommandLine *line, const SetupVerb *verbs, Error *err);

enum { SETUP_INPUT_BYTES_MAX = 512 << 20 };

/* What the file *path* holds, or standard input where it is "-", unpacked where it is gzip, in
 * place of what *ret* held. */
bool setup_read_input(const char *path, Buf *ret, Error *err) __attribute__((warn_unused_result));

/* Makes a file of *text*; ERROR_ACCESS when *path* exists. */
bool setup_write_new(const char *path, Str text, Error *err) __attribute__((warn_unused_result));

/* Columns of the terminal on standard output; *fallback* when it is none. */
size_t setup_columns(size_t fallback);

#endif
