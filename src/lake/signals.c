#include "lake/signals.h"

#include "base/hash.h"
#include "base/yaml_write.h"
#include "derive/derive.h"
#include "detect/rule.h"
#include "findings/finding.h"
#include "lake/claim.h"

enum {
    PRINCIPAL = 8, /* parameter of the statement */
    TEXT_BYTES_MAX = 4 << 20,
    VERSION_BYTES = 8,
    LISTS_BYTES_MAX = 1 << 20,
};

/* The texts of a signal besides its principal. */
static const struct {
    int index; /* of the statement's parameter */
    FieldNode node;
} TEXTS[] = {
    {3, F_EVENT_ID},    {4, F_EVENT_SOURCE},         {5, F_EVENT_NAME},
    {6, F_AWS_REGION},  {7, F_RECIPIENT_ACCOUNT_ID}, {9, F_SOURCE_IP_ADDRESS},
    {10, F_ERROR_CODE},
};

bool signals_describe(const Rule *rule, Arena *arena, SignalRule *ret, Error *err)
{
    uint8_t digest[HASH_SHA256_BYTES];
    char version[2 * VERSION_BYTES + 1];
    BUF_AUTO Buf text = buf_init(TEXT_BYTES_MAX);
    if (!yaml_write_json(rule->tree, &text, err))
        return false;
    hash_sha256(text.ptr, text.len, digest);
    hash_hex(digest, VERSION_BYTES, version);
    *ret = (SignalRule){.rule_id = rule->id.len ? rule->id : rule->title,
                        .title = rule->title,
                        .level = str_of(rule_level_name(rule->level)),
                        .version = str_of(arena_text(arena, str_of(version), err)),
                        .body = str_of(arena_text(arena, buf_str(&text), err))};
    return ret->version.ptr && ret->body.ptr;
}

bool signals_register_rule(Db *db, const SignalRule *rule, int64_t *ret_id, Error *err)
{
    bool row = false;
    DbStatement *insert =
        db_statement(db,
                     "INSERT OR IGNORE INTO rules (rule_id, version, title, level, body,"
                     " dry_run) VALUES (?1, ?2, ?3, ?4, ?5, coalesce(json_extract(?5,"
                     " '$.dry_run'), 0) = 1)",
                     err);
    if (!insert)
        return false;
    db_bind_text(insert, 1, rule->rule_id);
    db_bind_text(insert, 2, rule->version);
    db_bind_text(insert, 3, rule->title);
    db_bind_text(insert, 4, rule->level);
    db_bind_text(insert, 5, rule->body);
    DbStatement *select =
        db_run(insert, err)
            ? db_statement(db, "SELECT id FROM rules WHERE rule_id = ? AND version = ?", err)
            : NULL;
    if (!select)
        return false;
    db_bind_text(select, 1, rule->rule_id);
    db_bind_text(select, 2, rule->version);
    if (!db_next(select, &row, err))
        return false;
    *ret_id = row ? db_int(select, 0) : 0;
    db_reset(select);
    return row || error_set(err, ERROR_SYSTEM, "a rule was stored and is not there");
}

bool signals_register(Lake *lake, const SignalRule *rules, size_t count, int64_t *ret_ids,
                      Error *err)
{
    if (!db_begin(lake->db, err))
        return false;
    bool ok = true;
    for (size_t i = 0; ok && i < count; i++)
        ok = signals_register_rule(lake->db, &rules[i], &ret_ids[i], err);
    ok = ok && db_commit(lake->db, err);
    if (!ok)
        db_rollback(lake->db);
    return ok;
}

static Str text_of(const Batch *batch, FieldNode node, uint32_t row)
{
    uint32_t code = batch_code(batch, node, row);
    return code ? batch_value(batch_column(batch, node), code) : STR("");
}

static Str principal_of(const Batch *batch, uint32_t row)
{
    Str found = STR("");
    for (int i = 0; !found.len && i < FIELD_PRINCIPALS; i++)
        found = text_of(batch, FIELD_PRINCIPAL[i], row);
    return found;
}

