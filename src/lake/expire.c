#include "lake/expire.h"

#include "base/arena.h"
#include "base/clock.h"
#include "base/file.h"
#include "lake/summary_file.h"

enum { PARTS_BYTES_MAX = 256 << 20 };

/* A table whose files are expired, and how the state is asked for them. */
typedef struct Expired {
    const char *table;
    const char *list;
    const char *remove;
} Expired;

static const Expired EXPIRED[] = {
    {"cloudtrail",
     "SELECT id, path, bytes FROM parts WHERE removed_seq <= ?1 AND removed_at_us <= ?2"
     " ORDER BY id",
     "DELETE FROM parts WHERE id = ?"},
    {"objects",
     "SELECT id, path, bytes FROM object_files WHERE removed_seq <= ?1 AND removed_at_us <= ?2"
     " ORDER BY id",
     "DELETE FROM object_files WHERE id = ?"},
};

/* A removed file that may go. */
typedef struct Released {
    int64_t id;
    const char *path;
    uint64_t bytes;
} Released;

static bool list_released(Lake *lake, const Expired *expired, int64_t until_us, Buf *parts,
                          Arena *arena, Error *err)
{
    bool row = true;
    int64_t released_seq;
    if (!publish_released_seq(lake, expired->table, &released_seq, err))
        return false;
    DbStatement *select = db_statement(lake->db, expired->list, err);
    if (!select)
        return false;
    db_bind_int(select, 1, released_seq);
    db_bind_int(select, 2, until_us);
    while (db_next(select, &row, err)) {
        if (!row)
            return true;
        Released part = {.id = db_int(select, 0), .bytes = (uint64_t)db_int(select, 2)};
        part.path = arena_text(arena, db_text(select, 1), err);
        if (!part.path || !buf_append(parts, &part, sizeof part, err))
            return false;
    }
    return false;
}

static bool delete_file(const Lake *lake, const Released *part, ExpireReport *report, Error *err)
{
    char path[LAYOUT_PATH_BYTES];
    if ((str_starts(str_of(part->path), STR(LAYOUT_DATA)) &&
         !summary_file_remove(lake->folder, str_of(part->path), err)) ||
        !layout_path(path, err, lake->folder, "%s", part->path) || !file_remove(path, err))
        return false;
    report->files++;
    report->bytes += part->bytes;
    return true;
}

static bool delete_row(Lake *lake, const Expired *expired, const Released *part, Error *err)
{
    DbStatement *delete = db_statement(lake->db, expired->remove, err);
    if (!delete)
        return false;
    db_bind_int(delete, 1, part->id);
    return db_run(delete, err);
}

/* The files go first: a row without its file is found again, a file without its row is not. */
static bool delete_released(Lake *lake, const Expired *expired, const Buf *parts,
                            ExpireReport *report, Error *err)
{
    size_t count = parts->len / sizeof(Released);
    const Released *part = (const Released *)(const void *)parts->ptr;
    bool ok = true;
    for (size_t i = 0; ok && i < count; i++)
        ok = delete_file(lake, &part[i], report, err);
    if (!ok || count == 0)
        return ok;
    if (!db_begin(lake->db, err))
        return false;
    for (size_t i = 0; ok && i < count; i++)
        ok = delete_row(lake, expired, &part[i], err);
    ok = ok && db_commit(lake->db, err);
    if (!ok)
        db_rollback(lake->db);
    return ok;
}

/* What was removed until *until_us*. */
static bool expire_table(Lake *lake, const Expired *expired, int64_t until_us, ExpireReport *report,
                         Error *err)
{
    BUF_AUTO Buf parts = buf_init(PARTS_BYTES_MAX);
    Arena *arena = arena_new(PARTS_BYTES_MAX, err);
    bool ok = arena && list_released(lake, expired, until_us, &parts, arena, err) &&
              delete_released(lake, expired, &parts, report, err);
    arena_free(arena);
    return ok;
}

/* What was asked of files tells of their records, too. */
static bool forget_asked(const Lake *lake, Error *err)
{
    char path[LAYOUT_PATH_BYTES];
    return layout_path(path, err, lake->folder, LAYOUT_ASKED) &&
           (!file_exists(path) || file_remove_tree(path, err));
}

/* What is not needed since something was published. */
static bool delete_rest(Lake *lake, int64_t age_us, ExpireReport *ret, Error *err)
{
    int64_t waiting;
    *ret = (ExpireReport){0};
    if (!publish_sweep(lake, false, &ret->metadata, err))
        return false;
    for (size_t i = 0; i < sizeof EXPIRED / sizeof *EXPIRED; i++)
        if (!expire_table(lake, &EXPIRED[i], clock_now_us() - age_us, ret, err))
            return false;
    if (!forget_asked(lake, err))
        return false;
    if (!db_get_int(lake->db,
                    "SELECT (SELECT count(*) FROM parts WHERE removed_seq IS NOT NULL) +"
                    " (SELECT count(*) FROM object_files WHERE removed_seq IS NOT NULL)",
                    0, &waiting, err))
        return false;
    ret->waiting = (uint64_t)waiting;
    return true;
}

bool expire_lake(Lake *lake, const PublishPolicy *policy, ExpireReport *ret, Error *err)
{
    return publish_now(lake, policy, true, err) && delete_rest(lake, EXPIRE_AGE_US, ret, err);
}

/* A snapshot that goes on from another one tells what went, with its bounds. */
bool expire_at_once(Lake *lake, ExpireReport *ret, Error *err)
{
    return publish_anew(lake, err) && delete_rest(lake, 0, ret, err);
}
