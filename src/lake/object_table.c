#include "lake/object_table.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/clock.h"
#include "base/file.h"
#include "lake/flat_table.h"
#include "lake/layout.h"

enum { SUMMARY_BYTES_MAX = 1 << 16, RANGES_BYTES_MAX = 64 << 20, ARENA_BYTES_MAX = 256 << 20 };

enum { COLUMN_SHA256 = 10 }; /* of OBJECT_TABLE_FIELDS: a blob in the state, here its digits */

#define COLUMN(number, kind, name)                                                                 \
    {                                                                                              \
        .parent = F_ROOT, .id = (number), .type = FIELD_##kind, .column = {                        \
            name,                                                                                  \
            sizeof(name) - 1                                                                       \
        }                                                                                          \
    }

/* The order is that of SELECT_SQL. */
const Field OBJECT_TABLE_FIELDS[OBJECT_TABLE_COLUMNS] = {
    COLUMN(1, LONG, "object_id"),       COLUMN(2, STRING, "source"),
    COLUMN(3, STRING, "key"),           COLUMN(4, STRING, "etag"),
    COLUMN(5, LONG, "bytes"),           COLUMN(6, TIME, "modified"),
    COLUMN(7, STRING, "kind"),          COLUMN(8, STRING, "state"),
    COLUMN(9, STRING, "reason"),        COLUMN(10, LONG, "inflated_bytes"),
    COLUMN(11, STRING, "sha256"),       COLUMN(12, LONG, "warnings"),
    COLUMN(13, LONG, "read"),           COLUMN(14, LONG, "kept"),
    COLUMN(15, LONG, "duplicate"),      COLUMN(16, LONG, "conflicting"),
    COLUMN(17, LONG, "dropped"),        COLUMN(18, LONG, "quarantined"),
    COLUMN(19, LONG, "filter_version"), COLUMN(20, LONG, "commit_seq"),
    COLUMN(21, TIME, "ingested"),       COLUMN(22, LONG, "superseded_by"),
    COLUMN(23, STRING, "verdict"),      COLUMN(24, LONG, "digest"),
};

#undef COLUMN

static const IcebergTable TABLE = {.name = "objects",
                                   .fields = OBJECT_TABLE_FIELDS,
                                   .field_count = OBJECT_TABLE_COLUMNS,
                                   .day_of = -1};

#define SELECT(verdict_and_digest_from)                                                            \
    "SELECT id, source, key, etag, bytes, modified_us, kind, state, reason, inflated_bytes,"       \
    " sha256, warnings, read, kept, duplicate, conflicting, dropped, quarantined,"                 \
    " filter_version, commit_seq, ingested_at_us, superseded_by, " verdict_and_digest_from         \
    " WHERE id >= ?1 AND id <= ?2 ORDER BY id LIMIT ?3"

static const char SELECT_SQL[] = SELECT("verdict, digest FROM receipts");

/* The same in a lake without digests, where it is known what the view would say. */
static const char BARE_SQL[] = SELECT(
    "iif(superseded_by IS NULL AND source <> 'lost' AND kind <> 'digest', 'uncovered', NULL),"
    " NULL FROM objects");

/* Digests of the commits behind ?1, new or with a signature that was checked. */
#define DIGESTS                                                                                    \
    "(SELECT object_id, account, region, start_us, end_us FROM digests WHERE commit_seq > ?1 "     \
    "UNION"                                                                                        \
    " SELECT object_id, account, region, start_us, end_us FROM digests WHERE verified_seq > ?1)"

/* Receipts of the commits behind ?1, those that they superseded, those that a digest of these
 * commits lists, or covers: what a name rounds to is ten minutes. */
