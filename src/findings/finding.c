#include "findings/finding.h"

#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "base/hash.h"
#include "findings/finding_resource.h"

enum { KEY_BYTES_MAX = 1 << 20, TEXT_BYTES_MAX = 1 << 20 };

/* An episode that a signal falls into. */
typedef struct Episode {
    char id[FINDING_ID_BYTES];
    int64_t first_us, last_us, count;
} Episode;

static bool append_part(Buf *key, Str part, Error *err)
{
    return buf_append_str(key, part, err) && buf_append_byte(key, '\0', err);
}

/* Hash of rule, group and the event that opens the episode. */
static bool make_id(Str rule_id, const FindingSignal *signal, char ret[FINDING_ID_BYTES],
                    Error *err)
{
    uint8_t digest[HASH_SHA256_BYTES];
    char place[64];
    BUF_AUTO Buf key = buf_init(KEY_BYTES_MAX);
    snprintf(place, sizeof place, "%lld/%lld", (long long)signal->object_id,
             (long long)signal->record_index);
    Str episode = signal->event_id.len ? signal->event_id : str_of(place);
    if (!append_part(&key, rule_id, err) || !append_part(&key, signal->account, err) ||
        !append_part(&key, signal->principal, err) || !append_part(&key, episode, err))
        return false;
    hash_sha256(key.ptr, key.len, digest);
    hash_hex(digest, (FINDING_ID_BYTES - 1) / 2, ret);
    return true;
}

/* The rule's id, for which its versions are one. */
static bool read_rule_id(Db *db, int64_t rule, Buf *ret, Error *err)
{
    bool row = false;
    DbStatement *select = db_statement(db, "SELECT rule_id FROM rules WHERE id = ?", err);
    if (!select)
        return false;
    db_bind_int(select, 1, rule);
    if (!db_next(select, &row, err))
        return false;
    bool ok = row ? buf_append_str(ret, db_text(select, 0), err)
                  : error_set(err, ERROR_SYSTEM, "a signal names a rule that is not known");
    if (row)
        db_reset(select);
    return ok;
}

static void read_episode(DbStatement *row, Episode *ret)
{
    Str id = db_text(row, 0);
    *ret =
        (Episode){.first_us = db_int(row, 1), .last_us = db_int(row, 2), .count = db_int(row, 3)};
    snprintf(ret->id, sizeof ret->id, "%.*s", STR_ARG(id));
}

/* The episodes that the signal falls into or joins: at most two, the one opened first in front. */
static bool find_episodes(Db *db, Str rule_id, const FindingSignal *signal, Episode ret[2],
                          int *ret_count, Error *err)
{
    bool row = true;
    DbStatement *select =
        db_statement(db,
                     "SELECT id, first_us, last_us, count FROM findings WHERE rule_id = ?1 AND"
                     " account = ?2 AND principal = ?3 AND superseded_by IS NULL AND"
                     " dry_run = (SELECT dry_run FROM rules WHERE id = ?6) AND first_us <= ?4 + ?5 "
                     "AND last_us >= ?4 - ?5 ORDER BY opened_seq, first_us, id",
                     err);
    *ret_count = 0;
    if (!select)
        return false;
    db_bind_text(select, 1, rule_id);
    db_bind_text(select, 2, signal->account);
    db_bind_text(select, 3, signal->principal);
    db_bind_int(select, 4, signal->time_us);
    db_bind_int(select, 5, FINDING_GAP_US);
    db_bind_int(select, 6, signal->rule);
    while (db_next(select, &row, err)) {
        if (!row)
            return true;
        if (*ret_count == 2) { /* cannot be: episodes are a gap apart */
            db_reset(select);
            return true;
        }
        read_episode(select, &ret[(*ret_count)++]);
    }
    return false;
}

