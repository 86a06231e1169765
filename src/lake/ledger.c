#include "lake/ledger.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/arena.h"
#include "base/clock.h"
#include "base/file.h"
#include "base/json_write.h"
#include "base/mem.h"
#include "base/timestamp.h"
#include "lake/layout.h"
#include "lake/state.h"

enum {
    BODY_BYTES_MAX = 256 << 20,
    KEY_FILE_BYTES_MAX = 4096,
    PATHS_BYTES_MAX = 256 << 20,
    UUID_BYTES = 36
};

struct Ledger {
    SigningPair pair;
};

/* ---- the key file ---- */

static const char MAGIC[] = "spoor-ledger-key 1\n";

static bool take_hex(Str *text, const char *label, uint8_t *ret, size_t len)
{
    Str name = str_of(label);
    size_t end = name.len + 2 * len;
    bool ok = str_starts(*text, name) && text->len > end && text->ptr[end] == '\n' &&
              hash_unhex(str_slice(*text, name.len, end), ret, len);
    *text = str_slice(*text, end + 1, text->len);
    return ok;
}

/* What the file says. */
typedef struct KeyFile {
    char uuid[UUID_BYTES + 1];
    uint8_t secret[HASH_SECRET_BYTES];
    SigningPair pair;
} KeyFile;

static bool read_key_text(Str text, KeyFile *ret)
{
    Str head = STR("lake ");
    if (!str_starts(text, STR("spoor-ledger-key 1\n")))
        return false;
    text = str_slice(text, sizeof MAGIC - 1, text.len);
    if (!str_starts(text, head) || text.len < head.len + UUID_BYTES + 1)
        return false;
    memcpy(ret->uuid, text.ptr + head.len, UUID_BYTES);
    ret->uuid[UUID_BYTES] = 0;
    text = str_slice(text, head.len + UUID_BYTES + 1, text.len);
    return take_hex(&text, "secret ", ret->secret, sizeof ret->secret) &&
           take_hex(&text, "key ", ret->pair.secret, sizeof ret->pair.secret) &&
           take_hex(&text, "public ", ret->pair.public, sizeof ret->pair.public);
}

static bool read_key_file(const char *folder, KeyFile *ret, bool *ret_found, Error *err)
{
    char path[LAYOUT_PATH_BYTES];
    BUF_AUTO Buf text = buf_init(KEY_FILE_BYTES_MAX);
    *ret = (KeyFile){0};
    if (!layout_path(path, err, folder, "ledger/key"))
        return false;
    *ret_found = file_exists(path);
    if (!*ret_found)
        return true;
    bool ok = file_read(path, &text, NULL, err) &&
              (read_key_text(buf_str(&text), ret) ||
               error_set(err, ERROR_INPUT,
                         "'%s' is no ledger key of ours: bring it back, or remove it and the"
                         " ledger goes on with a new one, which it says",
                         path));
    if (text.ptr)
        hash_wipe(text.ptr, text.cap);
    return ok;
}

bool ledger_read_identity(const char *folder, char ret_uuid[37],
                          uint8_t ret_secret[HASH_SECRET_BYTES])
{
    Error ignored = {0};
    KeyFile file;
    bool found;
    bool ok = read_key_file(folder, &file, &found, &ignored) && found;
    if (ok) {
        memcpy(ret_uuid, file.uuid, sizeof file.uuid);
        memcpy(ret_secret, file.secret, sizeof file.secret);
    }
    hash_wipe(&file, sizeof file);
    return ok;
}

bool ledger_read_pair(const char *folder, char ret_uuid[37], SigningPair *ret, Error *err)
{
    KeyFile file;
    bool found;
    bool ok = read_key_file(folder, &file, &found, err);
    if (ok && !found)
        error_set(err, ERROR_ACCESS, "the lake '%s' has no key to sign with: nothing was ingested",
                  folder);
    if (ok && found) {
        memcpy(ret_uuid, file.uuid, sizeof file.uuid);
        *ret = file.pair;
    }
    hash_wipe(&file, sizeof file);
    return ok && found;
}

