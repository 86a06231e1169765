#include "lake/sweep.h"

#include <string.h>

#include "base/file.h"
#include "lake/layout.h"

/* A folder that is swept, and the query that finds a path which the state names. */
typedef struct Swept {
    const char *folder;
    const char *find;
    const char *list; /* all that should exist */
} Swept;

static const Swept SWEPT[] = {
    {LAYOUT_DATA, "SELECT 1 FROM parts WHERE path = ?", "SELECT path FROM parts"},
    {LAYOUT_SUMMARY,
     "SELECT 1 FROM parts WHERE path = '" LAYOUT_DATA "/' || substr(?, length('" LAYOUT_SUMMARY
     "/') + 1)",
     "SELECT NULL WHERE false"},
    {"objects/data", "SELECT 1 FROM object_files WHERE path = ?", "SELECT path FROM object_files"},
    {"fingerprints", "SELECT 1 FROM runs WHERE path = ? LIMIT 1", "SELECT DISTINCT path FROM runs"},
    {"quarantine", "SELECT 1 FROM quarantine WHERE path = ? LIMIT 1",
     "SELECT DISTINCT path FROM quarantine"},
    {"tmp", "SELECT 1 WHERE ? IS NULL", "SELECT NULL WHERE false"},
};

typedef struct Sweeping {
    Lake *lake;
    const Swept *swept;
    bool dry_run;
    SweepReport *report;
} Sweeping;

static bool is_named(const Sweeping *sweeping, Str path, bool *ret, Error *err)
{
    DbStatement *find = db_statement(sweeping->lake->db, sweeping->swept->find, err);
    if (!find)
        return false;
    db_bind_text(find, 1, path);
    if (!db_next(find, ret, err))
        return false;
    db_reset(find);
    return true;
}

static bool visit(void *context, const char *path, const FileInfo *info, Error *err)
{
    Sweeping *sweeping = context;
    bool named;
    Str relative = str_of(path + strlen(sweeping->lake->folder) + 1);
    if (!is_named(sweeping, relative, &named, err))
        return false;
    sweeping->report->named += named;
    if (named || info->modified_ns / 1000 >= sweeping->lake->opened_at_us)
        return true;
    sweeping->report->files++;
    sweeping->report->bytes += info->bytes;
    return sweeping->dry_run || file_remove(path, err);
}

static bool count_missing(const Sweeping *sweeping, Error *err)
{
    bool row = true;
    char path[LAYOUT_PATH_BYTES];
    DbStatement *list = db_statement(sweeping->lake->db, sweeping->swept->list, err);
    if (!list)
        return false;
    while (db_next(list, &row, err)) {
        if (!row)
            return true;
        if (!layout_path(path, err, sweeping->lake->folder, "%.*s", STR_ARG(db_text(list, 0))))
            return false;
        sweeping->report->missing += !file_exists(path);
    }
    return false;
}

bool sweep_lake(Lake *lake, bool dry_run, SweepReport *ret, Error *err)
{
    char path[LAYOUT_PATH_BYTES];
    *ret = (SweepReport){0};
    for (size_t i = 0; i < sizeof SWEPT / sizeof *SWEPT; i++) {
        Sweeping sweeping = {lake, &SWEPT[i], dry_run, ret};
        if (!layout_path(path, err, lake->folder, "%s", SWEPT[i].folder))
            return false;
        if (file_exists(path) && !file_walk(path, visit, NULL, &sweeping, err))
            return false;
        if (!count_missing(&sweeping, err))
            return false;
    }
    return true;
}
