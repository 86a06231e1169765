/* depot_s3 - a depot that is a bucket of S3, below a prefix.
 *
 * Before an object is stored it is asked for, and the request that stores it is conditional, which
 * not every server knows; where one lies already its bytes are compared. Many are under way at a
 * time. Listings and removals are about versions, so that what a delete marker
 * hides is found, and what is removed is gone.
 */
#include <string.h>

#include "base/clock.h"
#include "base/mem.h"
#include "cloud/s3_write.h"
#include "lake/depot_kind.h"

enum {
    PENDING_MAX = 256,
    RING = PENDING_MAX + 1,
    PENDING_BYTES_MAX = 64 << 20,
    REMOVED_AT_ONCE = 64,
    NAME_BYTES_MAX = 4096
};

#define DAY_US (INT64_C(86400) * 1000000)

/* What an object's request is about. */
typedef enum {
    LOOKS,    /* is there one? */
    STORES,   /* if there is none */
    COMPARES, /* has it the same bytes? */
} Step;

/* An object that is being stored; its texts are in one piece of memory. */
typedef struct Pending {
    Buf memory;
    S3Put put;
    Str second; /* the name after this one; empty: there is none */
    Step step;
    RequestCall *call;
} Pending;

/* A writer's requests, oldest first. */
typedef struct Sending {
    RequestLine *line;
    const S3Bucket *bucket;
    Pending pending[RING]; /* one more while an object's second request takes its place */
    size_t first, count;
    size_t bytes; /* of those */
} Sending;

/* Bucket and prefix of the depot; the prefix is empty or ends with a slash. */
static bool split(const Depot *depot, Str *ret_bucket, Str *ret_prefix, Error *err)
{
    return s3_split(str_of(depot->place), ret_bucket, ret_prefix, err);
}

static bool open_bucket(Depot *depot, bool writes, Error *err)
{
    Str bucket, prefix;
    (void)writes;
    if (!split(depot, &bucket, &prefix, err))
        return false;
    size_t len = strlen(depot->place);
    if (!prefix.len || prefix.ptr[prefix.len - 1] == '/')
        return true;
    char *longer = mem_realloc(depot->place, len + 2, err);
    if (!longer)
        return false;
    memcpy(longer + len, "/", 2);
    depot->place = longer;
    return true;
}

static Str prefix_of(const Depot *depot)
{
    Error ignored = {0};
    Str bucket, prefix = STR("");
    return split(depot, &bucket, &prefix, &ignored) ? prefix : STR("");
}

static size_t name_max(const Depot *depot)
{
    Str prefix = prefix_of(depot);
    return prefix.len < S3_KEY_BYTES_MAX ? S3_KEY_BYTES_MAX - prefix.len : 0;
}

/* The bucket, asked for on *line*. */
static const S3Bucket *bucket_of(const Depot *depot, RequestLine *line, Error *err)
{
    Str bucket, prefix;
    return split(depot, &bucket, &prefix, err) ? aws_bucket(depot->aws, line, bucket, err) : NULL;
}

static bool put_key(const Depot *depot, Str name, Buf *ret, Error *err)
{
    ret->len = 0;
    return buf_append_str(ret, prefix_of(depot), err) && buf_append_str(ret, name, err);
}

/* ---- storing ---- */

static void end_line(const Depot *depot, RequestLine *line)
{
    if (line)
        aws_give_line(depot->aws, line);
}

static bool open_writer(DepotWriter *writer, Error *err)
{
    Sending *self = mem_calloc(1, sizeof *self, err);
    if (!self)
        return false;
    self->line = aws_take_line(writer->depot->aws, err);
    self->bucket = self->line ? bucket_of(writer->depot, self->line, err) : NULL;
    writer->own = self;
    if (self->bucket)
        return true;
    end_line(writer->depot, self->line);
    mem_free(self);
    return false;
}

/* Takes the oldest off the ring. */
static void drop_first(Sending *self)
{
    Pending *pending = &self->pending[self->first];
    request_free(pending->call);
    buf_free(&pending->memory);
    self->bytes -= pending->put.body.len;
    *pending = (Pending){0};
    self->first = (self->first + 1) % RING;
    self->count--;
}

static void drop_all(Sending *self)
{
    while (self->count)
        drop_first(self);
}

static void close_writer(DepotWriter *writer)
{
    Sending *self = writer->own;
    drop_all(self);
    end_line(writer->depot, self->line);
    mem_free(self);
}

/* Waits until the call is done, well or badly: its end tells which. */
static bool await(RequestLine *line, const RequestCall *call, Error *err)
{
    while (!request_done(call))
        if (!request_pump(line, REQUEST_LAST_US, err))
            return false;
    return true;
}

