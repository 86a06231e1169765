#include "lake/backup.h"

#include <string.h>

#include "base/file.h"
#include "base/file_copy.h"
#include "lake/layout.h"
#include "lake/state.h"
#include "lake/summary_file.h"

/* One copy: from one lake's folder to another's. */
typedef struct Copy {
    const char *from;
    const char *to;
    BackupReport *report;
} Copy;

static bool refuse_file(void *context, const char *path, const FileInfo *info, Error *err)
{
    (void)context;
    (void)info;
    return error_set(err, ERROR_ACCESS, "the folder is not empty: '%s' is there", path);
}

static bool check_empty(const char *folder, Error *err)
{
    return !file_exists(folder) || file_walk(folder, refuse_file, NULL, NULL, err);
}

/* Copies one file by its path below the lake. *bytes* is its size by the state; 0: not known. */
static bool copy_one(const Copy *copy, Str relative, uint64_t bytes, Error *err)
{
    char from[LAYOUT_PATH_BYTES];
    char to[LAYOUT_PATH_BYTES];
    uint64_t copied;
    if (!layout_path(from, err, copy->from, "%.*s", STR_ARG(relative)) ||
        !layout_path(to, err, copy->to, "%.*s", STR_ARG(relative)) ||
        !layout_make_folder_of(to, err) || !file_copy(from, to, &copied, err))
        return false;
    if (bytes && copied != bytes)
        return error_set(err, ERROR_INPUT, "'%s' has %llu bytes; the state says %llu", from,
                         (unsigned long long)copied, (unsigned long long)bytes);
    copy->report->files++;
    copy->report->bytes += copied;
    return true;
}

/* What a data file adds to the table `summary`, where that was written. */
static bool copy_summary(const Copy *copy, Str data, Error *err)
{
    char path[LAYOUT_PATH_BYTES];
    if (!summary_file_path(path, copy->from, data, err))
        return false;
    return !file_exists(path) || copy_one(copy, str_of(path + strlen(copy->from) + 1), 0, err);
}

/* All files that the state names. */
static bool copy_named(const Copy *copy, Db *db, Error *err)
{
    bool row = true;
    DbStatement *select =
        db_statement(db,
                     "SELECT path, bytes, 1 FROM parts UNION ALL SELECT path, bytes, 0 FROM"
                     " object_files UNION ALL SELECT DISTINCT path, 0, 0 FROM runs"
                     " UNION ALL SELECT DISTINCT path, 0, 0 FROM quarantine",
                     err);
    if (!select)
        return false;
    while (db_next(select, &row, err)) {
        if (!row)
            return true;
        if (!copy_one(copy, db_text(select, 0), (uint64_t)db_int(select, 1), err) ||
            (db_int(select, 2) && !copy_summary(copy, db_text(select, 0), err)))
            return false;
    }
    return false;
}

static bool copy_visited(void *context, const char *path, const FileInfo *info, Error *err)
{
    const Copy *copy = context;
    return copy_one(copy, str_of(path + strlen(copy->from) + 1), info->bytes, err);
}

static bool copy_published(Copy *copy, Error *err)
{
    static const char *const FOLDERS[] = {"cloudtrail/metadata", "objects/metadata", "ledger"};
    char path[LAYOUT_PATH_BYTES];
    for (size_t i = 0; i < sizeof FOLDERS / sizeof *FOLDERS; i++)
        if (!layout_path(path, err, copy->from, "%s", FOLDERS[i]) ||
            (file_exists(path) && !file_walk(path, copy_visited, NULL, copy, err)))
            return false;
    if (!layout_path(path, err, copy->from, "catalog.db"))
        return false;
    return !file_exists(path) || copy_one(copy, STR("catalog.db"), 0, err);
}

static bool copy_lake(Copy *copy, Db *db, Error *err)
{
    char path[LAYOUT_PATH_BYTES];
    return check_empty(copy->to, err) && file_make_folders(copy->to, err) &&
           layout_make(copy->to, err) && copy_named(copy, db, err) && copy_published(copy, err) &&
           layout_path(path, err, copy->to, "state.db") && db_backup(db, path, err) &&
           file_sync_folder(copy->to, err);
}

bool backup_make(Lake *lake, const char *folder, BackupReport *ret, Error *err)
{
    Copy copy = {lake->folder, folder, ret};
    *ret = (BackupReport){0};
    return copy_lake(&copy, lake->db, err);
}

bool backup_restore(const char *from, const char *folder, BackupReport *ret, Error *err)
{
    char path[LAYOUT_PATH_BYTES];
    Copy copy = {from, folder, ret};
    *ret = (BackupReport){0};
    if (!layout_path(path, err, from, "state.db"))
        return false;
    if (!file_exists(path))
        return error_set(err, ERROR_ACCESS, "'%s' holds no backup: it has no state.db", from);
    Db *db = state_open(path, DB_READ_ONLY, err);
    bool ok = db && copy_lake(&copy, db, err);
    db_close(db);
    return ok;
}