#define CHANGED                                                                                    \
    "SELECT id FROM objects WHERE commit_seq > ?1 UNION ALL SELECT former.id FROM objects later"   \
    " JOIN objects former ON former.superseded_by = later.id WHERE later.commit_seq > ?1"          \
    " UNION ALL SELECT object_id FROM digests WHERE verified_seq > ?1 UNION ALL SELECT o.id FROM"  \
    " " DIGESTS " d JOIN digest_logs l ON l.digest = d.object_id JOIN objects o ON o.source ="     \
    " l.source AND o.key = l.key AND o.superseded_by IS NULL UNION ALL SELECT o.id FROM " DIGESTS  \
    " d JOIN objects o ON o.account = d.account AND o.region = d.region AND o.delivered_us >="     \
    " d.start_us - 600000000 AND o.delivered_us <= d.end_us + 600000000"

/* Live files by their ranges, with whether they must be written anew: a receipt changed, or (?2)
 * there are too many small ones. */
static const char FILES_SQL[] =
    "SELECT id, first_object, last_object, (?2 AND rows < ?3) OR EXISTS"
    " (SELECT 1 FROM (" CHANGED ") WHERE id BETWEEN first_object AND last_object)"
    " FROM object_files WHERE removed_seq IS NULL ORDER BY first_object";

/* Object ids that become files; the live files that they replace are marked in the state. */
typedef struct Range {
    int64_t first;
    int64_t last;
} Range;

/* A file that was written. */
typedef struct Written {
    const char *path; /* below the lake */
    Str summary;
    int64_t first, last;
    uint64_t rows, bytes;
} Written;

typedef struct Refresh {
    Lake *lake;
    Arena *arena;
    FlatTable *flat;
    int64_t through; /* commit whose receipts are in the files */
    bool bare;       /* there are no digests */
    int64_t until;
    Buf ranges;   /* Range each */
    Buf replaced; /* int64_t each: ids of object_files */
    Buf written;  /* Written each */
    char uuid[37];
} Refresh;

/* ---- what changes ---- */

/* Appends a range, or widens the last one when *joins*. */
static bool add_range(Refresh *refresh, int64_t first, int64_t last, bool joins, Error *err)
{
    Range *ranges = (Range *)(void *)refresh->ranges.ptr;
    size_t count = refresh->ranges.len / sizeof(Range);
    if (joins && count) {
        ranges[count - 1].last = last;
        return true;
    }
    Range range = {first, last};
    return buf_append(&refresh->ranges, &range, sizeof range, err);
}

static bool take_file(Refresh *refresh, DbStatement *file, bool *joins, Error *err)
{
    int64_t id = db_int(file, 0);
    bool anew = db_int(file, 3) != 0;
    bool ok = !anew || (add_range(refresh, db_int(file, 1), db_int(file, 2), *joins, err) &&
                        buf_append(&refresh->replaced, &id, sizeof id, err));
    *joins = anew;
    return ok;
}

static bool count_small(Refresh *refresh, bool *ret_many, Error *err)
{
    bool row;
    DbStatement *select = db_statement(
        refresh->lake->db,
        "SELECT count(*) FROM object_files WHERE removed_seq IS NULL AND rows < ?", err);
    if (!select)
        return false;
    db_bind_int(select, 1, OBJECT_TABLE_SMALL_ROWS);
    if (!db_next(select, &row, err))
        return false;
    *ret_many = row && db_int(select, 0) > OBJECT_TABLE_SMALL_FILES;
    db_reset(select);
    return true;
}

/* The ranges that become files: those of changed ones, and all ids behind the last file. */
static bool list_ranges(Refresh *refresh, Error *err)
{
    bool row = true, many, joins = false;
    int64_t last = 0;
    if (!count_small(refresh, &many, err))
        return false;
    DbStatement *select = db_statement(refresh->lake->db, FILES_SQL, err);
    if (!select)
        return false;
    db_bind_int(select, 1, refresh->through);
    db_bind_int(select, 2, many);
    db_bind_int(select, 3, OBJECT_TABLE_SMALL_ROWS);
    while (db_next(select, &row, err)) {
        if (!row)
            return add_range(refresh, last + 1, INT64_MAX, joins, err);
        last = db_int(select, 2);
        if (!take_file(refresh, select, &joins, err)) {
            db_reset(select);
            return false;
        }
    }
    return false;
}

/* ---- files ---- */

