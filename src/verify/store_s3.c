#include "verify/store_s3.h"

#include <stdlib.h>

#include "base/arena.h"
#include "base/mem.h"
#include "collect/object_list.h"
#include "collect/object_name.h"
#include "collect/s3_source.h"
#include "verify/fetch_s3.h"
#include "verify/missing_keys.h"

enum {
    WAVE_OBJECTS = 200000,
    NAMES_BYTES_MAX = 1 << 30,
    PATH_BYTES_MAX = 1 << 16,
    REGIONS_MAX = 64
};

/* Digests of a region: from when to when. */
typedef struct Region {
    Str name;
    int64_t from_us, to_us;
} Region;

struct StoreS3 {
    StoreS3Options options;
    Str bucket;
    Arena *names;
    const char **keys; /* in their order */
    size_t count, cap;
    Region regions[REGIONS_MAX];
    int region_count;
};

static Fetch get(void *context, Str bucket, Str key, Buf *ret, Error *err)
{
    const StoreS3 *self = context;
    return fetch_s3(self->options.aws, bucket, key, ret, err);
}

static Fetch metadata(void *context, Str bucket, Str key, StoreMetadata *ret, Error *err)
{
    const StoreS3 *self = context;
    return fetch_s3_metadata(self->options.aws, bucket, key, ret, err);
}

static bool list(void *context, StoreVisit visit, void *visitor, Error *err)
{
    const StoreS3 *self = context;
    for (size_t i = 0; i < self->count; i++)
        if (!visit(visitor, self->bucket, str_of(self->keys[i]), err))
            return false;
    return true;
}

Store store_s3_store(StoreS3 *self)
{
    return (Store){
        .context = self, .has_metadata = true, .get = get, .metadata = metadata, .list = list};
}

/* Widens the times of a digest's region. */
static bool note_digest(StoreS3 *self, Str key, Error *err)
{
    DigestName name;
    Region *region = self->regions;
    if (!object_name_digest(key, &name))
        return true;
    while (region < self->regions + self->region_count && !str_equal(region->name, name.region))
        region++;
    if (region == self->regions + REGIONS_MAX)
        return error_set(err, ERROR_LIMIT, "digests of more than %d regions", REGIONS_MAX);
    if (region == self->regions + self->region_count) {
        self->region_count++;
        *region = (Region){name.region, name.end_us, name.end_us};
    }
    region->from_us = name.end_us < region->from_us ? name.end_us : region->from_us;
    region->to_us = name.end_us > region->to_us ? name.end_us : region->to_us;
    return true;
}

static bool keep_key(StoreS3 *self, const ObjectRef *object, Error *err)
{
    Str bucket, key;
    BUF_AUTO Buf uri = buf_init(PATH_BYTES_MAX);
    if (!object_list_path(object, &uri, err) || !s3_split(buf_str(&uri), &bucket, &key, err))
        return false;
    const char **keys = mem_grow(self->keys, self->count + 1, &self->cap, sizeof *keys, err);
    if (!keys)
        return false;
    self->keys = keys;
    char *copy = arena_text(self->names, key, err);
    if (!copy)
        return false;
    self->keys[self->count++] = copy;
    return note_digest(self, str_of(copy), err);
}

static int compare_keys(const void *a, const void *b)
{
    return str_compare(str_of(*(const char *const *)a), str_of(*(const char *const *)b));
}

static int compare_regions(const void *a, const void *b)
{
    return str_compare(((const Region *)a)->name, ((const Region *)b)->name);
}

static bool list_waves(StoreS3 *self, S3Source *source, ObjectList *objects, Error *err)
{
    bool more = true;
    while (more) {
        object_list_clear(objects);
        if (!s3_source_next(source, objects, WAVE_OBJECTS, &more, err))
            return false;
        for (size_t i = 0; i < object_list_count(objects); i++)
            if (!keep_key(self, object_list_at(objects, i), err))
                return false;
    }
    if (self->count)
        qsort(self->keys, self->count, sizeof *self->keys, compare_keys);
    if (self->region_count)
        qsort(self->regions, (size_t)self->region_count, sizeof(Region), compare_regions);
    return true;
}

static bool list_bucket(StoreS3 *self, Error *err)
{
    const S3SourceOptions options = {.aws = self->options.aws,
                                     .uri = self->options.uri,
                                     .first = INT32_MIN,
                                     .last = INT32_MAX,
                                     .tell = self->options.tell,
                                     .context = self->options.context};
    S3Source *source = s3_source_open(&options, err);
    ObjectList *objects = source ? object_list_new(err) : NULL;
    bool ok = objects && list_waves(self, source, objects, err);
    object_list_free(objects);
    s3_source_free(source);
    return ok;
}

StoreS3 *store_s3_open(const StoreS3Options *options, Error *err)
{
    Str prefix;
    StoreS3 *self = mem_calloc(1, sizeof *self, err);
    if (!self)
        return NULL;
    self->options = *options;
    self->names = arena_new(NAMES_BYTES_MAX, err);
    if (self->names && s3_split(options->uri, &self->bucket, &prefix, err) &&
        list_bucket(self, err))
        return self;
    store_s3_free(self);
    return NULL;
}

void store_s3_free(StoreS3 *self)
{
    if (!self)
        return;
    mem_free(self->keys);
    arena_free(self->names);
    mem_free(self);
}

bool store_s3_read_keys(StoreS3 *self, PublicKeys *keys, Error *err)
{
    RequestLine *line = aws_take_line(self->options.aws, err);
    bool ok = line != NULL;
    for (int i = 0; ok && i < self->region_count; i++) {
        const int64_t times_us[2] = {self->regions[i].from_us, self->regions[i].to_us};
        ok = missing_keys_of(self->options.aws, line, self->regions[i].name, times_us, keys, err);
    }
    aws_give_line(self->options.aws, line);
    return ok;
}
