/* sources.h - what commands read: files, folders and buckets named on the command line.
 *
 * A source is a path, or s3://BUCKET[/PREFIX]. Those delivered outside --since, --until and --last
 * are left out, by the day in their key. Belongs to one thread; its Aws may be shared.
 */
#ifndef SOURCES_H
#define SOURCES_H

#include "base/command.h"
#include "cloud/aws.h"
#include "collect/object_list.h"
#include "collect/s3_source.h"

typedef struct Sources Sources;

/* Options of commands that read sources: how AWS is asked. */
#define SOURCES_OPTIONS                                                                             \
    {"profile", 0, VALUE_TEXT, "NAME", NULL, CONFIG_AWS_PROFILE, "of AWS's configuration"},         \
        {"region", 0, VALUE_TEXT, "REGION", NULL, CONFIG_AWS_REGION, "of the bucket"},              \
        {"endpoint-url", 0, VALUE_TEXT, "URL", NULL, CONFIG_AWS_ENDPOINT, "another S3 than AWS's"}, \
    {                                                                                               \
        "request-payer", 0, VALUE_FLAG, NULL, NULL, CONFIG_NONE,                                    \
            "pay for the requests to a bucket of somebody else"                                     \
    }

typedef struct SourcesOptions {
    const char *command;      /* what messages call the program */
    const char *const *names; /* the sources; NULL: the command's arguments */
    int count;                /* of *names* */
    bool limited;             /* to --since, --until, --last */
    bool newest_first;        /* of buckets */
    int restore_days;         /* ask for archived objects to be readable for so long; 0: no */
} SourcesOptions;

/* Opens them; nothing is listed yet. *options* is copied, the texts of its names are borrowed. NULL
 * with *err*. */
Sources *sources_open(const CommandLine *line, const SourcesOptions *options, Error *err)
    __attribute__((warn_unused_result));
void sources_free(Sources *sources);

/* Puts the next objects into *list* in place of those before, sorted: all of files and folders
 * first, then those of buckets, about *max* at a time; *ret_more* tells whether there are others.
 * Paths that cannot be looked at are told on standard error and counted. */
bool sources_next(Sources *sources, ObjectList *list, size_t max, bool *ret_more, Error *err)
    __attribute__((warn_unused_result));

/* For reading objects of S3; NULL when no source is a bucket. */
Aws *sources_aws(const Sources *sources);

/* How many paths could not be looked at, and what was seen of buckets. */
int sources_troubles(const Sources *sources);
S3SourceTally sources_tally(const Sources *sources);

/* AWS as the configuration and the command line say. NULL with *err*. */
Aws *sources_aws_open(const CommandLine *line, const char *command, Error *err)
    __attribute__((warn_unused_result));

#endif
