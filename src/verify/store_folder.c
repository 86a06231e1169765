#include "verify/store_folder.h"

#include <string.h>

#include "base/file.h"
#include "base/json.h"
#include "base/mem.h"
#include "collect/object_name.h"
#include "verify/file_check.h"
#include "verify/object_metadata.h"

enum { PATH_BYTES_MAX = 1 << 16 };

static const char AWS_LOGS[] = "AWSLogs";

struct StoreFolder {
    char *root;               /* absolute; keys or buckets start below it */
    char *shown;              /* absolute; what is listed: root, or a folder below it */
    char *bucket;             /* of all keys; NULL: the first folder is the bucket */
    char *keys;               /* path of list-public-keys.json; NULL */
    ObjectMetadata *metadata; /* NULL: none */
};

void store_folder_free(StoreFolder *folder)
{
    if (!folder)
        return;
    object_metadata_free(folder->metadata);
    mem_free(folder->root);
    mem_free(folder->shown);
    mem_free(folder->bucket);
    mem_free(folder->keys);
    mem_free(folder);
}

Str store_folder_bucket(const StoreFolder *folder)
{
    return folder->bucket ? str_of(folder->bucket) : STR("");
}

const char *store_folder_keys(const StoreFolder *folder)
{
    return folder->keys;
}

/* What leads out of the folder, or is no name of a file. */
static bool is_safe(Str key)
{
    size_t at = 0;
    while (at <= key.len) {
        size_t end = str_find_byte(key, '/', at);
        Str part = str_slice(key, at, end);
        if (!part.len || str_equal(part, STR(".")) || str_equal(part, STR("..")))
            return false;
        at = end + 1;
    }
    return str_find_byte(key, 0, 0) == key.len;
}

static Fetch get(void *context, Str bucket, Str key, Buf *ret, Error *err)
{
    const StoreFolder *folder = context;
    BUF_AUTO Buf path = buf_init(PATH_BYTES_MAX);
    bool ok = is_safe(key) &&
              (folder->bucket ? str_equal(bucket, str_of(folder->bucket))
                              : is_safe(bucket) && str_find_byte(bucket, '/', 0) == bucket.len);
    if (!ok)
        return FETCH_MISSING;
    ok = folder->bucket
             ? buf_printf(&path, err, "%s/%.*s", folder->root, STR_ARG(key))
             : buf_printf(&path, err, "%s/%.*s/%.*s", folder->root, STR_ARG(bucket), STR_ARG(key));
    if (!ok || !buf_text(&path, err))
        return FETCH_FAILED;
    ret->len = 0;
    if (file_read(path.ptr, ret, NULL, err))
        return FETCH_FOUND;
    return file_exists(path.ptr) ? FETCH_FAILED : FETCH_MISSING;
}

static Fetch metadata(void *context, Str bucket, Str key, StoreMetadata *ret, Error *err)
{
    const StoreFolder *folder = context;
    *ret = (StoreMetadata){0};
    if (folder->metadata && !object_metadata_find(folder->metadata, bucket, key, ret, err))
        return FETCH_FAILED;
    return FETCH_FOUND;
}

/* What a visit of the walk needs. */
typedef struct Listing {
    const StoreFolder *folder;
    StoreVisit visit;
    void *visitor;
} Listing;

/* Keys are UTF-8; a file of another name is no object's copy. */
static bool is_utf8(Str text)
{
    const char *at = text.ptr, *end = text.ptr + text.len;
    while (at < end) {
        unsigned length = json_utf8_length(at, end);
        if (!length)
            return false;
        at += length;
    }
    return true;
}

static bool visit_file(void *context, const char *path, const FileInfo *info, Error *err)
{
    const Listing *listing = context;
    const StoreFolder *folder = listing->folder;
    size_t root = strlen(folder->root);
    Str key = str_of(path + root + (path[root] == '/'));
    Str bucket = store_folder_bucket(folder);
    (void)info;
    if (!folder->bucket) {
        size_t end = str_find_byte(key, '/', 0);
        bucket = str_slice(key, 0, end);
        key = str_slice(key, end + 1, key.len);
    }
    if (!key.len || !is_utf8(bucket) || !is_utf8(key))
        return true;
    return listing->visit(listing->visitor, bucket, key, err);
}

