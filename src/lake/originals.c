#include "lake/originals.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/hash.h"

enum {
    NAME_BYTES_MAX = 200, /* of one component: an ending and ".new" still fit a file name */
    DEPTH_MAX = 60,       /* components: folders are walked so deep */
    SCHEME_BYTES_MAX = 8,
    TAG_BYTES = 17 /* "~" and a hash of the etag */
};

/* Whether each component of *path* is one that a folder can have. */
static bool is_path(Str path)
{
    int depth = 0;
    while (path.len) {
        size_t end = str_find_byte(path, '/', 0);
        Str part = str_slice(path, 0, end);
        bool last = part.len == path.len;
        if (!part.len || part.len > NAME_BYTES_MAX || part.ptr[0] == '.' || depth++ == DEPTH_MAX ||
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

bool originals_places(const Depot *depot, const OriginalName *name,
                      char ret[ORIGINALS_PLACES][LAYOUT_PATH_BYTES], Error *err)
{
    uint8_t hash[HASH_SHA256_BYTES];
    char hex[2 * HASH_SHA256_BYTES + 1];
    Str path = without_scheme(name->key), source = name->source;
    uint64_t tag = hash_xxh64(name->etag.ptr, name->etag.len);
    bool plain = path.len && path.len < LAYOUT_PATH_BYTES / 2 && is_path(path) &&
                 source.len + 1 + path.len + TAG_BYTES <= depot_name_max(depot);
    hash_sha256(name->key.ptr, name->key.len, hash);
    hash_hex(hash, sizeof hash, hex);
    for (int i = 0; i < ORIGINALS_PLACES; i++)
        ret[i][0] = 0;
    if (plain) {
        snprintf(ret[0], LAYOUT_PATH_BYTES, "%.*s/%.*s~%016" PRIx64, STR_ARG(source), STR_ARG(path),
                 tag);
        snprintf(ret[1], LAYOUT_PATH_BYTES, "%.*s/%.*s", STR_ARG(source), STR_ARG(path));
    }
    snprintf(ret[2], LAYOUT_PATH_BYTES, "%.*s/.odd/%s~%016" PRIx64, STR_ARG(source), hex, tag);
    snprintf(ret[3], LAYOUT_PATH_BYTES, "%.*s/.odd/%s", STR_ARG(source), hex);
    return strlen(ret[2]) <= depot_name_max(depot) ||
           error_set(err, ERROR_LIMIT,
                     "'%.200s' is too long: names of %zu bytes must fit behind it",
                     depot_place(depot), strlen(ret[2]));
}

/* Puts *bytes* at places[1], or at places[0] when that has others. */
static bool put_at(DepotWriter *writer, char places[2][LAYOUT_PATH_BYTES], Str bytes, Error *err)
{
    const Str names[2] = {str_of(places[1]), str_of(places[0])};
    return depot_put(writer, names, bytes, err);
}

bool originals_put(DepotWriter *writer, const OriginalName *name, Str bytes, Error *err)
{
    char places[ORIGINALS_PLACES][LAYOUT_PATH_BYTES];
    Error ignored = {0};
    const Depot *depot = depot_writer_depot(writer);
    if (!originals_places(depot, name, places, err))
        return false;
    if (!places[1][0])
        return put_at(writer, places + 2, bytes, err);
    if (!depot_names_clash(depot))
        return put_at(writer, places, bytes, err);
    /* A file may lie where a folder must: S3 has keys "a" and "a/b". */
    return put_at(writer, places, bytes, &ignored) || put_at(writer, places + 2, bytes, err);
}

bool originals_find(Depot *depot, const OriginalName *name, Buf *ret, bool *ret_found, Error *err)
{
    char places[ORIGINALS_PLACES][LAYOUT_PATH_BYTES];
    ret->len = 0;
    *ret_found = false;
    if (!originals_places(depot, name, places, err))
        return false;
    for (int i = 0; i < ORIGINALS_PLACES && !*ret_found; i++)
        if (places[i][0] && !depot_get(depot, str_of(places[i]), ret, ret_found, err))
            return false;
    return true;
}
