#include "lake/quarantine_index.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/arena.h"
#include "base/json.h"

enum {
    HEAD_BYTES = 8,  /* the frame's magic, and the length of what follows */
    TAIL_BYTES = 12, /* length of the JSON text, and our magic */
    INDEX_BYTES_MAX = 256 << 20,
    NUMBERS = 7, /* of a piece, before its reason */
};

static const unsigned char FRAME_MAGIC[4] = {0x5e, 0x2a, 0x4d, 0x18};
static const char TAIL_MAGIC[8] = {'S', 'P', 'O', 'R', 'Q', 'I', 'X', '1'};

static bool append_piece(const QuarantinePiece *piece, bool first, Buf *out, Error *err)
{
    return buf_printf(out, err,
                      "%s[%" PRId64 ",%" PRId64 ",%" PRIu64 ",%" PRIu64 ",%d,%" PRIu64 ",%" PRIu64
                      ",",
                      first ? "[" : ",\n", piece->object_id, piece->record_index, piece->offset,
                      piece->bytes, piece->stored, piece->path_offset, piece->path_bytes) &&
           json_append_string(out, str_of(piece->reason), err) && buf_append_byte(out, ']', err);
}

bool quarantine_index_append(const QuarantineSet *set, Buf *out, Error *err)
{
    BUF_AUTO Buf text = buf_init(INDEX_BYTES_MAX);
    size_t count = quarantine_count(set);
    bool ok = true;
    for (size_t i = 0; ok && i < count; i++) {
        QuarantinePiece piece;
        memcpy(&piece, set->pieces.ptr + i * sizeof piece, sizeof piece);
        ok = append_piece(&piece, i == 0, &text, err);
    }
    ok = ok && buf_append_str(&text, count ? STR("]") : STR("[]"), err);
    uint32_t length = (uint32_t)text.len;
    uint32_t frame = length + TAIL_BYTES;
    return ok && buf_append(out, FRAME_MAGIC, sizeof FRAME_MAGIC, err) &&
           buf_append(out, &frame, sizeof frame, err) && buf_append_str(out, buf_str(&text), err) &&
           buf_append(out, &length, sizeof length, err) &&
           buf_append(out, TAIL_MAGIC, sizeof TAIL_MAGIC, err);
}

/* The JSON text at the end of *bytes*, and where its frame begins. */
static bool find_index(Str bytes, Str *ret, size_t *ret_start)
{
    uint32_t length, frame;
    if (bytes.len < HEAD_BYTES + TAIL_BYTES)
        return false;
    const char *tail = bytes.ptr + bytes.len - TAIL_BYTES;
    memcpy(&length, tail, sizeof length);
    if (memcmp(tail + sizeof length, TAIL_MAGIC, sizeof TAIL_MAGIC) != 0 ||
        length > bytes.len - HEAD_BYTES - TAIL_BYTES)
        return false;
    const char *head = tail - length - HEAD_BYTES;
    memcpy(&frame, head + sizeof FRAME_MAGIC, sizeof frame);
    *ret = (Str){tail - length, length};
    *ret_start = (size_t)(head - bytes.ptr);
    return memcmp(head, FRAME_MAGIC, sizeof FRAME_MAGIC) == 0 && frame == length + TAIL_BYTES;
}

static bool take_piece(const Json *entry, size_t frames, QuarantineSet *ret, Error *err)
{
    int64_t numbers[NUMBERS];
    const Json *value = entry->type == JSON_ARRAY ? entry->first : NULL;
    for (int i = 0; i < NUMBERS; i++, value = value->next)
        if (!value || !json_int(value, &numbers[i]))
            return error_set(err, ERROR_INPUT, "an entry is damaged");
    QuarantinePiece piece = {.object_id = numbers[0],
                             .record_index = numbers[1],
                             .offset = (uint64_t)numbers[2],
                             .bytes = (uint64_t)numbers[3],
                             .stored = numbers[4] != 0,
                             .path_offset = (uint64_t)numbers[5],
                             .path_bytes = (uint64_t)numbers[6]};
    Str reason = json_text(value, STR(""));
    if (numbers[0] <= 0 || numbers[2] < 0 || numbers[3] < 0 || piece.path_offset > frames ||
        piece.path_bytes > frames - piece.path_offset)
        return error_set(err, ERROR_INPUT, "an entry does not fit the file");
    snprintf(piece.reason, sizeof piece.reason, "%.*s",
             (int)str_utf8_prefix(reason, sizeof piece.reason - 1), reason.ptr);
    return buf_append(&ret->pieces, &piece, sizeof piece, err);
}

static bool take_pieces(const Json *list, size_t frames, QuarantineSet *ret, Error *err)
{
    for (const Json *entry = list->first; entry; entry = entry->next)
        if (!take_piece(entry, frames, ret, err))
            return false;
    return true;
}

bool quarantine_index_read(Str bytes, QuarantineSet *ret, Error *err)
{
    Str text;
    size_t frames;
    quarantine_reset(ret);
    if (!find_index(bytes, &text, &frames))
        return error_set(err, ERROR_INPUT, "the quarantine file has no index");
    Arena *arena = arena_new(INDEX_BYTES_MAX, err);
    const Json *list = arena ? json_read(text, &JSON_LIMITS_DEFAULT, arena, err) : NULL;
    bool ok = list && (list->type == JSON_ARRAY ||
                       error_set(err, ERROR_INPUT, "the quarantine file's index is no list"));
    ok = ok && take_pieces(list, frames, ret, err);
    arena_free(arena);
    return ok;
}