/* Starts the request of *step* about the oldest, which takes its place behind all others. */
static bool go_on(Sending *self, Step step, Error *err)
{
    Pending *pending = &self->pending[self->first];
    Pending next = *pending;
    Str key = next.put.key;
    next.step = step;
    next.call = step == STORES  ? s3_put_start(self->bucket, self->line, &next.put, err)
                : step == LOOKS ? s3_head_start(self->bucket, self->line, key, err)
                                : s3_get_start(self->bucket, self->line, key, STR(""), err);
    if (!next.call)
        return false;
    pending->memory = buf_init(0); /* is the next one's */
    self->pending[(self->first + self->count) % RING] = next;
    self->bytes += next.put.body.len;
    self->count++;
    return true;
}

/* Who may not look finds out when it is stored. */
static bool end_look(Sending *self, Pending *pending, Error *err)
{
    Failure failure = {0};
    if (request_ok(pending->call, &failure, err))
        return go_on(self, COMPARES, err);
    if (failure.status != 404 && failure.status != 403)
        return s3_name_object(self->bucket, pending->put.key, err);
    error_clear(err);
    return go_on(self, STORES, err);
}

static bool end_store(Sending *self, Pending *pending, Error *err)
{
    bool exists;
    return s3_put_end(self->bucket, pending->call, &pending->put, &exists, err) &&
           (!exists || go_on(self, COMPARES, err));
}

/* Other bytes: the name that is the object's own is next. */
static bool end_compare(Sending *self, Pending *pending, Error *err)
{
    BUF_AUTO Buf there = buf_init(DEPOT_OBJECT_BYTES_MAX);
    Str key = pending->put.key;
    if (!s3_get_end(self->bucket, self->line, pending->call, key, &there, err))
        return error_context(err, "an object lies there already, which has to be compared");
    if (str_equal(buf_str(&there), pending->put.body))
        return true;
    if (!pending->second.len) {
        error_set(err, ERROR_INPUT, "there are other bytes already");
        return s3_name_object(self->bucket, key, err);
    }
    pending->put.key = pending->second;
    pending->second = STR("");
    return go_on(self, LOOKS, err);
}

/* Waits for the answer to the oldest request. */
static bool settle_first(Sending *self, Error *err)
{
    static bool (*const ENDS[])(Sending *, Pending *, Error *) = {
        [LOOKS] = end_look, [STORES] = end_store, [COMPARES] = end_compare};
    Pending *pending = &self->pending[self->first];
    bool ok = await(self->line, pending->call, err) && ENDS[pending->step](self, pending, err);
    drop_first(self);
    if (!ok)
        drop_all(self);
    return ok;
}

/* Copies the texts and the bytes into one piece of memory. */
static bool fill(const Depot *depot, Pending *pending, const Str names[2], Str bytes, Error *err)
{
    Buf *memory = &pending->memory;
    Str prefix = prefix_of(depot);
    *memory = buf_init(DEPOT_OBJECT_BYTES_MAX + 2 * NAME_BYTES_MAX);
    if (!buf_append_str(memory, prefix, err) || !buf_append_str(memory, names[0], err) ||
        !buf_append_str(memory, prefix, err) || !buf_append_str(memory, names[1], err) ||
        !buf_append_str(memory, bytes, err))
        return false;
    Str all = buf_str(memory);
    size_t second = prefix.len + names[0].len, body = second + prefix.len + names[1].len;
    pending->put = (S3Put){
        .key = str_slice(all, 0, second), .body = str_slice(all, body, all.len), .once = true};
    if (depot->lock_days)
        pending->put.lock_until_us = clock_now_us() + depot->lock_days * DAY_US;
    pending->second = str_slice(all, second, body);
    return true;
}

static bool put(DepotWriter *writer, const Str names[2], Str bytes, Error *err)
{
    Sending *self = writer->own;
    while (self->count == PENDING_MAX ||
           (self->count && self->bytes + bytes.len > PENDING_BYTES_MAX))
        if (!settle_first(self, err))
            return false;
    Pending *pending = &self->pending[(self->first + self->count) % RING];
    if (fill(writer->depot, pending, names, bytes, err))
        pending->call = s3_head_start(self->bucket, self->line, pending->put.key, err);
    self->count++;
    self->bytes += pending->put.body.len;
    if (pending->call && request_pump(self->line, 0, err))
        return true;
    drop_all(self);
    return false;
}

static bool sync_writer(DepotWriter *writer, Error *err)
{
    Sending *self = writer->own;
    while (self->count)
        if (!settle_first(self, err))
            return false;
    return true;
}

/* ---- reading ---- */

static bool get_at(const Depot *depot, RequestLine *line, Str key, Buf *ret, bool *ret_found,
                   Error *err)
{
    Failure failure = {0};
    const S3Bucket *bucket = bucket_of(depot, line, err);
    RequestCall *call = bucket ? s3_get_start(bucket, line, key, STR(""), err) : NULL;
    if (!call)
        return false;
    *ret_found = request_await(line, call, &failure, err);
    bool missing = failure.status == 404 && !*ret_found;
    if (missing)
        error_clear(err);
    else
        *ret_found = s3_get_end(bucket, line, call, key, ret, err);
    request_free(call);
    return missing || *ret_found;
}

