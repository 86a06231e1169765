#include "sources.h"

#include <stdio.h>

#include "base/mem.h"
#include "base/timestamp.h"
#include "collect/folder.h"

enum { TOLD_MAX = 10, PARALLEL_MAX = 512 };

struct Sources {
    SourcesOptions options;
    const char **names;  /* the texts are borrowed */
    int32_t first, last; /* days that are wanted */
    Aws *aws;
    S3Source *bucket; /* under way */
    int next;         /* bucket's name to come */
    bool folders_done;
    int troubles;
    S3SourceTally tally; /* of the buckets that are done */
};

static void tell_trouble(void *context, const char *path, const Error *trouble)
{
    Sources *sources = context;
    if (sources->troubles++ < TOLD_MAX)
        fprintf(stderr, "spoor %s: left out '%s': %s\n", sources->options.command, path,
                trouble->text);
}

static void tell_line(void *context, const char *line)
{
    fprintf(stderr, "spoor %s: %s\n", (const char *)context, line);
}

static void tell_left_out(void *context, const char *line)
{
    const Sources *sources = context;
    fprintf(stderr, "spoor %s: %s\n", sources->options.command, line);
}

Aws *sources_aws_open(const CommandLine *line, const char *command, Error *err)
{
    const Config *config = command_config(line);
    int64_t parallel = config_number(config, CONFIG_AWS_REQUESTS);
    union {
        const char *text;
        void *context;
    } name = {command};
    const AwsOptions options = {.profile = config_text(config, CONFIG_AWS_PROFILE),
                                .region = config_text(config, CONFIG_AWS_REGION),
                                .endpoint_url = config_text(config, CONFIG_AWS_ENDPOINT),
                                .ca_file = config_text(config, CONFIG_AWS_CA),
                                .requester_pays = command_has(line, "request-payer"),
                                .parallel = parallel < 1              ? 1
                                            : parallel > PARALLEL_MAX ? PARALLEL_MAX
                                                                      : (int)parallel,
                                .tell = tell_line,
                                .context = name.context};
    return aws_open(&options, err);
}

static bool is_bucket(const char *name)
{
    return str_starts(str_of(name), STR("s3://"));
}

/* An object of day D holds events of D and of the end of the day before. */
static bool read_range(Sources *sources, const CommandLine *line, Error *err)
{
    int64_t since = INT64_MIN, until = INT64_MAX;
    if (sources->options.limited && !command_range(line, &since, &until, err))
        return false;
    sources->first = since == INT64_MIN ? INT32_MIN : timestamp_day(since);
    sources->last = until == INT64_MAX ? INT32_MAX : timestamp_day(until - 1) + 1;
    return true;
}

static bool keep_names(Sources *sources, const CommandLine *line, Error *err)
{
    SourcesOptions *options = &sources->options;
    if (!options->names)
        options->count = command_argument_count(line);
    sources->names = mem_calloc((size_t)options->count + 1, sizeof *sources->names, err);
    for (int i = 0; sources->names && i < options->count; i++)
        sources->names[i] = options->names ? options->names[i] : command_argument(line, i);
    options->names = sources->names;
    return sources->names != NULL;
}

Sources *sources_open(const CommandLine *line, const SourcesOptions *options, Error *err)
{
    Sources *sources = mem_calloc(1, sizeof *sources, err);
    if (!sources)
        return NULL;
    sources->options = *options;
    bool ok = keep_names(sources, line, err) && read_range(sources, line, err);
    for (int i = 0; ok && i < sources->options.count && !sources->aws; i++)
        if (is_bucket(sources->names[i]))
            ok = (sources->aws = sources_aws_open(line, options->command, err)) != NULL;
    if (ok)
        return sources;
    sources_free(sources);
    return NULL;
}

void sources_free(Sources *sources)
{
    if (!sources)
        return;
    s3_source_free(sources->bucket);
    aws_free(sources->aws);
    mem_free(sources->names);
    mem_free(sources);
}

static bool in_range(const ObjectRef *object, void *context)
{
    const Sources *sources = context;
    return object->day == OBJECT_DAY_NONE ||
           (object->day >= sources->first && object->day <= sources->last);
}

static bool list_folders(Sources *sources, ObjectList *list, Error *err)
{
    for (int i = 0; i < sources->options.count; i++) {
        const char *name = sources->options.names[i];
        if (!is_bucket(name) && !folder_list(list, name, tell_trouble, sources, err))
            return error_context(err, "source %d", i + 1);
    }
    object_list_filter(list, in_range, sources);
    sources->folders_done = true;
    return true;
}

static bool restore(void *context, const S3Bucket *bucket, RequestLine *line,
                    const S3Object *object, Error *err)
{
    const Sources *sources = context;
    return s3_restore(bucket, line, object->key, sources->options.restore_days, err);
}

static bool open_bucket(Sources *sources, const char *name, Error *err)
{
    const S3SourceOptions options = {.aws = sources->aws,
                                     .uri = str_of(name),
                                     .first = sources->first,
                                     .last = sources->last,
                                     .newest_first = sources->options.newest_first,
                                     .tell = tell_left_out,
                                     .archived = sources->options.restore_days ? restore : NULL,
                                     .context = sources};
    sources->bucket = s3_source_open(&options, err);
    return sources->bucket != NULL;
}

static void add_tally(S3SourceTally *sum, const S3SourceTally *more)
{
    sum->objects += more->objects;
    sum->bytes += more->bytes;
    sum->archived += more->archived;
    sum->archived_bytes += more->archived_bytes;
    sum->refused += more->refused;
    sum->days += more->days;
    sum->requests += more->requests;
}

static void end_bucket(Sources *sources)
{
    add_tally(&sources->tally, s3_source_tally(sources->bucket));
    s3_source_free(sources->bucket);
    sources->bucket = NULL;
}

/* Whether a bucket is under way or to come: the next one is opened when it is due. */
static bool next_bucket(Sources *sources, bool *ret, Error *err)
{
    *ret = true;
    if (sources->bucket)
        return true;
    while (sources->next < sources->options.count) {
        const char *name = sources->options.names[sources->next++];
        if (is_bucket(name))
            return open_bucket(sources, name, err);
    }
    *ret = false;
    return true;
}

bool sources_next(Sources *sources, ObjectList *list, size_t max, bool *ret_more, Error *err)
{
    bool there = true;
    object_list_clear(list);
    if (!sources->folders_done && !list_folders(sources, list, err))
        return false;
    while (object_list_count(list) < max) {
        bool more;
        if (!next_bucket(sources, &there, err))
            return false;
        if (!there)
            break;
        if (!s3_source_next(sources->bucket, list, max, &more, err))
            return false;
        if (!more)
            end_bucket(sources);
    }
    object_list_sort(list);
    *ret_more = there;
    return true;
}

Aws *sources_aws(const Sources *sources)
{
    return sources->aws;
}

int sources_troubles(const Sources *sources)
{
    return sources->troubles;
}

S3SourceTally sources_tally(const Sources *sources)
{
    S3SourceTally tally = sources->tally;
    if (sources->bucket)
        add_tally(&tally, s3_source_tally(sources->bucket));
    return tally;
}
