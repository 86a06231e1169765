#include "findings/finding_episode.h"

#include <stdio.h>

#include "base/clock.h"
#include "base/hash.h"
#include "findings/finding_resource.h"

enum { KEY_BYTES_MAX = 1 << 20 };

/* Whether its rule is tried out only. */
static bool read_dry_run(Db *db, int64_t rule, bool *ret, Error *err)
{
    bool row = false;
    DbStatement *select = db_statement(db, "SELECT dry_run FROM rules WHERE id = ?", err);
    if (!select)
        return false;
    db_bind_int(select, 1, rule);
    if (!db_next(select, &row, err))
        return false;
    *ret = row && db_int(select, 0);
    db_reset(select);
    return true;
}

/* One of a rule that is tried out is never the one that the rule finds afterwards. */
static bool make_id(Db *db, const FindingEpisode *episode, char ret[FINDING_ID_BYTES], Error *err)
{
    bool dry_run;
    if (!read_dry_run(db, episode->rule, &dry_run, err))
        return false;
    const Str parts[] = {episode->rule_id, episode->group_by, episode->event_id, STR("dry run")};
    size_t count = sizeof parts / sizeof *parts - !dry_run;
    uint8_t digest[HASH_SHA256_BYTES];
    BUF_AUTO Buf key = buf_init(KEY_BYTES_MAX);
    for (size_t i = 0; i < count; i++)
        if (!buf_append_str(&key, parts[i], err) || !buf_append_byte(&key, '\0', err))
            return false;
    hash_sha256(key.ptr, key.len, digest);
    hash_hex(digest, (FINDING_ID_BYTES - 1) / 2, ret);
    return true;
}

/* The stored finding that the episode overlaps, the one opened first, but not *other_than*; an
 * empty id when there is none. */
static bool find(Db *db, const FindingEpisode *episode, const char *other_than,
                 char ret[FINDING_ID_BYTES], Error *err)
{
    bool row = false;
    DbStatement *select = db_statement(
        db,
        "SELECT id FROM findings WHERE rule_id = ?1 AND group_by = ?2 AND last_us >= ?3 AND"
        " first_us <= ?4 AND superseded_by IS NULL AND id <> ?5 AND dry_run = (SELECT dry_run FROM"
        " rules WHERE id = ?6)"
        " ORDER BY opened_seq, first_us, id LIMIT 1",
        err);
    ret[0] = '\0';
    if (!select)
        return false;
    db_bind_text(select, 1, episode->rule_id);
    db_bind_text(select, 2, episode->group_by);
    db_bind_int(select, 3, episode->first_us - episode->gap_us);
    db_bind_int(select, 4, episode->last_us + episode->gap_us);
    db_bind_text(select, 5, str_of(other_than));
    db_bind_int(select, 6, episode->rule);
    if (!db_next(select, &row, err))
        return false;
    if (row)
        snprintf(ret, FINDING_ID_BYTES, "%.*s", STR_ARG(db_text(select, 0)));
    db_reset(select);
    return true;
}

static bool open_finding(Db *db, const FindingEpisode *episode, const char *id, Error *err)
{
    DbStatement *insert = db_statement(
        db,
        "INSERT INTO findings (id, rule_id, rule, account, principal, episode, first_us, last_us,"
        " count, opened_seq, updated_seq, group_by, value, created_us, updated_us,"
        " settles_us, provisional, dry_run) VALUES (?1, ?2, ?3, '', '', ?4, ?5, ?6, 0, ?7, ?7, ?8,"
        " ?9, ?10, ?10, ?11, ?11 > ?10, (SELECT dry_run FROM rules WHERE id = ?3))"
        " ON CONFLICT (id) DO NOTHING",
        err);
    if (!insert)
        return false;
    db_bind_text(insert, 1, str_of(id));
    db_bind_text(insert, 2, episode->rule_id);
    db_bind_int(insert, 3, episode->rule);
    db_bind_text(insert, 4, episode->event_id);
    db_bind_int(insert, 5, episode->first_us);
    db_bind_int(insert, 6, episode->last_us);
    db_bind_int(insert, 7, episode->commit_seq);
    db_bind_text(insert, 8, episode->group_by);
    db_bind_real(insert, 9, episode->value);
    db_bind_int(insert, 10, clock_now_us());
    db_bind_int(insert, 11, episode->settles_us);
    return db_run(insert, err);
}

static bool widen(Db *db, const FindingEpisode *episode, const char *id, Error *err)
{
    DbStatement *update =
        db_statement(db,
                     "UPDATE findings SET first_us = min(first_us, ?2), last_us = max(last_us, ?3),"
                     " value = CASE WHEN ?4 THEN min(value, ?5) ELSE max(value, ?5) END, rule = ?6,"
                     " updated_seq = ?7, updated_us = max(updated_us, ?8), settles_us ="
                     " max(coalesce(settles_us, 0), ?9), provisional ="
                     " max(coalesce(settles_us, 0), ?9) > ?8 WHERE id = ?1",
                     err);
    if (!update)
        return false;
    db_bind_text(update, 1, str_of(id));
    db_bind_int(update, 2, episode->first_us);
    db_bind_int(update, 3, episode->last_us);
    db_bind_int(update, 4, episode->lowest);
    db_bind_real(update, 5, episode->value);
    db_bind_int(update, 6, episode->rule);
    db_bind_int(update, 7, episode->commit_seq);
    db_bind_int(update, 8, clock_now_us());
    db_bind_int(update, 9, episode->settles_us);
    return db_run(update, err);
}

