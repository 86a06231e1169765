#include "lake/originals.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/file.h"
#include "base/hash.h"

enum {
    NAME_BYTES_MAX = 200, /* of one component: an ending and ".new" still fit a file name */
    SCHEME_BYTES_MAX = 8,
    OBJECT_BYTES_MAX = 1 << 30,
    PLACES = 4
};

/* Whether each component of *path* is one that a folder can have. */
static bool is_path(Str path)
{
    while (path.len) {
        size_t end = str_find_byte(path, '/', 0);
        Str part = str_slice(path, 0, end);
        bool last = part.len == path.len;
        if (!part.len || part.len > NAME_BYTES_MAX || part.ptr[0] == '.' ||
            memchr(part.ptr, 0, part.len))
            return false;
        path = str_slice(path, end + 1, path.len);
        if (!last && !path.len)
            return false; /* it ends with a slash */
    }
    return true;
}

/* The key without "s3://" or the first slash. */
static Str without_scheme(Str key)
{
    Str mark = STR("://");
    for (size_t at = 0; at < SCHEME_BYTES_MAX && at + mark.len <= key.len; at++)
        if (str_starts(str_slice(key, at, key.len), mark))
            return str_slice(key, at + mark.len, key.len);
    return str_starts(key, STR("/")) ? str_slice(key, 1, key.len) : key;
}

/* Where the object may lie, in the order in which they are tried: the name that is its own, the
 * plain one; the same two for a key that is no path. An empty path is none. */
static bool list_places(const char *folder, const OriginalName *name,
                        char ret[PLACES][LAYOUT_PATH_BYTES], Error *err)
{
    uint8_t hash[HASH_SHA256_BYTES];
    char hex[2 * HASH_SHA256_BYTES + 1];
    Str path = without_scheme(name->key);
    uint64_t tag = hash_xxh64(name->etag.ptr, name->etag.len);
    bool plain = path.len && path.len < LAYOUT_PATH_BYTES / 2 && is_path(path);
    hash_sha256(name->key.ptr, name->key.len, hash);
    hash_hex(hash, sizeof hash, hex);
    ret[0][0] = ret[1][0] = 0;
    if (plain &&
        (!layout_path(ret[0], err, folder, "%.*s/%.*s~%016" PRIx64, STR_ARG(name->source),
                      STR_ARG(path), tag) ||
         !layout_path(ret[1], err, folder, "%.*s/%.*s", STR_ARG(name->source), STR_ARG(path))))
        return false;
    return layout_path(ret[2], err, folder, "%.*s/.odd/%s~%016" PRIx64, STR_ARG(name->source), hex,
                       tag) &&
           layout_path(ret[3], err, folder, "%.*s/.odd/%s", STR_ARG(name->source), hex);
}

static bool make_folder_of(Originals *self, const char *path, Error *err)
{
    char folder[LAYOUT_PATH_BYTES];
    snprintf(folder, sizeof folder, "%.*s", (int)(strrchr(path, '/') - path), path);
    if (strcmp(folder, self->made) == 0)
        return true;
    if (!file_make_folders(folder, err))
        return false;
    memcpy(self->made, folder, sizeof folder);
    return true;
}

/* Whether *path* is a file that holds *bytes*. */
static bool holds(const char *path, Str bytes, bool *ret, Error *err)
{
    BUF_AUTO Buf text = buf_init(OBJECT_BYTES_MAX);
    FileInfo info;
    *ret = false;
    if (!file_info(path, &info, err))
        return false;
    if (info.bytes != bytes.len)
        return true;
    if (!file_read(path, &text, NULL, err))
        return false;
    *ret = str_equal(buf_str(&text), bytes);
    return true;
}

/* Puts *bytes* at places[1], or at places[0] when that has others. */
static bool put_at(Originals *self, char places[2][LAYOUT_PATH_BYTES], Str bytes, Error *err)
{
    bool same = false;
    int place = 1;
    if (file_exists(places[1])) {
        if (!holds(places[1], bytes, &same, err))
            return false;
        place = 0;
    }
    if (same)
        return true;
    self->dirty = true;
    return make_folder_of(self, places[place], err) && file_put(places[place], bytes, err);
}

bool originals_put(Originals *self, const OriginalName *name, Str bytes, Error *err)
{
    char places[PLACES][LAYOUT_PATH_BYTES];
    Error ignored = {0};
    if (!self->folder[0])
        return true;
    if (!list_places(self->folder, name, places, err))
        return false;
    /* A file may lie where a folder must: S3 has keys "a" and "a/b". */
    return (places[1][0] && put_at(self, places, bytes, &ignored)) ||
           put_at(self, places + 2, bytes, err) || error_context(err, "keep.originals");
}

bool originals_sync(Originals *self, Error *err)
{
    if (!self->dirty)
        return true;
    self->dirty = false;
    return file_sync_disk(self->folder, err) || error_context(err, "keep.originals");
}

bool originals_find(const char *folder, const OriginalName *name, Buf *ret, bool *ret_found,
                    Error *err)
{
    char places[PLACES][LAYOUT_PATH_BYTES];
    ret->len = 0;
    *ret_found = false;
    if (!list_places(folder, name, places, err))
        return false;
    for (int i = 0; i < PLACES && !*ret_found; i++) {
        *ret_found = places[i][0] && file_exists(places[i]);
        if (*ret_found && !file_read(places[i], ret, NULL, err))
            return false;
    }
    return true;
}

bool originals_remove(const char *folder, const OriginalName *name, bool dry_run,
                      uint64_t *ret_bytes, Error *err)
{
    char places[PLACES][LAYOUT_PATH_BYTES];
    *ret_bytes = 0;
    if (!list_places(folder, name, places, err))
        return false;
    for (int i = 0; i < PLACES; i++) {
        FileInfo info;
        if (!places[i][0] || !file_exists(places[i]))
            continue;
        if (!file_info(places[i], &info, err) || (!dry_run && !file_remove(places[i], err)))
            return false;
        *ret_bytes += info.bytes;
    }
    return true;
}
