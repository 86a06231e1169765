#include "lake/published.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "lake/catalog.h"
#include "lake/layout.h"
#include "lake/publication.h"

enum { FILE_BYTES_MAX = 256 << 20, POINTER_BYTES_MAX = 4096 };

typedef struct Reading {
    Publication publication; /* lake, table, arena, meta */
    Buf files;               /* Str each */
    char marker[80];         /* "/cloudtrail/data/": what begins the path below the lake */
} Reading;

/* The part of *uri* below the lake, wherever the lake was when it was published. */
static bool below_lake(const Reading *reading, Str uri, Str *ret)
{
    size_t len = strlen(reading->marker);
    for (size_t at = uri.len >= len ? uri.len - len + 1 : 0; at-- > 0;)
        if (memcmp(uri.ptr + at, reading->marker, len) == 0) {
            *ret = str_slice(uri, at + 1, uri.len);
            return true;
        }
    return false;
}

static bool take_entry(void *context, const ManifestEntry *entry, Error *err)
{
    Reading *reading = context;
    Str path;
    if (entry->status == MANIFEST_DELETED)
        return true;
    if (!below_lake(reading, entry->path, &path))
        return error_set(err, ERROR_INPUT, "the published file '%.*s' does not lie in the lake",
                         (int)(entry->path.len < 300 ? entry->path.len : 300), entry->path.ptr);
    const char *copy = arena_text(reading->publication.arena, path, err);
    Str file = {copy, path.len};
    return copy && buf_append(&reading->files, &file, sizeof file, err);
}

static bool read_manifest(Reading *reading, const ManifestRow *row, Error *err)
{
    BUF_AUTO Buf bytes = buf_init(FILE_BYTES_MAX);
    return publication_read(&reading->publication, row->path, &bytes, err) &&
           manifest_read(reading->publication.table, buf_str(&bytes), row, take_entry, reading,
                         err);
}

static bool read_snapshot(Reading *reading, const IcebergSnapshot *snapshot, Error *err)
{
    BUF_AUTO Buf list = buf_init(FILE_BYTES_MAX);
    BUF_AUTO Buf rows = buf_init(FILE_BYTES_MAX);
    bool ok = publication_read(&reading->publication, snapshot->manifest_list, &list, err) &&
              manifest_list_read(buf_str(&list), &rows, err);
    const ManifestRow *row = (const ManifestRow *)(const void *)rows.ptr;
    for (size_t i = 0; ok && i < rows.len / sizeof *row; i++)
        ok = read_manifest(reading, &row[i], err);
    return ok;
}

/* The pointer that the catalog holds; empty when it is missing, not readable, or has none. */
static void ask_catalog(const Reading *reading, Buf *pointer)
{
    Error ignored = {0}; /* a lost catalog is why there is a hint */
    char path[LAYOUT_PATH_BYTES];
    const char *folder = reading->publication.lake->folder;
    if (!layout_path(path, &ignored, folder, "catalog.db") || !file_exists(path))
        return;
    Db *catalog = catalog_open(folder, &ignored);
    if (!catalog || !catalog_get(catalog, reading->publication.table->name, pointer, &ignored))
        pointer->len = 0;
    db_close(catalog);
}

/* The pointer that the hint for readers without a catalog gives. */
static bool ask_hint(const Reading *reading, Buf *pointer, Error *err)
{
    BUF_AUTO Buf hint = buf_init(POINTER_BYTES_MAX);
    char path[LAYOUT_PATH_BYTES];
    if (!layout_path(path, err, reading->publication.lake->folder, "%s/metadata/version-hint.text",
                     reading->publication.table->name))
        return false;
    if (!file_exists(path))
        return true;
    if (!file_read(path, &hint, NULL, err))
        return false;
    Str name = str_trim(buf_str(&hint));
    return !name.len || buf_printf(pointer, err, "%.*s.metadata.json", STR_ARG(name));
}

static bool read_current(Reading *reading, Published *ret, bool *ret_any, Error *err)
{
    BUF_AUTO Buf pointer = buf_init(POINTER_BYTES_MAX);
    BUF_AUTO Buf document = buf_init(FILE_BYTES_MAX);
    IcebergMeta *meta = &reading->publication.meta;
    ask_catalog(reading, &pointer);
    if (pointer.len == 0 && !ask_hint(reading, &pointer, err))
        return false;
    *ret_any = pointer.len > 0;
    if (!*ret_any)
        return true;
    if (!publication_read(&reading->publication, buf_str(&pointer), &document, err) ||
        !iceberg_read(buf_str(&document), reading->publication.arena, meta, err))
        return false;
    if (meta->snapshot_count == 0)
        return error_set(err, ERROR_INPUT, "the published table has no snapshot");
    const IcebergSnapshot *current = &meta->snapshots[meta->snapshot_count - 1];
    if (!read_snapshot(reading, current, err))
        return false;
    ret->commit_seq = current->commit_seq;
    return true;
}

static int compare(const void *a, const void *b)
{
    return str_compare(*(const Str *)a, *(const Str *)b);
}

static bool keep_files(Reading *reading, Published *ret, Error *err)
{
    size_t count = reading->files.len / sizeof(Str);
    ret->files = arena_alloc(reading->publication.arena, reading->files.len + 1, err);
    if (!ret->files)
        return false;
    if (count)
        memcpy(ret->files, reading->files.ptr, reading->files.len);
    qsort(ret->files, count, sizeof(Str), compare);
    ret->file_count = count;
    return true;
}

bool published_read(Lake *lake, const IcebergTable *table, Arena *arena, Published *ret,
                    const char **ret_trouble, Error *err)
{
    bool any = false;
    Reading reading = {.publication = {.lake = lake, .table = table, .arena = arena},
                       .files = buf_init(FILE_BYTES_MAX)};
    *ret = (Published){.commit_seq = -1};
    *ret_trouble = NULL;
    snprintf(reading.marker, sizeof reading.marker, "/%s/data/", table->name);
    bool ok = read_current(&reading, ret, &any, err);
    if (!ok && (err->kind == ERROR_INPUT || err->kind == ERROR_ACCESS)) {
        *ret_trouble = arena_text(arena, str_of(err->text), err);
        error_clear(err);
        ok = *ret_trouble != NULL;
    } else if (ok && any) {
        ok = keep_files(&reading, ret, err);
    }
    buf_free(&reading.files);
    return ok;
}

bool published_has(const Published *published, Str path)
{
    return published->file_count &&
           bsearch(&path, published->files, published->file_count, sizeof(Str), compare) != NULL;
}