/* *heir* takes *other* in: its time and events are its now, and *other* says so. */
static bool take_in(Db *db, const char *heir, const char *other, Error *err)
{
    return db_run_texts(
               db,
               "UPDATE findings SET first_us = min(first_us, o.f), last_us = max(last_us, o.l) FROM"
               " (SELECT first_us AS f, last_us AS l FROM findings WHERE id = ?2) o WHERE id = ?1",
               heir, other, err) &&
           db_run_texts(db, "UPDATE OR IGNORE finding_hits SET finding = ?1 WHERE finding = ?2",
                        heir, other, err) &&
           db_run_texts(db, "DELETE FROM finding_hits WHERE finding = ?2 AND ?1 <> ?2", heir, other,
                        err) &&
           db_run_texts(db, "UPDATE findings SET superseded_by = ?1 WHERE superseded_by = ?2", heir,
                        other, err) &&
           finding_resource_move(db, heir, other, err) &&
           db_run_texts(db, "UPDATE findings SET superseded_by = ?1, count = 0 WHERE id = ?2", heir,
                        other, err);
}

static bool count_hits(Db *db, const char *id, int64_t *ret, Error *err)
{
    bool row = false;
    DbStatement *select =
        db_statement(db, "SELECT count(*) FROM finding_hits WHERE finding = ?", err);
    if (!select)
        return false;
    db_bind_text(select, 1, str_of(id));
    if (!db_next(select, &row, err))
        return false;
    *ret = row ? db_int(select, 0) : 0;
    db_reset(select);
    return true;
}

bool finding_episode_add(Db *db, const FindingEpisode *episode, char ret_id[FINDING_ID_BYTES],
                         int64_t *ret_hits, Error *err)
{
    char other[FINDING_ID_BYTES];
    if (!find(db, episode, "", ret_id, err))
        return false;
    if (!ret_id[0] &&
        (!make_id(db, episode, ret_id, err) || !open_finding(db, episode, ret_id, err)))
        return false;
    bool ok = find(db, episode, ret_id, other, err);
    while (ok && other[0])
        ok = take_in(db, ret_id, other, err) && find(db, episode, ret_id, other, err);
    return ok && widen(db, episode, ret_id, err) && count_hits(db, ret_id, ret_hits, err);
}

static void bind(DbStatement *insert, int index, Str text)
{
    if (text.ptr)
        db_lend_text(insert, index, text);
}

bool finding_episode_hit(Db *db, Str id, const FindingHit *hit, bool *ret_new, Error *err)
{
    DbStatement *insert = db_statement(
        db,
        "INSERT OR IGNORE INTO finding_hits (finding, object_id, record_index, rule, eventtime,"
        " eventid, eventsource, eventname, awsregion, recipientaccountid, principal,"
        " sourceipaddress, errorcode) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        err);
    if (!insert)
        return false;
    db_bind_text(insert, 1, id);
    db_bind_int(insert, 2, hit->object_id);
    db_bind_int(insert, 3, hit->record_index);
    db_bind_int(insert, 4, hit->rule);
    db_bind_int(insert, 5, hit->time_us);
    const Str texts[] = {hit->event_id, hit->event_source, hit->event_name, hit->region,
                         hit->account,  hit->principal,    hit->address,    hit->error_code};
    for (int i = 0; i < 8; i++)
        bind(insert, 6 + i, texts[i]);
    if (!db_run(insert, err))
        return false;
    *ret_new = db_changes(db) == 1;
    return true;
}

bool finding_episode_end(Db *db, Str id, Error *err)
{
    DbStatement *update = db_statement(
        db,
        "UPDATE findings SET count = h.hits, account = h.account, principal = h.principal,"
        " region = h.region FROM"
        " (SELECT count(*) AS hits, CASE WHEN min(coalesce(recipientaccountid, '')) ="
        " max(coalesce(recipientaccountid, '')) THEN coalesce(min(recipientaccountid), '') ELSE ''"
        " END AS account, CASE WHEN min(coalesce(principal, '')) = max(coalesce(principal, ''))"
        " THEN coalesce(min(principal), '') ELSE '' END AS principal, coalesce(min(awsregion), '')"
        " AS region FROM finding_hits WHERE"
        " finding = ?1) h WHERE id = ?1",
        err);
    if (!update)
        return false;
    db_bind_text(update, 1, id);
    if (!db_run(update, err))
        return false;
    DbStatement *insert = db_statement(
        db, "INSERT OR IGNORE INTO finding_jobs (finding, kind) VALUES (?, 'resources')", err);
    if (!insert)
        return false;
    db_bind_text(insert, 1, id);
    return db_run(insert, err);
}

bool finding_episode_settle(Db *db, int64_t now_us, bool *ret_any, Error *err)
{
    DbStatement *update = db_statement(
        db, "UPDATE findings SET provisional = 0 WHERE provisional = 1 AND settles_us <= ?", err);
    if (!update)
        return false;
    db_bind_int(update, 1, now_us);
    if (!db_run(update, err))
        return false;
    *ret_any = db_changes(db) > 0;
    return true;
}
