#include "verify/digest_signature.h"

#include "collect/object_name.h"

/* Signatures that digests behind this one say it has: each is tried. */
static bool try_successors(StoreLake *kept, const LakePlace *place, DigestCheck *check,
                           DigestSignature *ret, Error *err)
{
    bool row = true, ok = true;
    DbStatement *select = db_statement(
        store_lake_lake(kept)->db,
        "SELECT previous_signature FROM digests WHERE previous_bucket = ? AND previous_key = ? AND"
        " previous_signature IS NOT NULL ORDER BY object_id",
        err);
    if (!select)
        return false;
    db_bind_text(select, 1, place->bucket);
    db_bind_text(select, 2, place->key);
    while (ok && check->signature_awaited && (ok = db_next(select, &row, err)) && row) {
        ret->text.len = 0;
        ret->from_successor = true;
        ok = buf_append_str(&ret->text, db_text(select, 0), err) &&
             file_check_digest_sign(check, buf_str(&ret->text), err);
        if (ok && check->verdict != VERDICT_VALID) {
            check->signature_awaited = true;
            check->verdict = VERDICT_VALID;
            check->detail[0] = 0;
        }
    }
    db_reset(select);
    return ok &&
           (!check->signature_awaited || file_check_digest_sign(check, buf_str(&ret->text), err));
}

bool digest_signature_check(StoreLake *kept, FileCheck *files, const LakePlace *place,
                            DigestCheck *ret, DigestSignature *ret_signature, Error *err)
{
    DigestName name;
    bool backfill = object_name_digest(place->key, &name) && name.backfill;
    ret_signature->text.len = 0;
    ret_signature->from_successor = false;
    return file_check_digest(files, place->bucket, place->key, backfill, ret, err) &&
           buf_append_str(&ret_signature->text, str_of(ret->metadata.signature), err) &&
           (!ret->signature_awaited || try_successors(kept, place, ret, ret_signature, err));
}
