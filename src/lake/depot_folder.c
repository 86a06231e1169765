/* depot_folder - a depot that is a folder: files with mode 0600. */
#include <stdio.h>
#include <string.h>

#include "base/file.h"
#include "base/mem.h"
#include "lake/depot_kind.h"
#include "lake/layout.h"

/* What a writer knows of its folder. */
typedef struct Folder {
    char made[LAYOUT_PATH_BYTES]; /* the folder that was made last */
    bool dirty;                   /* something is not durable yet */
} Folder;

static bool open_folder(Depot *depot, bool writes, Error *err)
{
    if (writes && !file_make_folders(depot->place, err))
        return false;
    if (!file_exists(depot->place))
        return true;
    char *real = file_real_path(depot->place, err);
    if (!real)
        return false;
    mem_free(depot->place);
    depot->place = real;
    return true;
}

static size_t name_max(const Depot *depot)
{
    size_t place = strlen(depot->place) + 8; /* and a neighbour's ending */
    return place < LAYOUT_PATH_BYTES ? LAYOUT_PATH_BYTES - place : 0;
}

static bool path_of(const Depot *depot, Str name, char ret[LAYOUT_PATH_BYTES], Error *err)
{
    return layout_path(ret, err, depot->place, "%.*s", STR_ARG(name));
}

static bool open_writer(DepotWriter *writer, Error *err)
{
    writer->own = mem_calloc(1, sizeof(Folder), err);
    return writer->own != NULL;
}

static void close_writer(DepotWriter *writer)
{
    mem_free(writer->own);
}

static bool make_folder_of(Folder *self, const char *path, Error *err)
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
    BUF_AUTO Buf text = buf_init(DEPOT_OBJECT_BYTES_MAX);
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

static bool put(DepotWriter *writer, const Str names[2], Str bytes, Error *err)
{
    Folder *self = writer->own;
    for (int i = 0; i < 2; i++) {
        char path[LAYOUT_PATH_BYTES];
        bool same = false;
        if (!path_of(writer->depot, names[i], path, err))
            return false;
        if (!file_exists(path)) {
            self->dirty = true;
            return make_folder_of(self, path, err) && file_put(path, bytes, err);
        }
        if (!holds(path, bytes, &same, err))
            return false;
        if (same)
            return true;
    }
    return error_set(err, ERROR_INPUT, "'%s/%.*s' has other bytes already", writer->depot->place,
                     STR_ARG(names[1]));
}

static bool sync_writer(DepotWriter *writer, Error *err)
{
    Folder *self = writer->own;
    if (!self->dirty)
        return true;
    self->dirty = false;
    return file_sync_disk(writer->depot->place, err);
}

static bool get(Depot *depot, Str name, Buf *ret, bool *ret_found, Error *err)
{
    char path[LAYOUT_PATH_BYTES];
    if (!path_of(depot, name, path, err))
        return false;
    *ret_found = file_exists(path);
    return !*ret_found || file_read(path, ret, NULL, err);
}

/* A listing under way. */
typedef struct Listing {
    size_t skip; /* bytes of a path before the name */
    DepotVisit visit;
    void *context;
    Error trouble; /* the first path that could not be looked at */
} Listing;

static bool visit_file(void *context, const char *path, const FileInfo *info, Error *err)
{
    const Listing *listing = context;
    Str name = str_of(path);
    const DepotEntry entry = {.name = str_slice(name, listing->skip, name.len),
                              .bytes = info->bytes};
    return listing->visit(listing->context, &entry, err);
}

static void take_trouble(void *context, const char *path, const Error *trouble)
{
    Listing *listing = context;
    (void)path;
    if (listing->trouble.kind == ERROR_NONE)
        listing->trouble = *trouble;
}

static bool list(Depot *depot, Str below, DepotVisit visit, void *context, Error *err)
{
    char path[LAYOUT_PATH_BYTES];
    Listing listing = {.skip = strlen(depot->place) + 1, .visit = visit, .context = context};
    Str folder = str_slice(below, 0, below.len ? below.len - 1 : 0);
    if (!layout_path(path, err, depot->place, "%.*s", STR_ARG(folder)))
        return false;
    if (!folder.len)
        path[listing.skip - 1] = 0;
    if (!file_exists(path))
        return true;
    if (!file_walk(path, visit_file, take_trouble, &listing, err))
        return false;
    if (listing.trouble.kind == ERROR_NONE)
        return true;
    *err = listing.trouble;
    return false;
}

static bool remove_files(Depot *depot, const DepotEntry *entries, size_t count, bool dry_run,
                         DepotRemoval *ret, Error *err)
{
    for (size_t i = 0; i < count; i++) {
        char path[LAYOUT_PATH_BYTES];
        if (!path_of(depot, entries[i].name, path, err))
            return false;
        ret[i] = file_exists(path) ? DEPOT_GONE : DEPOT_MISSING;
        if (ret[i] == DEPOT_GONE && !dry_run && !file_remove(path, err))
            return false;
    }
    return true;
}

const DepotKind DEPOT_FOLDER = {.names_clash = true,
                                .open = open_folder,
                                .name_max = name_max,
                                .writer_open = open_writer,
                                .writer_close = close_writer,
                                .put = put,
                                .sync = sync_writer,
                                .get = get,
                                .list = list,
                                .remove = remove_files};
