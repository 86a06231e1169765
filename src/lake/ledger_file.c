#include "lake/ledger_file.h"

#include <inttypes.h>
#include <string.h>

#include "base/arena.h"
#include "base/file.h"
#include "lake/hold.h"
#include "lake/layout.h"
#include "lake/ledger_head.h"

enum { FILE_BYTES_MAX = 1 << 30, ARENA_BYTES_MAX = 1 << 30, LINE_BYTES_MAX = 4096 };

bool ledger_file_line(Str *text, Str *ret)
{
    if (!text->len)
        return false;
    size_t end = str_find_byte(*text, '\n', 0);
    *ret = str_slice(*text, 0, end);
    *text = str_slice(*text, end + 1, text->len);
    return true;
}

/* ---- writing ---- */

static bool put_line(Buf *out, DbStatement *row, Error *err)
{
    char hex[2 * SIGNING_SIGNATURE_BYTES + 1];
    Str signature = str_slice(db_blob(row, 1), 0, SIGNING_SIGNATURE_BYTES);
    hash_hex(signature.ptr, signature.len, hex);
    return buf_append_str(out, db_blob(row, 0), err) && buf_printf(out, err, "\t%s\n", hex);
}

static bool collect(Lake *lake, int64_t written, Buf *out, Error *err)
{
    bool row = true;
    DbStatement *select =
        db_statement(lake->db, "SELECT body, signature FROM ledger WHERE n > ? ORDER BY n", err);
    if (!select)
        return false;
    db_bind_int(select, 1, written);
    while (db_next(select, &row, err)) {
        if (!row)
            return true;
        if (!put_line(out, select, err)) {
            db_reset(select);
            return false;
        }
    }
    return false;
}

static bool note(Lake *lake, int64_t written, int64_t told, Error *err)
{
    DbStatement *update =
        db_statement(lake->db, "UPDATE ledger_progress SET written = ?, told = ?", err);
    if (!update)
        return false;
    db_bind_int(update, 1, written);
    db_bind_int(update, 2, told);
    return db_run(update, err);
}

/* Whether *path* ends within a line: somebody was stopped, or the disk was full. */
static bool is_cut(const char *path, bool *ret, Error *err)
{
    FileInfo info;
    char last = '\n';
    if (!file_info(path, &info, err) ||
        (info.bytes && !file_read_at(path, info.bytes - 1, &last, 1, err)))
        return false;
    *ret = last != '\n';
    return true;
}

bool ledger_file_append(const char *path, Str lines, Error *err)
{
    bool cut = false;
    BUF_AUTO Buf text = buf_init(FILE_BYTES_MAX);
    return (!file_exists(path) || is_cut(path, &cut, err)) &&
           (!cut || buf_append_byte(&text, '\n', err)) && buf_append_str(&text, lines, err) &&
           file_append(path, buf_str(&text), err);
}

/* A file that was removed is written anew. */
static bool write_entries(Lake *lake, int64_t written, Error *err)
{
    char path[LAYOUT_PATH_BYTES];
    BUF_AUTO Buf lines = buf_init(FILE_BYTES_MAX);
    return layout_path(path, err, lake->folder, "ledger/entries") &&
           collect(lake, file_exists(path) ? written : -1, &lines, err) &&
           (lines.len == 0 || ledger_file_append(path, buf_str(&lines), err));
}

bool ledger_file_write(Lake *lake, bool last, Error *err)
{
    int64_t n, written, told, before;
    uint8_t hash[HASH_SHA256_BYTES];
    Db *db = lake->db;
    if (!ledger_head(lake, &n, hash, err) ||
        !db_get_int(db, "SELECT written FROM ledger_progress", -1, &written, err) ||
        !db_get_int(db, "SELECT told FROM ledger_progress", -1, &told, err))
        return false;
    before = told;
    if ((n > written && !write_entries(lake, written, err)) ||
        !ledger_head_tell(lake, n, hash, last, &told, err))
        return false;
    return (n <= written && told == before) || note(lake, n, told, err);
}

bool ledger_file_head(Str line, LedgerHead *ret)
{
    Error ignored = {0};
    Arena *arena = arena_new(LINE_BYTES_MAX * 16, &ignored);
    size_t tab = str_find_byte(line, '\t', 0);
    const Json *head =
        arena ? json_read(str_slice(line, 0, tab), &JSON_LIMITS_DEFAULT, arena, &ignored) : NULL;
    Str lake = json_text(json_member(head, STR("lake")), STR(""));
    Str hash = json_text(json_member(head, STR("hash")), STR(""));
    bool ok = head && json_int(json_member(head, STR("n")), &ret->n) &&
              lake.len == sizeof ret->lake - 1 && hash.len == sizeof ret->hash - 1;
    if (ok) {
        memcpy(ret->lake, lake.ptr, lake.len);
        memcpy(ret->hash, hash.ptr, hash.len);
        ret->lake[lake.len] = ret->hash[hash.len] = 0;
    }
    arena_free(arena);
    return ok;
}

/* ---- a new state ---- */

