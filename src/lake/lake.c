#include "lake/lake.h"

#include <stdio.h>
#include <string.h>
#include <time.h>

#include "base/clock.h"
#include "base/file.h"
#include "base/file_move.h"
#include "base/mem.h"
#include "findings/automation.h"
#include "lake/layout.h"
#include "lake/ledger_head.h"
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
    return (mode == LAKE_READ || found(lake->db, err)) && read_identity(lake, err) &&
           (mode == LAKE_READ || ledger_open(lake, err));
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

static bool refuse_file(void *context, const char *path, const FileInfo *info, Error *err)
{
    const char *folder = context;
    (void)path;
    (void)info;
    return error_set(err, ERROR_ACCESS,
                     "the lake in '%s' has lost its state; 'spoor lake rebuild --lake %s' makes it "
                     "anew from the lake's files",
                     folder, folder);
}

/* A new state over files that another one named would let them be swept. */
static bool check_no_data(const char *folder, Error *err)
{
    char path[LAYOUT_PATH_BYTES];
    char name[LAYOUT_PATH_BYTES];
    snprintf(name, sizeof name, "%s", folder);
    return layout_path(path, err, folder, "cloudtrail/data") &&
           (!file_exists(path) || file_walk(path, refuse_file, NULL, name, err));
}

static bool check_folder(const char *folder, LakeMode mode, Error *err)
{
    char path[LAYOUT_PATH_BYTES];
    if (!layout_path(path, err, folder, "state.db"))
        return false;
    if (file_exists(path))
        return true;
    if (!check_no_data(folder, err))
        return false;
    if (mode == LAKE_CREATE)
        return file_make_folders(folder, err);
    return error_set(err, ERROR_ACCESS,
                     "there is no lake in '%s'; 'spoor ingest SOURCE --lake %s' makes one", folder,
                     folder);
}

/* A lake that knows its folder; neither locked nor opened. */
static Lake *new_closed(const char *folder, Error *err)
{
    Lake *lake = mem_calloc(1, sizeof *lake, err);
    if (!lake)
        return NULL;
    lake->lock_fd = -1;
    lake->opened_at_us = clock_now_us();
    lake->folder = file_real_path(folder, err);
    if (lake->folder)
        return lake;
    lake_close(lake);
    return NULL;
}

Lake *lake_open(const char *folder, LakeMode mode, Error *err)
{
    Lake *lake = check_folder(folder, mode, err) ? new_closed(folder, err) : NULL;
    if (lake && take_lock(lake, mode, err) && open_state(lake, mode, err))
        return lake;
    lake_close(lake);
    return NULL;
}

/* ---- a new state beside a lost one ---- */

static const char *const COMPANIONS[] = {"", "-wal", "-shm"};

enum { COMPANION_COUNT = sizeof COMPANIONS / sizeof *COMPANIONS };

static bool remove_left(const Lake *lake, Error *err)
{
    char path[LAYOUT_PATH_BYTES];
    for (size_t i = 0; i < COMPANION_COUNT; i++)
        if (!layout_path(path, err, lake->folder, "state.db.rebuild%s", COMPANIONS[i]) ||
            !file_remove(path, err))
            return false;
    return true;
}

/* UUID and secret of the old state, else as the ledger's key has them. Without both they are drawn
 * anew: fingerprints are made from rows anyway. */
static void copy_identity(Lake *lake)
{
    Error ignored = {0};
    char path[LAYOUT_PATH_BYTES];
    Lake old = {0};
    if (!layout_path(path, &ignored, lake->folder, "state.db"))
        return;
    if (file_exists(path))
        old.db = state_open(path, DB_READ_ONLY, &ignored);
    bool known = old.db && read_identity(&old, &ignored);
    if ((known || ledger_read_identity(lake->folder, old.uuid, old.secret)) &&
        (!state_set(lake->db, STR("lake_uuid"), (Str){old.uuid, 36}, &ignored) ||
         !state_set(lake->db, STR("secret"), (Str){(const char *)old.secret, sizeof old.secret},
                    &ignored)))
        error_clear(&ignored);
    db_close(old.db);
}

