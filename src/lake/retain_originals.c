/* retain_originals - originals that were kept long enough are removed from their depot.
 *
 * What lies there is listed first: receipts stay for ever, and most of what they name is gone after
 * some years.
 */
#include <stdio.h>

#include "base/arena.h"
#include "base/mem.h"
#include "lake/hold.h"
#include "lake/layout.h"
#include "lake/originals.h"
#include "lake/retain_judge.h"
#include "lake/retain_side.h"

enum { BATCH = 256, BATCH_BYTES_MAX = 8 << 20, NAME_BYTES_MAX = 4096, OBJECT_BYTES_MAX = 1 << 30 };

static const RetainRows ORIGINALS = {"o.source AS source, o.key AS key, o.etag AS etag",
                                     "objects o WHERE o.kind <> 'digest' AND o.source <> 'lost'",
                                     "coalesce(o.delivered_us, o.modified_us, o.ingested_at_us)",
                                     "o.delivered_us IS NOT NULL"};

/* Things that lie there, and what becomes of them. */
enum {
    NOT_DUE = 0,
    GOES = 1,
    ASKED = 2, /* their records tell whether a hold names them */
    HELD = 3,
};

static const char STORED_SQL[] =
    "CREATE TEMP TABLE stored (name TEXT NOT NULL, version TEXT NOT NULL, bytes INTEGER NOT NULL,"
    " fate INTEGER NOT NULL DEFAULT 0, PRIMARY KEY (name, version)) WITHOUT ROWID";

/* ---- what lies there ---- */

static bool insert_stored(void *context, const DepotEntry *entry, Error *err)
{
    const Lake *lake = context;
    DbStatement *insert = db_statement(
        lake->db, "INSERT OR IGNORE INTO stored (name, version, bytes) VALUES (?, ?, ?)", err);
    if (!insert)
        return false;
    db_bind_text(insert, 1, entry->name);
    db_bind_text(insert, 2, entry->version);
    db_bind_int(insert, 3, (int64_t)entry->bytes);
    return db_run(insert, err);
}

/* Lists what lies there of the sources of which something is due. */
static bool list_stored(Lake *lake, Error *err)
{
    bool row = true;
    BUF_AUTO Buf sources = buf_init(BATCH_BYTES_MAX);
    DbStatement *select = db_statement(lake->db, "SELECT DISTINCT source FROM going", err);
    if (!select)
        return false;
    while (db_next(select, &row, err) && row) {
        if (!buf_append_str(&sources, db_text(select, 0), err) ||
            !buf_append(&sources, "/\n", 2, err)) {
            db_reset(select);
            return false;
        }
    }
    Str rest = buf_str(&sources);
    bool ok = !row;
    while (ok && rest.len) {
        size_t end = str_find_byte(rest, '\n', 0);
        ok = depot_list(lake->originals, str_slice(rest, 0, end), insert_stored, lake, err);
        rest = str_slice(rest, end + 1, rest.len);
    }
    return ok;
}

static bool set_fate(Lake *lake, const char *name, int fate, Error *err)
{
    DbStatement *update =
        db_statement(lake->db, "UPDATE stored SET fate = max(fate, ?) WHERE name = ?", err);
    if (!update)
        return false;
    db_bind_int(update, 1, fate);
    db_bind_text(update, 2, str_of(name));
    return db_run(update, err);
}

/* What of it is due: by the names that receipts may have it under. */
static bool set_fates(Lake *lake, Error *err)
{
    static const int FATES[] = {[HOLD_NOT] = GOES, [HOLD_ALL] = HELD, [HOLD_ASK] = ASKED};
    bool row = true;
    DbStatement *select = db_statement(lake->db, "SELECT source, key, etag, held FROM going", err);
    if (!select)
        return false;
    while (db_next(select, &row, err)) {
        char places[ORIGINALS_PLACES][LAYOUT_PATH_BYTES];
        if (!row)
            return true;
        const OriginalName name = {db_text(select, 0), db_text(select, 1), db_text(select, 2)};
        int fate = FATES[db_int(select, 3)];
        bool ok = originals_places(lake->originals, &name, places, err);
        for (int i = 0; ok && i < ORIGINALS_PLACES; i++)
            ok = !places[i][0] || set_fate(lake, places[i], fate, err);
        if (!ok) {
            db_reset(select);
            return false;
        }
    }
    return false;
}

/* ---- what a hold may name ---- */

/* The next name behind *last* whose records are to be asked, in place of it; empty: there is none.
 */
static bool next_asked(Lake *lake, Buf *last, Error *err)
{
    bool row;
    DbStatement *select = db_statement(
        lake->db, "SELECT name FROM stored WHERE fate = 2 AND name > ? ORDER BY name LIMIT 1", err);
    if (!select)
        return false;
    db_bind_text(select, 1, buf_str(last));
    if (!db_next(select, &row, err))
        return false;
    last->len = 0;
    bool ok = !row || buf_append_str(last, db_text(select, 0), err);
    if (row)
        db_reset(select);
    return ok;
}

static bool decide(Lake *lake, Str name, bool held, Error *err)
{
    DbStatement *update = db_statement(lake->db, "UPDATE stored SET fate = ? WHERE name = ?", err);
    if (!update)
        return false;
    db_bind_int(update, 1, held ? HELD : GOES);
    db_bind_text(update, 2, name);
    return db_run(update, err);
}

