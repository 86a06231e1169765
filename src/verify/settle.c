#include "verify/settle.h"

#include "base/clock.h"
#include "base/mem.h"
#include "verify/digest_signature.h"
#include "verify/kept.h"

enum { PLACES_BYTES_MAX = 512 << 20, TEXT_BYTES_MAX = 1 << 20 };

/* A digest that is to be checked. */
typedef struct Place {
    struct Place *next;
    int64_t object_id;
    LakePlace at;
} Place;

/* Those with a key and a signature, of which nothing is noted. */
static const char PLACES_SQL[] =
    "SELECT d.object_id, d.bucket, d.key FROM digests d JOIN public_keys k ON k.fingerprint ="
    " d.fingerprint JOIN objects o ON o.id = d.object_id AND o.superseded_by IS NULL WHERE"
    " d.verified IS NULL AND d.problem IS NULL AND (EXISTS (SELECT 1 FROM digest_metadata m WHERE"
    " m.object_id = d.object_id) OR EXISTS (SELECT 1 FROM digests s WHERE s.previous_bucket ="
    " d.bucket AND s.previous_key = d.key AND s.previous_signature IS NOT NULL))";

static bool keep(Arena *arena, Str text, Str *ret, Error *err)
{
    char *copy = arena_text(arena, text, err);
    *ret = (Str){copy, text.len};
    return copy != NULL;
}

static bool list_places(Lake *lake, Arena *arena, Place **ret, Error *err)
{
    bool row = true, ok = true;
    DbStatement *select = db_statement(lake->db, PLACES_SQL, err);
    *ret = NULL;
    if (!select)
        return false;
    while (ok && (ok = db_next(select, &row, err)) && row) {
        Place *place = arena_calloc(arena, 1, sizeof *place, err);
        ok = place && keep(arena, db_text(select, 1), &place->at.bucket, err) &&
             keep(arena, db_text(select, 2), &place->at.key, err);
        if (!ok)
            break;
        place->object_id = db_int(select, 0);
        place->next = *ret;
        *ret = place;
    }
    db_reset(select);
    return ok;
}

static bool note(Lake *lake, int64_t object_id, bool verified, int64_t seq, Error *err)
{
    DbStatement *update = db_statement(
        lake->db, "UPDATE digests SET verified = ?, verified_seq = ? WHERE object_id = ?", err);
    if (!update)
        return false;
    db_bind_int(update, 1, verified);
    db_bind_int(update, 2, seq);
    db_bind_int(update, 3, object_id);
    return db_run(update, err);
}

static bool insert_commit(Lake *lake, int64_t seq, Error *err)
{
    DbStatement *insert = db_statement(
        lake->db, "INSERT INTO commits (seq, kind, at_us) VALUES (?, 'verify', ?)", err);
    if (!insert)
        return false;
    db_bind_int(insert, 1, seq);
    db_bind_int(insert, 2, clock_now_us());
    return db_run(insert, err);
}

/* What a settling holds. */
typedef struct Settling {
    Lake *lake;
    PublicKeys *keys;
    StoreLake *kept;
    Store store;
    FileCheck *files;
    DigestCheck check;
    DigestSignature signature;
} Settling;

static bool check_all(Settling *self, const Place *places, int64_t seq, Error *err)
{
    bool ok = true;
    for (const Place *place = places; ok && place; place = place->next)
        ok = digest_signature_check(self->kept, self->files, &place->at, &self->check,
                                    &self->signature, err) &&
             note(self->lake, place->object_id, self->check.verdict == VERDICT_VALID, seq, err);
    return ok;
}

static bool commit_all(Settling *self, const Place *places, Error *err)
{
    int64_t seq;
    Db *db = self->lake->db;
    if (!db_get_int(db, "SELECT max(seq) FROM commits", 0, &seq, err) || !db_begin(db, err))
        return false;
    bool ok = insert_commit(self->lake, seq + 1, err) && check_all(self, places, seq + 1, err) &&
              db_commit(db, err);
    if (!ok)
        db_rollback(db);
    return ok;
}

static bool settle(Lake *lake, const Place *places, Error *err)
{
    Settling self = {.lake = lake, .signature.text = buf_init(TEXT_BYTES_MAX)};
    self.keys = public_keys_new(err);
    if (self.keys && kept_read_keys(lake, self.keys, err))
        self.kept = store_lake_open(lake, err);
    if (self.kept) {
        self.store = store_lake_store(self.kept);
        self.files = file_check_new(&self.store, self.keys, err);
    }
    bool ok =
        self.files && file_check_digest_init(&self.check, err) && commit_all(&self, places, err);
    file_check_digest_free(&self.check);
    file_check_free(self.files);
    store_lake_free(self.kept);
    public_keys_free(self.keys);
    buf_free(&self.signature.text);
    return ok;
}

bool settle_digests(Lake *lake, bool *ret_any, Error *err)
{
    Place *places = NULL;
    Arena *arena = arena_new(PLACES_BYTES_MAX, err);
    bool ok = arena && list_places(lake, arena, &places, err);
    *ret_any = ok && places;
    if (*ret_any)
        ok = settle(lake, places, err);
    arena_free(arena);
    return ok;
}
