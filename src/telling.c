#include "telling.h"

#include "base/mem.h"
#include "lake/layout.h"
#include "sources_aws.h"

struct Telling {
    Targets *targets;
    Aws *aws; /* NULL: no target asks AWS */
    Courier *courier;
    char state[LAYOUT_PATH_BYTES];
};

static const char *path_or_none(const Config *config, ConfigKey key)
{
    const char *path = config_text(config, key);
    return *path ? path : NULL;
}

/* Who publishes to topics, if any target is one. */
static bool open_aws(Telling *telling, const Config *config, Error *err)
{
    bool any = false;
    for (int i = 0; i < targets_count(telling->targets); i++)
        any |= targets_at(telling->targets, i)->kind == TARGET_SNS;
    if (any)
        telling->aws = sources_aws_configured(config, "notify", NULL, false, err);
    return !any || telling->aws;
}

static bool open_courier(Telling *telling, const Config *config, const atomic_bool *stopping,
                         Error *err)
{
    const CourierOptions options = {
        .state = telling->state,
        .targets = telling->targets,
        .aws = telling->aws,
        .ca_file = path_or_none(config, CONFIG_AWS_CA),
        .age_us = config_number(config, CONFIG_NOTIFY_AGE),
        .link = str_of(config_text(config, CONFIG_NOTIFY_LINK)),
        .language = notice_words_language(str_of(config_text(config, CONFIG_NOTIFY_LANGUAGE))),
        .stopping = stopping};
    telling->courier = courier_new(&options, err);
    return telling->courier != NULL;
}

Telling *telling_open(const CommandLine *line, const Lake *lake, const atomic_bool *stopping,
                      Error *err)
{
    const Config *config = command_config(line);
    Telling *telling = mem_calloc(1, sizeof *telling, err);
    if (!telling)
        return NULL;
    if (layout_path(telling->state, err, lake->folder, "state.db") &&
        (telling->targets = targets_open(config, err)) != NULL && open_aws(telling, config, err) &&
        open_courier(telling, config, stopping, err))
        return telling;
    telling_free(telling);
    return NULL;
}

void telling_free(Telling *telling)
{
    if (!telling)
        return;
    courier_free(telling->courier);
    aws_free(telling->aws);
    targets_free(telling->targets);
    mem_free(telling);
}

Courier *telling_courier(Telling *telling)
{
    return telling->courier;
}

const Targets *telling_targets(const Telling *telling)
{
    return telling->targets;
}
