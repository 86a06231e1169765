#include "lake/lake.h"

#include <string.h>
#include <time.h>

#include "base/clock.h"
#include "base/file.h"
#include "base/mem.h"
#include "lake/layout.h"
#include "lake/state.h"

/* What a new lake gets: its identity and the key of its fingerprints. */
static bool found(Db *db, Error *err)
{
    char uuid[37];
    uint8_t secret[HASH_SECRET_BYTES];
    int64_t count;
    if (!db_get_int(db, "SELECT count(*) FROM meta", 0, &count, err))
        return false;
    if (count > 0)
        return true;
    bool ok = hash_uuid(uuid, err) && hash_random(secret, sizeof secret, err) && db_begin(db, err);
    ok = ok && state_set(db, STR("lake_uuid"), (Str){uuid, 36}, err) &&
         state_set(db, STR("secret"), (Str){(const char *)secret, sizeof secret}, err) &&
         db_commit(db, err);
    if (!ok)
        db_rollback(db);
    return ok;
}

static bool read_identity(Lake *lake, Error *err)
{
    return state_get(lake->db, STR("lake_uuid"), lake->uuid, sizeof lake->uuid - 1, err) &&
           state_get(lake->db, STR("secret"), lake->secret, sizeof lake->secret, err);
}

static bool open_state(Lake *lake, LakeMode mode, Error *err)
{
    static const DbMode MODES[] = {DB_READ_ONLY, DB_READ_WRITE, DB_CREATE};
    char path[LAYOUT_PATH_BYTES];
    if (!layout_path(path, err, lake->folder, "state.db"))
        return false;
    lake->db = state_open(path, MODES[mode], err);
    if (!lake->db)
        return false;
    /* A process that was killed while it made the lake left it half made: writers finish it. */
    return (mode == LAKE_READ || found(lake->db, err)) && read_identity(lake, err);
}

static bool take_lock(Lake *lake, LakeMode mode, Error *err)
{
    char path[LAYOUT_PATH_BYTES];
    if (mode == LAKE_READ)
        return true;
    if (file_is_network(lake->folder))
        return error_set(err, ERROR_ACCESS,
                         "'%s' lies on a network file system: locks and fsync cannot be relied on "
                         "there; use a local disk",
                         lake->folder);
    return layout_path(path, err, lake->folder, "lock") && file_lock(path, &lake->lock_fd, err) &&
           layout_make(lake->folder, err);
}

static bool check_folder(const char *folder, LakeMode mode, Error *err)
{
    char path[LAYOUT_PATH_BYTES];
    if (mode == LAKE_CREATE)
        return file_make_folders(folder, err);
    if (!layout_path(path, err, folder, "state.db"))
        return false;
    return file_exists(path) ||
           error_set(err, ERROR_ACCESS,
                     "there is no lake in '%s'; 'spoor ingest SOURCE --lake %s' makes one", folder,
                     folder);
}

Lake *lake_open(const char *folder, LakeMode mode, Error *err)
{
    if (!check_folder(folder, mode, err))
        return NULL;
    Lake *lake = mem_calloc(1, sizeof *lake, err);
    if (!lake)
        return NULL;
    lake->lock_fd = -1;
    lake->opened_at_us = clock_now_us();
    lake->folder = file_real_path(folder, err);
    if (!lake->folder || !take_lock(lake, mode, err) || !open_state(lake, mode, err)) {
        lake_close(lake);
        return NULL;
    }
    return lake;
}

Lake *lake_open_waiting(const char *folder, LakeMode mode, int64_t wait_us,
                        void (*waiting)(const char *holder), Error *err)
{
    const struct timespec pause = {.tv_nsec = 100 * 1000 * 1000};
    int64_t end = clock_monotonic_us() + wait_us;
    bool told = false;
    for (;;) {
        Lake *lake = lake_open(folder, mode, err);
        if (lake || err->kind != ERROR_BUSY || clock_monotonic_us() >= end)
            return lake;
        if (waiting && !told)
            waiting(err->text);
        told = true;
        error_clear(err);
        nanosleep(&pause, NULL);
    }
}

void lake_close(Lake *lake)
{
    if (!lake)
        return;
    db_close(lake->db);
    file_unlock(lake->lock_fd);
    mem_free(lake->folder);
    mem_free(lake);
}

void lake_close_ref(Lake **lake)
{
    lake_close(*lake);
}
