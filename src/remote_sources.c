#include "remote_sources.h"

#include "base/mem.h"
#include "base/timestamp.h"
#include "collect/page_source.h"
#include "source_name.h"

struct RemoteSources {
    RemoteSourcesOptions options;
    S3Source *bucket;    /* under way */
    PageSource *pages;   /* the same */
    int next;            /* source to come of one of the two */
    int32_t from;        /* day before which nothing is listed again */
    S3SourceTally tally; /* of the buckets that are done */
};

RemoteSources *remote_sources_new(const RemoteSourcesOptions *options, Error *err)
{
    RemoteSources *self = mem_calloc(1, sizeof *self, err);
    if (self)
        *self = (RemoteSources){.options = *options, .from = INT32_MIN};
    return self;
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

void remote_sources_drop(RemoteSources *self)
{
    if (self->bucket)
        add_tally(&self->tally, s3_source_tally(self->bucket));
    s3_source_free(self->bucket);
    page_source_free(self->pages);
    self->bucket = NULL;
    self->pages = NULL;
}

void remote_sources_free(RemoteSources *self)
{
    if (self)
        remote_sources_drop(self);
    mem_free(self);
}

void remote_sources_begin(RemoteSources *self, int32_t from)
{
    self->next = 0;
    if (from > self->from)
        self->from = from;
}

static void tell(void *context, const char *line)
{
    const RemoteSources *self = context;
    self->options.tell(self->options.context, line);
}

static bool restore(void *context, const S3Bucket *bucket, RequestLine *line,
                    const S3Object *object, Error *err)
{
    const RemoteSources *self = context;
    return s3_restore(bucket, line, object->key, self->options.restore_days, err);
}

static bool open_bucket(RemoteSources *self, const Source *source, Error *err)
{
    const S3SourceOptions options = {.aws = source->aws,
                                     .uri = str_of(source->name),
                                     .first =
                                         source->first > self->from ? source->first : self->from,
                                     .last = source->last,
                                     .newest_first = self->options.newest_first,
                                     .tell = tell,
                                     .archived = self->options.restore_days ? restore : NULL,
                                     .context = self};
    self->bucket = s3_source_open(&options, err);
    return self->bucket != NULL;
}

static bool open_pages(RemoteSources *self, const Source *source, Error *err)
{
    int64_t from_us = self->from == INT32_MIN ? INT64_MIN : self->from * TIMESTAMP_DAY_US;
    const PageSourceOptions options = {.aws = source->aws,
                                       .uri = str_of(source->name),
                                       .since_us =
                                           source->since_us > from_us ? source->since_us : from_us,
                                       .until_us = source->until_us,
                                       .stopping = self->options.stopping};
    self->pages = page_source_open(&options, err);
    return self->pages != NULL;
}

/* Whether one is under way or to come: the next one is opened when it is due. */
static bool open_next(RemoteSources *self, bool *ret, Error *err)
{
    *ret = true;
    if (self->bucket || self->pages)
        return true;
    while (self->next < source_list_count(self->options.list)) {
        const Source *source = source_list_at(self->options.list, self->next++);
        if (source_name_is_bucket(source->name))
            return open_bucket(self, source, err);
        if (page_source_is(str_of(source->name)))
            return open_pages(self, source, err);
    }
    *ret = false;
    return true;
}

/* More of the one under way; *ret_full*: enough for this time. */
static bool list_some(RemoteSources *self, ObjectList *list, size_t max, bool *ret_full, Error *err)
{
    bool more;
    bool ok = self->bucket ? s3_source_next(self->bucket, list, max, &more, err)
                           : page_source_next(self->pages, list, &more, err);
    if (!ok)
        return false;
    *ret_full = self->bucket ? object_list_count(list) >= max : max != SIZE_MAX;
    if (!more)
        remote_sources_drop(self);
    return true;
}

bool remote_sources_next(RemoteSources *self, ObjectList *list, size_t max, bool *ret_more,
                         Error *err)
{
    *ret_more = true;
    for (bool full = false; !full && !atomic_load(self->options.stopping);) {
        if (!open_next(self, ret_more, err))
            return false;
        if (!*ret_more)
            break;
        if (!list_some(self, list, max, &full, err))
            return false;
    }
    return true;
}

S3SourceTally remote_sources_tally(const RemoteSources *self)
{
    S3SourceTally tally = self->tally;
    if (self->bucket)
        add_tally(&tally, s3_source_tally(self->bucket));
    return tally;
}
