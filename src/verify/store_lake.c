#include "verify/store_lake.h"

#include <pthread.h>
#include <stdio.h>
#include <string.h>

#include "base/file.h"
#include "base/mem.h"
#include "lake/receipt.h"
#include "verify/fetch_s3.h"

enum { PATH_BYTES_MAX = 1 << 16 };

struct StoreLake {
    Lake *lake;
    LakeRoots *roots;
    Aws *aws;             /* for originals that are in S3; NULL */
    pthread_mutex_t lock; /* protects the lake's connection */
};

/* The receipt of an object. */
typedef struct Found {
    int64_t id;
    Str source; /* a literal's, or a root's */
    bool is_digest;
    bool is_whole; /* its hash is known */
    StoreNote note;
    char etag[sizeof((Receipt){0}.etag)];
    Buf path;
} Found;

StoreLake *store_lake_open(Lake *lake, Error *err)
{
    StoreLake *self = mem_calloc(1, sizeof *self, err);
    if (!self)
        return NULL;
    self->lake = lake;
    pthread_mutex_init(&self->lock, NULL);
    self->roots = lake_roots_read(lake, err);
    if (self->roots)
        return self;
    store_lake_free(self);
    return NULL;
}

void store_lake_free(StoreLake *self)
{
    if (!self)
        return;
    pthread_mutex_destroy(&self->lock);
    lake_roots_free(self->roots);
    mem_free(self);
}

Lake *store_lake_lake(const StoreLake *self)
{
    return self->lake;
}

const LakeRoots *store_lake_roots(const StoreLake *self)
{
    return self->roots;
}

static void take_note(DbStatement *row, Found *ret)
{
    Str sha256 = db_blob(row, 2);
    ret->id = db_int(row, 0);
    ret->is_digest = str_equal(db_text(row, 1), STR("digest"));
    ret->is_whole = sha256.len == sizeof ret->note.sha256 && !db_int(row, 4);
    if (ret->is_whole)
        memcpy(ret->note.sha256, sha256.ptr, sha256.len);
    ret->note.flags = (unsigned)db_int(row, 3);
    snprintf(ret->etag, sizeof ret->etag, "%.*s", STR_ARG(db_text(row, 5)));
}

/* The current receipt of the path in *ret*. */
static Fetch find_path(StoreLake *self, Str source, Found *ret, Error *err)
{
    bool row;
    DbStatement *select =
        db_statement(self->lake->db,
                     "SELECT id, kind, sha256, warnings, state = 'partial', etag FROM objects"
                     " WHERE source = ? AND key = ? AND superseded_by IS NULL",
                     err);
    if (!select)
        return FETCH_FAILED;
    db_bind_text(select, 1, source);
    db_bind_text(select, 2, buf_str(&ret->path));
    if (!db_next(select, &row, err))
        return FETCH_FAILED;
    if (!row)
        return FETCH_MISSING;
    take_note(select, ret);
    ret->source = source;
    db_reset(select);
    return FETCH_FOUND;
}

/* The receipt of an object, in the first place where there is one. */
static Fetch find(StoreLake *self, Str bucket, Str key, Found *ret, Error *err)
{
    Fetch fetch = FETCH_MISSING;
    if (!bucket.len) {
        ret->path.len = 0;
        return buf_append_str(&ret->path, key, err) ? find_path(self, STR("file"), ret, err)
                                                    : FETCH_FAILED;
    }
    for (int same = 1; same >= 0; same--) {
        for (size_t i = 0; i < lake_roots_count(self->roots) && fetch == FETCH_MISSING; i++) {
            const LakeRoot *root = lake_roots_at(self->roots, i);
            if (str_equal(root->bucket, bucket) != (same == 1))
                continue;
            fetch = lake_roots_path(root, bucket, key, &ret->path, err)
                        ? find_path(self, root->source, ret, err)
                        : FETCH_FAILED;
        }
    }
    return fetch;
}

