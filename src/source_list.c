#include "source_list.h"

#include <string.h>

#include "base/arena.h"
#include "base/mem.h"
#include "base/timestamp.h"
#include "collect/object_list.h"
#include "push_sources.h"
#include "source_name.h"
#include "sources_aws.h"

enum { TEXT_BYTES_MAX = 1 << 20 };

/* One of those who ask AWS: a profile and a region. */
typedef struct Asker {
    const char *profile, *region;
    Aws *aws;
} Asker;

struct SourceList {
    Source *at;
    Asker *askers; /* as many as sources at most */
    int count, asker_count;
    bool configured;
    Arena *texts;
};

/* How many elements the configuration has. */
static int configured_count(const Config *config)
{
    int count = 0;
    Str item;
    while (config_item(config, CONFIG_SOURCES, (size_t)count, &item))
        count++;
    return count;
}

static bool is_of_aws(const char *name)
{
    return !source_name_path(name) && !source_name_is_input(name) && !push_sources_is(name);
}

/* The Aws of a profile and a region, opened the first time. NULL with *err*. */
static Aws *find_aws(SourceList *list, const CommandLine *line, const char *command,
                     const SourcesAwsOptions *options, Error *err)
{
    for (int i = 0; i < list->asker_count; i++)
        if (!strcmp(list->askers[i].profile, options->profile) &&
            !strcmp(list->askers[i].region, options->region))
            return list->askers[i].aws;
    Aws *aws = sources_aws_open(line, command, options, err);
    if (aws)
        list->askers[list->asker_count++] = (Asker){options->profile, options->region, aws};
    return aws;
}

static bool read_range(Source *ret, const CommandLine *line, bool limited, Str since, Error *err)
{
    int64_t from = INT64_MIN, own = INT64_MIN, until = INT64_MAX;
    if (limited && !command_range(line, &from, &until, err))
        return false;
    if (since.len && !config_check_value(VALUE_TIME, NULL, "since", since, &own, err))
        return false;
    from = own > from ? own : from;
    ret->since_us = from;
    ret->until_us = until;
    ret->first = from == INT64_MIN ? INT32_MIN : timestamp_day(from);
    ret->last = until == INT64_MAX ? INT32_MAX : timestamp_day(until - 1) + 1;
    return true;
}

/* Whose bucket it is, for those who read what a list holds. */
static bool lend_bucket(const SourceList *list, const Source *source, Error *err)
{
    Str rest = str_of(source->name);
    if (!source_name_is_bucket(source->name))
        return true;
    rest = str_slice(rest, strlen("s3://"), rest.len);
    return aws_lend(source_list_aws(list), str_slice(rest, 0, str_find_byte(rest, '/', 0)),
                    source->aws, err);
}

/* One more source: what an element of the configuration says, or a name alone. */
static bool add(SourceList *list, const CommandLine *line, const SourceListOptions *options,
                Str item, Error *err)
{
    Source *source = &list->at[list->count];
    const char *profile = arena_text(list->texts, config_item_member(item, STR("profile")), err);
    const char *region = arena_text(list->texts, config_item_member(item, STR("region")), err);
    if (!profile || !region ||
        !(source->name = arena_text(list->texts, config_item_member(item, STR("")), err)))
        return false;
    list->count++;
    if (!read_range(source, line, options->limited, config_item_member(item, STR("since")), err))
        return error_context(err, "source '%.200s'", source->name);
    if (!is_of_aws(source->name))
        return (!*profile && !*region) ||
               error_set(err, ERROR_USAGE,
                         "source '%.200s' is not of AWS and takes no profile and no region",
                         source->name);
    const SourcesAwsOptions asked = {profile, region};
    source->aws = find_aws(list, line, options->command, &asked, err);
    return source->aws && lend_bucket(list, source, err);
}

static bool add_given(SourceList *list, const CommandLine *line, const SourceListOptions *options,
                      int count, Error *err)
{
    bool ok = true;
    for (int i = 0; ok && i < count; i++)
        ok = add(list, line, options,
                 str_of(options->names ? options->names[i] : command_argument(line, i)), err);
    return ok;
}

static bool add_configured(SourceList *list, const CommandLine *line,
                           const SourceListOptions *options, int count, Error *err)
{
    const Config *config = command_config(line);
    bool ok = true;
    list->configured = count > 0;
    for (int i = 0; ok && i < count; i++) {
        Str item;
        ok = !config_item(config, CONFIG_SOURCES, (size_t)i, &item) ||
             add(list, line, options, item, err) ||
             error_context(err, "%s", config_source(config, CONFIG_SOURCES));
    }
    return ok;
}

/* One that has room for *count* sources. */
static SourceList *list_new(int count, Error *err)
{
    SourceList *list = mem_calloc(1, sizeof *list, err);
    if (!list)
        return NULL;
    list->at = mem_calloc((size_t)count + 1, sizeof *list->at, err);
    list->askers = list->at ? mem_calloc((size_t)count + 1, sizeof *list->askers, err) : NULL;
    list->texts = list->askers ? arena_new(TEXT_BYTES_MAX, err) : NULL;
    if (list->texts)
        return list;
    source_list_free(list);
    return NULL;
}

SourceList *source_list_open(const CommandLine *line, const SourceListOptions *options, Error *err)
{
    int given = options->names ? options->count : command_argument_count(line);
    int configured = given ? 0 : configured_count(command_config(line));
    if (!given && !configured) {
        error_set(err, ERROR_USAGE, "no source: name one, or list some in spoor.yml as sources");
        return NULL;
    }
    SourceList *list = list_new(given + configured, err);
    if (list && add_given(list, line, options, given, err) &&
        add_configured(list, line, options, configured, err))
        return list;
    source_list_free(list);
    return NULL;
}

SourceList *source_list_configured(const CommandLine *line, const char *command, Error *err)
{
    static const SourcesAwsOptions ALL = {"", ""};
    const SourceListOptions options = {.command = command};
    int count = configured_count(command_config(line));
    SourceList *list = list_new(count, err);
    if (list && find_aws(list, line, command, &ALL, err) &&
        add_configured(list, line, &options, count, err))
        return list;
    source_list_free(list);
    return NULL;
}

void source_list_free(SourceList *list)
{
    if (!list)
        return;
    for (int i = 0; list->askers && i < list->asker_count; i++)
        aws_free(list->askers[i].aws);
    arena_free(list->texts);
    mem_free(list->askers);
    mem_free(list->at);
    mem_free(list);
}

bool source_list_is_configured(const SourceList *list)
{
    return list->configured;
}

int source_list_count(const SourceList *list)
{
    return list->count;
}

const Source *source_list_at(const SourceList *list, int index)
{
    return &list->at[index];
}

Aws *source_list_aws(const SourceList *list)
{
    return list->asker_count ? list->askers[0].aws : NULL;
}

bool source_list_wants(const Source *source, int32_t day)
{
    return day == OBJECT_DAY_NONE || (day >= source->first && day <= source->last);
}
