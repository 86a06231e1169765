#include "verify/kept.h"

#include "base/file.h"
#include "base/mem.h"
#include "verify/lake_roots.h"
#include "verify/object_metadata.h"

enum { PATH_BYTES_MAX = 1 << 16 };

/* One look for files. */
typedef struct Keeping {
    Lake *lake;
    LakeRoots *roots;
    int64_t last_digest;
    Error *trouble;
    Buf path;
} Keeping;

static bool put_key(Lake *lake, const PublicKey *key, Error *err)
{
    DbStatement *insert = db_statement(
        lake->db,
        "INSERT OR IGNORE INTO public_keys (fingerprint, der, from_us, to_us) VALUES (?, ?, ?, ?)",
        err);
    if (!insert)
        return false;
    db_bind_text(insert, 1, key->fingerprint);
    db_bind_blob(insert, 2, key->der.ptr, key->der.len);
    if (key->from_us != INT64_MIN)
        db_bind_int(insert, 3, key->from_us);
    if (key->to_us != INT64_MAX)
        db_bind_int(insert, 4, key->to_us);
    return db_run(insert, err);
}

bool kept_put_metadata(Lake *lake, int64_t object_id, const StoreMetadata *metadata, Error *err)
{
    DbStatement *insert = db_statement(lake->db,
                                       "INSERT OR IGNORE INTO digest_metadata (object_id,"
                                       " signature, signature_algorithm, backfill_at) VALUES (?,"
                                       " ?, ?, ?)",
                                       err);
    if (!insert)
        return false;
    db_bind_int(insert, 1, object_id);
    db_bind_text(insert, 2, str_of(metadata->signature));
    db_bind_text(insert, 3, str_of(metadata->signature_algorithm));
    db_bind_text(insert, 4, str_of(metadata->backfill_at));
    return db_run(insert, err);
}

bool kept_read_keys(Lake *lake, PublicKeys *keys, Error *err)
{
    bool row = true;
    DbStatement *select = db_statement(
        lake->db, "SELECT fingerprint, der, from_us, to_us FROM public_keys ORDER BY fingerprint",
        err);
    if (!select)
        return false;
    while (db_next(select, &row, err)) {
        if (!row)
            return true;
        const PublicKey key = {
            .fingerprint = db_text(select, 0),
            .der = db_blob(select, 1),
            .from_us = db_is_null(select, 2) ? INT64_MIN : db_int(select, 2),
            .to_us = db_is_null(select, 3) ? INT64_MAX : db_int(select, 3),
        };
        if (!public_keys_add(keys, &key, err)) {
            db_reset(select);
            return false;
        }
    }
    return false;
}

/* Whether the file or the digests are others than at the last look. */
static bool is_news(const Keeping *keeping, const FileInfo *info, bool *ret, Error *err)
{
    bool row;
    DbStatement *select = db_statement(
        keeping->lake->db,
        "SELECT 1 FROM kept_files WHERE path = ? AND bytes = ? AND modified_ns = ? AND last_digest"
        " = ?",
        err);
    if (!select)
        return false;
    db_bind_text(select, 1, buf_str(&keeping->path));
    db_bind_int(select, 2, (int64_t)info->bytes);
    db_bind_int(select, 3, info->modified_ns);
    db_bind_int(select, 4, keeping->last_digest);
    if (!db_next(select, &row, err))
        return false;
    *ret = !row;
    db_reset(select);
    return true;
}

static bool note_file(const Keeping *keeping, const FileInfo *info, Error *err)
{
    DbStatement *insert = db_statement(
        keeping->lake->db,
        "INSERT OR REPLACE INTO kept_files (path, bytes, modified_ns, last_digest) VALUES (?, ?, ?,"
        " ?)",
        err);
    if (!insert)
        return false;
    db_bind_text(insert, 1, buf_str(&keeping->path));
    db_bind_int(insert, 2, (int64_t)info->bytes);
    db_bind_int(insert, 3, info->modified_ns);
    db_bind_int(insert, 4, keeping->last_digest);
    return db_run(insert, err);
}

static void note_trouble(const Keeping *keeping, const Error *trouble)
{
    if (keeping->trouble->kind == ERROR_NONE)
        *keeping->trouble = *trouble;
}

static bool keep_keys(const Keeping *keeping, Error *err)
{
    Error trouble = {0};
    PublicKeys *keys = public_keys_new(err);
    bool ok = keys != NULL;
    if (ok && !public_keys_read(keys, keeping->path.ptr, &trouble))
        note_trouble(keeping, &trouble);
    for (size_t i = 0; ok && i < public_keys_count(keys); i++)
        ok = put_key(keeping->lake, public_keys_at(keys, i), err);
    public_keys_free(keys);
    return ok;
}