static bool open_finding(Db *db, Str rule_id, const FindingSignal *signal, Episode *ret, Error *err)
{
    *ret = (Episode){.first_us = signal->time_us, .last_us = signal->time_us};
    DbStatement *insert =
        make_id(rule_id, signal, ret->id, err)
            ? db_statement(
                  db,
                  "INSERT INTO findings (id, rule_id, rule, account, principal, episode,"
                  " first_us, last_us, count, opened_seq, updated_seq,"
                  " region, created_us, updated_us, dry_run) VALUES (?1, ?2, ?3, ?4, ?5, ?6,"
                  " ?7, ?8, 0, ?9, ?10, ?11, ?12, ?12, (SELECT dry_run FROM rules WHERE"
                  " id = ?3))",
                  err)
            : NULL;
    if (!insert)
        return false;
    db_bind_text(insert, 1, str_of(ret->id));
    db_bind_text(insert, 2, rule_id);
    db_bind_int(insert, 3, signal->rule);
    db_bind_text(insert, 4, signal->account);
    db_bind_text(insert, 5, signal->principal);
    db_bind_text(insert, 6, signal->event_id);
    db_bind_int(insert, 7, signal->time_us);
    db_bind_int(insert, 8, signal->time_us);
    db_bind_int(insert, 9, signal->commit_seq);
    db_bind_int(insert, 10, signal->commit_seq);
    db_bind_text(insert, 11, signal->region);
    db_bind_int(insert, 12, clock_now_us());
    return db_run(insert, err);
}

/* *heir* takes *other* in: events and count are its now, and *other* says so. */
static bool take_in(Db *db, Episode *heir, const Episode *other, Error *err)
{
    heir->first_us = other->first_us < heir->first_us ? other->first_us : heir->first_us;
    heir->last_us = other->last_us > heir->last_us ? other->last_us : heir->last_us;
    heir->count += other->count;
    return db_run_texts(db, "UPDATE OR IGNORE finding_events SET finding = ?1 WHERE finding = ?2",
                        heir->id, other->id, err) &&
           db_run_texts(db, "UPDATE findings SET superseded_by = ?1 WHERE superseded_by = ?2",
                        heir->id, other->id, err) &&
           db_run_texts(db, "UPDATE finding_history SET finding = ?1 WHERE finding = ?2", heir->id,
                        other->id, err) &&
           finding_resource_move(db, heir->id, other->id, err) &&
           db_run_texts(db, "UPDATE findings SET superseded_by = ?1, count = 0 WHERE id = ?2",
                        heir->id, other->id, err);
}

/* The event as evidence, while there is room: what comes later is counted. */
static bool add_event(Db *db, const Episode *episode, const FindingSignal *signal, Error *err)
{
    if (episode->count >= FINDING_EVENTS_MAX)
        return true;
    DbStatement *insert = db_statement(
        db, "INSERT OR IGNORE INTO finding_events (finding, signal) VALUES (?, ?)", err);
    if (!insert)
        return false;
    db_bind_text(insert, 1, str_of(episode->id));
    db_bind_int(insert, 2, signal->signal);
    return db_run(insert, err);
}

static bool add_resources(Db *db, const Episode *episode, const FindingSignal *signal, Error *err)
{
    const FindingCall call = {.account = signal->account,
                              .region = signal->region,
                              .event_source = signal->event_source,
                              .request = signal->request};
    return finding_resource_add(db, str_of(episode->id), &call, err);
}

static bool widen(Db *db, const Episode *episode, const FindingSignal *signal, Error *err)
{
    DbStatement *update = db_statement(db,
                                       "UPDATE findings SET first_us = min(?2, ?3), last_us ="
                                       " max(?4, ?3), count = ?5, rule = ?6, updated_seq = ?7,"
                                       " updated_us = max(updated_us, ?8)"
                                       " WHERE id = ?1",
                                       err);
    if (!update)
        return false;
    db_bind_text(update, 1, str_of(episode->id));
    db_bind_int(update, 2, episode->first_us);
    db_bind_int(update, 3, signal->time_us);
    db_bind_int(update, 4, episode->last_us);
    db_bind_int(update, 5, episode->count + 1);
    db_bind_int(update, 6, signal->rule);
    db_bind_int(update, 7, signal->commit_seq);
    db_bind_int(update, 8, clock_now_us());
    return db_run(update, err);
}

bool finding_add(Db *db, const FindingSignal *signal, Error *err)
{
    BUF_AUTO Buf rule_id = buf_init(TEXT_BYTES_MAX);
    Episode episodes[2];
    int count;
    if (!read_rule_id(db, signal->rule, &rule_id, err) ||
        !find_episodes(db, buf_str(&rule_id), signal, episodes, &count, err))
        return false;
    bool ok = count > 0 || open_finding(db, buf_str(&rule_id), signal, &episodes[0], err);
    if (ok && count == 2)
        ok = take_in(db, &episodes[0], &episodes[1], err);
    return ok && add_event(db, &episodes[0], signal, err) &&
           (episodes[0].count >= FINDING_EVENTS_MAX ||
            add_resources(db, &episodes[0], signal, err)) &&
           widen(db, &episodes[0], signal, err);
}