static bool insert_entry(Lake *lake, const LedgerLine *line, Error *err)
{
    DbStatement *insert = db_statement(
        lake->db, "INSERT OR IGNORE INTO ledger (n, body, signature) VALUES (?, ?, ?)", err);
    if (!insert)
        return false;
    db_bind_int(insert, 1, line->n);
    db_bind_blob(insert, 2, line->body.ptr, line->body.len);
    db_bind_blob(insert, 3, line->signature, SIGNING_SIGNATURE_BYTES);
    return db_run(insert, err);
}

static bool set_sum(Lake *lake, Str path, const uint8_t sum[LEDGER_SUM_BYTES], Error *err)
{
    DbStatement *update = db_statement(lake->db, "UPDATE parts SET sum = ? WHERE path = ?", err);
    if (!update)
        return false;
    db_bind_blob(update, 1, sum, LEDGER_SUM_BYTES);
    db_bind_text(update, 2, path);
    return db_run(update, err);
}

bool ledger_file_entry(Str line, Arena *arena, LedgerLine *ret)
{
    Error ignored = {0};
    size_t tab = str_find_byte(line, '\t', 0);
    ret->body = str_slice(line, 0, tab);
    ret->entry = json_read(ret->body, &JSON_LIMITS_DEFAULT, arena, &ignored);
    return ret->entry && json_int(json_member(ret->entry, STR("n")), &ret->n) &&
           hash_unhex(str_slice(line, tab + 1, line.len), ret->signature, sizeof ret->signature);
}

/* An entry as it stands in the file. One that cannot be read stays out: verify finds the gap. */
static bool take_line(Lake *lake, Str line, Arena *arena, Error *err)
{
    LedgerLine read;
    uint8_t sum[LEDGER_SUM_BYTES];
    arena_reset(arena);
    if (!ledger_file_entry(line, arena, &read))
        return true;
    if (!insert_entry(lake, &read, err))
        return false;
    if (db_changes(lake->db) == 1 && !hold_restore(lake, read.entry, err))
        return false;
    const Json *parts = json_member(read.entry, STR("parts"));
    bool ok = true;
    for (const Json *part = parts ? parts->first : NULL; ok && part; part = part->next)
        ok = !hash_unhex(json_text(json_member(part, STR("sum")), STR("")), sum, sizeof sum) ||
             set_sum(lake, json_text(json_member(part, STR("path")), STR("")), sum, err);
    return ok;
}

static bool take_lines(Lake *lake, Error *err)
{
    char path[LAYOUT_PATH_BYTES];
    BUF_AUTO Buf text = buf_init(FILE_BYTES_MAX);
    if (!layout_path(path, err, lake->folder, "ledger/entries"))
        return false;
    if (!file_exists(path))
        return true;
    Arena *arena = arena_new(ARENA_BYTES_MAX, err);
    bool ok = arena && file_read(path, &text, NULL, err);
    Str rest = ok ? buf_str(&text) : STR(""), line;
    while (ok && ledger_file_line(&rest, &line))
        ok = take_line(lake, line, arena, err);
    arena_free(arena);
    return ok;
}

/* The first live part that has no sum; "" when there is none. */
static bool next_without_sum(Lake *lake, char ret[LAYOUT_PATH_BYTES], Error *err)
{
    bool row;
    DbStatement *select = db_statement(
        lake->db, "SELECT path FROM parts WHERE removed_seq IS NULL AND sum IS NULL LIMIT 1", err);
    ret[0] = 0;
    if (!select || !db_next(select, &row, err))
        return false;
    Str path = row ? db_text(select, 0) : STR("");
    bool ok = path.len < LAYOUT_PATH_BYTES;
    if (ok) {
        memcpy(ret, path.ptr, path.len);
        ret[path.len] = 0;
    }
    if (row)
        db_reset(select);
    return ok || error_set(err, ERROR_LIMIT, "a data file's path is too long");
}

static bool sum_rest(Lake *lake, Engine *engine, Error *err)
{
    char relative[LAYOUT_PATH_BYTES], path[LAYOUT_PATH_BYTES];
    for (;;) {
        uint8_t bytes[LEDGER_SUM_BYTES];
        LedgerSum sum;
        uint64_t rows;
        if (!next_without_sum(lake, relative, err))
            return false;
        if (!relative[0])
            return true;
        if (!layout_path(path, err, lake->folder, "%s", relative) ||
            !ledger_sum_file(lake, engine, path, &sum, &rows, err))
            return false;
        ledger_sum_write(&sum, bytes);
        if (!set_sum(lake, str_of(relative), bytes, err))
            return false;
    }
}

bool ledger_file_rebuild(Lake *lake, Engine *engine, Error *err)
{
    int64_t last;
    bool ok = db_begin(lake->db, err) && take_lines(lake, err) && sum_rest(lake, engine, err) &&
              db_get_int(lake->db, "SELECT max(n) FROM ledger", -1, &last, err) &&
              note(lake, last, -1, err) &&
              ledger_append_all(lake, last >= 0 ? "rebuild" : "start", err) &&
              db_commit(lake->db, err);
    if (!ok)
        db_rollback(lake->db);
    return ok;
}
