#include "verify/lake_roots.h"

#include "base/arena.h"
#include "base/mem.h"

enum { TEXTS_BYTES_MAX = 64 << 20 };

struct LakeRoots {
    LakeRoot *list;
    size_t count, cap;
    Arena *texts;
};

void lake_roots_free(LakeRoots *roots)
{
    if (!roots)
        return;
    arena_free(roots->texts);
    mem_free(roots->list);
    mem_free(roots);
}

static bool keep(LakeRoots *roots, Str text, Str *ret, Error *err)
{
    char *copy = arena_text(roots->texts, text, err);
    *ret = (Str){copy, text.len};
    return copy != NULL;
}

static bool add(LakeRoots *roots, DbStatement *row, Error *err)
{
    LakeRoot root;
    if (roots->count == LAKE_ROOTS_MAX)
        return error_set(err, ERROR_LIMIT, "digests lie in more than %d places", LAKE_ROOTS_MAX);
    LakeRoot *list = mem_grow(roots->list, roots->count + 1, &roots->cap, sizeof *list, err);
    if (!list)
        return false;
    roots->list = list;
    if (!keep(roots, db_text(row, 0), &root.source, err) ||
        !keep(roots, db_blob(row, 1), &root.folder, err) ||
        !keep(roots, db_text(row, 2), &root.bucket, err))
        return false;
    list[roots->count++] = root;
    return true;
}

/* Lengths are those of bytes, since a path may be no UTF-8. */
static const char ROOTS_SQL[] =
    "SELECT DISTINCT o.source, substr(CAST(o.key AS BLOB), 1, length(CAST(o.key AS BLOB)) -"
    " length(CAST(d.key AS BLOB)) - 1) AS folder, d.bucket FROM digests d JOIN objects o ON o.id ="
    " d.object_id AND o.superseded_by IS NULL WHERE d.problem IS NULL ORDER BY 1, 2, 3";

static bool read_all(LakeRoots *roots, Lake *lake, Error *err)
{
    bool row = true;
    DbStatement *select = db_statement(lake->db, ROOTS_SQL, err);
    if (!select)
        return false;
    while (db_next(select, &row, err)) {
        if (!row)
            return true;
        if (!add(roots, select, err)) {
            db_reset(select);
            return false;
        }
    }
    return false;
}

LakeRoots *lake_roots_read(Lake *lake, Error *err)
{
    LakeRoots *roots = mem_calloc(1, sizeof *roots, err);
    if (!roots)
        return NULL;
    roots->texts = arena_new(TEXTS_BYTES_MAX, err);
    if (roots->texts && read_all(roots, lake, err))
        return roots;
    lake_roots_free(roots);
    return NULL;
}

size_t lake_roots_count(const LakeRoots *roots)
{
    return roots->count;
}

const LakeRoot *lake_roots_at(const LakeRoots *roots, size_t index)
{
    return &roots->list[index];
}

/* What other buckets lie below, with its slash. */
static Str beside(const LakeRoot *root)
{
    return str_slice(root->folder, 0, root->folder.len - str_base_name(root->folder).len);
}

bool lake_roots_path(const LakeRoot *root, Str bucket, Str key, Buf *ret, Error *err)
{
    ret->len = 0;
    bool ok = str_equal(root->bucket, bucket)
                  ? buf_append_str(ret, root->folder, err)
                  : buf_append_str(ret, beside(root), err) && buf_append_str(ret, bucket, err);
    return ok && buf_append_byte(ret, '/', err) && buf_append_str(ret, key, err);
}

static bool is_below(Str path, Str folder)
{
    return path.len > folder.len + 1 && path.ptr[folder.len] == '/' && str_starts(path, folder);
}

/* The innermost place that *path* lies in; SIZE_MAX for none. */
static size_t find_root(const LakeRoots *roots, Str source, Str path)
{
    size_t found = SIZE_MAX;
    for (size_t i = 0; i < roots->count; i++) {
        const LakeRoot *root = &roots->list[i];
        if (str_equal(root->source, source) && is_below(path, root->folder) &&
            (found == SIZE_MAX || root->folder.len > roots->list[found].folder.len))
            found = i;
    }
    return found;
}

/* A place beside which *path* lies, in another bucket; SIZE_MAX for none. */
static size_t find_beside(const LakeRoots *roots, Str source, Str path)
{
    for (size_t i = 0; i < roots->count; i++) {
        const LakeRoot *root = &roots->list[i];
        if (str_equal(root->source, source) &&
            str_equal(str_base_name(root->folder), root->bucket) && str_starts(path, beside(root)))
            return i;
    }
    return SIZE_MAX;
}

LakePlace lake_roots_place(const LakeRoots *roots, Str source, Str path)
{
    size_t at = find_root(roots, source, path);
    if (at != SIZE_MAX) {
        const LakeRoot *root = &roots->list[at];
        return (LakePlace){root->bucket, str_slice(path, root->folder.len + 1, path.len), at};
    }
    at = find_beside(roots, source, path);
    if (at != SIZE_MAX) {
        size_t from = beside(&roots->list[at]).len, to = str_find_byte(path, '/', from);
        if (to > from && to < path.len)
            return (LakePlace){str_slice(path, from, to), str_slice(path, to + 1, path.len), at};
    }
    return (LakePlace){STR(""), path, SIZE_MAX};
}
