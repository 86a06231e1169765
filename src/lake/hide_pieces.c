#include "lake/hide_pieces.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/arena.h"
#include "base/file.h"
#include "lake/layout.h"

enum {
    LIST_BYTES_MAX = 64 << 20,
    PATHS_BYTES_MAX = 64 << 20,
    PIECES_AT_ONCE = 1 << 16, /* of a file, twice what a part sets apart */
};

bool hide_pieces_one(RedactWork *work, QuarantinePiece *piece, Str *raw, bool *ret_changed,
                     Error *err)
{
    static const char WHY[] = "; its bytes stay at the source, as filters hide something";
    RedactResult result = {.changed = 0};
    *ret_changed = false;
    if (redact_work_record(work, *raw, &result, err)) {
        *ret_changed = result.changed != 0;
        *raw = result.changed ? result.text : *raw;
        return true;
    }
    if (err->kind != ERROR_INPUT && err->kind != ERROR_LIMIT)
        return false;
    error_clear(err);
    size_t len = strlen(piece->reason);
    snprintf(piece->reason + len, sizeof piece->reason - len, "%s", WHY);
    *raw = (Str){"", 0};
    *ret_changed = true;
    return true;
}

/* A file under way. */
typedef struct Pieces {
    const HideState *hide;
    HideReport *report;
    QuarantineSet set;
    Buf ids; /* int64_t each: rows of the pieces in the set */
    Buf raw;
    uint64_t changed, emptied;
} Pieces;

/* ---- which files ---- */

/* Files with pieces of the range, and whether one of them is of a day on hold, or the one behind:
 * records are delivered within a day. */
static const char FILES_SQL[] =
    "SELECT q.path, max(EXISTS (SELECT 1 FROM held_days h WHERE h.day IN (t.day, t.day - 1))) FROM"
    " quarantine q JOIN (SELECT id, coalesce(delivered_us, ingested_at_us) AS us,"
    " coalesce(delivered_us, ingested_at_us) / 86400000000 AS day FROM objects) t ON t.id ="
    " q.object_id GROUP BY q.path HAVING max(t.us) >= ?1 AND min(t.us) - 86400000000 < ?2 ORDER BY"
    " 1";

static bool list_files(const HideState *hide, Arena *arena, Buf *ret, HideReport *report,
                       Error *err)
{
    bool row = true;
    DbStatement *select = db_statement(hide->lake->db, FILES_SQL, err);
    if (!select)
        return false;
    db_bind_int(select, 1, hide->since_us);
    db_bind_int(select, 2, hide->until_us);
    while (db_next(select, &row, err)) {
        if (!row)
            return true;
        const char *path = arena_text(arena, db_text(select, 0), err);
        bool held = db_int(select, 1) != 0;
        report->held += held;
        if (!path || (!held && !buf_append(ret, &path, sizeof path, err))) {
            db_reset(select);
            return false;
        }
    }
    return false;
}

/* ---- one file ---- */

static QuarantinePiece piece_of(DbStatement *row)
{
    QuarantinePiece piece = {.object_id = db_int(row, 1),
                             .record_index = db_is_null(row, 2) ? -1 : db_int(row, 2),
                             .offset = (uint64_t)db_int(row, 3),
                             .bytes = (uint64_t)db_int(row, 4),
                             .stored = db_int(row, 6) != 0};
    snprintf(piece.reason, sizeof piece.reason, "%.*s", STR_ARG(db_text(row, 5)));
    return piece;
}

/* What was emptied before stays so. */
static bool take_piece(Pieces *in, DbStatement *row, Error *err)
{
    bool changed = false;
    int64_t id = db_int(row, 0);
    QuarantinePiece piece = piece_of(row);
    in->raw.len = 0;
    if (!quarantine_read(in->hide->lake, id, &in->raw, err))
        return false;
    Str raw = buf_str(&in->raw);
    if (raw.len && !hide_pieces_one(hide_text_work(in->hide->texts), &piece, &raw, &changed, err))
        return false;
    in->changed += changed;
    in->emptied += changed && !raw.len;
    return buf_append(&in->ids, &id, sizeof id, err) && quarantine_add(&in->set, &piece, raw, err);
}