/* Of the digest in this row, if the file knows it. */
static bool keep_one(const Keeping *keeping, const ObjectMetadata *file, DbStatement *row,
                     Error *err)
{
    StoreMetadata metadata = {0};
    if (!object_metadata_find(file, db_text(row, 1), db_text(row, 2), &metadata, err))
        return false;
    return !metadata.signature[0] ||
           kept_put_metadata(keeping->lake, db_int(row, 0), &metadata, err);
}

/* Digests of the folders that the file in *folder* is about, whose metadata are not known. */
static bool keep_all(const Keeping *keeping, const ObjectMetadata *file, Str folder, Error *err)
{
    bool row = true;
    DbStatement *select = db_statement(
        keeping->lake->db,
        "SELECT d.object_id, d.bucket, d.key FROM digests d JOIN objects o ON o.id = d.object_id"
        " WHERE d.problem IS NULL AND o.source = 'file' AND CAST(substr(CAST(o.key AS BLOB), 1,"
        " length(?1)) AS BLOB) = ?1 AND NOT EXISTS (SELECT 1 FROM digest_metadata m WHERE"
        " m.object_id = d.object_id)",
        err);
    if (!select)
        return false;
    db_bind_blob(select, 1, folder.ptr, folder.len);
    while (db_next(select, &row, err)) {
        if (!row)
            return true;
        if (!keep_one(keeping, file, select, err)) {
            db_reset(select);
            return false;
        }
    }
    return false;
}

static bool keep_metadata(const Keeping *keeping, Error *err)
{
    Str path = buf_str(&keeping->path);
    Error trouble = {0};
    ObjectMetadata *file = object_metadata_read(path.ptr, &trouble);
    if (!file)
        note_trouble(keeping, &trouble);
    Str folder = str_slice(path, 0, path.len - str_base_name(path).len);
    bool ok = !file || keep_all(keeping, file, folder, err);
    object_metadata_free(file);
    return ok;
}

static bool look(Keeping *keeping, Str folder, const char *name,
                 bool (*keep)(const Keeping *, Error *), Error *err)
{
    ERROR_UNREAD(ignored);
    FileInfo info;
    bool news = false;
    keeping->path.len = 0;
    if (!buf_printf(&keeping->path, err, "%.*s/%s", STR_ARG(folder), name) ||
        !buf_text(&keeping->path, err))
        return false;
    if (!file_exists(keeping->path.ptr) || !file_info(keeping->path.ptr, &info, &ignored))
        return true;
    return is_news(keeping, &info, &news, err) &&
           (!news || (keep(keeping, err) && note_file(keeping, &info, err)));
}

/* In the place of a bucket and in the folder that holds it. */
static bool look_around(Keeping *keeping, Str folder, Error *err)
{
    Str above = str_slice(folder, 0, folder.len - str_base_name(folder).len);
    if (above.len > 1)
        above.len--;
    return look(keeping, folder, PUBLIC_KEYS_NAME, keep_keys, err) &&
           look(keeping, above, PUBLIC_KEYS_NAME, keep_keys, err) &&
           look(keeping, folder, OBJECT_METADATA_NAME, keep_metadata, err) &&
           look(keeping, above, OBJECT_METADATA_NAME, keep_metadata, err);
}

static bool look_everywhere(Keeping *keeping, Error *err)
{
    bool ok = db_begin(keeping->lake->db, err);
    for (size_t i = 0; ok && i < lake_roots_count(keeping->roots); i++) {
        const LakeRoot *root = lake_roots_at(keeping->roots, i);
        ok = !str_equal(root->source, STR("file")) || look_around(keeping, root->folder, err);
    }
    ok = ok && db_commit(keeping->lake->db, err);
    if (!ok)
        db_rollback(keeping->lake->db);
    return ok;
}

bool kept_refresh(Lake *lake, Error *ret_trouble, Error *err)
{
    Keeping keeping = {.lake = lake, .trouble = ret_trouble, .path = buf_init(PATH_BYTES_MAX)};
    keeping.roots = lake_roots_read(lake, err);
    bool ok = keeping.roots && (lake_roots_count(keeping.roots) == 0 ||
                                (db_get_int(lake->db, "SELECT max(object_id) FROM digests", 0,
                                            &keeping.last_digest, err) &&
                                 look_everywhere(&keeping, err)));
    lake_roots_free(keeping.roots);
    buf_free(&keeping.path);
    return ok;
}
