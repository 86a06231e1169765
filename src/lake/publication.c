#include "lake/publication.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/file.h"
#include "lake/layout.h"
#include "lake/object_table.h"

enum {
    MANIFEST_BYTES = 8 << 20, /* Iceberg's usual target */
    MANIFESTS_MAX = 100,      /* beyond, small ones are merged */
    FILE_BYTES_MAX = 256 << 20,
};

static const int SORTED_BY[] = {F_EVENT_SOURCE, F_EVENT_NAME, F_EVENT_TIME};

const IcebergTable PUBLICATION_CLOUDTRAIL = {.name = "cloudtrail",
                                             .fields = FIELDS,
                                             .field_count = FIELD_COUNT,
                                             .day_of = F_EVENT_TIME,
                                             .sorted_by = SORTED_BY,
                                             .sorted_count = sizeof SORTED_BY / sizeof *SORTED_BY};

const IcebergTable PUBLICATION_OBJECTS = {.name = "objects",
                                          .fields = OBJECT_TABLE_FIELDS,
                                          .field_count = OBJECT_TABLE_COLUMNS,
                                          .day_of = -1};

DbStatement *publication_select(const Publication *publication, const PublicationSql *sql,
                                Error *err)
{
    bool objects = publication->table == &PUBLICATION_OBJECTS;
    DbStatement *select =
        db_statement(publication->lake->db, objects ? sql->object_files : sql->parts, err);
    if (!select)
        return NULL;
    db_bind_int(select, 1, publication->since);
    db_bind_int(select, 2, publication->until);
    return select;
}

static bool metadata_path(const Publication *publication, Str name, char path[LAYOUT_PATH_BYTES],
                          Error *err)
{
    return layout_path(path, err, publication->lake->folder, "%s/metadata/%.*s",
                       publication->table->name, STR_ARG(name));
}

bool publication_write(Publication *publication, const char *name, Str bytes, Str *ret_uri,
                       Error *err)
{
    char path[LAYOUT_PATH_BYTES];
    char uri[LAYOUT_PATH_BYTES + 64];
    FileWriter file = {.fd = -1};
    if (!metadata_path(publication, str_of(name), path, err) || !file_create(&file, path, err))
        return false;
    if (!file_write(&file, bytes.ptr, bytes.len, err) || !file_finish(&file, err)) {
        file_abandon(&file);
        return false;
    }
    snprintf(uri, sizeof uri, "%.*s/metadata/%s", STR_ARG(publication->location), name);
    const char *copy = arena_text(publication->arena, str_of(uri), err);
    if (!copy)
        return false;
    *ret_uri = str_of(copy);
    return true;
}

bool publication_read(const Publication *publication, Str uri, Buf *ret, Error *err)
{
    char path[LAYOUT_PATH_BYTES];
    if (!metadata_path(publication, str_base_name(uri), path, err))
        return false;
    if (!file_exists(path))
        return error_set(err, ERROR_INPUT, "the published file '%s' is missing", path);
    return file_read(path, ret, NULL, err);
}

/* ---- manifests under way ---- */

static int schema_id(const Publication *publication)
{
    return (int)publication->meta.schema_count - 1;
}

/* Writes what the builder holds, if anything, and begins the next one. */
static bool flush(Publication *publication, ManifestBuilder *builder, Error *err)
{
    BUF_AUTO Buf bytes = buf_init(FILE_BYTES_MAX);
    char name[80];
    ManifestRow row;
    if (builder->data.len == 0)
        return true;
    snprintf(name, sizeof name, "%s-m%u.avro", publication->uuid, publication->manifests++);
    if (!manifest_finish(builder, schema_id(publication), &bytes, err))
        return false;
    row = builder->row;
    row.length = bytes.len;
    if (!publication_write(publication, name, buf_str(&bytes), &row.path, err) ||
        !buf_append(&publication->rows, &row, sizeof row, err))
        return false;
    manifest_free(builder);
    *builder = manifest_begin(publication->table, publication->next.id, publication->next.sequence);
    return true;
}

static bool add(Publication *publication, ManifestBuilder *builder, const ManifestEntry *entry,
                Error *err)
{
    return manifest_add(builder, entry, err) &&
           (builder->data.len < MANIFEST_BYTES || flush(publication, builder, err));
}

/* Called for each part (or file of `objects`); *path* is its URI and lives only for the call. */
typedef bool (*PartVisit)(Publication *publication, DbStatement *part, Str path, void *context,
                          Error *err);

/* Visits what *sql* gives; its first column is the path below the lake. */
static bool each_part(Publication *publication, const PublicationSql *sql, PartVisit visit,
                      void *context, Error *err)
{
    bool row = true;
    DbStatement *select = publication_select(publication, sql, err);
    while (select && db_next(select, &row, err)) {
        char path[LAYOUT_PATH_BYTES + 64];
        if (!row)
            return true;
        int used = snprintf(path, sizeof path, "file://%s/%.*s", publication->lake->folder,
                            STR_ARG(db_text(select, 0)));
        if (!visit(publication, select, (Str){path, (size_t)used}, context, err)) {
            db_reset(select);
            return false;
        }
    }
    return false;
}