static bool take_hash(FlatTable *flat, Str hash, Error *err)
{
    char text[2 * HASH_SHA256_BYTES + 1];
    hash = str_slice(hash, 0, HASH_SHA256_BYTES);
    hash_hex(hash.ptr, hash.len, text);
    return flat_table_text(flat, COLUMN_SHA256, (Str){text, 2 * hash.len}, err);
}

/* Texts are taken as blobs: those are not copied. */
static bool take_value(FlatTable *flat, DbStatement *row, int column, Error *err)
{
    FieldType type = OBJECT_TABLE_FIELDS[column].type;
    if (db_is_null(row, column))
        return true;
    if (column == COLUMN_SHA256)
        return take_hash(flat, db_blob(row, column), err);
    return type == FIELD_STRING ? flat_table_text(flat, column, db_blob(row, column), err)
                                : flat_table_number(flat, column, db_int(row, column), err);
}

/* Collects at most OBJECT_TABLE_FILE_ROWS receipts from *first* on. *ret_last* is the last one. */
static bool collect(Refresh *refresh, int64_t first, int64_t last, int64_t *ret_last, Error *err)
{
    bool row = true;
    DbStatement *select =
        db_statement(refresh->lake->db, refresh->bare ? BARE_SQL : SELECT_SQL, err);
    if (!select)
        return false;
    flat_table_reset(refresh->flat);
    db_bind_int(select, 1, first);
    db_bind_int(select, 2, last);
    db_bind_int(select, 3, OBJECT_TABLE_FILE_ROWS);
    while (db_next(select, &row, err)) {
        if (!row)
            return true;
        bool ok = true;
        *ret_last = db_int(select, 0);
        for (int column = 0; ok && column < OBJECT_TABLE_COLUMNS; column++)
            ok = take_value(refresh->flat, select, column, err);
        if (!ok || !flat_table_end_row(refresh->flat, err)) {
            db_reset(select);
            return false;
        }
    }
    return false;
}

static bool write_file(Refresh *refresh, int64_t first, int64_t last, Error *err)
{
    char relative[LAYOUT_PATH_BYTES], path[LAYOUT_PATH_BYTES];
    BUF_AUTO Buf summary = buf_init(SUMMARY_BYTES_MAX);
    Written written = {.first = first, .last = last, .rows = flat_table_rows(refresh->flat)};
    snprintf(relative, sizeof relative, "objects/data/%010" PRId64 "-%s-%zu.parquet",
             refresh->until, refresh->uuid, refresh->written.len / sizeof written);
    written.path = arena_text(refresh->arena, str_of(relative), err);
    if (!written.path || !layout_path(path, err, refresh->lake->folder, "%s", relative) ||
        !flat_table_write(refresh->flat, path, &written.bytes, &summary, err))
        return false;
    const char *copy = arena_text(refresh->arena, buf_str(&summary), err);
    written.summary = (Str){copy, summary.len};
    return copy && buf_append(&refresh->written, &written, sizeof written, err);
}

static bool write_range(Refresh *refresh, Range range, Error *err)
{
    int64_t first = range.first;
    for (;;) {
        int64_t last = 0;
        if (!collect(refresh, first, range.last, &last, err))
            return false;
        if (flat_table_rows(refresh->flat) == 0)
            return true;
        /* Ids that were given but not committed yet belong to the file before the next one. */
        if (!write_file(refresh, first, last, err))
            return false;
        if (last == range.last)
            return true;
        first = last + 1;
    }
}

static bool write_files(Refresh *refresh, Error *err)
{
    char path[LAYOUT_PATH_BYTES];
    const Range *ranges = (const Range *)(const void *)refresh->ranges.ptr;
    bool ok = hash_uuid(refresh->uuid, err);
    for (size_t i = 0; ok && i < refresh->ranges.len / sizeof *ranges; i++)
        ok = write_range(refresh, ranges[i], err);
    return ok && (refresh->written.len == 0 ||
                  (layout_path(path, err, refresh->lake->folder, "objects/data") &&
                   file_sync_folder(path, err)));
}

/* ---- the state ---- */