/* Reads them. One that is hidden stays. */
static bool ask_stored(Lake *lake, Error *err)
{
    BUF_AUTO Buf name = buf_init(NAME_BYTES_MAX);
    BUF_AUTO Buf bytes = buf_init(OBJECT_BYTES_MAX);
    RetainJudge *judge = retain_judge_new(lake, err);
    bool ok = judge != NULL;
    while (ok && (ok = next_asked(lake, &name, err)) && name.len) {
        bool found, held = true;
        ok = depot_get(lake->originals, buf_str(&name), &bytes, &found, err) &&
             (!found || retain_judge_held(judge, buf_str(&bytes), &held, err)) &&
             decide(lake, buf_str(&name), held, err);
    }
    retain_judge_free(judge);
    return ok;
}

/* ---- what goes ---- */

/* Some of what goes; texts in *texts*. */
typedef struct Going {
    DepotEntry entries[BATCH];
    DepotRemoval results[BATCH];
    size_t count;
    Arena *texts;
} Going;

static bool copy(Arena *texts, Str text, Str *ret, Error *err)
{
    const char *made = arena_text(texts, text, err);
    *ret = (Str){made, text.len};
    return made != NULL;
}

/* The next ones behind *last*. */
static bool next_going(Lake *lake, const DepotEntry *last, Going *ret, Error *err)
{
    bool row = true;
    DbStatement *select = db_statement(
        lake->db,
        "SELECT name, version, bytes FROM stored WHERE fate = 1 AND (name, version) > (?, ?)"
        " ORDER BY name, version LIMIT ?",
        err);
    if (!select)
        return false;
    db_bind_text(select, 1, last->name);
    db_bind_text(select, 2, last->version);
    db_bind_int(select, 3, BATCH);
    ret->count = 0;
    while (db_next(select, &row, err)) {
        if (!row)
            return true;
        DepotEntry *entry = &ret->entries[ret->count++];
        entry->bytes = (uint64_t)db_int(select, 2);
        if (!copy(ret->texts, db_text(select, 0), &entry->name, err) ||
            !copy(ret->texts, db_text(select, 1), &entry->version, err)) {
            db_reset(select);
            return false;
        }
    }
    return false;
}

static void count_going(const Going *going, RetainSide *ret)
{
    for (size_t i = 0; i < going->count; i++) {
        bool goes = going->results[i] == DEPOT_GONE;
        ret->go += goes;
        ret->bytes += goes ? going->entries[i].bytes : 0;
        ret->locked += going->results[i] == DEPOT_LOCKED;
    }
}

/* Removes batch after batch; the last name of one is where the next begins. */
static bool remove_batches(Lake *lake, bool dry_run, Going *going, RetainSide *ret, Error *err)
{
    char name[LAYOUT_PATH_BYTES], version[LAYOUT_PATH_BYTES];
    DepotEntry last = {.name = STR(""), .version = STR("")};
    do {
        arena_reset(going->texts);
        if (!next_going(lake, &last, going, err) ||
            !depot_remove(lake->originals, going->entries, going->count, dry_run, going->results,
                          err))
            return false;
        count_going(going, ret);
        if (going->count) {
            last = going->entries[going->count - 1];
            snprintf(name, sizeof name, "%.*s", STR_ARG(last.name));
            snprintf(version, sizeof version, "%.*s", STR_ARG(last.version));
            last.name = str_of(name);
            last.version = str_of(version);
        }
    } while (going->count);
    return true;
}

/* Counts what is due, and removes it unless *dry_run*. */
static bool remove_stored(Lake *lake, bool dry_run, RetainSide *ret, Error *err)
{
    int64_t held;
    Going *going = mem_calloc(1, sizeof *going, err);
    *ret = (RetainSide){0};
    if (going)
        going->texts = arena_new(BATCH_BYTES_MAX, err);
    bool ok = going && going->texts && remove_batches(lake, dry_run, going, ret, err) &&
              db_get_int(lake->db, "SELECT count(*) FROM stored WHERE fate = 3", 0, &held, err);
    ret->held = ok ? (uint64_t)held : 0;
    if (going)
        arena_free(going->texts);
    mem_free(going);
    return ok;
}

/* The ledger is told before files go: what it says is never less than what was deleted. */
static bool delete_stored(Lake *lake, const RetainPolicy *policy, RetainSide *told, Error *err)
{
    bool ok = db_begin(lake->db, err) && retain_side_tell(lake, "originals", policy, told, err) &&
              db_commit(lake->db, err);
    if (!ok)
        db_rollback(lake->db);
    return ok && remove_stored(lake, false, told, err);
}

bool retain_originals(Lake *lake, const RetainPolicy *policy, int32_t today, bool dry_run,
                      RetainSide *ret, Error *err)
{
    *ret = (RetainSide){0};
    if (!lake->originals || retain_policy_least(policy) == RETAIN_FOREVER)
        return true;
    return retain_side_list(lake, &ORIGINALS, policy, today, err) &&
           db_exec(lake->db, STORED_SQL, err) && list_stored(lake, err) && set_fates(lake, err) &&
           ask_stored(lake, err) && remove_stored(lake, true, ret, err) &&
           (dry_run || ret->go == 0 || delete_stored(lake, policy, ret, err)) &&
           db_exec(lake->db, "DROP TABLE going; DROP TABLE stored", err);
}
