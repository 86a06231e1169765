/* source_list.h - which sources a command reads, and as whom AWS is asked for each.
 *
 * They are the command's arguments, else those of spoor.yml (sources). Belongs to one thread; its
 * Aws may be shared.
 */
#ifndef SOURCE_LIST_H
#define SOURCE_LIST_H

#include "base/command.h"
#include "cloud/aws.h"

typedef struct Source {
    const char *name; /* as source_name.h tells kinds apart */
    Aws *aws;         /* NULL for what is not of AWS */
    /* What is wanted of it: µs, and the days of delivery that this means, as an object of day D
     * holds events of D and of the end of the day before. */
    int64_t since_us, until_us;
    int32_t first, last;
} Source;

typedef struct SourceList SourceList;

typedef struct SourceListOptions {
    const char *command;      /* what messages call the program */
    const char *const *names; /* the sources; NULL: the arguments or, without any, the configured */
    int count;                /* of *names* */
    bool limited;             /* to --since, --until, --last */
} SourceListOptions;

/* The texts of arguments and configuration are borrowed; AWS is not asked yet. NULL with *err*:
 * ERROR_USAGE when no source is named, or one is not named well. The caller frees. */
SourceList *source_list_open(const CommandLine *line, const SourceListOptions *options, Error *err)
    __attribute__((warn_unused_result));
void source_list_free(SourceList *list);

/* The configured ones, perhaps none, for a command that reads again what was read from them:
 * source_list_aws is who the configuration says, and asks each of their buckets as its source's
 * profile. NULL with *err*; the caller frees. */
SourceList *source_list_configured(const CommandLine *line, const char *command, Error *err)
    __attribute__((warn_unused_result));

/* Whether they are the configuration's: one that a command cannot read is left out then. */
bool source_list_is_configured(const SourceList *list);

/* How many there are, and one of them. */
int source_list_count(const SourceList *list);
const Source *source_list_at(const SourceList *list, int index);

/* Who reads objects of S3, those of every source: the Aws of the first that has one. NULL without.
 */
Aws *source_list_aws(const SourceList *list);

/* Whether --since, --until or --last, or a source's own since, leave out an object of day *day*. */
bool source_list_wants(const Source *source, int32_t day);

#endif
