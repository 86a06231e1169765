#include "telling.h"

#include "base/mem.h"
#include "lake/layout.h"

struct Telling {
    Targets *targets;
    Courier *courier;
    char state[LAYOUT_PATH_BYTES];
};

static const char *path_or_none(const Config *config, ConfigKey key)
{
    const char *path = config_text(config, key);
    return *path ? path : NULL;
}

static bool open_courier(Telling *telling, const Config *config, const atomic_bool *stopping,
                         Error *err)
{
    const CourierOptions options = {
        .state = telling->state,
        .targets = telling->targets,
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
        (telling->targets = targets_open(config, err)) != NULL &&
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