/* The digest file as it was kept, into *ret*; FETCH_MISSING when it was not. */
static Fetch get_kept(StoreLake *self, const Found *found, Buf *ret, Error *err)
{
    bool row;
    DbStatement *select =
        db_statement(self->lake->db, "SELECT stored FROM digests WHERE object_id = ?", err);
    if (!select)
        return FETCH_FAILED;
    db_bind_int(select, 1, found->id);
    if (!db_next(select, &row, err))
        return FETCH_FAILED;
    if (!row)
        return FETCH_MISSING;
    Str stored = db_blob(select, 0);
    bool ok = buf_append_str(ret, stored, err);
    Fetch fetch = !ok ? FETCH_FAILED : stored.len ? FETCH_FOUND : FETCH_MISSING;
    db_reset(select);
    return fetch;
}

bool store_lake_needs_aws(const StoreLake *self)
{
    for (size_t i = 0; i < lake_roots_count(self->roots); i++)
        if (str_equal(lake_roots_at(self->roots, i)->source, STR("s3")))
            return true;
    return false;
}

void store_lake_use_aws(StoreLake *self, Aws *aws)
{
    self->aws = aws;
}

/* An object of S3 by its name. */
static Fetch get_remote(StoreLake *self, Str uri, Buf *ret, Error *err)
{
    Str bucket, key;
    if (!self->aws || !s3_split(uri, &bucket, &key, err))
        return self->aws ? FETCH_FAILED : FETCH_MISSING;
    return fetch_s3(self->aws, bucket, key, ret, err);
}

Fetch store_lake_original(StoreLake *self, Str source, Str path, Buf *ret, Error *err)
{
    BUF_AUTO Buf name = buf_init(PATH_BYTES_MAX);
    ret->len = 0;
    if (str_equal(source, STR("s3")))
        return get_remote(self, path, ret, err);
    if (!str_equal(source, STR("file")))
        return FETCH_MISSING;
    if (!buf_append_str(&name, path, err) || !buf_text(&name, err))
        return FETCH_FAILED;
    if (file_read(name.ptr, ret, NULL, err))
        return FETCH_FOUND;
    return file_exists(name.ptr) ? FETCH_FAILED : FETCH_MISSING;
}

Fetch store_lake_kept(StoreLake *self, const OriginalName *name, Buf *ret, Error *err)
{
    bool found;
    if (!self->lake->originals)
        return FETCH_MISSING;
    if (!originals_find(self->lake->originals, name, ret, &found, err))
        return FETCH_FAILED;
    return found ? FETCH_FOUND : FETCH_MISSING;
}

/* Where it came from, else as it was kept. */
static Fetch get_original(StoreLake *self, const Found *found, Buf *ret, Error *err)
{
    Str path = buf_str(&found->path);
    const OriginalName name = {found->source, path, str_of(found->etag)};
    Fetch fetch = store_lake_original(self, found->source, path, ret, err);
    return fetch == FETCH_MISSING ? store_lake_kept(self, &name, ret, err) : fetch;
}

static Fetch get(void *context, Str bucket, Str key, Buf *ret, Error *err)
{
    StoreLake *self = context;
    Found found = {.path = buf_init(PATH_BYTES_MAX)};
    ret->len = 0;
    pthread_mutex_lock(&self->lock);
    Fetch fetch = find(self, bucket, key, &found, err);
    bool was_here = fetch == FETCH_FOUND;
    if (was_here)
        fetch = found.is_digest ? get_kept(self, &found, ret, err) : FETCH_MISSING;
    pthread_mutex_unlock(&self->lock);
    if (was_here && fetch == FETCH_MISSING)
        fetch = get_original(self, &found, ret, err);
    buf_free(&found.path);
    if (was_here && fetch == FETCH_MISSING && found.is_digest) {
        error_set(err, ERROR_INPUT, "it was ingested and not kept, and is gone");
        return FETCH_FAILED;
    }
    return fetch;
}

static void copy_text(Str text, char *ret, size_t max)
{
    size_t len = text.len <= max ? text.len : 0;
    memcpy(ret, text.ptr, len);
    ret[len] = 0;
}