/* ---- parts that came ---- */

static bool add_part(Publication *publication, DbStatement *part, Str path, void *context,
                     Error *err)
{
    ManifestBuilder *builder = context;
    BUF_AUTO Buf encoded = buf_init(FILE_BYTES_MAX);
    ParquetSummary summary;
    const IcebergTable *table = publication->table;
    if (!parquet_summary_read_of(db_blob(part, 4), table->fields, table->field_count, &summary,
                                 err))
        return false;
    ManifestFile file = {.path = path,
                         .day = (int32_t)db_int(part, 1),
                         .order = (int)summary.order,
                         .rows = (uint64_t)db_int(part, 2),
                         .bytes = (uint64_t)db_int(part, 3),
                         .splits = summary.split_offsets,
                         .split_count = summary.group_count,
                         .leaves = summary.leaves};
    bool ok = manifest_encode(publication->table, &file, &encoded, err);
    parquet_summary_free(&summary);
    ManifestEntry entry = {.status = MANIFEST_ADDED,
                           .snapshot_id = publication->next.id,
                           .sequence = MANIFEST_INHERITS,
                           .file_sequence = MANIFEST_INHERITS,
                           .day = file.day,
                           .rows = file.rows,
                           .data_file = buf_str(&encoded)};
    return ok && add(publication, builder, &entry, err);
}

static bool add_parts(Publication *publication, ManifestBuilder *builder, Error *err)
{
    static const PublicationSql SQL =
        PUBLICATION_SQL("SELECT path, day, rows, bytes, summary FROM ",
                        " WHERE added_seq > ?1 AND added_seq <= ?2"
                        " AND (removed_seq IS NULL OR removed_seq > ?2) ORDER BY day, id");
    return each_part(publication, &SQL, add_part, builder, err);
}

/* ---- parts that went ---- */

/* A part that is published and not live any more. */
typedef struct Removed {
    Str path; /* URI; the list is sorted by it */
    int32_t day;
} Removed;

typedef struct RemovedList {
    Buf items; /* Removed each */
    size_t found;
} RemovedList;

static size_t removed_count(const RemovedList *list)
{
    return list->items.len / sizeof(Removed);
}

static const Removed *removed_items(const RemovedList *list)
{
    return (const Removed *)(const void *)list->items.ptr;
}

static bool add_removed(Publication *publication, DbStatement *part, Str path, void *context,
                        Error *err)
{
    RemovedList *list = context;
    const char *copy = arena_text(publication->arena, path, err);
    Removed removed = {str_of(copy), (int32_t)db_int(part, 1)};
    return copy && buf_append(&list->items, &removed, sizeof removed, err);
}

static bool list_removed(Publication *publication, RemovedList *list, Error *err)
{
    static const PublicationSql SQL =
        PUBLICATION_SQL("SELECT path, day FROM ", " WHERE added_seq <= ?1 AND removed_seq > ?1"
                                                  " AND removed_seq <= ?2 ORDER BY path");
    return each_part(publication, &SQL, add_removed, list, err);
}

static int compare_removed(const void *path, const void *removed)
{
    return str_compare(*(const Str *)path, ((const Removed *)removed)->path);
}

static bool is_removed(const RemovedList *list, Str path)
{
    return removed_count(list) && bsearch(&path, removed_items(list), removed_count(list),
                                          sizeof(Removed), compare_removed);
}

static bool may_hold_removed(const Publication *publication, const RemovedList *list,
                             const ManifestRow *row)
{
    if (publication->table->day_of < 0)
        return removed_count(list) > 0;
    for (size_t i = 0; i < removed_count(list); i++)
        if (removed_items(list)[i].day >= row->day_min &&
            removed_items(list)[i].day <= row->day_max)
            return true;
    return false;
}

/* ---- manifests of the snapshot before ---- */

/* A former manifest being rewritten: what was removed becomes DELETED, what was deleted before
 * goes, the rest is EXISTING with its numbers. */
typedef struct Rewriting {
    Publication *publication;
    ManifestBuilder *builder; /* NULL: only count */
    RemovedList *removed;
    size_t found;
} Rewriting;

static bool rewrite_entry(void *context, const ManifestEntry *entry, Error *err)
{
    Rewriting *rewriting = context;
    ManifestEntry next = *entry;
    if (entry->status == MANIFEST_DELETED)
        return true;
    bool gone = is_removed(rewriting->removed, entry->path);
    rewriting->found += gone;
    if (!rewriting->builder)
        return true;
    next.status = gone ? MANIFEST_DELETED : MANIFEST_EXISTING;
    if (gone)
        next.snapshot_id = rewriting->publication->next.id;
    return add(rewriting->publication, rewriting->builder, &next, err);
}

