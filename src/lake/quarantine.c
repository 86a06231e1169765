#include "lake/quarantine.h"

#include <inttypes.h>
#include <stdio.h>
#include <zstd.h>

#include "base/clock.h"
#include "base/file.h"
#include "lake/layout.h"
#include "lake/quarantine_index.h"

enum { ZSTD_LEVEL = 1, PIECES_BYTES_MAX = 256 << 20 };

QuarantineSet quarantine_new(void)
{
    return (QuarantineSet){buf_init(PIECES_BYTES_MAX), buf_init(QUARANTINE_SET_MAX)};
}

void quarantine_free(QuarantineSet *set)
{
    buf_free(&set->pieces);
    buf_free(&set->frames);
}

void quarantine_reset(QuarantineSet *set)
{
    set->pieces.len = 0;
    set->frames.len = 0;
}

size_t quarantine_count(const QuarantineSet *set)
{
    return set->pieces.len / sizeof(QuarantinePiece);
}

bool quarantine_is_full(const QuarantineSet *set)
{
    enum { BYTES = 32 << 20, PIECES = 1 << 16 };
    return set->frames.len >= BYTES || quarantine_count(set) >= PIECES;
}

bool quarantine_add(QuarantineSet *set, const QuarantinePiece *piece, Str raw, Error *err)
{
    QuarantinePiece copy = *piece;
    raw = str_slice(raw, 0, QUARANTINE_PIECE_MAX);
    size_t bound = ZSTD_compressBound(raw.len);
    if (!buf_reserve(&set->frames, bound, err))
        return error_context(err, "quarantine");
    size_t size =
        ZSTD_compress(set->frames.ptr + set->frames.len, bound, raw.ptr, raw.len, ZSTD_LEVEL);
    if (ZSTD_isError(size))
        return error_set(err, ERROR_SYSTEM, "a quarantined piece could not be compressed: %s",
                         ZSTD_getErrorName(size));
    copy.path_offset = set->frames.len;
    copy.path_bytes = size;
    if (!buf_append(&set->pieces, &copy, sizeof copy, err))
        return false;
    set->frames.len += size;
    return true;
}

bool quarantine_write(const QuarantineSet *set, const Lake *lake, int64_t seq, const char *uuid,
                      char ret_path[1024], Error *err)
{
    char path[LAYOUT_PATH_BYTES];
    FileWriter file;
    ret_path[0] = '\0';
    if (quarantine_count(set) == 0)
        return true;
    snprintf(ret_path, 1024, "quarantine/%010" PRId64 "-%s.zst", seq, uuid);
    if (!layout_path(path, err, lake->folder, "%s", ret_path) || !file_create(&file, path, err))
        return false;
    BUF_AUTO Buf index = buf_init(PIECES_BYTES_MAX);
    if (!quarantine_index_append(set, &index, err) ||
        !file_write(&file, set->frames.ptr, set->frames.len, err) ||
        !file_write(&file, index.ptr, index.len, err)) {
        file_abandon(&file);
        return false;
    }
    return file_finish(&file, err) && layout_path(path, err, lake->folder, "quarantine") &&
           file_sync_folder(path, err);
}

bool quarantine_insert(const QuarantineSet *set, Lake *lake, const char *path, int64_t seq,
                       Error *err)
{
    size_t count = quarantine_count(set);
    for (size_t i = 0; i < count; i++) {
        QuarantinePiece piece;
        memcpy(&piece, set->pieces.ptr + i * sizeof piece, sizeof piece);
        DbStatement *insert = db_statement(
            lake->db,
            "INSERT INTO quarantine (object_id, record_index, offset, bytes, reason, stored, path,"
            " path_offset, path_bytes, commit_seq, at_us) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            err);
        if (!insert)
            return false;
        db_bind_int(insert, 1, piece.object_id);
        if (piece.record_index >= 0)
            db_bind_int(insert, 2, piece.record_index);
        db_bind_int(insert, 3, (int64_t)piece.offset);
        db_bind_int(insert, 4, (int64_t)piece.bytes);
        db_bind_text(insert, 5, str_of(piece.reason));
        db_bind_int(insert, 6, piece.stored);
        db_bind_text(insert, 7, str_of(path));
        db_bind_int(insert, 8, (int64_t)piece.path_offset);
        db_bind_int(insert, 9, (int64_t)piece.path_bytes);
        db_bind_int(insert, 10, seq);
        db_bind_int(insert, 11, clock_now_us());
        if (!db_run(insert, err))
            return false;
    }
    return true;
}

static bool inflate_piece(Str frame, Buf *ret, Error *err)
{
    ret->len = 0;
    if (!buf_reserve(ret, QUARANTINE_PIECE_MAX, err))
        return false;
    size_t size = ZSTD_decompress(ret->ptr, QUARANTINE_PIECE_MAX, frame.ptr, frame.len);
    if (ZSTD_isError(size))
        return error_set(err, ERROR_INPUT, "a quarantined piece is damaged: %s",
                         ZSTD_getErrorName(size));
    ret->len = size;
    return true;
}

bool quarantine_read(Lake *lake, int64_t id, Buf *ret, Error *err)
{
    char path[LAYOUT_PATH_BYTES];
    bool row;
    DbStatement *find = db_statement(
        lake->db, "SELECT path, path_offset, path_bytes FROM quarantine WHERE id = ?", err);
    if (!find)
        return false;
    db_bind_int(find, 1, id);
    if (!db_next(find, &row, err))
        return false;
    if (!row)
        return error_set(err, ERROR_USAGE, "there is no quarantined piece %" PRId64, id);
    uint64_t offset = (uint64_t)db_int(find, 1);
    size_t bytes = (size_t)db_int(find, 2);
    bool ok = layout_path(path, err, lake->folder, "%.*s", STR_ARG(db_text(find, 0)));
    db_reset(find);
    BUF_AUTO Buf frame = buf_init(QUARANTINE_SET_MAX);
    if (!ok || !buf_reserve(&frame, bytes, err) ||
        !file_read_at(path, offset, frame.ptr, bytes, err))
        return false;
    return inflate_piece((Str){frame.ptr, bytes}, ret, err);
}