static bool get(Depot *depot, Str name, Buf *ret, bool *ret_found, Error *err)
{
    BUF_AUTO Buf key = buf_init(NAME_BYTES_MAX);
    RequestLine *line = aws_take_line(depot->aws, err);
    bool ok = line && put_key(depot, name, &key, err) &&
              get_at(depot, line, buf_str(&key), ret, ret_found, err);
    end_line(depot, line);
    return ok;
}

/* A listing under way. */
typedef struct Listing {
    size_t skip; /* bytes of a key before the name */
    DepotVisit visit;
    void *context;
} Listing;

static bool take_version(void *context, const S3Version *version, Error *err)
{
    const Listing *listing = context;
    const DepotEntry entry = {.name = str_slice(version->key, listing->skip, version->key.len),
                              .version = version->id,
                              .bytes = version->bytes};
    return listing->visit(listing->context, &entry, err);
}

static bool list(Depot *depot, Str below, DepotVisit visit, void *context, Error *err)
{
    Listing listing = {prefix_of(depot).len, visit, context};
    const S3VersionTake take = {take_version, &listing};
    BUF_AUTO Buf prefix = buf_init(NAME_BYTES_MAX);
    RequestLine *line = aws_take_line(depot->aws, err);
    const S3Bucket *bucket = line ? bucket_of(depot, line, err) : NULL;
    bool ok = bucket && put_key(depot, below, &prefix, err) &&
              s3_versions(bucket, line, buf_str(&prefix), &take, err);
    end_line(depot, line);
    return ok;
}

/* ---- removing ---- */

/* Some entries that are asked about together. */
typedef struct Removing {
    const Depot *depot;
    RequestLine *line;
    const S3Bucket *bucket;
    const DepotEntry *entries;
    size_t count;
    DepotRemoval *results;
    RequestCall *calls[REMOVED_AT_ONCE];
} Removing;

static const DepotRemoval REMOVALS[] = {
    [S3_ENDED] = DEPOT_GONE, [S3_MISSING] = DEPOT_MISSING, [S3_LOCKED] = DEPOT_LOCKED};

typedef RequestCall *(*StartVersion)(const S3Bucket *, RequestLine *, Str, Str, Error *);

/* Asks *start* of all that are not known to stay. */
static bool start_all(Removing *self, StartVersion start, Error *err)
{
    BUF_AUTO Buf key = buf_init(NAME_BYTES_MAX);
    for (size_t i = 0; i < self->count; i++) {
        if (self->results[i] != DEPOT_GONE)
            continue;
        if (!put_key(self->depot, self->entries[i].name, &key, err))
            return false;
        self->calls[i] =
            start(self->bucket, self->line, buf_str(&key), self->entries[i].version, err);
        if (!self->calls[i])
            return false;
    }
    return true;
}

static bool end_all(Removing *self, Error *err)
{
    for (size_t i = 0; i < self->count; i++) {
        if (!self->calls[i])
            continue;
        if (!await(self->line, self->calls[i], err))
            return false;
        S3Ending ending = s3_version_end(self->bucket, self->calls[i], self->entries[i].name, err);
        if (ending == S3_REFUSED)
            return false;
        self->results[i] = REMOVALS[ending];
    }
    return true;
}

static bool ask_all(Removing *self, StartVersion start, Error *err)
{
    bool ok = start_all(self, start, err) && end_all(self, err);
    for (size_t i = 0; i < self->count; i++) {
        request_free(self->calls[i]);
        self->calls[i] = NULL;
    }
    return ok;
}

static bool remove_objects(Depot *depot, const DepotEntry *entries, size_t count, bool dry_run,
                           DepotRemoval *ret, Error *err)
{
    RequestLine *line = aws_take_line(depot->aws, err);
    const S3Bucket *bucket = line ? bucket_of(depot, line, err) : NULL;
    bool ok = bucket != NULL;
    for (size_t at = 0; ok && at < count; at += REMOVED_AT_ONCE) {
        size_t some = count - at < REMOVED_AT_ONCE ? count - at : REMOVED_AT_ONCE;
        Removing self = {depot, line, bucket, entries + at, some, ret + at, {0}};
        for (size_t i = 0; i < some; i++)
            ret[at + i] = DEPOT_GONE;
        ok = ask_all(&self, s3_version_start, err) &&
             (dry_run || ask_all(&self, s3_delete_start, err));
    }
    end_line(depot, line);
    return ok;
}

const DepotKind DEPOT_S3 = {.open = open_bucket,
                            .name_max = name_max,
                            .writer_open = open_writer,
                            .writer_close = close_writer,
                            .put = put,
                            .sync = sync_writer,
                            .get = get,
                            .list = list,
                            .remove = remove_objects};