static bool read_manifest(Rewriting *rewriting, const ManifestRow *row, Error *err)
{
    BUF_AUTO Buf bytes = buf_init(FILE_BYTES_MAX);
    return publication_read(rewriting->publication, row->path, &bytes, err) &&
           manifest_read(rewriting->publication->table, buf_str(&bytes), row, rewrite_entry,
                         rewriting, err);
}

/* Takes a manifest over as it is, or rewrites it when it lists removed files. */
static bool carry(Publication *publication, const ManifestRow *row, RemovedList *removed,
                  ManifestBuilder *builder, Error *err)
{
    Rewriting counting = {publication, NULL, removed, 0};
    if (row->files[MANIFEST_ADDED] + row->files[MANIFEST_EXISTING] == 0)
        return true; /* it only said what an earlier snapshot deleted */
    if (may_hold_removed(publication, removed, row) && !read_manifest(&counting, row, err))
        return false;
    if (counting.found == 0)
        return buf_append(&publication->rows, row, sizeof *row, err);
    Rewriting rewriting = {publication, builder, removed, 0};
    removed->found += counting.found;
    return read_manifest(&rewriting, row, err);
}

static bool carry_all(Publication *publication, Str list, RemovedList *removed, Error *err)
{
    BUF_AUTO Buf rows = buf_init(FILE_BYTES_MAX);
    ManifestBuilder builder =
        manifest_begin(publication->table, publication->next.id, publication->next.sequence);
    bool ok = manifest_list_read(list, &rows, err);
    const ManifestRow *row = (const ManifestRow *)(const void *)rows.ptr;
    for (size_t i = 0; ok && i < rows.len / sizeof *row; i++)
        ok = carry(publication, &row[i], removed, &builder, err);
    ok = ok && flush(publication, &builder, err);
    manifest_free(&builder);
    if (ok && removed->found != removed_count(removed))
        return error_set(err, ERROR_INPUT,
                         "the published metadata lists %zu of %zu files that were merged away",
                         removed->found, removed_count(removed));
    return ok;
}

/* Merges small manifests of earlier snapshots; those of this one stay as they are. */
static bool merge(Publication *publication, Error *err)
{
    RemovedList nothing = {.items = buf_init(1)};
    BUF_AUTO Buf before = publication->rows;
    ManifestBuilder builder =
        manifest_begin(publication->table, publication->next.id, publication->next.sequence);
    Rewriting rewriting = {publication, &builder, &nothing, 0};
    publication->rows = buf_init(before.max);
    const ManifestRow *row = (const ManifestRow *)(const void *)before.ptr;
    bool ok = true;
    for (size_t i = 0; ok && i < before.len / sizeof *row; i++)
        ok = row[i].snapshot_id == publication->next.id || row[i].length >= MANIFEST_BYTES
                 ? buf_append(&publication->rows, &row[i], sizeof *row, err)
                 : read_manifest(&rewriting, &row[i], err);
    ok = ok && flush(publication, &builder, err);
    manifest_free(&builder);
    return ok;
}

static bool carry_former(Publication *publication, Buf *list, RemovedList *removed, Error *err)
{
    const IcebergMeta *meta = &publication->meta;
    if (meta->snapshot_count == 0)
        return true;
    return list_removed(publication, removed, err) &&
           publication_read(publication, meta->snapshots[meta->snapshot_count - 1].manifest_list,
                            list, err) &&
           carry_all(publication, buf_str(list), removed, err);
}

static bool add_new(Publication *publication, Error *err)
{
    ManifestBuilder builder =
        manifest_begin(publication->table, publication->next.id, publication->next.sequence);
    bool ok = add_parts(publication, &builder, err) && flush(publication, &builder, err);
    manifest_free(&builder);
    return ok;
}

bool publication_manifests(Publication *publication, Error *err)
{
    RemovedList removed = {.items = buf_init(FILE_BYTES_MAX)};
    BUF_AUTO Buf list = buf_init(FILE_BYTES_MAX);
    bool ok = carry_former(publication, &list, &removed, err) && add_new(publication, err);
    buf_free(&removed.items);
    if (ok && publication->rows.len / sizeof(ManifestRow) > MANIFESTS_MAX)
        ok = merge(publication, err);
    if (!ok)
        return false;
    /* Paths of carried rows borrow from the list that ends here. */
    ManifestRow *row = (ManifestRow *)(void *)publication->rows.ptr;
    for (size_t i = 0; i < publication->rows.len / sizeof *row; i++) {
        const char *copy = arena_text(publication->arena, row[i].path, err);
        if (!copy)
            return false;
        row[i].path = str_of(copy);
    }
    return true;
}