static bool take_pieces(Pieces *in, const char *path, Error *err)
{
    bool row = true;
    DbStatement *select =
        db_statement(in->hide->lake->db,
                     "SELECT id, object_id, record_index, offset, bytes, reason, stored FROM"
                     " quarantine WHERE path = ? ORDER BY path_offset",
                     err);
    if (!select)
        return false;
    db_bind_text(select, 1, str_of(path));
    while (db_next(select, &row, err)) {
        if (!row)
            return true;
        if (!take_piece(in, select, err)) {
            db_reset(select);
            return false;
        }
    }
    return false;
}

static bool update_piece(Lake *lake, int64_t id, const QuarantinePiece *piece, const char *path,
                         Error *err)
{
    DbStatement *update = db_statement(lake->db,
                                       "UPDATE quarantine SET path = ?2, path_offset = ?3,"
                                       " path_bytes = ?4, reason = ?5 WHERE id = ?1",
                                       err);
    if (!update)
        return false;
    db_bind_int(update, 1, id);
    db_bind_text(update, 2, str_of(path));
    db_bind_int(update, 3, (int64_t)piece->path_offset);
    db_bind_int(update, 4, (int64_t)piece->path_bytes);
    db_bind_text(update, 5, str_of(piece->reason));
    return db_run(update, err);
}

static bool update_pieces(const Pieces *in, const char *path, Error *err)
{
    Db *db = in->hide->lake->db;
    const int64_t *ids = (const int64_t *)(const void *)in->ids.ptr;
    bool ok = db_begin(db, err);
    for (size_t i = 0; ok && i < quarantine_count(&in->set); i++) {
        QuarantinePiece piece;
        memcpy(&piece, in->set.pieces.ptr + i * sizeof piece, sizeof piece);
        ok = update_piece(in->hide->lake, ids[i], &piece, path, err);
    }
    ok = ok && db_commit(db, err);
    if (!ok)
        db_rollback(db);
    return ok;
}

/* The commit by which a file's pieces came stands in its name. */
static int64_t seq_of(const char *path)
{
    int64_t seq = 0;
    for (const char *at = strrchr(path, '/') + 1; *at >= '0' && *at <= '9'; at++)
        seq = seq * 10 + (*at - '0');
    return seq;
}

/* The new file is durable before the state names it, and only then the old one goes. */
static bool replace_file(const Pieces *in, const char *path, Error *err)
{
    char written[LAYOUT_PATH_BYTES], old[LAYOUT_PATH_BYTES], uuid[37];
    const Lake *lake = in->hide->lake;
    return hash_uuid(uuid, err) &&
           quarantine_write(&in->set, lake, seq_of(path), uuid, written, err) &&
           update_pieces(in, written, err) && layout_path(old, err, lake->folder, "%s", path) &&
           file_remove(old, err);
}

static bool hide_file(Pieces *in, const char *path, Error *err)
{
    quarantine_reset(&in->set);
    in->ids.len = 0;
    in->changed = in->emptied = 0;
    if (!take_pieces(in, path, err) || (in->changed && !replace_file(in, path, err)))
        return error_context(err, "%s", path);
    in->report->pieces += in->changed;
    in->report->emptied += in->emptied;
    return true;
}

bool hide_pieces(const HideState *hide, HideReport *ret, Error *err)
{
    BUF_AUTO Buf paths = buf_init(LIST_BYTES_MAX);
    Arena *arena = arena_new(PATHS_BYTES_MAX, err);
    Pieces in = {.hide = hide,
                 .report = ret,
                 .set = quarantine_new(),
                 .ids = buf_init(PIECES_AT_ONCE * 64),
                 .raw = buf_init(2 * QUARANTINE_PIECE_MAX)};
    bool ok = arena && list_files(hide, arena, &paths, ret, err);
    const char *const *list = (const char *const *)(const void *)paths.ptr;
    for (size_t i = 0; ok && i < paths.len / sizeof *list; i++)
        ok = hide_file(&in, list[i], err);
    quarantine_free(&in.set);
    buf_free(&in.ids);
    buf_free(&in.raw);
    arena_free(arena);
    return ok;
}