static bool put_hex(Buf *out, const char *label, const void *bytes, size_t len, Error *err)
{
    char hex[2 * HASH_SECRET_BYTES + 1];
    hash_hex(bytes, len, hex);
    bool ok = buf_printf(out, err, "%s%s\n", label, hex);
    hash_wipe(hex, sizeof hex);
    return ok;
}

static bool write_key_file(const Lake *lake, const SigningPair *pair, Error *err)
{
    char path[LAYOUT_PATH_BYTES];
    BUF_AUTO Buf text = buf_init(KEY_FILE_BYTES_MAX);
    bool ok = layout_path(path, err, lake->folder, "ledger") && file_make_folders(path, err) &&
              layout_path(path, err, lake->folder, "ledger/key") &&
              buf_printf(&text, err, "%slake %s\n", MAGIC, lake->uuid) &&
              put_hex(&text, "secret ", lake->secret, sizeof lake->secret, err) &&
              put_hex(&text, "key ", pair->secret, sizeof pair->secret, err) &&
              put_hex(&text, "public ", pair->public, sizeof pair->public, err) &&
              file_replace(path, buf_str(&text), err);
    if (text.ptr)
        hash_wipe(text.ptr, text.cap);
    return ok;
}

/* ---- entries ---- */

void ledger_hash(Str body, Str signature, uint8_t ret[HASH_SHA256_BYTES])
{
    Error ignored = {0};
    HashSha256 *hash = hash_sha256_new(&ignored);
    memset(ret, 0, HASH_SHA256_BYTES);
    if (!hash)
        return;
    hash_sha256_add(hash, body.ptr, body.len);
    hash_sha256_add(hash, signature.ptr, signature.len);
    hash_sha256_end(hash, ret);
}

bool ledger_head(Lake *lake, int64_t *ret_n, uint8_t ret_hash[HASH_SHA256_BYTES], Error *err)
{
    bool row;
    DbStatement *select = db_statement(
        lake->db, "SELECT n, body, signature FROM ledger ORDER BY n DESC LIMIT 1", err);
    if (!select || !db_next(select, &row, err))
        return false;
    if (!row)
        return error_set(err, ERROR_INPUT, "the ledger has no entry");
    *ret_n = db_int(select, 0);
    ledger_hash(db_blob(select, 1), db_blob(select, 2), ret_hash);
    db_reset(select);
    return true;
}

/* The number of the next entry, and the hash that it names. */
static bool next_number(Lake *lake, int64_t *ret_n, uint8_t ret_hash[HASH_SHA256_BYTES], Error *err)
{
    int64_t count;
    memset(ret_hash, 0, HASH_SHA256_BYTES);
    *ret_n = 0;
    if (!db_get_int(lake->db, "SELECT count(*) FROM (SELECT 1 FROM ledger LIMIT 1)", 0, &count,
                    err))
        return false;
    if (count && !ledger_head(lake, ret_n, ret_hash, err))
        return false;
    *ret_n += count;
    return true;
}

static void write_hex(JsonWriter *to, const char *name, const void *bytes, size_t len)
{
    char hex[2 * HASH_SHA256_BYTES + 1];
    hash_hex(bytes, len, hex);
    json_write_text(to, name, str_of(hex));
}

static void write_part(JsonWriter *to, const LedgerPart *part)
{
    char day[TIMESTAMP_TEXT_BYTES];
    uint8_t sum[LEDGER_SUM_BYTES];
    timestamp_format_day(part->day, day);
    json_write_open(to, NULL, '{');
    json_write_text(to, "path", str_of(part->path));
    json_write_text(to, "day", str_of(day));
    json_write_int(to, "rows", (int64_t)part->rows);
    if (part->has_sum) {
        ledger_sum_write(&part->sum, sum);
        write_hex(to, "sum", sum, sizeof sum);
    }
    json_write_close(to, '}');
}

