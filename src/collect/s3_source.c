#include "collect/s3_source.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/arena.h"
#include "base/mem.h"
#include "collect/s3_folder.h"

enum {
    FOLDERS_MAX = 4 << 20,
    NAMES_BYTES_MAX = 1 << 30,
    TEXT_BYTES_MAX = 16 << 10,
    LISTINGS = 32, /* pages that are asked for at a time */
    WAIT_US = 1000000,
    LINE_BYTES = 400,
    SERVICES_TOLD = 20
};

/* A folder that is listed: of one day, or flat. */
typedef struct Unit {
    const char *prefix;
    int32_t day;
} Unit;

/* A listing under way, page after page. */
typedef struct Job {
    bool used;
    bool folders; /* looks for folders; else takes all that is below */
    Str prefix;
    Buf token; /* of the page that comes next */
    RequestCall *call;
} Job;

struct S3Source {
    S3SourceOptions options;
    RequestLine *line;
    const S3Bucket *bucket;
    Str prefix;
    Arena *names;
    Buf paths; /* const char *: folders to look into; the first *looked* are done */
    size_t looked;
    Buf units; /* Unit */
    size_t listed;
    bool explored;
    Job jobs[LISTINGS];
    ObjectList *list; /* that is filled */
    Buf uri;
    S3SourceTally tally;
    Str services[SERVICES_TOLD]; /* that are told to be left out */
    int service_count;
};

static bool add_path(S3Source *source, Str prefix, Error *err)
{
    const char *copy = arena_text(source->names, prefix, err);
    return copy && buf_append(&source->paths, &copy, sizeof copy, err);
}

static bool add_unit(S3Source *source, Str prefix, int32_t day, Error *err)
{
    Unit unit = {.prefix = arena_text(source->names, prefix, err), .day = day};
    source->tally.days += day != OBJECT_DAY_NONE;
    return unit.prefix && buf_append(&source->units, &unit, sizeof unit, err);
}

/* Says once for each service that its folders are left out. */
static bool tell_service(S3Source *source, Str prefix, Str service, Error *err)
{
    char line[LINE_BYTES];
    for (int i = 0; i < source->service_count; i++)
        if (str_equal(source->services[i], service))
            return true;
    if (!service.len || source->service_count == SERVICES_TOLD || !source->options.tell)
        return true;
    const char *copy = arena_text(source->names, service, err);
    if (!copy)
        return false;
    source->services[source->service_count++] = str_of(copy);
    snprintf(line, sizeof line,
             "s3://%s/%.*s and other folders '%.*s' are left out: they hold no logs of CloudTrail",
             source->bucket->name, STR_ARG(str_slice(prefix, 0, 200)),
             STR_ARG(str_slice(service, 0, 60)));
    source->options.tell(source->options.context, line);
    return true;
}

static bool take_folder(void *context, Str prefix, Error *err)
{
    S3Source *source = context;
    const S3Days wanted = {source->options.first, source->options.last};
    int32_t day;
    Str service;
    switch (s3_folder_kind(prefix, source->prefix.len, wanted, &day, &service)) {
    case S3_FOLDER_PATH:
        return add_path(source, prefix, err);
    case S3_FOLDER_DAY:
    case S3_FOLDER_FLAT:
        return add_unit(source, prefix, day, err);
    case S3_FOLDER_OTHER:
        return tell_service(source, prefix, service, err);
    }
    return true;
}

static bool take_archived(S3Source *source, const S3Object *object, Error *err)
{
    source->tally.archived++;
    source->tally.archived_bytes += object->bytes;
    return !source->options.archived ||
           source->options.archived(source->options.context, source->bucket, source->line, object,
                                    err);
}

static bool take_object(void *context, const S3Object *object, Error *err)
{
    S3Source *source = context;
    if (str_ends(object->key, STR("/")) && object->bytes == 0)
        return true; /* a folder's mark */
    int32_t day = object_list_day(object->key);
    if (day != OBJECT_DAY_NONE && (day < source->options.first || day > source->options.last))
        return true;
    if (object->archived)
        return take_archived(source, object, err);
    if (str_find_byte(object->key, '\0', 0) < object->key.len) {
        source->tally.refused++;
        return true;
    }
    source->uri.len = 0;
    source->tally.objects++;
    source->tally.bytes += object->bytes;
    return buf_printf(&source->uri, err, "s3://%s/", source->bucket->name) &&
           buf_append_str(&source->uri, object->key, err) && buf_text(&source->uri, err) &&
           object_list_add_remote(source->list, source->uri.ptr, object->etag, object->bytes,
                                  object->modified_us, err);
}

static bool start_page(S3Source *source, Job *job, Error *err)
{
    const S3Listing listing = {
        .prefix = job->prefix, .token = buf_str(&job->token), .folders = job->folders};
    source->tally.requests++;
    job->call = s3_list_start(source->bucket, source->line, &listing, err);
    return job->call != NULL;
}