static bool read_metadata(StoreLake *self, int64_t object_id, StoreMetadata *ret, Error *err)
{
    bool row;
    DbStatement *select = db_statement(
        self->lake->db,
        "SELECT signature, signature_algorithm, backfill_at FROM digest_metadata WHERE object_id ="
        " ?",
        err);
    if (!select)
        return false;
    db_bind_int(select, 1, object_id);
    if (!db_next(select, &row, err))
        return false;
    if (!row)
        return true;
    copy_text(db_text(select, 0), ret->signature, STORE_SIGNATURE_MAX);
    copy_text(db_text(select, 1), ret->signature_algorithm, STORE_TEXT_MAX);
    copy_text(db_text(select, 2), ret->backfill_at, STORE_TEXT_MAX);
    db_reset(select);
    return true;
}

static Fetch metadata(void *context, Str bucket, Str key, StoreMetadata *ret, Error *err)
{
    StoreLake *self = context;
    Found found = {.path = buf_init(PATH_BYTES_MAX)};
    *ret = (StoreMetadata){0};
    pthread_mutex_lock(&self->lock);
    Fetch fetch = find(self, bucket, key, &found, err);
    if (fetch == FETCH_FOUND && !read_metadata(self, found.id, ret, err))
        fetch = FETCH_FAILED;
    pthread_mutex_unlock(&self->lock);
    buf_free(&found.path);
    return fetch;
}

static Fetch note(void *context, Str bucket, Str key, StoreNote *ret, Error *err)
{
    StoreLake *self = context;
    Found found = {.path = buf_init(PATH_BYTES_MAX)};
    pthread_mutex_lock(&self->lock);
    Fetch fetch = find(self, bucket, key, &found, err);
    pthread_mutex_unlock(&self->lock);
    buf_free(&found.path);
    if (fetch == FETCH_FOUND && !found.is_whole) {
        error_set(err, ERROR_INPUT, "it is not wholly ingested yet");
        return FETCH_FAILED;
    }
    *ret = found.note;
    return fetch;
}

/* Whether an earlier place has the same object: that one counts. Places are few. */
static bool is_repeated(StoreLake *self, const LakePlace *place, Buf *path, bool *ret, Error *err)
{
    Found other = {.path = *path};
    Fetch fetch = FETCH_MISSING;
    for (size_t i = 0; i < place->root && fetch == FETCH_MISSING; i++) {
        const LakeRoot *root = lake_roots_at(self->roots, i);
        if (!str_equal(root->bucket, place->bucket))
            continue;
        fetch = lake_roots_path(root, place->bucket, place->key, &other.path, err)
                    ? find_path(self, root->source, &other, err)
                    : FETCH_FAILED;
    }
    *path = other.path;
    *ret = fetch == FETCH_FOUND;
    return fetch != FETCH_FAILED;
}

static bool visit_row(StoreLake *self, DbStatement *row, StoreVisit visit, void *visitor,
                      Error *err)
{
    BUF_AUTO Buf path = buf_init(PATH_BYTES_MAX);
    bool repeated = false;
    const LakePlace place = lake_roots_place(self->roots, db_text(row, 0), db_text(row, 1));
    if (place.root != SIZE_MAX && !is_repeated(self, &place, &path, &repeated, err))
        return false;
    return repeated || visit(visitor, place.bucket, place.key, err);
}

static bool list(void *context, StoreVisit visit, void *visitor, Error *err)
{
    StoreLake *self = context;
    bool row = true;
    DbStatement *select = db_statement(self->lake->db,
                                       "SELECT source, key FROM objects WHERE superseded_by IS NULL"
                                       " AND source <> 'lost' ORDER BY source, key",
                                       err);
    if (!select)
        return false;
    while (db_next(select, &row, err)) {
        if (!row)
            return true;
        if (!visit_row(self, select, visit, visitor, err)) {
            db_reset(select);
            return false;
        }
    }
    return false;
}

Store store_lake_store(StoreLake *self)
{
    return (Store){.context = self, .get = get, .metadata = metadata, .note = note, .list = list};
}
