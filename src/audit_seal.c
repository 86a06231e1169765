#include "audit_seal.h"

#include "base/clock.h"
#include "base/hash.h"
#include "base/json.h"
#include "base/json_write.h"
#include "base/timestamp.h"
#include "lake/ledger.h"

enum { MESSAGE_BYTES_MAX = 1 << 16, HEX_BYTES = 2 * SIGNING_SIGNATURE_BYTES + 1 };

static bool put_message(const AuditSeal *seal, Buf *to, Error *err)
{
    const Str LINES[] = {STR("spoor-seal 1"), seal->lake, seal->file, seal->sha256, seal->at};
    bool ok = true;
    for (size_t i = 0; ok && i < sizeof LINES / sizeof *LINES; i++)
        ok = buf_append_str(to, LINES[i], err) && buf_append_byte(to, '\n', err);
    return ok;
}

static void hash_document(Str document, char ret[2 * HASH_SHA256_BYTES + 1])
{
    uint8_t hash[HASH_SHA256_BYTES];
    hash_sha256(document.ptr, document.len, hash);
    hash_hex(hash, sizeof hash, ret);
}

static bool put_seal(const AuditSeal *seal, Str signature, Buf *ret, Error *err)
{
    JsonWriter to = {ret, err, true};
    json_write_open(&to, NULL, '{');
    json_write_text(&to, "format", STR("spoor-seal"));
    json_write_int(&to, "version", 1);
    json_write_text(&to, "lake", seal->lake);
    json_write_text(&to, "file", seal->file);
    json_write_text(&to, "sha256", seal->sha256);
    json_write_text(&to, "at", seal->at);
    json_write_text(&to, "key", seal->key);
    json_write_text(&to, "signature", signature);
    json_write_close(&to, '}');
    return to.ok && buf_append_byte(ret, '\n', err);
}

bool audit_seal_make(const char *folder, Str document, Str name, Buf *ret, Error *err)
{
    SigningPair pair;
    uint8_t signature[SIGNING_SIGNATURE_BYTES];
    char uuid[37], sha256[2 * HASH_SHA256_BYTES + 1], key[HEX_BYTES], hex[HEX_BYTES];
    char at[TIMESTAMP_TEXT_BYTES];
    BUF_AUTO Buf message = buf_init(MESSAGE_BYTES_MAX);
    if (!ledger_read_pair(folder, uuid, &pair, err))
        return false;
    hash_document(document, sha256);
    hash_hex(pair.public, sizeof pair.public, key);
    timestamp_format(clock_now_us(), at);
    const AuditSeal seal = {str_of(uuid), name, str_of(sha256), str_of(key), str_of(at)};
    bool ok =
        put_message(&seal, &message, err) && signing_sign(&pair, buf_str(&message), signature, err);
    hash_wipe(&pair, sizeof pair);
    if (!ok)
        return false;
    hash_hex(signature, sizeof signature, hex);
    return put_seal(&seal, str_of(hex), ret, err);
}

bool audit_seal_check(Str document, Str seal, Arena *arena, AuditSeal *ret, Error *err)
{
    uint8_t key[SIGNING_KEY_BYTES], signature[SIGNING_SIGNATURE_BYTES];
    char sha256[2 * HASH_SHA256_BYTES + 1];
    BUF_AUTO Buf message = buf_init(MESSAGE_BYTES_MAX);
    const Json *tree = json_read(seal, &JSON_LIMITS_DEFAULT, arena, err);
    if (!tree)
        return false;
    const Str none = STR("");
    *ret = (AuditSeal){json_text(json_member(tree, STR("lake")), none),
                       json_text(json_member(tree, STR("file")), none),
                       json_text(json_member(tree, STR("sha256")), none),
                       json_text(json_member(tree, STR("key")), none),
                       json_text(json_member(tree, STR("at")), none)};
    Str hex = json_text(json_member(tree, STR("signature")), none);
    if (!str_equal(json_text(json_member(tree, STR("format")), none), STR("spoor-seal")) ||
        !hash_unhex(ret->key, key, sizeof key) || !hash_unhex(hex, signature, sizeof signature))
        return error_set(err, ERROR_INPUT, "it is no seal of ours");
    hash_document(document, sha256);
    if (!str_equal(ret->sha256, str_of(sha256)))
        return error_set(err, ERROR_INPUT,
                         "the document is another one than was sealed: its SHA-256 is %s", sha256);
    if (!put_message(ret, &message, err))
        return false;
    return signing_verify(key, buf_str(&message), signature) ||
           error_set(err, ERROR_INPUT, "the signature does not fit the key that it names");
}

bool audit_seal_is_of(Lake *lake, Str key, bool *ret, Error *err)
{
    DbStatement *select = db_statement(
        lake->db,
        "SELECT 1 FROM ledger WHERE json_extract(CAST(body AS TEXT), '$.key') = ? LIMIT 1", err);
    if (!select)
        return false;
    db_bind_text(select, 1, key);
    bool ok = db_next(select, ret, err);
    db_reset(select);
    return ok;
}
