#include "lake/publish_sweep.h"

#include <stdlib.h>

#include "base/file.h"
#include "lake/catalog.h"
#include "lake/layout.h"
#include "lake/publication.h"

enum { ARENA_BYTES_MAX = 512 << 20, NAMES_BYTES_MAX = 64 << 20, FILE_BYTES_MAX = 64 << 20 };

/* Names of the files that stay. */
typedef struct Keeping {
    Publication publication; /* lake, table, arena, meta */
    Buf names;               /* Str each, sorted when all are known */
    SweepReport *report;
    bool dry_run;
} Keeping;

static bool keep(Keeping *keeping, Str uri, Error *err)
{
    const char *copy = arena_text(keeping->publication.arena, str_base_name(uri), err);
    Str name = str_of(copy);
    return copy && buf_append(&keeping->names, &name, sizeof name, err);
}

static bool keep_snapshot(Keeping *keeping, const IcebergSnapshot *snapshot, Error *err)
{
    BUF_AUTO Buf list = buf_init(FILE_BYTES_MAX);
    BUF_AUTO Buf rows = buf_init(FILE_BYTES_MAX);
    bool ok = keep(keeping, snapshot->manifest_list, err) &&
              publication_read(&keeping->publication, snapshot->manifest_list, &list, err) &&
              manifest_list_read(buf_str(&list), &rows, err);
    const ManifestRow *row = (const ManifestRow *)(const void *)rows.ptr;
    for (size_t i = 0; ok && i < rows.len / sizeof *row; i++)
        ok = keep(keeping, row[i].path, err);
    return ok;
}

static bool keep_all(Keeping *keeping, Str pointer, Buf *document, Error *err)
{
    IcebergMeta *meta = &keeping->publication.meta;
    if (!keep(keeping, STR("version-hint.text"), err) || !keep(keeping, pointer, err))
        return false;
    if (pointer.len == 0)
        return true;
    bool ok = publication_read(&keeping->publication, pointer, document, err) &&
              iceberg_read(buf_str(document), keeping->publication.arena, meta, err);
    for (size_t i = 0; ok && i < meta->log_count; i++)
        ok = keep(keeping, meta->log[i].file, err);
    for (size_t i = 0; ok && i < meta->snapshot_count; i++)
        ok = keep_snapshot(keeping, &meta->snapshots[i], err);
    return ok;
}

static int compare(const void *a, const void *b)
{
    return str_compare(*(const Str *)a, *(const Str *)b);
}

static bool visit(void *context, const char *path, const FileInfo *info, Error *err)
{
    Keeping *keeping = context;
    Str name = str_base_name(str_of(path));
    bool named = bsearch(&name, keeping->names.ptr, keeping->names.len / sizeof name, sizeof name,
                         compare) != NULL;
    keeping->report->named += named;
    if (named)
        return true;
    keeping->report->files++;
    keeping->report->bytes += info->bytes;
    return keeping->dry_run || file_remove(path, err);
}

static bool sweep(Keeping *keeping, Error *err)
{
    BUF_AUTO Buf pointer = buf_init(FILE_BYTES_MAX);
    BUF_AUTO Buf document = buf_init(FILE_BYTES_MAX);
    char folder[LAYOUT_PATH_BYTES];
    const IcebergTable *table = keeping->publication.table;
    Lake *lake = keeping->publication.lake;
    Db *catalog = catalog_open(lake->folder, err);
    bool ok = catalog && catalog_get(catalog, table->name, &pointer, err) &&
              keep_all(keeping, buf_str(&pointer), &document, err) &&
              layout_path(folder, err, lake->folder, "%s/metadata", table->name);
    db_close(catalog);
    if (!ok)
        return false;
    qsort(keeping->names.ptr, keeping->names.len / sizeof(Str), sizeof(Str), compare);
    return !file_exists(folder) || file_walk(folder, visit, NULL, keeping, err);
}

static bool sweep_table(Lake *lake, const IcebergTable *table, bool dry_run, SweepReport *report,
                        Error *err)
{
    Keeping keeping = {.publication = {.lake = lake, .table = table},
                       .names = buf_init(NAMES_BYTES_MAX),
                       .report = report,
                       .dry_run = dry_run};
    keeping.publication.arena = arena_new(ARENA_BYTES_MAX, err);
    bool ok = keeping.publication.arena && sweep(&keeping, err);
    arena_free(keeping.publication.arena);
    buf_free(&keeping.names);
    return ok;
}

bool publish_sweep(Lake *lake, bool dry_run, SweepReport *report, Error *err)
{
    return sweep_table(lake, &PUBLICATION_CLOUDTRAIL, dry_run, report, err) &&
           sweep_table(lake, &PUBLICATION_OBJECTS, dry_run, report, err);
}
