/* sources_aws.h - AWS as configuration and command line say. */
#ifndef SOURCES_AWS_H
#define SOURCES_AWS_H

#include "base/command.h"
#include "cloud/aws.h"

/* Options of commands that ask AWS. */
#define SOURCES_OPTIONS                                                                             \
    {"profile", 0, VALUE_TEXT, "NAME", NULL, CONFIG_AWS_PROFILE, "of AWS's configuration"},         \
        {"region", 0, VALUE_TEXT, "REGION", NULL, CONFIG_AWS_REGION, "of the bucket"},              \
        {"endpoint-url", 0, VALUE_TEXT, "URL", NULL, CONFIG_AWS_ENDPOINT, "another S3 than AWS's"}, \
    {                                                                                               \
        "request-payer", 0, VALUE_FLAG, NULL, NULL, CONFIG_NONE,                                    \
            "pay for the requests to a bucket of somebody else"                                     \
    }

/* What one source says for itself; empty: as all do. */
typedef struct SourcesAwsOptions {
    const char *profile;
    const char *region;
} SourcesAwsOptions;

/* An Aws for *command*, as messages call the program, whose text is borrowed; *own* may be NULL.
 * NULL with *err*; the caller frees. */
Aws *sources_aws_open(const CommandLine *line, const char *command, const SourcesAwsOptions *own,
                      Error *err) __attribute__((warn_unused_result));

/* As sources_aws_open, without a command line; a *command* of NULL is the program as a whole. */
Aws *sources_aws_configured(const Config *config, const char *command, const SourcesAwsOptions *own,
                            bool requester_pays, Error *err) __attribute__((warn_unused_result));

#endif