/* The next folder to look into, or to list. */
static bool next_job(S3Source *source, Job *ret)
{
    size_t paths = source->paths.len / sizeof(const char *);
    size_t units = source->units.len / sizeof(Unit);
    if (!source->explored) {
        if (source->looked == paths)
            return false;
        const char *const *path = (const char *const *)(const void *)source->paths.ptr;
        *ret = (Job){.folders = true, .prefix = str_of(path[source->looked++])};
    } else {
        if (source->listed == units)
            return false;
        const Unit *unit = (const Unit *)(const void *)source->units.ptr;
        *ret = (Job){.prefix = str_of(unit[source->listed++].prefix)};
    }
    ret->used = true;
    ret->token = buf_init(TEXT_BYTES_MAX);
    return true;
}

static bool end_page(S3Source *source, Job *job, Error *err)
{
    const S3PageTake take = {take_object, take_folder, source};
    bool ok = s3_list_end(source->bucket, job->call, &take, &job->token, err);
    request_free(job->call);
    job->call = NULL;
    if (ok && !job->token.len) {
        buf_free(&job->token);
        job->used = false;
    }
    return ok;
}

/* Ends the pages that came and starts others while the list has room; *ret_busy* tells whether some
 * are under way. */
static bool turn(S3Source *source, size_t max, bool *ret_busy, Error *err)
{
    *ret_busy = false;
    for (int i = 0; i < LISTINGS; i++) {
        Job *job = &source->jobs[i];
        if (job->call && request_done(job->call) && !end_page(source, job, err))
            return false;
        bool room = object_list_count(source->list) < max;
        if (room && !job->call && (job->used || next_job(source, job)) &&
            !start_page(source, job, err))
            return false;
        *ret_busy |= job->call != NULL;
    }
    return true;
}

static bool run_jobs(S3Source *source, size_t max, Error *err)
{
    bool busy;
    while (turn(source, max, &busy, err)) {
        if (!busy)
            return true;
        if (!request_pump(source->line, WAIT_US, err))
            return false;
    }
    return false;
}

static int compare_units(const void *a, const void *b)
{
    const Unit *left = a, *right = b;
    if (left->day != right->day)
        return left->day < right->day ? -1 : 1;
    return str_compare(str_of(left->prefix), str_of(right->prefix));
}

static int compare_units_newest(const void *a, const void *b)
{
    const Unit *left = a, *right = b;
    if (left->day != right->day)
        return left->day > right->day ? -1 : 1;
    return str_compare(str_of(left->prefix), str_of(right->prefix));
}

/* Finds the folders; objects that lie beside them are added to the list. */
static bool explore(S3Source *source, Error *err)
{
    if (!run_jobs(source, SIZE_MAX, err))
        return false;
    source->explored = true;
    buf_free(&source->paths);
    if (source->units.len)
        qsort(source->units.ptr, source->units.len / sizeof(Unit), sizeof(Unit),
              source->options.newest_first ? compare_units_newest : compare_units);
    return true;
}

static bool has_more(const S3Source *source)
{
    bool more = source->listed < source->units.len / sizeof(Unit);
    for (int i = 0; i < LISTINGS; i++)
        more |= source->jobs[i].used;
    return more;
}

bool s3_source_next(S3Source *source, ObjectList *list, size_t max, bool *ret_more, Error *err)
{
    source->list = list;
    if ((!source->explored && !explore(source, err)) || !run_jobs(source, max, err))
        return false;
    *ret_more = has_more(source);
    return true;
}

const S3SourceTally *s3_source_tally(const S3Source *source)
{
    return &source->tally;
}

/* A folder of one day is listed at once; anything else is looked into. */
static bool begin(S3Source *source, Error *err)
{
    Str bucket;
    if (!s3_split(source->options.uri, &bucket, &source->prefix, err))
        return false;
    source->line = aws_line(source->options.aws, err);
    source->bucket =
        source->line ? aws_bucket(source->options.aws, source->line, bucket, err) : NULL;
    source->names = source->bucket ? arena_new(NAMES_BYTES_MAX, err) : NULL;
    if (!source->names)
        return false;
    if (str_ends(source->prefix, STR("/")) && object_list_day(source->prefix) != OBJECT_DAY_NONE)
        return add_unit(source, source->prefix, object_list_day(source->prefix), err);
    return add_path(source, source->prefix, err);
}

S3Source *s3_source_open(const S3SourceOptions *options, Error *err)
{
    S3Source *source = mem_calloc(1, sizeof *source, err);
    if (!source)
        return NULL;
    source->options = *options;
    source->paths = buf_init((size_t)FOLDERS_MAX * sizeof(const char *));
    source->units = buf_init((size_t)FOLDERS_MAX * sizeof(Unit));
    source->uri = buf_init(TEXT_BYTES_MAX);
    if (begin(source, err))
        return source;
    s3_source_free(source);
    return NULL;
}

void s3_source_free(S3Source *source)
{
    if (!source)
        return;
    for (int i = 0; i < LISTINGS; i++) {
        request_free(source->jobs[i].call);
        buf_free(&source->jobs[i].token);
    }
    request_line_free(source->line);
    arena_free(source->names);
    buf_free(&source->paths);
    buf_free(&source->units);
    buf_free(&source->uri);
    mem_free(source);
}
