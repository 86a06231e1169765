#include "sources_aws.h"

#include <stdio.h>

#include "base/log.h"

enum { PARALLEL_MAX = 512 };

static void tell_line(void *context, const char *line)
{
    log_tell(LOG_WARN, context, "%s", line);
}

/* A source's own text, else what is configured. */
static const char *choose(const char *own, const Config *config, ConfigKey key)
{
    return own && *own ? own : config_text(config, key);
}

Aws *sources_aws_configured(const Config *config, const char *command, const SourcesAwsOptions *own,
                            bool requester_pays, Error *err)
{
    int64_t parallel = config_number(config, CONFIG_AWS_REQUESTS);
    union {
        const char *text;
        void *context;
    } name = {command};
    const AwsOptions options = {
        .profile = choose(own ? own->profile : NULL, config, CONFIG_AWS_PROFILE),
        .region = choose(own ? own->region : NULL, config, CONFIG_AWS_REGION),
        .endpoint_url = config_text(config, CONFIG_AWS_ENDPOINT),
        .ca_file = config_text(config, CONFIG_AWS_CA),
        .requester_pays = requester_pays,
        .parallel = parallel < 1              ? 1
                    : parallel > PARALLEL_MAX ? PARALLEL_MAX
                                              : (int)parallel,
        .tell = tell_line,
        .context = name.context};
    return aws_open(&options, err);
}

Aws *sources_aws_open(const CommandLine *line, const char *command, const SourcesAwsOptions *own,
                      Error *err)
{
    return sources_aws_configured(command_config(line), command, own,
                                  command_has(line, "request-payer"), err);
}