static bool remove_file(Refresh *refresh, int64_t id, Error *err)
{
    DbStatement *update = db_statement(
        refresh->lake->db,
        "UPDATE object_files SET removed_seq = ?, removed_at_us = ? WHERE id = ?", err);
    if (!update)
        return false;
    db_bind_int(update, 1, refresh->until);
    db_bind_int(update, 2, clock_now_us());
    db_bind_int(update, 3, id);
    return db_run(update, err);
}

static bool insert_file(Refresh *refresh, const Written *file, Error *err)
{
    DbStatement *insert =
        db_statement(refresh->lake->db,
                     "INSERT INTO object_files (path, day, rows, bytes, first_object, last_object,"
                     " summary, added_seq) VALUES (?, 0, ?, ?, ?, ?, ?, ?)",
                     err);
    if (!insert)
        return false;
    db_bind_text(insert, 1, str_of(file->path));
    db_bind_int(insert, 2, (int64_t)file->rows);
    db_bind_int(insert, 3, (int64_t)file->bytes);
    db_bind_int(insert, 4, file->first);
    db_bind_int(insert, 5, file->last);
    db_bind_blob(insert, 6, file->summary.ptr, file->summary.len);
    db_bind_int(insert, 7, refresh->until);
    return db_run(insert, err);
}

static bool change_files(Refresh *refresh, Error *err)
{
    const int64_t *replaced = (const int64_t *)(const void *)refresh->replaced.ptr;
    const Written *written = (const Written *)(const void *)refresh->written.ptr;
    bool ok = true;
    for (size_t i = 0; ok && i < refresh->replaced.len / sizeof *replaced; i++)
        ok = remove_file(refresh, replaced[i], err);
    for (size_t i = 0; ok && i < refresh->written.len / sizeof *written; i++)
        ok = insert_file(refresh, &written[i], err);
    return ok;
}

static bool commit(Refresh *refresh, Error *err)
{
    Db *db = refresh->lake->db;
    DbStatement *update;
    if (!db_begin(db, err))
        return false;
    bool ok = change_files(refresh, err);
    update = ok ? db_statement(db, "UPDATE object_progress SET through_seq = ?", err) : NULL;
    if (update)
        db_bind_int(update, 1, refresh->until);
    if (update && db_run(update, err) && db_commit(db, err))
        return true;
    db_rollback(db);
    return false;
}

static bool run(Refresh *refresh, Error *err)
{
    refresh->arena = arena_new(ARENA_BYTES_MAX, err);
    refresh->flat = refresh->arena ? flat_table_new(&TABLE, err) : NULL;
    return refresh->flat && list_ranges(refresh, err) && write_files(refresh, err) &&
           commit(refresh, err);
}

bool object_table_refresh(Lake *lake, Error *err)
{
    Refresh refresh = {.lake = lake,
                       .ranges = buf_init(RANGES_BYTES_MAX),
                       .replaced = buf_init(RANGES_BYTES_MAX),
                       .written = buf_init(RANGES_BYTES_MAX)};
    int64_t changed, digests;
    if (!db_get_int(lake->db, "SELECT EXISTS (SELECT 1 FROM digests)", 0, &digests, err) ||
        !db_get_int(lake->db, "SELECT through_seq FROM object_progress", 0, &refresh.through,
                    err) ||
        !db_get_int(lake->db, "SELECT max(seq) FROM commits", 0, &refresh.until, err) ||
        !db_get_int(lake->db,
                    "SELECT EXISTS (SELECT 1 FROM objects WHERE commit_seq >"
                    " (SELECT through_seq FROM object_progress)) OR EXISTS (SELECT 1 FROM digests"
                    " WHERE verified_seq > (SELECT through_seq FROM object_progress))",
                    0, &changed, err))
        return false;
    if (!changed || refresh.until <= refresh.through)
        return true;
    refresh.bare = digests == 0;
    bool ok = run(&refresh, err);
    flat_table_free(refresh.flat);
    arena_free(refresh.arena);
    buf_free(&refresh.ranges);
    buf_free(&refresh.replaced);
    buf_free(&refresh.written);
    return ok;
}