static bool open_beside(Lake *lake, Error *err)
{
    char path[LAYOUT_PATH_BYTES];
    if (!take_lock(lake, LAKE_WRITE, err) || !remove_left(lake, err) ||
        !layout_path(path, err, lake->folder, "state.db.rebuild"))
        return false;
    lake->db = state_open(path, DB_CREATE, err);
    if (!lake->db)
        return false;
    copy_identity(lake);
    return found(lake->db, err) && read_identity(lake, err) && ledger_open_key(lake, err);
}

Lake *lake_open_beside(const char *folder, Error *err)
{
    char path[LAYOUT_PATH_BYTES];
    if (!layout_path(path, err, folder, "cloudtrail"))
        return NULL;
    if (!file_exists(path)) {
        error_set(err, ERROR_ACCESS, "'%s' holds no lake: it has no folder 'cloudtrail'", folder);
        return NULL;
    }
    Lake *lake = new_closed(folder, err);
    if (lake && open_beside(lake, err))
        return lake;
    lake_close(lake);
    return NULL;
}

/* The first name that is free. */
static bool choose_aside(const Lake *lake, char ret[64], Error *err)
{
    char path[LAYOUT_PATH_BYTES];
    for (unsigned number = 1;; number++) {
        snprintf(ret, 64, "state.db.lost-%u", number);
        bool taken = false;
        for (size_t i = 0; i < COMPANION_COUNT; i++) {
            if (!layout_path(path, err, lake->folder, "%s%s", ret, COMPANIONS[i]))
                return false;
            taken = taken || file_exists(path);
        }
        if (!taken)
            return true;
    }
}

/* Moves the old state and its companions, the state first: without it there is no lake, so that
 * nobody takes what is left for one. */
static bool move_aside(const Lake *lake, char ret_aside[64], Error *err)
{
    char from[LAYOUT_PATH_BYTES];
    char to[LAYOUT_PATH_BYTES];
    bool any = false;
    if (!choose_aside(lake, ret_aside, err))
        return false;
    for (size_t i = 0; i < COMPANION_COUNT; i++) {
        if (!layout_path(from, err, lake->folder, "state.db%s", COMPANIONS[i]) ||
            !layout_path(to, err, lake->folder, "%s%s", ret_aside, COMPANIONS[i]))
            return false;
        if (!file_exists(from))
            continue;
        any = true;
        if (!file_move(from, to, err))
            return false;
    }
    if (!any)
        ret_aside[0] = '\0';
    return file_sync_folder(lake->folder, err);
}

bool lake_put_in_place(Lake *lake, char ret_aside[64], Error *err)
{
    char from[LAYOUT_PATH_BYTES];
    char to[LAYOUT_PATH_BYTES];
    db_close(lake->db); /* the last connection folds the log into the file */
    lake->db = NULL;
    if (!layout_path(from, err, lake->folder, "state.db.rebuild-wal"))
        return false;
    if (file_exists(from))
        return error_set(err, ERROR_SYSTEM, "the log '%s' was not folded into the new state", from);
    if (!layout_path(from, err, lake->folder, "state.db.rebuild") ||
        !layout_path(to, err, lake->folder, "state.db") || !move_aside(lake, ret_aside, err) ||
        !file_move(from, to, err) || !file_sync_folder(lake->folder, err))
        return false;
    lake->db = state_open(to, DB_READ_WRITE, err);
    return lake->db != NULL;
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

void lake_use_aws(Lake *lake, Aws *aws)
{
    lake->aws = aws;
}

bool lake_keep_originals(Lake *lake, const char *place, int64_t lock_days, Error *err)
{
    const DepotOptions options = {.place = place,
                                  .setting = "keep.originals",
                                  .lock_days = lock_days,
                                  .aws = lake->aws,
                                  .writes = lake->lock_fd >= 0};
    if (place[0])
        lake->originals = depot_open(&options, err);
    return !place[0] || lake->originals;
}

void lake_close(Lake *lake)
{
    if (!lake)
        return;
    ledger_head_close(lake->heads);
    automation_free(lake->automation);
    depot_free(lake->originals);
    aws_free(lake->aws);
    ledger_close(lake->ledger);
    db_close(lake->db);
    file_unlock(lake->lock_fd);
    mem_free(lake->folder);
    mem_free(lake);
}

void lake_close_ref(Lake **lake)
{
    lake_close(*lake);
}