static bool write_removed(JsonWriter *to, Lake *lake, int64_t id, Error *err)
{
    bool row;
    DbStatement *select = db_statement(lake->db, "SELECT path FROM parts WHERE id = ?", err);
    if (!select)
        return false;
    db_bind_int(select, 1, id);
    if (!db_next(select, &row, err))
        return false;
    if (!row)
        return error_set(err, ERROR_BUSY, "part %" PRId64 " is not known", id);
    json_write_text(to, NULL, db_text(select, 0));
    db_reset(select);
    return true;
}

/* What every entry says first. */
static void write_head(JsonWriter *to, const Lake *lake, const char *kind, int64_t n,
                       const uint8_t previous[HASH_SHA256_BYTES])
{
    char at[TIMESTAMP_TEXT_BYTES];
    timestamp_format(clock_now_us(), at);
    json_write_open(to, NULL, '{');
    json_write_int(to, "n", n);
    if (n > 0)
        write_hex(to, "previous", previous, HASH_SHA256_BYTES);
    json_write_text(to, "at", str_of(at));
    json_write_text(to, "kind", str_of(kind));
    if (n == 0 || strcmp(kind, "key") == 0 || strcmp(kind, "rebuild") == 0) {
        json_write_text(to, "lake", str_of(lake->uuid));
        write_hex(to, "key", lake->ledger->pair.public, SIGNING_KEY_BYTES);
    }
}

static bool write_body(Lake *lake, const LedgerEntry *entry, int64_t n,
                       const uint8_t previous[HASH_SHA256_BYTES], Buf *ret, Error *err)
{
    JsonWriter to = {ret, err, true};
    bool ok = true;
    write_head(&to, lake, entry->kind, n, previous);
    if (entry->commit_seq)
        json_write_int(&to, "commit", entry->commit_seq);
    if (entry->why)
        json_write_text(&to, "why", str_of(entry->why));
    if (entry->detail.len)
        json_write_value(&to, entry->kind, entry->detail);
    json_write_open(&to, "parts", '[');
    for (size_t i = 0; i < entry->part_count; i++)
        write_part(&to, &entry->parts[i]);
    json_write_close(&to, ']');
    json_write_open(&to, "removed", '[');
    for (size_t i = 0; ok && i < entry->removed_count; i++)
        ok = write_removed(&to, lake, entry->removed[i], err);
    json_write_close(&to, ']');
    json_write_close(&to, '}');
    return ok && to.ok;
}

static bool insert_entry(Lake *lake, int64_t n, Str body, Error *err)
{
    uint8_t signature[SIGNING_SIGNATURE_BYTES];
    if (!signing_sign(&lake->ledger->pair, body, signature, err))
        return false;
    DbStatement *insert =
        db_statement(lake->db, "INSERT INTO ledger (n, body, signature) VALUES (?, ?, ?)", err);
    if (!insert)
        return false;
    db_bind_int(insert, 1, n);
    db_bind_blob(insert, 2, body.ptr, body.len);
    db_bind_blob(insert, 3, signature, sizeof signature);
    return db_run(insert, err);
}

bool ledger_append(Lake *lake, const LedgerEntry *entry, Error *err)
{
    int64_t n;
    uint8_t previous[HASH_SHA256_BYTES];
    BUF_AUTO Buf body = buf_init(BODY_BYTES_MAX);
    return !lake->ledger || (next_number(lake, &n, previous, err) &&
                             write_body(lake, entry, n, previous, &body, err) &&
                             insert_entry(lake, n, buf_str(&body), err));
}

/* ---- all live parts ---- */

static bool take_part(DbStatement *row, Arena *arena, LedgerPart *ret, Error *err)
{
    Str sum = db_blob(row, 3);
    *ret = (LedgerPart){.path = arena_text(arena, db_text(row, 0), err),
                        .day = (int32_t)db_int(row, 1),
                        .rows = (uint64_t)db_int(row, 2),
                        .has_sum = sum.len == LEDGER_SUM_BYTES};
    if (ret->has_sum)
        ret->sum = ledger_sum_read((const uint8_t *)sum.ptr);
    return ret->path != NULL;
}