static bool list(void *context, StoreVisit visit, void *visitor, Error *err)
{
    Listing listing = {context, visit, visitor};
    return file_walk(listing.folder->shown, visit_file, NULL, &listing, err);
}

Store store_folder_store(StoreFolder *folder)
{
    return (Store){.context = folder,
                   .has_metadata = folder->metadata != NULL,
                   .get = get,
                   .metadata = metadata,
                   .list = list};
}

/* The byte before "AWSLogs" as a whole name in *path*; NULL when it is not in it. */
static char *find_logs(char *path)
{
    for (char *at = path; (at = strstr(at, AWS_LOGS)) != NULL; at++) {
        char after = at[sizeof AWS_LOGS - 1];
        if (at > path && at[-1] == '/' && (!after || after == '/'))
            return at - 1;
    }
    return NULL;
}

/* Settles where keys start: above AWSLogs in *shown* or directly below it; else its folders are
 * buckets. *ret_one*: it is one bucket's copy. */
static bool find_root(StoreFolder *folder, bool *ret_one, Error *err)
{
    BUF_AUTO Buf below = buf_init(PATH_BYTES_MAX);
    char *logs = find_logs(folder->shown);
    size_t len = logs ? (size_t)(logs - folder->shown) : strlen(folder->shown);
    folder->root = mem_text(folder->shown, len, err);
    *ret_one = logs != NULL;
    if (!folder->root || !buf_printf(&below, err, "%s/%s", folder->root, AWS_LOGS) ||
        !buf_text(&below, err))
        return false;
    *ret_one |= file_exists(below.ptr);
    return true;
}

/* The first digest of a copy that can be read says of which bucket it is. */
typedef struct Guess {
    StoreFolder *folder;
    bool found;
} Guess;

static bool guess_bucket(void *context, Str bucket, Str key, Error *err)
{
    Guess *guess = context;
    DigestName name;
    BUF_AUTO Buf told = buf_init(PATH_BYTES_MAX);
    Error ignored = {0};
    (void)bucket;
    if (guess->found || !object_name_digest(key, &name))
        return true;
    guess->found = file_check_bucket(guess->folder->root, key, &told, &ignored);
    if (!guess->found)
        return true;
    mem_free(guess->folder->bucket);
    guess->folder->bucket = mem_text(told.ptr, told.len, err);
    return guess->folder->bucket != NULL;
}

static bool find_bucket(StoreFolder *folder, const char *bucket, bool one, Error *err)
{
    Guess guess = {folder, false};
    if (!bucket && !one)
        return true;
    folder->bucket = mem_text(bucket ? bucket : "", bucket ? strlen(bucket) : 0, err);
    if (!folder->bucket || bucket)
        return folder->bucket != NULL;
    return list(folder, guess_bucket, &guess, err);
}

/* "<root>/<name>" when it exists; NULL in *ret* otherwise. */
static bool find_beside(const StoreFolder *folder, const char *name, char **ret, Error *err)
{
    BUF_AUTO Buf path = buf_init(PATH_BYTES_MAX);
    if (!buf_printf(&path, err, "%s/%s", folder->root, name) || !buf_text(&path, err))
        return false;
    if (!file_exists(path.ptr))
        return true;
    *ret = mem_text(path.ptr, path.len, err);
    return *ret != NULL;
}

static bool find_metadata_file(StoreFolder *folder, const char *given, Error *err)
{
    MEM_AUTO char *beside = NULL;
    if (!given && !find_beside(folder, "s3-object-metadata.json", &beside, err))
        return false;
    if (given || beside)
        folder->metadata = object_metadata_read(given ? given : beside, err);
    return (!given && !beside) || folder->metadata;
}

StoreFolder *store_folder_open(const char *path, const char *bucket, const char *metadata_path,
                               Error *err)
{
    bool one;
    StoreFolder *folder = mem_calloc(1, sizeof *folder, err);
    if (!folder)
        return NULL;
    folder->shown = file_real_path(path, err);
    if (folder->shown && find_root(folder, &one, err) && find_bucket(folder, bucket, one, err) &&
        find_metadata_file(folder, metadata_path, err) &&
        find_beside(folder, "list-public-keys.json", &folder->keys, err))
        return folder;
    store_folder_free(folder);
    return NULL;
}
