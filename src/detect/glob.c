#include "detect/glob.h"

#include <string.h>

#include "base/json.h"
#include "detect/fold.h"

/* The five dashes of windash, in UTF-8 ("sigma", section 6.4). */
static const Str DASHES[] = {
    {"-", 1}, {"/", 1}, {"\xe2\x80\x93", 3}, {"\xe2\x80\x94", 3}, {"\xe2\x80\x95", 3}};

GlobText glob_text(void)
{
    return (GlobText){buf_init(GLOB_PIECES_MAX * sizeof(GlobPiece))};
}

void glob_text_free(GlobText *text)
{
    buf_free(&text->pieces);
}

bool glob_add(GlobText *text, GlobKind kind, char byte, Error *err)
{
    GlobPiece piece = {(uint8_t)kind, byte};
    return buf_append(&text->pieces, &piece, sizeof piece, err);
}

uint32_t glob_count(const GlobText *text)
{
    return (uint32_t)(text->pieces.len / sizeof(GlobPiece));
}

GlobPiece glob_piece(const GlobText *text, uint32_t index)
{
    GlobPiece piece;
    memcpy(&piece, text->pieces.ptr + index * sizeof piece, sizeof piece);
    return piece;
}

bool glob_is_live(const GlobText *text)
{
    for (uint32_t i = 0; i < glob_count(text); i++)
        if (glob_piece(text, i).kind != GLOB_LITERAL)
            return true;
    return false;
}

/* Pieces [from, end) of a text. */
typedef struct Run {
    const GlobText *text;
    uint32_t from, end;
} Run;

/* The run as literal bytes in *arena*, in lower case when *folded*. */
static bool copy_literal(Run run, bool folded, Arena *arena, Str *ret, Error *err)
{
    BUF_AUTO Buf raw = buf_init(GLOB_PIECES_MAX);
    BUF_AUTO Buf low = buf_init(GLOB_PIECES_MAX * 2);
    bool ok = true;
    for (uint32_t i = run.from; ok && i < run.end; i++)
        ok = buf_append_byte(&raw, (unsigned char)glob_piece(run.text, i).byte, err);
    ok = ok && (!folded || fold_append(&low, buf_str(&raw), err));
    Str from_text = folded ? buf_str(&low) : buf_str(&raw);
    const char *copy = ok ? arena_text(arena, from_text, err) : NULL;
    *ret = (Str){copy, from_text.len};
    return copy != NULL;
}

/* The general form: runs of literals folded, ANYs that follow each other as one. */
static bool copy_pieces(const GlobText *text, bool folded, Arena *arena, Glob *glob, Error *err)
{
    GlobText out = glob_text();
    uint32_t count = glob_count(text);
    bool ok = true;
    for (uint32_t i = 0; ok && i < count;) {
        GlobPiece piece = glob_piece(text, i);
        uint32_t end = i + 1;
        Str run;
        while (end < count && glob_piece(text, end).kind == piece.kind &&
               (piece.kind == GLOB_LITERAL || piece.kind == GLOB_ANY))
            end++;
        if (piece.kind != GLOB_LITERAL) {
            ok = glob_add(&out, (GlobKind)piece.kind, 0, err);
        } else {
            ok = copy_literal((Run){text, i, end}, folded, arena, &run, err);
            for (size_t b = 0; ok && b < run.len; b++)
                ok = glob_add(&out, GLOB_LITERAL, run.ptr[b], err);
        }
        i = end;
    }
    glob->count = glob_count(&out);
    GlobPiece *pieces = ok ? arena_alloc(arena, (glob->count + 1) * sizeof *pieces, err) : NULL;
    if (pieces && glob->count)
        memcpy(pieces, out.pieces.ptr, glob->count * sizeof *pieces);
    glob->pieces = pieces;
    glob_text_free(&out);
    return pieces != NULL;
}

const Glob *glob_new(const GlobText *text, bool folded, Arena *arena, Error *err)
{
    static const GlobShape SHAPES[2][2] = {{GLOB_EXACT, GLOB_PREFIX}, {GLOB_SUFFIX, GLOB_INFIX}};
    uint32_t first = 0, end = glob_count(text);
    Glob *glob = arena_calloc(arena, 1, sizeof *glob, err);
    if (!glob)
        return NULL;
    while (first < end && glob_piece(text, first).kind == GLOB_ANY)
        first++;
    while (end > first && glob_piece(text, end - 1).kind == GLOB_ANY)
        end--;
    bool front = first > 0, back = end < glob_count(text);
    bool simple = true;
    for (uint32_t i = first; i < end; i++)
        simple &= glob_piece(text, i).kind == GLOB_LITERAL;
    glob->folded = folded;
    glob->shape = simple ? SHAPES[front][back || (front && first == end)] : GLOB_GENERAL;
    bool ok = simple ? copy_literal((Run){text, first, end}, folded, arena, &glob->literal, err)
                     : copy_pieces(text, folded, arena, glob, err);
    return ok ? glob : NULL;
}

static bool holds(Str text, Str part)
{
    size_t at = 0;
    if (!part.len)
        return true;
    while (at + part.len <= text.len) {
        at = str_find_byte(text, part.ptr[0], at);
        if (at + part.len <= text.len && memcmp(text.ptr + at, part.ptr, part.len) == 0)
            return true;
        at++;
    }
    return false;
}

static size_t dash_length(Str text, size_t at)
{
    for (size_t i = 0; i < sizeof DASHES / sizeof *DASHES; i++)
        if (str_starts(str_slice(text, at, text.len), DASHES[i]))
            return DASHES[i].len;
    return 0;
}

/* Bytes that the piece takes at *at*; 0: it does not fit. */
static size_t step(GlobPiece piece, Str text, size_t at)
{
    if (at >= text.len)
        return 0;
    if (piece.kind == GLOB_LITERAL)
        return text.ptr[at] == piece.byte;
    if (piece.kind == GLOB_DASH)
        return dash_length(text, at);
    unsigned len = json_utf8_length(text.ptr + at, text.ptr + text.len);
    return len ? len : 1;
}

/* Greedy with one place to go back to: the last ANY. */
static bool match_general(const Glob *glob, Str text)
{
    size_t at = 0, retry_at = 0;
    uint32_t piece = 0, retry = UINT32_MAX;
    while (at < text.len || piece < glob->count) {
        size_t len = 0;
        if (piece < glob->count && glob->pieces[piece].kind == GLOB_ANY) {
            retry = piece++;
            retry_at = at;
            continue;
        }
        if (piece < glob->count)
            len = step(glob->pieces[piece], text, at);
        if (len) {
            at += len;
            piece++;
        } else if (retry == UINT32_MAX || retry_at >= text.len) {
            return false;
        } else {
            unsigned character = json_utf8_length(text.ptr + retry_at, text.ptr + text.len);
            at = retry_at += character ? character : 1;
            piece = retry + 1;
        }
    }
    return true;
}

bool glob_match(const Glob *glob, Str text)
{
    switch (glob->shape) {
    case GLOB_EXACT:
        return str_equal(text, glob->literal);
    case GLOB_PREFIX:
        return str_starts(text, glob->literal);
    case GLOB_SUFFIX:
        return str_ends(text, glob->literal);
    case GLOB_INFIX:
        return holds(text, glob->literal);
    default:
        return match_general(glob, text);
    }
}