static bool list_parts(Lake *lake, Arena *arena, Buf *ret, Error *err)
{
    bool row = true;
    DbStatement *select = db_statement(
        lake->db, "SELECT path, day, rows, sum FROM parts WHERE removed_seq IS NULL ORDER BY path",
        err);
    if (!select)
        return false;
    while (db_next(select, &row, err)) {
        LedgerPart part;
        if (!row)
            return true;
        if (!take_part(select, arena, &part, err) || !buf_append(ret, &part, sizeof part, err)) {
            db_reset(select);
            return false;
        }
    }
    return false;
}

bool ledger_append_all(Lake *lake, const char *kind, Error *err)
{
    BUF_AUTO Buf parts = buf_init(PATHS_BYTES_MAX);
    Arena *arena = arena_new(PATHS_BYTES_MAX, err);
    bool ok = arena && list_parts(lake, arena, &parts, err);
    const LedgerEntry entry = {.kind = kind,
                               .parts = (const LedgerPart *)(const void *)parts.ptr,
                               .part_count = parts.len / sizeof(LedgerPart)};
    ok = ok && ledger_append(lake, &entry, err);
    arena_free(arena);
    return ok;
}

bool ledger_sum_of_parts(Lake *lake, const int64_t *ids, size_t count, bool *ret_known,
                         LedgerSum *ret, Error *err)
{
    *ret = (LedgerSum){{0}};
    *ret_known = true;
    for (size_t i = 0; i < count; i++) {
        bool row;
        DbStatement *select = db_statement(lake->db, "SELECT sum FROM parts WHERE id = ?", err);
        if (!select)
            return false;
        db_bind_int(select, 1, ids[i]);
        if (!db_next(select, &row, err))
            return false;
        Str sum = row ? db_blob(select, 0) : STR("");
        *ret_known = *ret_known && sum.len == LEDGER_SUM_BYTES;
        if (sum.len == LEDGER_SUM_BYTES) {
            const LedgerSum one = ledger_sum_read((const uint8_t *)sum.ptr);
            ledger_sum_add(ret, &one);
        }
        db_reset(select);
    }
    return true;
}

/* ---- opening ---- */

const SigningPair *ledger_pair(const Lake *lake)
{
    return lake->ledger ? &lake->ledger->pair : NULL;
}

void ledger_close(Ledger *ledger)
{
    if (ledger)
        hash_wipe(ledger, sizeof *ledger);
    mem_free(ledger);
}

static bool open_key(Lake *lake, bool *ret_new, Error *err)
{
    KeyFile file;
    bool found;
    if (!read_key_file(lake->folder, &file, &found, err))
        return false;
    *ret_new = !found;
    if (found)
        lake->ledger->pair = file.pair;
    hash_wipe(&file, sizeof file);
    return found || (signing_make(&lake->ledger->pair, err) &&
                     write_key_file(lake, &lake->ledger->pair, err));
}

/* The entry that a new ledger or a new key begins with. */
static bool begin(Lake *lake, bool new_key, Error *err)
{
    int64_t entries;
    const LedgerEntry key = {.kind = "key", .why = "the former key was not there"};
    if (!db_get_int(lake->db, "SELECT count(*) FROM (SELECT 1 FROM ledger LIMIT 1)", 0, &entries,
                    err))
        return false;
    if (entries && !new_key)
        return true;
    bool ok = db_begin(lake->db, err) &&
              (entries ? ledger_append(lake, &key, err) : ledger_append_all(lake, "start", err)) &&
              db_commit(lake->db, err);
    if (!ok)
        db_rollback(lake->db);
    return ok;
}

bool ledger_open_key(Lake *lake, Error *err)
{
    bool new_key;
    lake->ledger = mem_calloc(1, sizeof *lake->ledger, err);
    return lake->ledger && open_key(lake, &new_key, err);
}

bool ledger_open(Lake *lake, Error *err)
{
    bool new_key;
    lake->ledger = mem_calloc(1, sizeof *lake->ledger, err);
    return lake->ledger && open_key(lake, &new_key, err) && begin(lake, new_key, err);
}