static bool add_finding(const SignalHit *hit, const Batch *batch, Lake *lake, int64_t seq,
                        Error *err)
{
    const FindingSignal signal = {.rule = hit->rule,
                                  .time_us = batch->event_time[hit->row],
                                  .event_id = text_of(batch, F_EVENT_ID, hit->row),
                                  .account = text_of(batch, F_RECIPIENT_ACCOUNT_ID, hit->row),
                                  .principal = principal_of(batch, hit->row),
                                  .region = text_of(batch, F_AWS_REGION, hit->row),
                                  .event_source = text_of(batch, F_EVENT_SOURCE, hit->row),
                                  .request = text_of(batch, F_REQUEST_PARAMETERS, hit->row),
                                  .object_id = batch->object_id[hit->row],
                                  .record_index = batch->record_index[hit->row],
                                  .signal = db_last_id(lake->db),
                                  .commit_seq = seq};
    return finding_add(lake->db, &signal, err);
}

/* The names of the threat lists that hold the address of a row, as a JSON array; empty: none. */
static bool write_lists(const SignalHits *signals, const Batch *batch, uint32_t row, Buf *out,
                        Error *err)
{
    DerivedAddress derived;
    Str address = text_of(batch, F_SOURCE_IP_ADDRESS, row);
    if (!signals->derive || !derive_list_count(signals->derive) || !address.len)
        return true;
    derive_address(signals->derive, address, &derived);
    return !derived.threat_lists.bits || member_write_lists(derived.threat_lists, out, err);
}

static bool insert_hit(const SignalHit *hit, const SignalHits *signals, const Batch *batch,
                       Lake *lake, int64_t seq, Error *err)
{
    DbStatement *insert = db_statement(
        lake->db,
        "INSERT INTO signals (rule, eventtime, eventid, eventsource, eventname, awsregion,"
        " recipientaccountid, principal, sourceipaddress, errorcode, object_id, record_index,"
        " commit_seq, group_by, threat_lists) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        err);
    BUF_AUTO Buf lists = buf_init(LISTS_BYTES_MAX);
    if (!insert || !write_lists(signals, batch, hit->row, &lists, err))
        return false;
    db_bind_int(insert, 1, hit->rule);
    db_bind_int(insert, 2, batch->event_time[hit->row]);
    for (size_t i = 0; i < sizeof TEXTS / sizeof *TEXTS; i++) {
        uint32_t code = batch_code(batch, TEXTS[i].node, hit->row);
        if (code)
            db_lend_text(insert, TEXTS[i].index,
                         batch_value(batch_column(batch, TEXTS[i].node), code));
    }
    Str principal = principal_of(batch, hit->row);
    if (principal.len)
        db_lend_text(insert, PRINCIPAL, principal);
    db_bind_int(insert, 11, batch->object_id[hit->row]);
    db_bind_int(insert, 12, batch->record_index[hit->row]);
    db_bind_int(insert, 13, seq);
    if (hit->values)
        db_lend_text(insert, 14, batch_value(signals->values, hit->values));
    if (lists.len)
        db_lend_text(insert, 15, buf_str(&lists));
    return db_run(insert, err);
}

bool signals_insert(const SignalHits *signals, const Batch *batch, const uint8_t *verdicts,
                    Lake *lake, int64_t seq, Error *err)
{
    bool ok = true;
    for (size_t i = 0; ok && i < signals->count; i++) {
        const SignalHit *hit = &signals->hits[i];
        if (hit->shown && verdicts[hit->row] != VERDICT_DUPLICATE)
            ok = insert_hit(hit, signals, batch, lake, seq, err) &&
                 (!hit->finding || add_finding(hit, batch, lake, seq, err));
    }
    return ok;
}

bool signals_insert_pack(const SignalPack *pack, Lake *lake, int64_t seq, Error *err)
{
    if (!pack->count)
        return true;
    DbStatement *insert = db_statement(
        lake->db,
        "INSERT INTO signal_packs (id, rows, time_min, time_max, commit_seq, bytes)"
        " SELECT coalesce(max(id), (1 << 20) - 1) + 1, ?, ?, ?, ?, ? FROM signal_packs",
        err);
    if (!insert)
        return false;
    db_bind_int(insert, 1, (int64_t)pack->count);
    db_bind_int(insert, 2, pack->time_min);
    db_bind_int(insert, 3, pack->time_max);
    db_bind_int(insert, 4, seq);
    db_lend_blob(insert, 5, pack->blob.ptr, pack->blob.len);
    return db_run(insert, err);
}
